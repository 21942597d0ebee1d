//! Elements of an SVG picture.
//!
//! Coordinates are tenths of a pixel, as whole numbers, shown at their size through `viewBox`: fine enough for curves, and short.
//! Every text is placed by its baseline. There are no ids in the picture, so several of them on one page cannot clash.

use crate::theme::Color;
use crate::{text, theme};
use cuaderno_display::escape_html;
use std::fmt::Write;

/// Units of the picture in one pixel.
const UNITS: f64 = 10.0;

/// Fonts in the order of preference; all of them are narrower than the one text is measured with.
const FAMILIES: &str = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

/// A rectangle in pixels, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    pub(crate) fn new(left: f64, top: f64, width: f64, height: f64) -> Self {
        Self { left, top, width: width.max(0.0), height: height.max(0.0) }
    }

    pub(crate) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(crate) fn inset(&self, by: f64) -> Self {
        Self::new(self.left + by, self.top + by, self.width - 2.0 * by, self.height - 2.0 * by)
    }
}

/// Which end of a text is at its position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a line looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    pub(crate) color: Color,
    pub(crate) width: f64,
    pub(crate) alpha: f64,
    pub(crate) dash: &'static [u32],
}

impl Stroke {
    pub(crate) fn new(color: Color, width: f64) -> Self {
        Self { color, width, alpha: 1.0, dash: &[] }
    }

    pub(crate) fn dashed(self, dash: &'static [u32]) -> Self {
        Self { dash, ..self }
    }

    fn attributes(&self) -> String {
        let mut attributes = format!(" stroke=\"{}\" stroke-width=\"{}\"", self.color, units(self.width).max(1));
        if !self.dash.is_empty() {
            let dash: Vec<String> = self.dash.iter().map(|length| (length * UNITS as u32).to_string()).collect();
            let _ = write!(attributes, " stroke-dasharray=\"{}\"", dash.join(" "));
        }
        attributes + &opacity(self.alpha)
    }
}

/// A picture in the making.
#[derive(Debug, Default)]
pub struct Canvas {
    body: String,
}

impl Canvas {
    /// A straight line.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) {
        let ((x1, y1), (x2, y2)) = (point(from), point(to));
        self.element(&format!("line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"{}", stroke.attributes()));
    }

    /// Many straight lines of one look.
    pub(crate) fn segments(&mut self, lines: &[[(f64, f64); 2]], stroke: Stroke) {
        let mut path = String::new();
        for [(x1, y1), (x2, y2)] in lines.iter().map(|ends| ends.map(point)) {
            let _ = write!(path, "M{x1} {y1}L{x2} {y2}");
        }
        if !path.is_empty() {
            self.element(&format!("path fill=\"none\"{} d=\"{path}\"", stroke.attributes()));
        }
    }

    /// A line through many points, with round corners.
    pub(crate) fn polyline(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        if points.len() > 1 {
            let (points, attributes) = (list(points), stroke.attributes());
            self.element(&format!("polyline fill=\"none\" stroke-linejoin=\"round\"{attributes} points=\"{points}\""));
        }
    }

    /// A filled area.
    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], color: Color, alpha: f64) {
        self.element(&format!("polygon fill=\"{color}\"{} points=\"{}\"", opacity(alpha), list(points)));
    }

    /// A filled rectangle.
    pub(crate) fn rect(&mut self, rect: Rect, color: Color, alpha: f64) {
        self.rect_with(rect, color, &opacity(alpha));
    }

    /// A filled rectangle that joins its neighbours without a seam: it reaches a little under those drawn after it.
    pub(crate) fn tile(&mut self, rect: Rect, color: Color) {
        let rect = Rect { width: rect.width + 0.6, height: rect.height + 0.6, ..rect };
        self.rect_with(rect, color, " shape-rendering=\"crispEdges\"");
    }

    fn rect_with(&mut self, rect: Rect, color: Color, attributes: &str) {
        let ((x, y), (right, bottom)) = (point((rect.left, rect.top)), point((rect.right(), rect.bottom())));
        let (width, height) = (right - x, bottom - y);
        self.element(&format!(
            "rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{color}\"{attributes}"
        ));
    }

    /// A filled circle.
    pub(crate) fn circle(&mut self, center: (f64, f64), radius: f64, color: Color, alpha: f64) {
        let ((x, y), r) = (point(center), units(radius).max(1));
        self.element(&format!("circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"{color}\"{}", opacity(alpha)));
    }

    /// One line of text, its baseline at `position`.
    pub(crate) fn text(&mut self, content: &str, position: (f64, f64), anchor: Anchor, size: f64, color: Color) {
        self.write(content, position, anchor, size, color, "");
    }

    /// The same over marks and grid lines, with a rim of paper around the letters, so that nothing strikes them through.
    pub(crate) fn text_over(&mut self, content: &str, position: (f64, f64), anchor: Anchor, size: f64, color: Color) {
        self.text_on(content, position, anchor, size, color, theme::PAPER);
    }

    /// The same with a rim of the colour that is below.
    pub(crate) fn text_on(
        &mut self,
        content: &str,
        position: (f64, f64),
        anchor: Anchor,
        size: f64,
        color: Color,
        ground: Color,
    ) {
        let rim = format!(" stroke=\"{ground}\" stroke-width=\"{}\" paint-order=\"stroke\"", units(3.0));
        self.write(content, position, anchor, size, color, &rim);
    }

    /// One line of text that reads upwards, its baseline at `position`.
    pub(crate) fn text_upwards(
        &mut self,
        content: &str,
        position: (f64, f64),
        anchor: Anchor,
        size: f64,
        color: Color,
    ) {
        let (x, y) = point(position);
        self.write(content, position, anchor, size, color, &format!(" transform=\"rotate(270, {x}, {y})\""));
    }

    fn write(&mut self, content: &str, at: (f64, f64), anchor: Anchor, size: f64, color: Color, attributes: &str) {
        let content = text::clean(content);
        if content.trim().is_empty() {
            return;
        }
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let ((x, y), size) = (point(at), units(size));
        let _ = writeln!(
            self.body,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{color}\"{attributes}>{}</text>",
            escape_html(&content)
        );
    }

    /// A picture, given the base64 of a PNG file. With `sharp`, its pixels stay squares when enlarged.
    pub(crate) fn image(&mut self, rect: Rect, png_base64: &str, sharp: bool) {
        let rendering = if sharp { " style=\"image-rendering:pixelated\"" } else { "" };
        let [x, y, width, height] = [rect.left, rect.top, rect.width, rect.height].map(units);
        self.element(&format!(
            "image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             preserveAspectRatio=\"none\"{rendering} href=\"data:image/png;base64,{png_base64}\""
        ));
    }

    fn element(&mut self, element: &str) {
        let _ = writeln!(self.body, "<{element}/>");
    }

    /// The whole picture on its own white card, so that it reads on a dark page too.
    pub(crate) fn finish(self, width: f64, height: f64, label: &str) -> String {
        let (width_units, height_units) = (units(width), units(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width_units} {height_units}\" role=\"img\" aria-label=\"{label}\" \
             font-family=\"{FAMILIES}\" style=\"max-width:100%;height:auto\">\n\
             <rect width=\"{width_units}\" height=\"{height_units}\" rx=\"60\" fill=\"{paper}\"/>\n{body}</svg>\n",
            label = escape_html(&text::clean(label)),
            paper = theme::PAPER,
            body = self.body,
        )
    }
}

fn opacity(alpha: f64) -> String {
    if alpha >= 1.0 { String::new() } else { format!(" opacity=\"{alpha}\"") }
}

/// Pixels in units of the picture. Nothing absurd, which renderers could not place.
pub(crate) fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round().clamp(-1e6, 1e6) as i32
}

fn point((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}

/// Points in units of the picture, without those that fall on the one before.
fn list(points: &[(f64, f64)]) -> String {
    let mut points: Vec<(i32, i32)> = points.iter().copied().map(point).collect();
    points.dedup();
    if points.len() == 1 {
        points.push(points[0]);
    }
    let mut list = String::with_capacity(points.len() * 10);
    for (x, y) in points {
        let _ = write!(list, "{x},{y} ");
    }
    list.truncate(list.trim_end().len());
    list
}
