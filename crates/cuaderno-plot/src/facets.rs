//! Several figures in one, to compare.

use crate::canvas::{Canvas, Rect};
use crate::extent;
use crate::figure::{Draw, Figure, figure};
use crate::frame::Frame;
use crate::legend::Swatch;
use crate::sheet::Sheet;
use crate::source::Part;
use crate::theme::Color;
use std::sync::Arc;

const GAP: f64 = 20.0;

/// Figures side by side as panels of one, each under its own title.
///
/// ```
/// use cuaderno_plot::{Facets, Histogram};
///
/// let figure = Facets::new()
///     .add(Histogram::new([1.0, 2.0, 2.0]).title("train"))
///     .add(Histogram::new([2.0, 3.0, 9.0]).title("test"))
///     .share_x()
///     .title("Title length");
/// ```
#[derive(Clone, Default)]
pub struct Facets {
    pub(crate) frame: Frame,
    panels: Vec<Arc<dyn Panel>>,
    columns: Option<usize>,
    /// What the colours of all panels mean, where one legend serves them.
    pub(crate) heading: String,
    colors: Vec<(Color, String)>,
}

figure!(Facets);

/// A figure that can be a panel. Every figure that can be copied is one.
pub trait Panel: Figure + Send + Sync {
    /// A copy of the figure, to change.
    #[doc(hidden)]
    fn copy(&self) -> Box<dyn Panel>;
}

impl<F: Figure + Clone + Send + Sync + 'static> Panel for F {
    fn copy(&self) -> Box<dyn Panel> {
        Box::new(self.clone())
    }
}

impl std::fmt::Debug for Facets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facets").field("panels", &self.panels.len()).finish_non_exhaustive()
    }
}

impl Facets {
    /// No panels yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a panel.
    #[expect(clippy::should_implement_trait, reason = "reads as the sentence it is; adds no numbers")]
    pub fn add(mut self, panel: impl Panel + 'static) -> Self {
        self.panels.push(Arc::new(panel));
        self
    }

    /// How many panels stand in a row; without it one, two or three.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = Some(columns.clamp(1, 12));
        self
    }

    /// Gives the panels added so far the same x axis.
    pub fn share_x(mut self) -> Self {
        let shared = self.panels.iter().map(|panel| panel.extent().x).fold(None, extent::union);
        self.change(|frame| frame.x_range = shared.or(frame.x_range));
        self
    }

    /// Gives the panels added so far the same y axis.
    pub fn share_y(mut self) -> Self {
        let shared = self.panels.iter().map(|panel| panel.extent().y).fold(None, extent::union);
        self.change(|frame| frame.y_range = shared.or(frame.y_range));
        self
    }

    /// Says once which colour is which group, instead of in each panel.
    pub(crate) fn say_colors(&mut self, frame: &Frame, parts: &[Part]) {
        let colors = parts.iter().enumerate().filter(|(_, part)| !part.name.is_empty());
        self.colors = colors.map(|(group, part)| (frame.color(group), part.name.clone())).collect();
    }

    fn change(&mut self, change: impl Fn(&mut Frame)) {
        for panel in &mut self.panels {
            let mut copy = panel.copy();
            change(copy.frame_mut());
            *panel = copy.into();
        }
    }

    fn sheet(&self) -> Sheet<'_> {
        let notes = if self.panels.is_empty() { vec!["no panels to show".to_owned()] } else { Vec::new() };
        let colors = self.colors.iter().map(|(color, name)| (Swatch::Fill(*color, 0.8), name.clone()));
        let notes = self.frame.refused.iter().cloned().chain(notes).collect();
        Sheet { frame: &self.frame, legend: self.frame.legend(&self.heading, colors), notes }
    }

    fn columns_of(&self) -> usize {
        let natural = match self.panels.len() {
            0 | 1 => 1,
            2 | 4 => 2,
            _ => 3,
        };
        self.columns.unwrap_or(natural).min(self.panels.len().max(1))
    }

    /// Width of a panel, and the height of each row.
    fn cells(&self, width: f64) -> (f64, Vec<f64>) {
        let columns = self.columns_of();
        let cell = (width - GAP * (columns - 1) as f64) / columns as f64;
        // Narrow panels are lower, so that they keep their shape.
        let squeeze = libm::pow(cell / width, 0.22);
        let height = |row: &[Arc<dyn Panel>]| {
            row.iter().map(|panel| panel.natural_height(cell) * squeeze).fold(0.0, f64::max).max(150.0)
        };
        (cell, self.panels.chunks(columns).map(height).collect())
    }
}

impl Draw for Facets {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn frame_mut(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn natural_height(&self, width: f64) -> f64 {
        let (_, rows) = self.cells(width);
        self.sheet().height(width) + rows.iter().map(|height| height + GAP).sum::<f64>()
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let inner = self.sheet().draw(canvas, area);
        let (cell, rows) = self.cells(inner.width);
        let needed: f64 = rows.iter().map(|height| height + GAP).sum();
        let stretch = if needed > 0.0 { inner.height / needed } else { 1.0 };
        let mut top = inner.top;
        for (row, height) in self.panels.chunks(self.columns_of()).zip(rows) {
            let natural: Vec<f64> = row.iter().map(|panel| panel.natural_height(cell)).collect();
            let tallest = natural.iter().copied().fold(0.0, f64::max);
            for (column, panel) in row.iter().enumerate() {
                let left = inner.left + column as f64 * (cell + GAP);
                // A panel with less small print below ends earlier, so that the axes of a row line up.
                let shorter = tallest - natural[column];
                panel.draw(canvas, Rect::new(left, top, cell, (height * stretch - shorter).max(60.0)));
            }
            top += (height + GAP) * stretch;
        }
    }

    /// What each panel shows.
    fn text(&self) -> String {
        let mut lines = vec![self.frame.headline("facets")];
        for panel in &self.panels {
            lines.extend(panel.text().lines().map(|line| format!("  {line}")));
        }
        lines.join("\n")
    }
}
