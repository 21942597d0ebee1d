//! How a model learns: loss and accuracy after each epoch, for training and validation.

use crate::axis::Axis;
use crate::canvas::{Canvas, Rect, Stroke};
use crate::figure::{Draw, Drawing, figure};
use crate::frame::Frame;
use crate::legend::{Legend, Swatch};
use crate::plane::{Panel, Plane};
use crate::reference::Reference;
use crate::scale::Scale;
use crate::sheet::Sheet;
use crate::shown::Shared;
use crate::{PlotError, number, theme};

/// Space between two panels.
const GAP: f64 = 18.0;

/// Curves over epochs, one panel for each measure, the same series in each.
///
/// Cheap enough to be drawn again after every epoch. Values that are not finite (a loss that diverged) leave a gap and are
/// named under the figure.
///
/// ```
/// use cuaderno_plot::TrainingCurves;
///
/// let figure = TrainingCurves::new()
///     .loss(&[0.70, 0.67, 0.64], &[0.69, 0.67, 0.66])
///     .accuracy(&[0.51, 0.58, 0.62], &[0.53, 0.59, 0.60])
///     .epochs(10)
///     .title("Model 1");
/// ```
#[derive(Clone, Debug, Default)]
pub struct TrainingCurves {
    pub(crate) frame: Frame,
    panels: Vec<Measure>,
    epochs: usize,
}

figure!(TrainingCurves);

/// One panel.
#[derive(Clone, Debug)]
struct Measure {
    name: String,
    frame: Frame,
    series: Vec<(String, Vec<f64>)>,
}

impl TrainingCurves {
    /// No panels yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a panel with the loss after each epoch; an empty slice leaves that line out.
    pub fn loss(self, train: &[f64], validation: &[f64]) -> Self {
        self.panel("loss", &[("train", train), ("validation", validation)])
    }

    /// Adds a panel with the accuracy, from 0 to 1, after each epoch; an empty slice leaves that line out.
    pub fn accuracy(self, train: &[f64], validation: &[f64]) -> Self {
        self.panel("accuracy", &[("train", train), ("validation", validation)])
    }

    /// Adds a panel for any measure, with named series, for example one for each model.
    pub fn panel(mut self, measure: &str, series: &[(&str, &[f64])]) -> Self {
        let series = series.iter().map(|(name, values)| ((*name).to_owned(), values.to_vec())).collect();
        self.panels.push(Measure { name: measure.to_owned(), frame: Frame::default(), series });
        self
    }

    /// How many epochs there will be, so that the axis stays where it is while the model trains.
    pub fn epochs(mut self, planned: usize) -> Self {
        self.epochs = planned;
        self
    }

    fn last_epoch(&self) -> usize {
        let drawn = self.panels.iter().flat_map(|panel| &panel.series).map(|(_, values)| values.len()).max();
        drawn.unwrap_or(0).max(self.epochs).max(1)
    }

    /// Names of series with values anywhere, in the order they came; `train` and `validation` come first, so that they have the
    /// same colours whatever other panels hold.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for usual in ["train", "validation"] {
            let mut all = self.panels.iter().flat_map(|panel| &panel.series);
            if all.any(|(name, values)| name == usual && !values.is_empty()) {
                names.push(usual);
            }
        }
        for (name, values) in self.panels.iter().flat_map(|panel| &panel.series) {
            if !values.is_empty() && !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    fn sheet(&self) -> Sheet<'_> {
        let entries =
            self.names().into_iter().enumerate().map(|(i, name)| (Swatch::Line(self.stroke(i), None), name.to_owned()));
        let mut notes = Vec::new();
        for panel in &self.panels {
            for (name, values) in &panel.series {
                let broken: Vec<_> = values.iter().enumerate().filter(|(_, value)| !drawable(**value)).collect();
                if let Some((epoch, value)) = broken.first() {
                    let value = shown(**value);
                    notes.push(format!("{name} {} is {value} from epoch {}", panel.name, epoch + 1));
                }
            }
        }
        notes.extend(self.frame.refused.iter().cloned());
        Sheet { frame: &self.frame, legend: Legend::new("", entries), notes }
    }

    /// Draws a dashed line across the panel added last at this value, with words: `.reference(0.693, "guessing")`.
    pub fn reference(mut self, value: f64, words: &str) -> Self {
        if let Some(panel) = self.panels.last_mut() {
            panel.frame.references.push(Reference::Y(value, words.to_owned()));
        }
        self
    }

    fn draw_panel(&self, canvas: &mut Canvas, area: Rect, measure: &Measure) {
        let drawn = measure.series.iter().flat_map(|(_, values)| values).copied().filter(|value| drawable(*value));
        let (low, high) = drawn.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let empty = low > high;
        let (low, high) = if empty { (0.0, 1.0) } else { measure.frame.reach_y((low, high)) };
        let room = ((high - low) * 0.08).max(high.abs() * 0.02);
        // A share or a loss is never drawn below zero, an accuracy never above one.
        let bottom = if low >= 0.0 { (low - room).max(0.0) } else { low - room };
        let top = if high <= 1.0 && measure.name.contains("accuracy") { (high + room).min(1.0) } else { high + room };
        let last = self.last_epoch() as f64;
        // A lone epoch stands in the middle.
        let epochs = if last > 1.0 { Scale::linear(1.0, last) } else { Scale::linear(0.0, 2.0) };
        let x = Axis::new(epochs, self.frame.x_label_or("epoch")).whole();
        let y = Axis::new(Scale::linear(bottom, top), &*measure.name);
        let panel = Plane { empty, ..Plane::new(&measure.frame, x, y) }.draw(canvas, area);
        let names = self.names();
        for (name, values) in &measure.series {
            if let Some(series) = names.iter().position(|known| known == name) {
                draw_series(canvas, &panel, self.stroke(series), values);
            }
        }
        panel.close(canvas);
    }

    fn stroke(&self, series: usize) -> Stroke {
        Stroke::new(self.frame.color(series), 2.2).dashed(theme::dash(series))
    }
}

/// Whether a value has a place on the axis.
fn drawable(value: f64) -> bool {
    value.abs() < 1e300
}

/// A value, or why there is none.
fn shown(value: f64) -> String {
    if value.is_nan() { "not a number".to_owned() } else { number::short(value) }
}

/// A line through each run of finite values, with a dot at each if there are few.
fn draw_series(canvas: &mut Canvas, panel: &Panel, stroke: Stroke, values: &[f64]) {
    let places: Vec<_> = values.iter().enumerate().collect();
    for run in places.split(|(_, value)| !drawable(**value)) {
        let line: Vec<_> = run.iter().map(|(epoch, value)| panel.at(*epoch as f64 + 1.0, **value)).collect();
        canvas.polyline(&line, stroke);
        if values.len() <= 40 || line.len() == 1 {
            for at in line {
                canvas.circle(at, 3.0, stroke.color, 1.0);
            }
        }
    }
}

impl Draw for TrainingCurves {
    fn drawing(&self, _: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self))
    }
}

impl Drawing for TrainingCurves {
    fn natural_height(&self, width: f64) -> f64 {
        let rows = self.panels.len().div_ceil(2).max(1) as f64;
        self.sheet().height(width) + rows * 270.0 + (rows - 1.0) * GAP
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let inner = self.sheet().draw(canvas, area);
        let (columns, rows) = (self.panels.len().clamp(1, 2), self.panels.len().div_ceil(2).max(1));
        let width = (inner.width - GAP * (columns - 1) as f64) / columns as f64;
        let height = (inner.height - GAP * (rows - 1) as f64) / rows as f64;
        for (index, measure) in self.panels.iter().enumerate() {
            let (row, column) = ((index / columns) as f64, (index % columns) as f64);
            let at = Rect::new(inner.left + column * (width + GAP), inner.top + row * (height + GAP), width, height);
            self.draw_panel(canvas, at, measure);
        }
    }

    /// Last and best value of each series.
    fn text(&self) -> String {
        let mut lines = vec![self.frame.headline("training curves")];
        for panel in &self.panels {
            for (name, values) in panel.series.iter().filter(|(_, values)| !values.is_empty()) {
                let last = values.last().copied().unwrap_or(f64::NAN);
                let finite = values.iter().enumerate().filter(|(_, value)| drawable(**value));
                // Of a loss or an error the least is best.
                let least = panel.name.contains("loss") || panel.name.contains("error");
                let best = finite.reduce(|a, b| if (b.1 < a.1) == least && b.1 != a.1 { b } else { a });
                let mut line = format!("  {name} {}: {} after epoch {}", panel.name, shown(last), values.len());
                if let Some((epoch, value)) = best {
                    line += &format!(", best {} after epoch {}", number::short(*value), epoch + 1);
                }
                lines.push(line);
            }
        }
        if lines.len() == 1 {
            lines.push("  no epochs yet".into());
        }
        let references = self.panels.iter().flat_map(|panel| &panel.frame.references);
        lines.extend(references.filter_map(Reference::describe));
        lines.join("\n")
    }
}
