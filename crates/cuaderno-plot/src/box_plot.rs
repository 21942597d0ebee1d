//! Boxes: quartiles of groups side by side.

use crate::axis::Axis;
use crate::canvas::{Canvas, Rect, Stroke};
use crate::extent::{self, Extent};
use crate::figure::{Draw, Drawing, axes, figure};
use crate::frame::{self, Frame};
use crate::groups::Groups;
use crate::legend::Swatch;
use crate::plane::{PANEL_HEIGHT, Panel, Plane};
use crate::quantile::quantiles;
use crate::scale::Scale;
use crate::shown::{Shared, Shown};
use crate::source::{Origin, Part, of_table};
use crate::{PlotError, marker, number, omitted, omitted::Omitted, theme, violin};
use cuaderno_display::thousands;
use std::collections::BTreeSet;

/// Tukey's box plot: the box from quartile to quartile with a bar at the median, whiskers to the outermost values within 1.5
/// box lengths (never less far than the box), everything beyond as points, as ggplot2 and matplotlib draw it.
///
/// Quartiles are R's type 7, numpy's default. On a log axis everything is computed from the logarithms, as in ggplot2.
///
/// ```
/// use cuaderno_plot::BoxPlot;
///
/// let figure = BoxPlot::new([1.0, 2.0, 3.0, 40.0])
///     .grouped("class", &["Other", "Disinformation", "Other", "Disinformation"])?
///     .y_label("score");
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoxPlot {
    pub(crate) frame: Frame,
    groups: Groups,
    log_y: bool,
    violin: bool,
    origin: Origin,
}

figure!(BoxPlot);
axes!(BoxPlot);
of_table!(BoxPlot);

/// The numbers of one box, in values of the axis.
#[derive(Clone, Debug, PartialEq)]
struct Numbers {
    count: usize,
    quartiles: [f64; 3],
    whiskers: (f64, f64),
    beyond: Vec<f64>,
}

/// A box for each group that has values, and what is left out.
type Boxes = (Vec<Option<Numbers>>, Omitted);

impl BoxPlot {
    /// All values in one box.
    pub fn new(values: impl Into<Vec<f64>>) -> Self {
        Self::of(Groups::single(values))
    }

    /// A box for each group.
    pub fn of(groups: Groups) -> Self {
        Self { frame: Frame::default(), groups, log_y: false, violin: false, origin: Origin::default() }
    }

    /// Splits the values by one label each; `heading` says what the labels are.
    ///
    /// # Errors
    /// If there is not one label for each value.
    pub fn grouped(mut self, heading: &str, labels: &[impl AsRef<str>]) -> Result<Self, PlotError> {
        self.groups = Groups::split(heading, &self.loaded()?.groups.all(), labels)?;
        self.origin = Origin::default();
        Ok(self)
    }

    /// Spreads y by its logarithm; values that are not positive are left out and counted.
    pub fn log_y(mut self) -> Self {
        self.log_y = true;
        self
    }

    /// Draws each group's density, mirrored, behind a narrow box: where values are many, the violin is wide.
    pub fn violin(mut self) -> Self {
        self.violin = true;
        self
    }

    fn of_nothing() -> Self {
        Self::of(Groups::default())
    }

    fn swatch(&self, group: usize) -> Swatch {
        Swatch::Fill(self.frame.color(group), 0.55, 0)
    }

    fn fill(&mut self, heading: &str, parts: Vec<Part>) {
        self.groups = Groups::of_parts(heading, parts);
    }

    fn shown(&self, shared: Shared) -> Result<Shown<'_, Self, Boxes>, PlotError> {
        Ok(Shown::new(self.loaded()?, &self.frame, shared, |figure, _| figure.compute()))
    }

    fn compute(&self) -> Boxes {
        let mut omitted = Omitted::default();
        let boxes = self.groups.groups.iter().map(|group| {
            let kept = group.values.iter().copied().filter(|value| omitted.keep(*value, self.log_y));
            let kept: Vec<f64> = if self.log_y { kept.map(libm::log10).collect() } else { kept.collect() };
            let quartiles = quantiles(&kept, [0.25, 0.5, 0.75]);
            let reach = 1.5 * (quartiles[2] - quartiles[0]);
            let (low, high) = (quartiles[0] - reach, quartiles[2] + reach);
            let inside = kept.iter().copied().filter(|value| (low..=high).contains(value));
            let inside = extent::limits(inside)?;
            // Where a quartile lies between two values, the box may reach beyond the last value inside, and the whisker with it.
            let whiskers = (inside.0.min(quartiles[0]), inside.1.max(quartiles[2]));
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
}

impl Shown<'_, BoxPlot, Boxes> {
    fn plane(&self) -> Plane<'_> {
        let (boxes, _) = &self.computed;
        let padded = limits(boxes).map_or((1.0, 10.0), |range| extent::padded(self.frame.reach_y(range), self.log_y));
        let (low, high) = frame::chosen(self.frame.y_range).unwrap_or(padded);
        let scale = if self.log_y { Scale::log(low, high) } else { Scale::linear(low, high) };
        let title = self.frame.x_label_or(&self.groups.heading);
        let x = if self.groups.named() { Axis::of_bands(self.names(), title) } else { Axis::of_one(title) };
        let y = Axis::new(scale, self.frame.y_label_or("value")).percent_if(self.frame.percent);
        let empty = boxes.iter().all(Option::is_none);
        Plane { notes: self.notes(), empty, ..Plane::new(&self.frame, x, y) }
    }

    /// What is left out, cut off, or empty.
    fn notes(&self) -> Vec<String> {
        let (boxes, omitted) = &self.computed;
        let mut notes = omitted.notes();
        if let Some((low, high)) = frame::chosen(self.frame.y_range) {
            let outside = |value: &&f64| !(low..=high).contains(*value);
            let beyond = boxes.iter().flatten().map(|b| b.beyond.iter().filter(outside).count()).sum();
            let reaches = |b: &&Numbers| b.whiskers.0 < low || b.whiskers.1 > high;
            notes.extend(Omitted { outside: beyond, ..Omitted::default() }.notes());
            notes.extend(omitted::cut(boxes.iter().flatten().filter(reaches).count(), "box"));
        }
        let empty = self.groups.groups.iter().zip(boxes).filter(|(_, numbers)| numbers.is_none());
        notes.extend(omitted::empty_groups(empty.map(|(group, _)| group.name.as_str())));
        notes
    }

    fn draw_box(&self, canvas: &mut Canvas, panel: &Panel, group: usize, numbers: &Numbers) {
        let x = panel.x(group as f64);
        let half = (panel.rect.width / boxes_width(self.groups.groups.len())).min(55.0);
        let color = self.frame.color(group);
        if self.violin {
            let values = self.groups.groups[group].values.iter().copied();
            let mut ignored = Omitted::default();
            let values: Vec<f64> = values.filter(|value| ignored.keep(*value, self.log_y)).collect();
            violin::draw(canvas, panel, x, half, color, &values, self.log_y);
        }
        let half = if self.violin { (half * 0.25).min(12.0) } else { half };
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
            marker::draw_one(canvas, (x, place as f64 / 2.0), (group, color), 2.2, 0.6);
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
    fn drawing(&self, shared: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self.shown(shared)?))
    }
}

impl Drawing for Shown<'_, BoxPlot, Boxes> {
    fn extent(&self) -> Extent {
        Extent { x: None, y: limits(&self.computed.0).map(|y| extent::padded(y, self.log_y)) }
    }

    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width, PANEL_HEIGHT)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let panel = self.plane().draw(canvas, area);
        for (group, numbers) in self.computed.0.iter().enumerate() {
            if let Some(numbers) = numbers {
                self.draw_box(canvas, &panel, group, numbers);
            }
        }
        panel.close(canvas);
    }

    /// Quartiles and whiskers of each group.
    fn text(&self) -> String {
        let (boxes, _) = &self.computed;
        let mut lines = vec![self.frame.headline("box plot")];
        for (name, numbers) in self.names().iter().zip(boxes) {
            let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
            lines.push(match numbers {
                None => format!("  {name}no values to show"),
                Some(b) => {
                    let [lower, median, upper] = b.quartiles.map(number::short);
                    let (bottom, top) = (number::short(b.whiskers.0), number::short(b.whiskers.1));
                    let (count, beyond) = (omitted::values(b.count), thousands(b.beyond.len()));
                    format!(
                        "  {name}{count}, quartiles {lower}, {median}, {upper}, whiskers {bottom} to {top}, {beyond} beyond"
                    )
                }
            });
        }
        lines.extend(self.notes());
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // matplotlib.cbook.boxplot_stats([1, 2, 3, 4, 5, 6, 7, 8, 9, 30])[0] -> q1 3.25, med 5.5, q3 7.75, whislo 1, whishi 9, fliers [30]
    #[test]
    fn numbers_are_matplotlibs() {
        let numbers = BoxPlot::new([1., 2., 3., 4., 5., 6., 7., 8., 9., 30.]).compute().0[0].clone().unwrap();
        assert_eq!(numbers.quartiles, [3.25, 5.5, 7.75]);
        assert_eq!(numbers.whiskers, (1.0, 9.0));
        assert_eq!(numbers.beyond, [30.0]);
    }

    // The same and ggplot2::geom_boxplot: [1, 2, 3, 9] -> q1 1.75, q3 4.5, whiskers 1 to 4.5, beyond 9; [0, 0, 0, 1000] -> 0 to 250,
    // beyond 1000; [-12.862, 3, 3.439, 8.823] -> q1 -0.9655, q3 4.785, whiskers -0.9655 to 8.823, beyond -12.862
    #[test]
    fn whiskers_never_end_inside_the_box() {
        let whiskers = |values: [f64; 4]| {
            let numbers = BoxPlot::new(values).compute().0[0].clone().unwrap();
            (numbers.whiskers, numbers.beyond)
        };
        assert_eq!(whiskers([1., 2., 3., 9.]), ((1.0, 4.5), vec![9.0]));
        assert_eq!(whiskers([0., 0., 0., 1000.]), ((0.0, 250.0), vec![1000.0]));
        let ((low, high), beyond) = whiskers([-12.862, 3., 3.439, 8.823]);
        assert!((low + 0.9655).abs() < 1e-12, "{low}");
        assert_eq!((high, beyond), (8.823, vec![-12.862]));
    }
}
