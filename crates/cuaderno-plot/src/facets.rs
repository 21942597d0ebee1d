//! Several figures in one, to compare.

use crate::PlotError;
use crate::canvas::{Canvas, Rect};
use crate::extent::{self, Extent};
use crate::figure::{Draw, Drawing, Figure, figure};
use crate::frame::Frame;
use crate::legend::Swatch;
use crate::sheet::Sheet;
use crate::shown::Shared;
use crate::source::Part;
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
    share_x: bool,
    share_y: bool,
    /// What the colours of all panels mean, where one legend serves them.
    pub(crate) heading: String,
    legend: Vec<(Swatch, String)>,
}

figure!(Facets);

/// A figure that can be a panel. Every figure that can be sent between threads is one.
pub trait Panel: Figure + Send + Sync {}

impl<F: Figure + Send + Sync> Panel for F {}

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

    /// Gives all panels the same x axis.
    pub fn share_x(mut self) -> Self {
        self.share_x = true;
        self
    }

    /// Gives all panels the same y axis.
    pub fn share_y(mut self) -> Self {
        self.share_y = true;
        self
    }

    /// Says once how each group looks, instead of in each panel.
    pub(crate) fn say_groups(&mut self, parts: &[Part], swatch: impl Fn(usize) -> Swatch) {
        let groups = parts.iter().enumerate().filter(|(_, part)| !part.name.is_empty());
        self.legend = groups.map(|(group, part)| (swatch(group), part.name.clone())).collect();
    }

    /// Computes what the panels show, within limits that they share.
    fn drawings(&self, shared: Shared) -> Result<Drawings<'_>, PlotError> {
        self.panels.iter().map(|panel| panel.drawing(shared)).collect()
    }

    fn sheet(&self) -> Sheet<'_> {
        let notes = if self.panels.is_empty() { vec!["no panels to show".to_owned()] } else { Vec::new() };
        let notes = self.frame.refused.iter().cloned().chain(notes).collect();
        Sheet { frame: &self.frame, legend: self.frame.legend(&self.heading, self.legend.clone()), notes }
    }

    fn columns_of(&self) -> usize {
        let natural = match self.panels.len() {
            0 | 1 => 1,
            2 | 4 => 2,
            _ => 3,
        };
        self.columns.unwrap_or(natural).min(self.panels.len().max(1))
    }
}

/// What is drawn of the panels, in their order.
type Drawings<'a> = Vec<Box<dyn Drawing + 'a>>;

/// Panels in the moment they are shown.
struct Shown<'a> {
    figure: &'a Facets,
    panels: Drawings<'a>,
}

impl Shown<'_> {
    /// Width of a panel, and the height of each row.
    fn cells(&self, width: f64) -> (f64, Vec<f64>) {
        let columns = self.figure.columns_of();
        let cell = (width - GAP * (columns - 1) as f64) / columns as f64;
        // Narrow panels are lower, so that they keep their shape.
        let squeeze = libm::pow(cell / width, 0.22);
        let height = |row: &[Box<dyn Drawing + '_>]| {
            row.iter().map(|panel| panel.natural_height(cell) * squeeze).fold(0.0, f64::max).max(150.0)
        };
        (cell, self.panels.chunks(columns).map(height).collect())
    }
}

impl Draw for Facets {
    fn drawing(&self, _: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        let mut shared = Shared::default();
        let mut panels = self.drawings(shared)?;
        let union = |panels: &Drawings<'_>, axis: fn(Extent) -> Option<(f64, f64)>| {
            panels.iter().map(|panel| axis(panel.extent())).fold(None, extent::union)
        };
        if self.share_x {
            shared.x = union(&panels, |extent| extent.x);
            panels = self.drawings(shared)?;
        }
        if self.share_y {
            shared.y = union(&panels, |extent| extent.y);
            panels = self.drawings(shared)?;
        }
        Ok(Box::new(Shown { figure: self, panels }))
    }
}

impl Drawing for Shown<'_> {
    fn natural_height(&self, width: f64) -> f64 {
        let (_, rows) = self.cells(width);
        self.figure.sheet().height(width) + rows.iter().map(|height| height + GAP).sum::<f64>()
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let inner = self.figure.sheet().draw(canvas, area);
        let (cell, rows) = self.cells(inner.width);
        let needed: f64 = rows.iter().map(|height| height + GAP).sum();
        let stretch = if needed > 0.0 { inner.height / needed } else { 1.0 };
        let mut top = inner.top;
        for (row, height) in self.panels.chunks(self.figure.columns_of()).zip(rows) {
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
        let mut lines = vec![self.figure.frame.headline("facets")];
        for panel in &self.panels {
            lines.extend(panel.text().lines().map(|line| format!("  {line}")));
        }
        lines.join("\n")
    }
}
