//! Density curves: how values are spread, without bins.

use crate::axis::Axis;
use crate::canvas::{Canvas, Rect, Stroke};
use crate::extent::{self, Extent};
use crate::figure::{Draw, Drawing, axes, figure};
use crate::frame::{self, Frame};
use crate::groups::Groups;
use crate::kernel_density::{DensityEstimate, bounds, kernel_density, silverman_bandwidth};
use crate::legend::Swatch;
use crate::plane::{PANEL_HEIGHT, Panel, Plane};
use crate::scale::Scale;
use crate::shown::{Shared, Shown};
use crate::source::{Origin, Part, of_table};
use crate::{PlotError, number, omitted, omitted::Omitted, theme};
use rayon::prelude::*;

/// Places at which a curve is drawn: closer than a pixel and a half.
const POINTS: usize = 512;

/// Height of one ridge.
const RIDGE: f64 = 58.0;

/// Gaussian kernel density curves, one for each group, filled half transparent.
///
/// The bandwidth of each group is Silverman's unless given. On a log axis the density is that of the logarithm (base 10), as
/// in ggplot2, so that areas under the curve are shares of the values. Curves go from the least to the greatest value of
/// all groups.
///
/// ```
/// use cuaderno_plot::Density;
///
/// let capitals = [1.0, 3.0, 2.0, 0.0, 10.0, 4.0];
/// let classes = ["Other", "Other", "Disinformation", "Other", "Disinformation", "Disinformation"];
/// let figure = Density::new(capitals).grouped("class", &classes)?.log_x().x_label("capitals in the title");
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Density {
    pub(crate) frame: Frame,
    groups: Groups,
    log_x: bool,
    bandwidth: Option<f64>,
    ridges: bool,
    origin: Origin,
}

figure!(Density);
axes!(Density);
of_table!(Density);

/// What is drawn. With a log axis, places are logarithms to base 10.
#[derive(Clone, Debug)]
struct Curves {
    range: Option<(f64, f64)>,
    /// One for each group; none if the group has no value to show.
    estimates: Vec<Option<DensityEstimate>>,
    counts: Vec<usize>,
    /// The value that all others equal, if they do.
    only: Option<f64>,
    /// The bandwidth that was used where a smaller one could not be shown.
    raised: Option<f64>,
    /// Whether the values are whole numbers and the curve dips between them, where no value can be.
    steps: bool,
    omitted: Omitted,
}

impl Density {
    /// All values together.
    pub fn new(values: impl Into<Vec<f64>>) -> Self {
        Self::of(Groups::single(values))
    }

    /// Values that are in groups already.
    pub fn of(groups: Groups) -> Self {
        Self {
            frame: Frame::default(),
            groups,
            log_x: false,
            bandwidth: None,
            ridges: false,
            origin: Origin::default(),
        }
    }

    /// Splits the values by one label each; `heading` says what the labels are.
    ///
    /// # Errors
    /// If there is not one label for each value.
    pub fn grouped(self, heading: &str, labels: &[impl AsRef<str>]) -> Result<Self, PlotError> {
        let groups = Groups::split(heading, &self.loaded()?.groups.all(), labels)?;
        Ok(Self { groups, origin: Origin::default(), ..self })
    }

    /// Spreads the x axis by the logarithm to base 10; values that are not positive are left out and counted.
    pub fn log_x(self) -> Self {
        Self { log_x: true, ..self }
    }

    /// Sets the standard deviation of the kernel for every group, in units of the x axis; on a log axis, in powers of ten.
    ///
    /// # Errors
    /// If it is not a positive number.
    pub fn bandwidth(self, bandwidth: f64) -> Result<Self, PlotError> {
        if !(bandwidth > 0.0 && bandwidth.is_finite()) {
            let expected = "a positive number";
            return Err(PlotError::Setting { what: "the bandwidth", found: bandwidth.to_string(), expected });
        }
        Ok(Self { bandwidth: Some(bandwidth), ..self })
    }

    /// Sets the curves of the groups below one another, each on a line of its own with the same height for the same density: for many
    /// groups, whose curves would hide each other.
    pub fn ridges(self) -> Self {
        Self { ridges: true, ..self }
    }

    fn swatch(&self, group: usize) -> Swatch {
        Swatch::Fill(self.frame.color(group), 0.5, 0)
    }

    fn of_nothing() -> Self {
        Self::of(Groups::default())
    }

    fn fill(&mut self, heading: &str, parts: Vec<Part>) {
        self.groups = Groups::of_parts(heading, parts);
    }

    fn shown(&self, shared: Shared) -> Result<Shown<'_, Self, Curves>, PlotError> {
        Ok(Shown::new(self.loaded()?, &self.frame, shared, |figure, _| figure.estimate()))
    }

    fn estimate(&self) -> Curves {
        let mut omitted = Omitted::default();
        let kept: Vec<Vec<f64>> =
            self.groups.groups.iter().map(|group| self.keep(&group.values, &mut omitted)).collect();
        let ranges = kept.iter().map(|values| bounds(values));
        let (low, high) = ranges.fold((f64::INFINITY, f64::NEG_INFINITY), |a, b| (a.0.min(b.0), a.1.max(b.1)));
        if low > high {
            return Curves {
                range: None,
                estimates: vec![None; kept.len()],
                counts: vec![0; kept.len()],
                only: None,
                raised: None,
                steps: false,
                omitted,
            };
        }
        // A bump narrower than a pixel or two would be drawn or missed by chance.
        let finest = (high - low) / POINTS as f64;
        let asked: Vec<f64> =
            kept.iter().map(|values| self.bandwidth.unwrap_or_else(|| silverman_bandwidth(values))).collect();
        let bandwidths: Vec<f64> = asked.iter().map(|bandwidth| bandwidth.max(finest)).collect();
        let raised = asked.iter().zip(&kept).filter(|(h, values)| **h < finest && !values.is_empty()).count() > 0;
        // Where all values are the same there is a bump around them.
        let widest = bandwidths.iter().copied().fold(0.0, f64::max);
        let equal = high - low <= low.abs().max(high.abs()) * 1e-12;
        let only = equal.then_some(low);
        let steps = self.gap(low) > 2.0 * bandwidths.iter().copied().fold(f64::INFINITY, f64::min);
        let (low, high) = if equal { (low - 4.0 * widest, high + 4.0 * widest) } else { (low, high) };
        let estimates = kept.iter().zip(&bandwidths);
        let estimates = estimates
            // An odd number of places has one in the middle, where the bump of equal values has its peak.
            .map(|(values, h)| {
                let points = POINTS + usize::from(equal);
                (!values.is_empty()).then(|| kernel_density(values, *h, low, high, points))
            })
            .collect();
        Curves {
            range: Some((low, high)),
            estimates,
            counts: kept.iter().map(Vec::len).collect(),
            only,
            raised: raised.then_some(finest),
            steps: steps && !equal && self.is_whole(),
            omitted,
        }
    }

    /// How far the next whole number is from this place.
    fn gap(&self, place: f64) -> f64 {
        if self.log_x { libm::log1p(1.0 / libm::exp10(place)) * std::f64::consts::LOG10_E } else { 1.0 }
    }

    fn is_whole(&self) -> bool {
        let values = || self.groups.groups.iter().flat_map(|group| &group.values);
        values().all(|value| value.fract() == 0.0 || !value.is_finite())
    }

    /// What can be drawn of some values; on a log axis, their logarithms.
    fn keep(&self, values: &[f64], omitted: &mut Omitted) -> Vec<f64> {
        const PART: usize = 1 << 18;
        let mut kept = vec![0.0; values.len()];
        let keep_part = |(from, to): (&[f64], &mut [f64])| {
            let mut omitted = Omitted::default();
            for (value, kept) in from.iter().zip(to) {
                *kept = match omitted.keep(*value, self.log_x) {
                    true if self.log_x => libm::log10(*value),
                    true => *value,
                    false => f64::NAN,
                };
            }
            omitted
        };
        let parts = values.par_chunks(PART).zip(kept.par_chunks_mut(PART)).map(keep_part);
        let left_out = parts.reduce(Omitted::default, Omitted::and);
        if left_out != Omitted::default() {
            kept.retain(|value| !value.is_nan());
        }
        *omitted = omitted.and(left_out);
        kept
    }

    /// A place of a curve as a value of the axis.
    fn value(&self, place: f64) -> f64 {
        if self.log_x { libm::exp10(place) } else { place }
    }
}

impl Shown<'_, Density, Curves> {
    /// What is left out, and a warning where there is no spread to show.
    fn notes(&self) -> Vec<String> {
        let curves = &self.computed;
        let mut notes = curves.omitted.notes();
        if let Some(value) = curves.only {
            notes.push(format!("all values are {}: the curve's width is arbitrary", number::short(self.value(value))));
        }
        if let Some(bandwidth) = curves.raised {
            let hint = if self.log_x { "" } else { "; a log axis or a smaller range would show more" };
            notes
                .push(format!("bandwidth raised to {}, the finest this axis can show{hint}", number::short(bandwidth)));
        }
        if curves.steps {
            notes.push(
                "whole numbers, smoothed: the dips between them hold no values; a histogram shows each".to_owned(),
            );
        }
        if let Some((low, high)) = frame::chosen(self.frame.x_range) {
            let values = self.groups.groups.iter().flat_map(|group| &group.values);
            // Limits that panels share have gone through logarithms and back.
            let hair = (high - low) * 1e-9;
            let inside = |value: f64| (low - hair..=high + hair).contains(&value);
            let is_shown = |value: f64| value.is_finite() && (value > 0.0 || !self.log_x);
            let outside = values.filter(|value| is_shown(**value) && !inside(**value)).count();
            if outside > 0 {
                notes.push(format!(
                    "{} outside the axis limits, which the curve counts all the same",
                    omitted::values(outside)
                ));
            }
        }
        let empty = self.groups.groups.iter().zip(&curves.counts).filter(|(_, count)| **count == 0);
        notes.extend(omitted::empty_groups(empty.map(|(group, _)| group.name.as_str())));
        notes
    }

    fn plane(&self) -> Plane<'_> {
        let curves = &self.computed;
        let (low, high) = curves.range.unwrap_or((0.0, 1.0));
        let ends = self.frame.reach_x((self.value(low), self.value(high)));
        let (low, high) = frame::chosen(self.frame.x_range).unwrap_or(ends);
        let scale = if self.log_x { Scale::log(low, high) } else { Scale::linear(low, high) };
        let (bottom, top) = frame::chosen(self.frame.y_range).unwrap_or(self.frame.reach_y((0.0, self.highest())));
        let x = Axis::new(scale, self.frame.x_label_or(if self.log_x { "value (log scale)" } else { "value" }));
        let y = match self.ridges {
            true => Axis::of_bands(self.names(), self.frame.y_label_or(&self.groups.heading)),
            false => Axis::new(Scale::linear(bottom, top), self.frame.y_label_or("density")),
        };
        let entries = self.groups.groups.iter().enumerate().filter(|_| self.groups.named() && !self.ridges);
        let entries = entries.map(|(i, group)| (self.swatch(i), group.name.clone()));
        let legend = self.frame.legend(&self.groups.heading, entries);
        Plane { legend, notes: self.notes(), empty: curves.range.is_none(), ..Plane::new(&self.frame, x, y) }
    }

    fn names(&self) -> Vec<String> {
        let name = |group: &crate::Group| if group.name.is_empty() { " ".to_owned() } else { group.name.clone() };
        self.groups.groups.iter().map(name).collect()
    }

    /// Where the y axis ends.
    fn highest(&self) -> f64 {
        let highest = self.computed.estimates.iter().flatten().flat_map(|e| &e.y).copied().fold(0.0, f64::max);
        if highest > 0.0 { highest * 1.05 } else { 1.0 }
    }

    /// The part of the panel that a group's ridge has.
    fn band(&self, panel: &Panel, group: usize) -> Rect {
        let height = panel.rect.height / self.groups.groups.len() as f64;
        Rect { top: panel.band_y(group) - height / 2.0, height, ..panel.rect }
    }

    fn draw_curve(&self, canvas: &mut Canvas, panel: &Panel, group: usize, estimate: &DensityEstimate) {
        let rect = if self.ridges { self.band(panel, group) } else { panel.rect };
        let y = |density: f64| match self.ridges {
            true => rect.bottom() - density / self.highest() * rect.height,
            false => panel.y(density),
        };
        let line: Vec<_> = estimate.x.iter().zip(&estimate.y).map(|(x, d)| (panel.x(self.value(*x)), y(*d))).collect();
        let inside = line.iter().filter(|(x, _)| (rect.left - 0.1..=rect.right() + 0.1).contains(x));
        let top: Vec<_> = inside.map(|(x, y)| (*x, y.clamp(rect.top, rect.bottom()))).collect();
        if let (Some(first), Some(last)) = (top.first(), top.last()) {
            let ends = [(last.0, rect.bottom()), (first.0, rect.bottom())];
            let area: Vec<_> = top.iter().copied().chain(ends).collect();
            canvas.polygon(&area, self.frame.color(group), 0.5);
        }
        // Darker than the fill and dashed by group, so that greyscale tells them apart.
        let color = theme::mix(self.frame.color(group), theme::INK, 0.25);
        if self.ridges {
            panel.line(canvas, (rect.left, rect.bottom()), (rect.right(), rect.bottom()));
        }
        for line in extent::clip(&line, rect.inset(-0.01)) {
            canvas.polyline(&line, Stroke::new(color, 1.6).dashed(theme::dash(group)));
        }
    }
}

impl Draw for Density {
    fn drawing(&self, shared: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self.shown(shared)?))
    }
}

impl Drawing for Shown<'_, Density, Curves> {
    fn extent(&self) -> Extent {
        match self.computed.range {
            None => Extent::default(),
            Some((low, high)) => {
                let y = (!self.ridges).then(|| (0.0, self.highest()));
                Extent { x: Some((self.value(low), self.value(high))), y }
            }
        }
    }

    fn natural_height(&self, width: f64) -> f64 {
        let bands = self.groups.groups.len() as f64;
        self.plane().height(width, if self.ridges { (bands * RIDGE).max(120.0) } else { PANEL_HEIGHT })
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let panel = self.plane().draw(canvas, area);
        for (group, estimate) in self.computed.estimates.iter().enumerate() {
            if let Some(estimate) = estimate {
                self.draw_curve(canvas, &panel, group, estimate);
            }
        }
        panel.close(canvas);
    }

    /// Count, peak and bandwidth of each group.
    fn text(&self) -> String {
        let curves = &self.computed;
        let mut lines = vec![self.frame.headline("density")];
        for ((group, estimate), count) in self.groups.groups.iter().zip(&curves.estimates).zip(&curves.counts) {
            let name = if group.name.is_empty() { String::new() } else { format!("{}: ", group.name) };
            let mut line = format!("  {name}{}", omitted::values(*count));
            if let Some(estimate) = estimate
                && let Some((x, y)) = estimate.x.iter().zip(&estimate.y).max_by(|a, b| a.1.total_cmp(b.1))
            {
                let (peak, density) = (number::short(self.value(*x)), number::short(*y));
                line += &format!(", peak {density} at {peak}, bandwidth {}", number::short(estimate.bandwidth));
                line += if self.log_x { " powers of ten" } else { "" };
            }
            lines.push(line);
        }
        lines.extend(self.notes());
        lines.join("\n")
    }
}
