//! A panel with two axes, and everything around it, laid out with measured text.

use crate::axis::{Axis, Labels};
use crate::canvas::{Anchor, Canvas, Rect, Stroke};
use crate::frame::Frame;
use crate::legend::Legend;
use crate::sheet::Sheet;
use crate::{text, theme};

/// Height of the panel where nothing else decides.
pub(crate) const PANEL_HEIGHT: f64 = 290.0;

/// A chart without its data.
#[derive(Clone, Debug)]
pub(crate) struct Plane<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) legend: Legend,
    /// Remarks on the data, under the figure.
    pub(crate) notes: Vec<String>,
    /// Shown in the panel if there is nothing to draw.
    pub(crate) empty: bool,
}

/// Where the axes of a chart go, relative to the corner of the room they have.
struct Layout {
    panel: Rect,
    height: f64,
    x: Labels,
    y: Labels,
    x_title: Vec<String>,
    y_title: Vec<String>,
}

/// The panel with its axes in place: from values to pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel<'a> {
    pub(crate) rect: Rect,
    frame: &'a Frame,
    x: crate::scale::Scale,
    y: crate::scale::Scale,
}

impl Panel<'_> {
    pub(crate) fn x(&self, value: f64) -> f64 {
        self.rect.left + self.x.place(value) * self.rect.width
    }

    pub(crate) fn y(&self, value: f64) -> f64 {
        self.rect.bottom() - self.y.place(value) * self.rect.height
    }

    /// The middle of a band, counted from the top.
    pub(crate) fn band_y(&self, index: usize) -> f64 {
        self.rect.top + self.y.place(index as f64) * self.rect.height
    }

    /// Whether a place is inside the panel.
    pub(crate) fn holds(&self, (x, y): (f64, f64)) -> bool {
        let rect = self.rect.inset(-0.1);
        (rect.left..=rect.right()).contains(&x) && (rect.top..=rect.bottom()).contains(&y)
    }

    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.x(x), self.y(y))
    }

    /// A rectangle between two corners in values, kept inside the panel.
    pub(crate) fn between(&self, from: (f64, f64), to: (f64, f64)) -> Rect {
        let clamp_x = |x: f64| x.clamp(self.rect.left, self.rect.right());
        let clamp_y = |y: f64| y.clamp(self.rect.top, self.rect.bottom());
        let (x0, x1) = (clamp_x(self.x(from.0)), clamp_x(self.x(to.0)));
        let (y0, y1) = (clamp_y(self.y(from.1)), clamp_y(self.y(to.1)));
        Rect::new(x0.min(x1), y0.min(y1), (x1 - x0).abs(), (y1 - y0).abs())
    }

    /// All of the panel's height from one x to another.
    pub(crate) fn between_x(&self, low: f64, high: f64) -> Rect {
        let [low, high] = [low, high].map(|x| self.x(x).clamp(self.rect.left, self.rect.right()));
        Rect { left: low.min(high), width: (high - low).abs(), ..self.rect }
    }

    /// All of the panel's width from one y to another.
    pub(crate) fn between_y(&self, low: f64, high: f64) -> Rect {
        let [low, high] = [low, high].map(|y| self.y(y).clamp(self.rect.top, self.rect.bottom()));
        Rect { top: low.min(high), height: (high - low).abs(), ..self.rect }
    }

    /// Draws a line of the axes' kind over the data.
    pub(crate) fn line(&self, canvas: &mut Canvas, from: (f64, f64), to: (f64, f64)) {
        canvas.line(from, to, Stroke::new(theme::AXIS, 1.0));
    }

    /// Draws what lies over the data: the bottom line again, and lines and words of the figure's own.
    pub(crate) fn close(&self, canvas: &mut Canvas) {
        self.line(canvas, (self.rect.left, self.rect.bottom()), (self.rect.right(), self.rect.bottom()));
        self.refer(canvas);
    }

    /// Draws the figure's own lines and words.
    pub(crate) fn refer(&self, canvas: &mut Canvas) {
        self.frame.references.iter().for_each(|reference| reference.draw_over(canvas, self));
    }
}

impl<'a> Plane<'a> {
    pub(crate) fn new(frame: &'a Frame, x: Axis, y: Axis) -> Self {
        Self { frame, x, y, legend: Legend::default(), notes: Vec::new(), empty: false }
    }

    /// Total height of the chart at this width, if its panel has this height.
    pub(crate) fn height(&self, width: f64, panel_height: f64) -> f64 {
        let layout = self.lay_out(width, panel_height);
        layout.height + self.sheet(&layout).height(width)
    }

    /// Draws everything but the data.
    pub(crate) fn draw(&self, canvas: &mut Canvas, area: Rect) -> Panel<'a> {
        // What is around the panel depends little on the panel's height: two rounds settle it.
        let around = self.height(area.width, PANEL_HEIGHT) - PANEL_HEIGHT;
        let guess = (area.height - around).max(20.0);
        let around = self.height(area.width, guess) - guess;
        let layout = self.lay_out(area.width, (area.height - around).max(20.0));
        let inner = self.sheet(&layout).draw(canvas, area);
        let rect = Rect { left: inner.left + layout.panel.left, top: inner.top + layout.panel.top, ..layout.panel };
        self.draw_x(canvas, rect, &layout);
        self.draw_y(canvas, rect, area.left, &layout);
        let panel = Panel { rect, frame: self.frame, x: self.x.scale, y: self.y.scale };
        self.frame.references.iter().for_each(|reference| reference.draw_under(canvas, &panel));
        if self.empty {
            let middle = (rect.left + rect.width / 2.0, rect.top + rect.height / 2.0);
            canvas.text("no values to show", middle, Anchor::Middle, theme::LABEL_SIZE, theme::MUTED);
        }
        panel
    }

    fn sheet(&self, layout: &Layout) -> Sheet<'a> {
        let skipped = layout.x.note.iter().chain(&layout.y.note);
        let notes = self.frame.refused.iter().chain(&self.notes).chain(skipped).cloned().collect();
        Sheet { frame: self.frame, legend: self.legend.clone(), notes }
    }

    fn lay_out(&self, width: f64, panel_height: f64) -> Layout {
        let top = 8.0;
        let y = self.y.vertical(panel_height, width * 0.42);
        let y_title = axis_title(&self.y.title, panel_height);
        let left = y.room + 9.0 + y_title.len() as f64 * text::line_height(theme::LABEL_SIZE) + 2.0;

        // The last label may stick out to the right of the panel by half its width.
        let full = (width - left).max(40.0);
        let x = self.x.horizontal(full);
        let overhang = x.marks.iter().map(|(place, lines)| {
            let half = if x.upwards { 0.0 } else { text::block_width(lines, theme::TICK_SIZE) / 2.0 };
            half - (1.0 - place) * full
        });
        let right = overhang.fold(0.0, f64::max).min(full / 3.0).max(4.0);
        let panel_width = full - right;
        let x = self.x.horizontal(panel_width);
        let x_title = axis_title(&self.x.title, panel_width);
        let below = 7.0 + x.room + x_title.len() as f64 * text::line_height(theme::LABEL_SIZE) + 3.0;
        let panel = Rect::new(left, top, panel_width, panel_height);
        Layout { panel, height: top + panel_height + below, x, y, x_title, y_title }
    }

    fn draw_x(&self, canvas: &mut Canvas, panel: Rect, layout: &Layout) {
        let size = theme::TICK_SIZE;
        if self.x.grid {
            for place in self.x.scale.minor() {
                let x = panel.left + place * panel.width;
                canvas.line(
                    (x, panel.top),
                    (x, panel.bottom()),
                    Stroke { alpha: 0.6, ..Stroke::new(theme::GRID, 0.6) },
                );
            }
        }
        for (place, lines) in &layout.x.marks {
            let x = panel.left + place * panel.width;
            if self.x.grid {
                canvas.line((x, panel.top), (x, panel.bottom()), Stroke::new(theme::GRID, 1.0));
                canvas.line((x, panel.bottom()), (x, panel.bottom() + 4.0), Stroke::new(theme::AXIS, 1.0));
            }
            let step = text::line_height(size);
            for (row, line) in lines.iter().enumerate() {
                if layout.x.upwards {
                    let middle = (lines.len() as f64 - 1.0) / 2.0;
                    let at = (x + size * 0.36 + (row as f64 - middle) * step, panel.bottom() + 6.0);
                    canvas.text_upwards(line, at, Anchor::End, size, theme::INK);
                } else {
                    let at = (x, panel.bottom() + 7.0 + size * 0.8 + row as f64 * step);
                    canvas.text(line, at, Anchor::Middle, size, theme::INK);
                }
            }
        }
        canvas.line((panel.left, panel.bottom()), (panel.right(), panel.bottom()), Stroke::new(theme::AXIS, 1.0));
        for (row, line) in layout.x_title.iter().enumerate() {
            let line_height = text::line_height(theme::LABEL_SIZE);
            let baseline = panel.bottom() + 7.0 + layout.x.room + theme::LABEL_SIZE * 0.9 + row as f64 * line_height;
            let at = (panel.left + panel.width / 2.0, baseline);
            canvas.text(line, at, Anchor::Middle, theme::LABEL_SIZE, theme::INK);
        }
    }

    fn draw_y(&self, canvas: &mut Canvas, panel: Rect, left: f64, layout: &Layout) {
        let size = theme::TICK_SIZE;
        if self.y.grid {
            for place in self.y.scale.minor() {
                let y = panel.bottom() - place * panel.height;
                canvas.line(
                    (panel.left, y),
                    (panel.right(), y),
                    Stroke { alpha: 0.6, ..Stroke::new(theme::GRID, 0.6) },
                );
            }
        }
        for (place, lines) in &layout.y.marks {
            let y = if self.y.bands.is_empty() {
                panel.bottom() - place * panel.height
            } else {
                panel.top + place * panel.height // names are read from the top
            };
            if self.y.grid {
                canvas.line((panel.left, y), (panel.right(), y), Stroke::new(theme::GRID, 1.0));
            }
            let step = text::line_height(size);
            let first = y + size * 0.36 - (lines.len() as f64 - 1.0) / 2.0 * step;
            for (row, line) in lines.iter().enumerate() {
                canvas.text(line, (panel.left - 7.0, first + row as f64 * step), Anchor::End, size, theme::INK);
            }
        }
        if !self.y.bands.is_empty() {
            canvas.line((panel.left, panel.top), (panel.left, panel.bottom()), Stroke::new(theme::AXIS, 1.0));
        }
        for (row, line) in layout.y_title.iter().enumerate() {
            let baseline = left + theme::LABEL_SIZE * 0.9 + row as f64 * text::line_height(theme::LABEL_SIZE);
            let at = (baseline, panel.top + panel.height / 2.0);
            canvas.text_upwards(line, at, Anchor::Middle, theme::LABEL_SIZE, theme::INK);
        }
    }
}

fn axis_title(title: &str, room: f64) -> Vec<String> {
    if title.trim().is_empty() { Vec::new() } else { text::wrap(title, theme::LABEL_SIZE, room) }
}
