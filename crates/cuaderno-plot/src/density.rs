//! Density curves: how values are spread, without bins.

use crate::axis::Axis;
use crate::canvas::{Canvas, Rect, Stroke};
use crate::figure::{Draw, figure};
use crate::frame::{self, Frame, Omitted};
use crate::groups::Groups;
use crate::kernel_density::{DensityEstimate, kernel_density, silverman_bandwidth};
use crate::legend::{Legend, Swatch};
use crate::plane::{PANEL_HEIGHT, Panel, Plane};
use crate::scale::Scale;
use crate::{PlotError, number, theme};
use std::sync::OnceLock;

/// Places at which a curve is drawn: closer than a pixel and a half.
const POINTS: usize = 512;

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
/// let figure = Density::new(capitals).by("class", &classes)?.log_x().x_label("capitals in the title");
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Density {
    pub(crate) frame: Frame,
    groups: Groups,
    log_x: bool,
    bandwidth: Option<f64>,
    curves: OnceLock<Curves>,
}

figure!(Density);

/// What is drawn. With a log axis, places are logarithms to base 10.
#[derive(Clone, Debug)]
struct Curves {
    range: Option<(f64, f64)>,
    /// One for each group; none if the group has no value to show.
    estimates: Vec<Option<DensityEstimate>>,
    counts: Vec<usize>,
    omitted: Omitted,
}

impl Density {
    /// All values together.
    pub fn new(values: impl Into<Vec<f64>>) -> Self {
        Self::of(Groups::single(values))
    }

    /// Values that are in groups already.
    pub fn of(groups: Groups) -> Self {
        Self { frame: Frame::default(), groups, log_x: false, bandwidth: None, curves: OnceLock::new() }
    }

    /// Splits the values by one label each; `heading` says what the labels are.
    ///
    /// # Errors
    /// If there is not one label for each value.
    pub fn by(self, heading: &str, labels: &[impl AsRef<str>]) -> Result<Self, PlotError> {
        let groups = Groups::split(heading, &self.groups.all(), labels)?;
        Ok(Self { groups, curves: OnceLock::new(), ..self })
    }

    /// Spreads the x axis by the logarithm to base 10; values that are not positive are left out and counted.
    pub fn log_x(self) -> Self {
        Self { log_x: true, curves: OnceLock::new(), ..self }
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
        Ok(Self { bandwidth: Some(bandwidth), curves: OnceLock::new(), ..self })
    }

    fn curves(&self) -> &Curves {
        self.curves.get_or_init(|| self.estimate())
    }

    fn estimate(&self) -> Curves {
        let mut omitted = Omitted::default();
        let mut kept: Vec<Vec<f64>> = Vec::new();
        for group in &self.groups.groups {
            let values = group.values.iter().copied().filter(|value| omitted.keep(*value, self.log_x));
            kept.push(if self.log_x { values.map(f64::log10).collect() } else { values.collect() });
        }
        let all = kept.iter().flatten();
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
        if low > high {
            return Curves { range: None, estimates: vec![None; kept.len()], counts: vec![0; kept.len()], omitted };
        }
        let bandwidths: Vec<f64> =
            kept.iter().map(|values| self.bandwidth.unwrap_or_else(|| silverman_bandwidth(values))).collect();
        // Where all values are the same there is a bump around them.
        let widest = bandwidths.iter().copied().fold(0.0, f64::max);
        let equal = high - low <= low.abs().max(high.abs()) * 1e-12;
        let (low, high) = if equal { (low - 4.0 * widest, high + 4.0 * widest) } else { (low, high) };
        let estimates = kept.iter().zip(&bandwidths);
        let estimates = estimates
            .map(|(values, h)| (!values.is_empty()).then(|| kernel_density(values, *h, low, high, POINTS)))
            .collect();
        Curves { range: Some((low, high)), estimates, counts: kept.iter().map(Vec::len).collect(), omitted }
    }

    /// A place of a curve as a value of the axis.
    fn value(&self, place: f64) -> f64 {
        if self.log_x { 10f64.powf(place) } else { place }
    }

    fn plane(&self) -> Plane<'_> {
        let curves = self.curves();
        let (low, high) = curves.range.unwrap_or((0.0, 1.0));
        let (low, high) = frame::chosen(self.frame.x_range).unwrap_or((self.value(low), self.value(high)));
        let scale = if self.log_x { Scale::log(low, high) } else { Scale::linear(low, high) };
        let highest = curves.estimates.iter().flatten().flat_map(|e| &e.y).copied().fold(0.0, f64::max);
        let highest = if highest > 0.0 { highest * 1.05 } else { 1.0 };
        let x = Axis::new(scale, self.frame.x_label_or(if self.log_x { "value (log scale)" } else { "value" }));
        let y = Axis::new(Scale::linear(0.0, highest), self.frame.y_label_or("density"));
        let entries = self.groups.groups.iter().enumerate().filter(|_| self.groups.named());
        let entries = entries.map(|(i, group)| (Swatch::Fill(theme::color(i), 0.5), group.name.clone()));
        let legend = Legend::new(&self.groups.heading, entries);
        Plane { legend, notes: curves.omitted.notes(), empty: curves.range.is_none(), ..Plane::new(&self.frame, x, y) }
    }

    fn draw_curve(&self, canvas: &mut Canvas, panel: &Panel, group: usize, estimate: &DensityEstimate) {
        let line: Vec<_> = estimate.x.iter().zip(&estimate.y).map(|(x, y)| panel.at(self.value(*x), *y)).collect();
        let line: Vec<_> =
            line.into_iter().filter(|(x, _)| (panel.rect.left - 0.1..=panel.rect.right() + 0.1).contains(x)).collect();
        if let (Some(first), Some(last)) = (line.first(), line.last()) {
            let mut area = vec![(first.0, panel.rect.bottom())];
            area.extend(&line);
            area.push((last.0, panel.rect.bottom()));
            canvas.polygon(&area, theme::color(group), 0.5);
        }
        // Darker than the fill and dashed by group, so that greyscale tells them apart.
        let color = theme::mix(theme::color(group), theme::INK, 0.25);
        canvas.polyline(&line, Stroke::new(color, 1.6).dashed(theme::dash(group)));
    }
}

impl Draw for Density {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width, PANEL_HEIGHT)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let panel = self.plane().draw(canvas, area);
        for (group, estimate) in self.curves().estimates.iter().enumerate() {
            if let Some(estimate) = estimate {
                self.draw_curve(canvas, &panel, group, estimate);
            }
        }
        panel.close(canvas);
    }

    /// Count, peak and bandwidth of each group.
    fn text(&self) -> String {
        let curves = self.curves();
        let mut lines = vec![self.frame.headline("density")];
        for ((group, estimate), count) in self.groups.groups.iter().zip(&curves.estimates).zip(&curves.counts) {
            let name = if group.name.is_empty() { String::new() } else { format!("{}: ", group.name) };
            let mut line = format!("  {name}{}", frame::values(*count));
            if let Some(estimate) = estimate
                && let Some((x, y)) = estimate.x.iter().zip(&estimate.y).max_by(|a, b| a.1.total_cmp(b.1))
            {
                let (peak, density) = (number::short(self.value(*x)), number::short(*y));
                line += &format!(", peak {density} at {peak}, bandwidth {}", number::short(estimate.bandwidth));
                line += if self.log_x { " powers of ten" } else { "" };
            }
            lines.push(line);
        }
        lines.extend(curves.omitted.notes());
        lines.join("\n")
    }
}
