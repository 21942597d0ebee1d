//! Heat maps: a table whose cells are coloured by their numbers.

use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Rect};
use crate::extent;
use crate::figure::{Draw, Drawing, figure};
use crate::frame::Frame;
use crate::omitted::Omitted;
use crate::plane::Plane;
use crate::shade::Shades;
use crate::shown::Shared;
use crate::theme::Color;
use crate::{PlotError, number, text, theme};

/// Colour of a cell without a number.
const MISSING: Color = Color(214, 214, 214);

/// A table of numbers as colours, with the numbers in the cells where they fit.
///
/// ```
/// use cuaderno_plot::HeatMap;
///
/// let names = ["score", "comments", "upvote_ratio"];
/// let correlation = [1.0, 0.63, 0.11, 0.63, 1.0, -0.08, 0.11, -0.08, 1.0];
/// let figure = HeatMap::new(&names, &names, correlation)?.diverging().title("Correlation");
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct HeatMap {
    pub(crate) frame: Frame,
    rows: Vec<String>,
    columns: Vec<String>,
    values: Vec<f64>,
    diverging: bool,
    value_label: Option<String>,
}

figure!(HeatMap);

impl HeatMap {
    /// A table with these names of rows (from the top) and columns; `values` holds row after row.
    ///
    /// # Errors
    /// If there are not `rows × columns` values.
    pub fn new(
        rows: &[impl AsRef<str>],
        columns: &[impl AsRef<str>],
        values: impl Into<Vec<f64>>,
    ) -> Result<Self, PlotError> {
        let values = values.into();
        let other = format!("{} rows x {} columns", rows.len(), columns.len());
        PlotError::check_lengths("heat map", values.len(), &other, rows.len() * columns.len())?;
        let rows = rows.iter().map(|name| name.as_ref().to_owned()).collect();
        let columns = columns.iter().map(|name| name.as_ref().to_owned()).collect();
        Ok(Self { frame: Frame::default(), rows, columns, values, diverging: false, value_label: None })
    }

    /// Colours run from orange (negative) through white (zero) to blue (positive): for correlations and differences.
    pub fn diverging(mut self) -> Self {
        self.diverging = true;
        self
    }

    /// Says what the numbers are, beside the bar of colours.
    pub fn value_label(mut self, label: impl Into<String>) -> Self {
        self.value_label = Some(label.into());
        self
    }

    /// Values with both signs have colours around zero, correlations from -1 to 1, others from pale to dark.
    fn shades(&self) -> Shades {
        let finite = self.values.iter().copied().filter(|value| value.abs() < 1e300);
        let (low, high) = extent::limits(finite).unwrap_or((0.0, 1.0));
        if self.is_correlation() {
            return Shades::diverging(1.0);
        }
        let both = low < 0.0 && high > 0.0;
        if self.diverging || both {
            Shades::diverging(low.abs().max(high.abs()))
        } else {
            Shades::sequential(low, high)
        }
    }

    /// Whether the table is one of correlations: the same names both ways, ones between them, nothing beyond.
    fn is_correlation(&self) -> bool {
        let size = self.rows.len();
        let is_one = |place: usize| self.values[place * size + place] == 1.0;
        size > 1
            && self.rows == self.columns
            && self.values.iter().all(|value| value.is_nan() || value.abs() <= 1.0 + 1e-9)
            && (0..size).all(|place| is_one(place) || self.values[place * size + place].is_nan())
            && (0..size).any(is_one)
    }

    /// What the numbers are, if that is known.
    fn value_title(&self) -> String {
        let known = if self.is_correlation() { "correlation" } else { "" };
        self.value_label.clone().unwrap_or_else(|| known.to_owned())
    }

    /// Decimals of all numbers in the cells.
    fn decimals(&self) -> usize {
        if self.is_correlation() {
            return 2;
        }
        let finite = || self.values.iter().copied().filter(|value| value.abs() < 1e300);
        let largest = finite().map(f64::abs).fold(0.0, f64::max);
        number::decimals(finite().filter(|value| value.abs() >= largest / 100.0))
    }

    fn plane(&self) -> Plane<'_> {
        let mut omitted = Omitted::default();
        for value in &self.values {
            omitted.keep(*value, false);
        }
        grid(&self.frame, &self.rows, &self.columns, omitted.notes())
    }

    /// Height of one row.
    fn row(&self) -> f64 {
        row_height(self.rows.len())
    }
}

/// Axes of a table: names of rows from the top, names of columns below.
pub(crate) fn grid<'a>(frame: &'a Frame, rows: &[String], columns: &[String], notes: Vec<String>) -> Plane<'a> {
    let x = Axis::of_bands(columns.to_vec(), frame.x_label_or(""));
    let y = Axis::of_bands(rows.to_vec(), frame.y_label_or(""));
    Plane { notes, empty: rows.is_empty() || columns.is_empty(), ..Plane::new(frame, x, y) }
}

/// Rows are comfortable in a small table and as thin as their names in a large one.
pub(crate) fn row_height(rows: usize) -> f64 {
    (380.0 / rows.max(1) as f64).clamp(text::line_height(theme::TICK_SIZE), 56.0)
}

/// The rectangle of a cell.
pub(crate) fn cell(panel: Rect, rows: usize, columns: usize, index: usize) -> Rect {
    let (width, height) = (panel.width / columns as f64, panel.height / rows as f64);
    let (row, column) = (index / columns, index % columns);
    Rect::new(panel.left + column as f64 * width, panel.top + row as f64 * height, width, height)
}

impl Draw for HeatMap {
    fn drawing(&self, _: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self))
    }
}

impl Drawing for HeatMap {
    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width - 60.0, self.row() * self.rows.len().max(2) as f64)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let shades = self.shades();
        let title = self.value_title();
        let bar = shades.bar_width(area.height, &title) + 12.0;
        let panel = self.plane().draw(canvas, Rect::new(area.left, area.top, area.width - bar, area.height)).rect;
        if self.values.is_empty() {
            return;
        }
        let cells = self.values.iter().enumerate();
        let cells: Vec<_> =
            cells.map(|(i, value)| (cell(panel, self.rows.len(), self.columns.len(), i), *value)).collect();
        let size = theme::CAPTION_SIZE;
        let decimals = self.decimals();
        let written = |value: f64| if value.is_nan() { "–".to_owned() } else { number::even(value, decimals) };
        let fits = |rect: &Rect, label: &str| text::width(label, size) <= rect.width - 4.0 && rect.height >= size * 1.2;
        // All numbers or none.
        let numbered = cells.iter().all(|(rect, value)| fits(rect, &written(*value)));
        for (rect, value) in cells {
            let shown = value.abs() < 1e300;
            let color = if shown { shades.color(value) } else { MISSING };
            canvas.tile(rect, color);
            if numbered {
                let label = written(value);
                let at = (rect.left + rect.width / 2.0, rect.top + rect.height / 2.0 + size * 0.36);
                canvas.text(&label, at, Anchor::Middle, size, Shades::text_on(color));
            }
        }
        shades.draw_bar(canvas, Rect::new(panel.right() + 14.0, panel.top, bar, panel.height), &title);
    }

    /// The greatest and least cells by name.
    fn text(&self) -> String {
        let mut lines = vec![self.frame.headline("heat map")];
        lines.push(format!("  {} rows, {} columns", self.rows.len(), self.columns.len()));
        let finite = || self.values.iter().enumerate().filter(|(_, value)| value.abs() < 1e300);
        let name = |index: usize| {
            format!("{}, {}", self.rows[index / self.columns.len()], self.columns[index % self.columns.len()])
        };
        for (word, extreme) in [
            ("greatest", finite().max_by(|a, b| a.1.total_cmp(b.1))),
            ("least", finite().min_by(|a, b| a.1.total_cmp(b.1))),
        ] {
            if let Some((index, value)) = extreme {
                lines.push(format!("  {word}: {} ({})", number::short(*value), name(index)));
            }
        }
        lines.extend(self.plane().notes);
        lines.join("\n")
    }
}
