//! Confusion matrices: what a classifier took for what.

use crate::canvas::{Anchor, Canvas, Rect};
use crate::figure::{Draw, Drawing, figure};
use crate::frame::Frame;
use crate::heat_map::{cell, grid, row_height};
use crate::plane::Plane;
use crate::shade::Shades;
use crate::shown::Shared;
use crate::theme::Color;
use crate::{PlotError, text, theme};
use cuaderno_display::thousands;

/// Up to this many classes, a cell has room for its percent.
const MOST_WITH_PERCENT: usize = 20;

/// True classes in rows, predicted ones in columns; each cell with its count and its share of the true class.
///
/// ```
/// use cuaderno_plot::{ConfusionMatrix, Figure};
///
/// let figure = ConfusionMatrix::from_predictions(&["cat", "dog"], &[0, 0, 1, 1], &[0, 1, 1, 1])?;
/// assert!(figure.describe().contains("accuracy 75.00 % (3 of 4)"));
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ConfusionMatrix {
    pub(crate) frame: Frame,
    classes: Vec<String>,
    /// `[truth, prediction]`
    counts: Vec<u64>,
    /// Shares of the true class instead of counts.
    normalized: bool,
}

figure!(ConfusionMatrix);

impl ConfusionMatrix {
    /// From counts, `[truth, prediction]` row after row.
    ///
    /// # Errors
    /// If there are not `classes × classes` counts.
    pub fn new(classes: &[impl AsRef<str>], counts: impl Into<Vec<u64>>) -> Result<Self, PlotError> {
        let counts = counts.into();
        let other = format!("{0} x {0} pairs of classes", classes.len());
        PlotError::check_lengths("confusion matrix", counts.len(), &other, classes.len() * classes.len())?;
        let classes = classes.iter().map(|name| name.as_ref().to_owned()).collect();
        Ok(Self { frame: Frame::default(), classes, counts, normalized: false })
    }

    /// From the true and the predicted class of each example, as indices into `classes`.
    ///
    /// # Errors
    /// If the lengths differ, or an index names no class.
    pub fn from_predictions(
        classes: &[impl AsRef<str>],
        truth: &[usize],
        predicted: &[usize],
    ) -> Result<Self, PlotError> {
        PlotError::check_lengths("predictions", predicted.len(), "true classes", truth.len())?;
        let mut counts = vec![0; classes.len() * classes.len()];
        for (truth, predicted) in truth.iter().zip(predicted) {
            let worst = *truth.max(predicted);
            if worst >= classes.len() {
                let found = format!("{worst}, with {} classes", classes.len());
                return Err(PlotError::Setting { what: "a class index", found, expected: "less than their number" });
            }
            counts[truth * classes.len() + predicted] += 1;
        }
        Self::new(classes, counts)
    }

    /// Writes each cell as the share of its true class, in percent, instead of the count.
    pub fn normalized(mut self) -> Self {
        self.normalized = true;
        self
    }

    /// `90.67 % (68 of 75)`
    fn accuracy(&self) -> String {
        let total: u64 = self.counts.iter().sum();
        let right: u64 = (0..self.classes.len()).map(|class| self.counts[class * self.classes.len() + class]).sum();
        if total == 0 {
            return "no examples".to_owned();
        }
        let (percent, [right, total]) = (100.0 * right as f64 / total as f64, [right, total].map(|n| n as usize));
        format!("accuracy {percent:.2} % ({} of {})", thousands(right), thousands(total))
    }

    /// Share of its true class that a cell holds; none if the class has no examples.
    fn share(&self, index: usize) -> Option<f64> {
        let row = index / self.classes.len() * self.classes.len();
        let total: u64 = self.counts[row..row + self.classes.len()].iter().sum();
        (total > 0).then(|| self.counts[index] as f64 / total as f64)
    }

    fn plane(&self) -> Plane<'_> {
        let shown = match (self.normalized, self.classes.len() > MOST_WITH_PERCENT) {
            (true, _) => "percent and shade",
            (false, true) => "numbers: examples; shade",
            (false, false) => "shade and percent",
        };
        let note = format!("{}; {shown}: share of the true class", self.accuracy());
        let mut plane = grid(&self.frame, &self.classes, &self.classes, vec![note]);
        plane.x.title = self.frame.x_label_or("predicted class");
        plane.y.title = self.frame.y_label_or("true class");
        plane
    }

    /// Cells stay near square in a small matrix.
    fn panel_height(&self) -> f64 {
        let classes = self.classes.len();
        let least = match classes {
            0..=4 => 80.0,
            5..=MOST_WITH_PERCENT => 28.0,
            // A line for each name.
            _ => text::line_height(theme::TICK_SIZE) + 1.0,
        };
        (row_height(classes).max(least) * classes as f64).max(80.0)
    }
}

/// Writes count and percent into a cell, as large as both fit, or the count alone, or nothing.
fn draw_numbers(canvas: &mut Canvas, cell: Rect, count: u64, share: Option<f64>, ink: Color) {
    let label = thousands(count as usize);
    let (x, middle) = (cell.left + cell.width / 2.0, cell.top + cell.height / 2.0);
    let percent = 100.0 * share.unwrap_or(0.0);
    let forms = [(12.0, 11.0, format!("{percent:.1} %")), (11.0, 9.0, format!("{percent:.0}%"))];
    let fits = |text: &str, size: f64| text::width(text, size) <= cell.width - 2.0;
    for (size, small, percent) in forms {
        if cell.height >= size + small + 5.0 && fits(&label, size) && fits(&percent, small) && share.is_some() {
            canvas.text(&label, (x, middle - 2.0), Anchor::Middle, size, ink);
            canvas.text(&percent, (x, middle + small), Anchor::Middle, small, ink);
            return;
        }
    }
    let size = theme::CAPTION_SIZE;
    if cell.height >= size && fits(&label, size) {
        canvas.text(&label, (x, middle + size * 0.36), Anchor::Middle, size, ink);
    }
}

/// Writes a share into a cell as percent, with a decimal where it fits.
fn draw_share(canvas: &mut Canvas, cell: Rect, share: Option<f64>, ink: Color) {
    let Some(percent) = share.map(|share| 100.0 * share) else { return };
    let (x, middle) = (cell.left + cell.width / 2.0, cell.top + cell.height / 2.0);
    let forms = [(12.0, format!("{percent:.1} %")), (11.0, format!("{percent:.0}%")), (9.0, format!("{percent:.0}"))];
    let fits = |(size, label): &(f64, String)| text::width(label, *size) <= cell.width - 2.0 && cell.height >= *size;
    if let Some((size, label)) = forms.into_iter().find(fits) {
        canvas.text(&label, (x, middle + size * 0.36), Anchor::Middle, size, ink);
    }
}

impl Draw for ConfusionMatrix {
    fn drawing(&self, _: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self))
    }
}

impl Drawing for ConfusionMatrix {
    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width, self.panel_height())
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let classes = self.classes.len();
        let panel = self.plane().draw(canvas, area).rect;
        let shades = Shades::sequential(0.0, 1.0);
        for (index, count) in self.counts.iter().enumerate() {
            let rect = cell(panel, classes, classes, index);
            let share = self.share(index);
            let color = shades.color(share.unwrap_or(0.0));
            canvas.tile(rect, color);
            // In a large matrix zeros would hide what matters.
            if *count > 0 || classes <= 5 {
                let ink = Shades::text_on(color);
                if self.normalized {
                    draw_share(canvas, rect, share, ink);
                } else {
                    let share = share.filter(|_| classes <= MOST_WITH_PERCENT);
                    draw_numbers(canvas, rect, *count, share, ink);
                }
            }
        }
    }

    /// Accuracy, and how each class fared.
    fn text(&self) -> String {
        let mut lines = vec![self.frame.headline("confusion matrix"), format!("  {}", self.accuracy())];
        for (truth, name) in self.classes.iter().enumerate() {
            let row = truth * self.classes.len();
            let total: u64 = self.counts[row..row + self.classes.len()].iter().sum();
            let right = self.counts[row + truth];
            let mut line = format!("  {name}: {} of {} right", thousands(right as usize), thousands(total as usize));
            let wrong = (0..self.classes.len()).filter(|class| *class != truth && self.counts[row + class] > 0);
            if let Some(most) = wrong.max_by_key(|class| (self.counts[row + class], std::cmp::Reverse(*class))) {
                let count = thousands(self.counts[row + most] as usize);
                line += &format!(", most often taken for {} ({count})", self.classes[most]);
            }
            lines.push(line);
        }
        lines.join("\n")
    }
}
