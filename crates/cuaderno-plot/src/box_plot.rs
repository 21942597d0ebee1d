//! Boxes: quartiles of groups side by side.

use crate::axis::Axis;
use crate::cache::Cache;
use crate::canvas::{Canvas, Rect, Stroke};
use crate::extent::{self, Extent};
use crate::figure::{Draw, axes, figure};
use crate::frame::{self, Frame, Omitted};
use crate::groups::Groups;
use crate::plane::{PANEL_HEIGHT, Panel, Plane};
use crate::quantile::quantiles;
use crate::scale::Scale;
use crate::{PlotError, marker, number, theme};
use cuaderno_display::thousands;
use std::collections::BTreeSet;

/// Tukey's box plot: the box from quartile to quartile with a bar at the median, whiskers to the outermost values within 1.5
/// box lengths, everything beyond as points.
///
/// Quartiles are R's type 7, numpy's default. On a log axis everything is computed from the logarithms, as in ggplot2.
///
/// ```
/// use cuaderno_plot::BoxPlot;
///
/// let figure = BoxPlot::new([1.0, 2.0, 3.0, 40.0])
///     .by("class", &["Other", "Disinformation", "Other", "Disinformation"])?
///     .y_label("score");
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoxPlot {
    pub(crate) frame: Frame,
    groups: Groups,
    log_y: bool,
    numbers: Cache<(Vec<Option<Numbers>>, Omitted)>,
}

figure!(BoxPlot);
axes!(BoxPlot);

/// The numbers of one box, in values of the axis.
#[derive(Clone, Debug, PartialEq)]
struct Numbers {
    count: usize,
    quartiles: [f64; 3],
    whiskers: (f64, f64),
    beyond: Vec<f64>,
}

impl BoxPlot {
    /// All values in one box.
    pub fn new(values: impl Into<Vec<f64>>) -> Self {
        Self::of(Groups::single(values))
    }

    /// A box for each group.
    pub fn of(groups: Groups) -> Self {
        Self { frame: Frame::default(), groups, log_y: false, numbers: Cache::default() }
    }

    /// Splits the values by one label each; `heading` says what the labels are.
    ///
    /// # Errors
    /// If there is not one label for each value.
    pub fn by(mut self, heading: &str, labels: &[impl AsRef<str>]) -> Result<Self, PlotError> {
        self.groups = Groups::split(heading, &self.groups.all(), labels)?;
        self.numbers.clear();
        Ok(self)
    }

    /// Spreads y by its logarithm; values that are not positive are left out and counted.
    pub fn log_y(mut self) -> Self {
        self.log_y = true;
        self.numbers.clear();
        self
    }

    fn numbers(&self) -> &(Vec<Option<Numbers>>, Omitted) {
        self.numbers.get(|| self.compute())
    }

    fn compute(&self) -> (Vec<Option<Numbers>>, Omitted) {
        let mut omitted = Omitted::default();
        let boxes = self.groups.groups.iter().map(|group| {
            let kept = group.values.iter().copied().filter(|value| omitted.keep(*value, self.log_y));
            let kept: Vec<f64> = if self.log_y { kept.map(libm::log10).collect() } else { kept.collect() };
            let quartiles = quantiles(&kept, [0.25, 0.5, 0.75]);
            let reach = 1.5 * (quartiles[2] - quartiles[0]);
            let (low, high) = (quartiles[0] - reach, quartiles[2] + reach);
            let inside = kept.iter().copied().filter(|value| (low..=high).contains(value));
            let whiskers = extent::limits(inside)?;
            let back = |value: f64| if self.log_y { libm::exp10(value) } else { value };
            let beyond = kept.iter().copied().filter(|value| !(low..=high).contains(value)).map(back).collect();
            let whiskers = (back(whiskers.0), back(whiskers.1));
            Some(Numbers { count: kept.len(), quartiles: quartiles.map(back), whiskers, beyond })
        });
        (boxes.collect(), omitted)
    }

    fn names(&self) -> Vec<String> {
        self.groups.groups.iter().map(|group| group.name.clone()).collect()
    }

    fn plane(&self) -> Plane<'_> {
        let (boxes, omitted) = self.numbers();
        let padded = limits(boxes).map_or((1.0, 10.0), |range| extent::padded(range, self.log_y));
        let (low, high) = frame::chosen(self.frame.y_range).unwrap_or(padded);
        let scale = if self.log_y { Scale::log(low, high) } else { Scale::linear(low, high) };
        let x = Axis::of_bands(self.names(), self.frame.x_label_or(&self.groups.heading));
        let y = Axis::new(scale, self.frame.y_label_or("value"));
        let empty = boxes.iter().all(Option::is_none);
        Plane { notes: omitted.notes(), empty, ..Plane::new(&self.frame, x, y) }
    }

    fn draw_box(&self, canvas: &mut Canvas, panel: &Panel, group: usize, numbers: &Numbers) {
        let x = panel.x(group as f64);
        let half = (panel.rect.width / boxes_width(self.groups.groups.len())).min(55.0);
        let color = theme::color(group);
        let line = Stroke::new(theme::mix(color, theme::INK, 0.45), 1.4);
        let y = |value: f64| panel.y(value).clamp(panel.rect.top, panel.rect.bottom());
        let [lower, median, upper] = numbers.quartiles.map(y);
        let (bottom, top) = (y(numbers.whiskers.0), y(numbers.whiskers.1));
        canvas.line((x, lower), (x, bottom), line);
        canvas.line((x, upper), (x, top), line);
        for end in [bottom, top] {
            canvas.line((x - half * 0.4, end), (x + half * 0.4, end), line);
        }
        canvas.rect(Rect::new(x - half, upper, 2.0 * half, lower - upper), theme::PAPER, 1.0);
        canvas.rect(Rect::new(x - half, upper, 2.0 * half, lower - upper), color, 0.55);
        let corners = [(-half, upper), (half, upper), (half, lower), (-half, lower), (-half, upper)];
        canvas.polyline(&corners.map(|(dx, y)| (x + dx, y)), line);
        canvas.line((x - half, median), (x + half, median), Stroke { width: 2.6, ..line });
        // One point for each half pixel that holds any.
        let inside = numbers.beyond.iter().map(|value| panel.y(*value)).filter(|y| panel.holds((x, *y)));
        let places: BTreeSet<i64> = inside.map(|y| (y * 2.0).round() as i64).collect();
        for place in places {
            marker::draw_one(canvas, (x, place as f64 / 2.0), group, 2.2, 0.6);
        }
    }
}

/// Part of the panel's width that half a box takes.
fn boxes_width(groups: usize) -> f64 {
    groups.max(1) as f64 * 3.2
}

fn limits(boxes: &[Option<Numbers>]) -> Option<(f64, f64)> {
    let all = boxes.iter().flatten();
    extent::limits(all.flat_map(|b| b.beyond.iter().copied().chain([b.whiskers.0, b.whiskers.1])))
}

impl Draw for BoxPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn frame_mut(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn extent(&self) -> Extent {
        Extent { x: None, y: limits(&self.numbers().0).map(|y| extent::padded(y, self.log_y)) }
    }

    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width, PANEL_HEIGHT)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let panel = self.plane().draw(canvas, area);
        for (group, numbers) in self.numbers().0.iter().enumerate() {
            if let Some(numbers) = numbers {
                self.draw_box(canvas, &panel, group, numbers);
            }
        }
        panel.close(canvas);
    }

    /// Quartiles and whiskers of each group.
    fn text(&self) -> String {
        let (boxes, omitted) = self.numbers();
        let mut lines = vec![self.frame.headline("box plot")];
        for (name, numbers) in self.names().iter().zip(boxes) {
            let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
            lines.push(match numbers {
                None => format!("  {name}no values to show"),
                Some(b) => {
                    let [lower, median, upper] = b.quartiles.map(number::short);
                    let (bottom, top) = (number::short(b.whiskers.0), number::short(b.whiskers.1));
                    let (count, beyond) = (frame::values(b.count), thousands(b.beyond.len()));
                    format!(
                        "  {name}{count}, quartiles {lower}, {median}, {upper}, whiskers {bottom} to {top}, {beyond} beyond"
                    )
                }
            });
        }
        lines.extend(omitted.notes());
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // matplotlib.cbook.boxplot_stats([1, 2, 3, 4, 5, 6, 7, 8, 9, 30])[0] -> q1 3.25, med 5.5, q3 7.75, whislo 1, whishi 9, fliers [30]
    #[test]
    fn numbers_are_matplotlibs() {
        let numbers = BoxPlot::new([1., 2., 3., 4., 5., 6., 7., 8., 9., 30.]).numbers().0[0].clone().unwrap();
        assert_eq!(numbers.quartiles, [3.25, 5.5, 7.75]);
        assert_eq!(numbers.whiskers, (1.0, 9.0));
        assert_eq!(numbers.beyond, [30.0]);
    }
}
