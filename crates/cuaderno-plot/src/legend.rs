//! Which colour is which group.

use crate::canvas::{Anchor, Canvas, Stroke};
use crate::theme::Color;
use crate::{hatch, marker, text, theme};

const SWATCH: f64 = 16.0;
const GAP: f64 = 9.0;
const SIZE: f64 = theme::TICK_SIZE;

/// How a group is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Swatch {
    /// An area of this opacity, with the lines of this group across.
    Fill(Color, f64, usize),
    /// A line, with the point of a group that has one.
    Line(Stroke, Option<usize>),
    /// The point of this group.
    Marker(usize, Color),
    /// A disc.
    Disc(Color),
    /// A heading has none.
    None,
}

/// Groups with their looks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Legend {
    pub(crate) entries: Vec<(Swatch, String)>,
}

/// An entry with its place: lines of text, x and y of its first baseline.
type Placed = (Swatch, Vec<String>, f64, f64);

impl Legend {
    pub(crate) fn new(heading: &str, entries: impl IntoIterator<Item = (Swatch, String)>) -> Self {
        let mut legend = Self { entries: entries.into_iter().collect() };
        if !heading.is_empty() && !legend.entries.is_empty() {
            legend.entries.insert(0, (Swatch::None, format!("{heading}:")));
        }
        legend
    }

    /// Height of the legend in this width.
    pub(crate) fn height(&self, width: f64) -> f64 {
        self.lay_out(width).1
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, left: f64, top: f64, width: f64) {
        for (swatch, lines, x, y) in self.lay_out(width).0 {
            let (x, y) = (left + x, top + y);
            let middle = y - SIZE * 0.36;
            let mut text_left = x + SWATCH + GAP;
            match swatch {
                Swatch::Fill(color, alpha, group) => {
                    let square = crate::canvas::Rect::new(x + 2.0, middle - 6.0, 12.0, 12.0);
                    canvas.rect(square, color, alpha);
                    hatch::draw(canvas, square, group, color);
                }
                Swatch::Line(stroke, point) => {
                    canvas.line((x, middle), (x + SWATCH + 4.0, middle), stroke);
                    if let Some(group) = point {
                        marker::draw_one(canvas, (x + SWATCH / 2.0 + 2.0, middle), (group, stroke.color), 3.0, 1.0);
                    }
                }
                Swatch::Marker(group, color) => marker::draw_one(canvas, (x + 8.0, middle), (group, color), 4.5, 0.9),
                Swatch::Disc(color) => canvas.circle((x + 8.0, middle), 4.5, color, 0.9),
                Swatch::None => text_left = x,
            }
            for (index, line) in lines.iter().enumerate() {
                let at = (text_left, y + index as f64 * text::line_height(SIZE));
                canvas.text(line, at, Anchor::Start, SIZE, theme::INK);
            }
        }
    }

    /// Entries side by side, in as many rows as they need.
    fn lay_out(&self, width: f64) -> (Vec<Placed>, f64) {
        let (mut x, mut top, mut row_height) = (0.0, 0.0, 0.0f64);
        let mut placed = Vec::new();
        for (swatch, name) in &self.entries {
            let indent = if matches!(swatch, Swatch::None) { 0.0 } else { SWATCH + GAP };
            let name = if name.trim().is_empty() { "(empty)" } else { name };
            let lines = text::wrap(name, SIZE, (width - indent).max(40.0));
            let entry_width = indent + text::block_width(&lines, SIZE);
            if x > 0.0 && x + entry_width > width {
                (x, top, row_height) = (0.0, top + row_height, 0.0);
            }
            row_height = row_height.max(lines.len() as f64 * text::line_height(SIZE) + 4.0);
            placed.push((*swatch, lines, x, top + SIZE));
            x += entry_width + 18.0;
        }
        (placed, if self.entries.is_empty() { 0.0 } else { top + row_height + 2.0 })
    }
}
