//! Elements of an SVG picture, written by plotters' SVG backend.
//!
//! plotters counts in whole pixels, which makes curves jagged, so the picture is drawn ten times as large and shown at its
//! size through `viewBox`. plotters positions text by properties of a font it does not know; here every text is placed by its
//! baseline. There are no ids in the picture, so several of them on one page cannot clash.

use crate::{text, theme};
use cuaderno_display::escape_html;
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, IntoFont, RGBColor, ShapeStyle, TextStyle};

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
    pub(crate) color: RGBColor,
    pub(crate) width: f64,
    pub(crate) alpha: f64,
    pub(crate) dash: &'static [u32],
}

impl Stroke {
    pub(crate) fn new(color: RGBColor, width: f64) -> Self {
        Self { color, width, alpha: 1.0, dash: &[] }
    }

    pub(crate) fn dashed(self, dash: &'static [u32]) -> Self {
        Self { dash, ..self }
    }

    fn style(&self) -> ShapeStyle {
        self.color.mix(self.alpha).stroke_width(units(self.width).max(1) as u32)
    }

    /// Attributes that plotters has no word for.
    fn attributes(&self) -> String {
        let dash: Vec<String> = self.dash.iter().map(|length| (length * UNITS as u32).to_string()).collect();
        if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", dash.join(" ")) }
    }
}

/// A picture in the making.
#[derive(Debug, Default)]
pub struct Canvas {
    body: String,
    scratch: String,
}

impl Canvas {
    /// A straight line.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) {
        self.element(&stroke.attributes(), |svg| svg.draw_line(point(from), point(to), &stroke.style()));
    }

    /// A line through many points, with round corners.
    pub(crate) fn polyline(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        if points.len() > 1 {
            let attributes = format!(" stroke-linejoin=\"round\"{}", stroke.attributes());
            self.element(&attributes, |svg| svg.draw_path(distinct(points), &stroke.style()));
        }
    }

    /// A filled area.
    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], color: RGBColor, alpha: f64) {
        self.element("", |svg| svg.fill_polygon(distinct(points), &color.mix(alpha).filled()));
    }

    /// A filled rectangle.
    pub(crate) fn rect(&mut self, rect: Rect, color: RGBColor, alpha: f64) {
        self.rect_with(rect, color, alpha, "");
    }

    /// A filled rectangle that joins its neighbours without a seam: it reaches a little under those drawn after it.
    pub(crate) fn tile(&mut self, rect: Rect, color: RGBColor) {
        let rect = Rect { width: rect.width + 0.6, height: rect.height + 0.6, ..rect };
        self.rect_with(rect, color, 1.0, " shape-rendering=\"crispEdges\"");
    }

    fn rect_with(&mut self, rect: Rect, color: RGBColor, alpha: f64, attributes: &str) {
        let corners = (point((rect.left, rect.top)), point((rect.right(), rect.bottom())));
        self.element(attributes, |svg| svg.draw_rect(corners.0, corners.1, &color.mix(alpha).filled(), true));
    }

    /// A filled circle.
    pub(crate) fn circle(&mut self, center: (f64, f64), radius: f64, color: RGBColor, alpha: f64) {
        self.element("", |svg| {
            svg.draw_circle(point(center), units(radius).max(1) as u32, &color.mix(alpha).filled(), true)
        });
    }

    /// One line of text, its baseline at `position`.
    pub(crate) fn text(&mut self, content: &str, position: (f64, f64), anchor: Anchor, size: f64, color: RGBColor) {
        // plotters lowers text anchored at its top by 0.76 em.
        self.write(content, (position.0, position.1 - 0.76 * size), anchor, size, color, FontTransform::None);
    }

    /// One line of text that reads upwards, its baseline at `position`.
    pub(crate) fn text_upwards(
        &mut self,
        content: &str,
        position: (f64, f64),
        anchor: Anchor,
        size: f64,
        color: RGBColor,
    ) {
        self.write(content, (position.0 - 0.76 * size, position.1), anchor, size, color, FontTransform::Rotate270);
    }

    fn write(
        &mut self,
        content: &str,
        at: (f64, f64),
        anchor: Anchor,
        size: f64,
        color: RGBColor,
        turn: FontTransform,
    ) {
        let content = text::clean(content);
        if content.trim().is_empty() {
            return;
        }
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // plotters divides sizes by 1.24, which leaves `120.00000000000001`.
        let inflated = size * UNITS * 1.24;
        let font = ("sans-serif", inflated).into_font().transform(turn).color(&color);
        let style = TextStyle { pos: Pos::new(horizontal, VPos::Top), ..font };
        let start = self.body.len();
        self.element("", |svg| svg.draw_text(&content, &style, point(at)));
        let written = format!("font-size=\"{}\"", inflated / 1.24);
        let element = self.body.split_off(start);
        self.body += &element.replacen(&written, &format!("font-size=\"{}\"", units(size)), 1);
    }

    /// A picture, given the base64 of a PNG file. With `sharp`, its pixels stay squares when enlarged.
    pub(crate) fn image(&mut self, rect: Rect, png_base64: &str, sharp: bool) {
        let rendering = if sharp { " style=\"image-rendering:pixelated\"" } else { "" };
        let [x, y, width, height] = [rect.left, rect.top, rect.width, rect.height].map(units);
        self.raw(&format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             preserveAspectRatio=\"none\"{rendering} href=\"data:image/png;base64,{png_base64}\"/>\n"
        ));
    }

    /// An element that plotters has no word for, in units of the picture.
    pub(crate) fn raw(&mut self, svg: &str) {
        self.body += svg;
    }

    /// The whole picture on its own white card, so that it reads on a dark page too.
    pub(crate) fn finish(self, width: f64, height: f64, label: &str) -> String {
        let (width_units, height_units) = (units(width), units(height));
        let (r, g, b) = (theme::PAPER.0, theme::PAPER.1, theme::PAPER.2);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width_units} {height_units}\" role=\"img\" aria-label=\"{label}\" \
             font-family=\"{FAMILIES}\" style=\"max-width:100%;height:auto\">\n\
             <rect width=\"{width_units}\" height=\"{height_units}\" rx=\"60\" fill=\"#{r:02X}{g:02X}{b:02X}\"/>\n{body}</svg>\n",
            label = escape_html(&text::clean(label)),
            body = self.body,
        )
    }

    /// Lets plotters write one element and takes over what it wrote.
    fn element<E>(&mut self, attributes: &str, draw: impl FnOnce(&mut SVGBackend) -> Result<(), E>) {
        self.scratch.clear();
        {
            let mut svg = SVGBackend::with_string(&mut self.scratch, (1, 1));
            // Writing to a string cannot fail.
            let _ = draw(&mut svg);
        }
        let start = self.scratch.find('\n').map_or(0, |end| end + 1);
        let end = self.scratch.rfind("</svg>").unwrap_or(self.scratch.len());
        let Some(element) = self.scratch.get(start..end) else { return };
        // Attributes at their default, and the fonts that the whole picture names.
        let mut element = element.to_owned();
        for noise in [" opacity=\"1\"", " stroke=\"none\"", " font-family=\"sans-serif\""] {
            element = element.replacen(noise, "", 1);
        }
        if let (Some(at), false) = (element.find("/>"), attributes.is_empty()) {
            element.insert_str(at, attributes);
        }
        self.body += &element.replace(" \"", "\"").replace(">\n", ">").replace("\n<", "<");
        self.body.push('\n');
    }
}

/// Pixels in units of the picture. Anything absurd stays where plotters can count.
pub(crate) fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round().clamp(-1e6, 1e6) as i32
}

fn point((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}

/// Points in units of the picture, without those that fall on the one before.
fn distinct(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    let mut points: Vec<(i32, i32)> = points.iter().copied().map(point).collect();
    points.dedup();
    if points.len() == 1 {
        points.push(points[0]);
    }
    points
}
