//! Title above, small print below, and room for panels between.

use crate::canvas::{Anchor, Canvas, Rect};
use crate::frame::Frame;
use crate::legend::Legend;
use crate::{text, theme};

/// What surrounds the panels of a figure.
#[derive(Clone, Debug)]
pub(crate) struct Sheet<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) legend: Legend,
    /// Remarks on the data, under the figure after the captions.
    pub(crate) notes: Vec<String>,
}

impl Sheet<'_> {
    /// Height of everything but the panels.
    pub(crate) fn height(&self, width: f64) -> f64 {
        self.above(width) + self.below(width)
    }

    /// Draws title, legend and small print; returns what is left between them.
    pub(crate) fn draw(&self, canvas: &mut Canvas, area: Rect) -> Rect {
        for (row, line) in self.title(area.width).iter().enumerate() {
            let baseline = area.top + theme::TITLE_SIZE * 0.9 + row as f64 * text::line_height(theme::TITLE_SIZE);
            canvas.text(line, (area.left, baseline), Anchor::Start, theme::TITLE_SIZE, theme::INK);
        }
        self.legend.draw(canvas, area.left, area.top + self.title_height(area.width), area.width);
        for (row, line) in self.captions(area.width).iter().rev().enumerate() {
            let baseline = area.bottom() - 3.0 - row as f64 * text::line_height(theme::CAPTION_SIZE);
            canvas.text(line, (area.left, baseline), Anchor::Start, theme::CAPTION_SIZE, theme::MUTED);
        }
        let above = self.above(area.width);
        Rect::new(area.left, area.top + above, area.width, area.height - above - self.below(area.width))
    }

    fn title(&self, width: f64) -> Vec<String> {
        match self.frame.title.trim() {
            "" => Vec::new(),
            title => text::wrap(title, theme::TITLE_SIZE, width),
        }
    }

    fn title_height(&self, width: f64) -> f64 {
        match self.title(width).len() {
            0 => 0.0,
            lines => lines as f64 * text::line_height(theme::TITLE_SIZE) + 6.0,
        }
    }

    fn captions(&self, width: f64) -> Vec<String> {
        let notes = self.frame.captions.iter().chain(&self.notes);
        notes.flat_map(|note| text::wrap(note, theme::CAPTION_SIZE, width)).collect()
    }

    fn above(&self, width: f64) -> f64 {
        self.title_height(width) + self.legend.height(width)
    }

    fn below(&self, width: f64) -> f64 {
        match self.captions(width).len() {
            0 => 0.0,
            lines => 6.0 + lines as f64 * text::line_height(theme::CAPTION_SIZE),
        }
    }
}
