//! Histograms: how values, or dates, are spread.

use crate::axis::Axis;
use crate::bins::{self, Bins};
use crate::canvas::{Canvas, Rect};
use crate::date;
use crate::extent::{self, Extent};
use crate::figure::{Draw, Drawing, axes, figure};
use crate::frame::{self, Frame};
use crate::groups::Groups;
use crate::legend::Swatch;
use crate::omitted::{self, Omitted};
use crate::plane::{PANEL_HEIGHT, Panel, Plane};
use crate::scale::{Scale, TimeUnit};
use crate::shown::{Shared, Shown};
use crate::source::{Origin, Part, of_table};
use crate::vega::{Channel, Spec, interactive};
use crate::{PlotError, hatch, number};
use cuaderno_display::thousands;
use serde_json::json;

/// How the bars of several groups stand together.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Together {
    Stacked,
    SideBySide,
    Overlaid,
}

/// Counts of values in bins; with groups stacked, side by side or overlaid.
///
/// Bins are half-open, `low <= value < high`, the last one closed, as in numpy; a value a hair (1e-8 of a bin) below an edge is on
/// it, as in ggplot2. Without [`bins`](Self::bins) there are about 30, with edges at round numbers; whole numbers of a small range
/// have a bar each, dates are binned by steps of the calendar.
///
/// ```
/// use cuaderno_plot::{Histogram, TimeUnit};
///
/// let seconds = [1_546_300_800.0, 1_551_781_200.0, 1_561_939_200.0];
/// let figure = Histogram::new(seconds)
///     .grouped("class", &["Other", "Disinformation", "Other"])?
///     .dates(TimeUnit::Seconds)
///     .x_label("created_at (UTC)");
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Histogram {
    pub(crate) frame: Frame,
    groups: Groups,
    dates: Option<TimeUnit>,
    log_x: bool,
    bins: Option<usize>,
    together: Together,
    origin: Origin,
}

figure!(Histogram);
axes!(Histogram);
of_table!(Histogram);

/// What is drawn: bins, counts by group and bin, and what is left out.
#[derive(Clone, Debug)]
struct Counted {
    bins: Bins,
    counts: Vec<Vec<u64>>,
    omitted: Omitted,
}

impl Counted {
    fn is_empty(&self) -> bool {
        self.counts.iter().flatten().all(|count| *count == 0)
    }
}

impl Histogram {
    /// All values together.
    pub fn new(values: impl Into<Vec<f64>>) -> Self {
        Self::of(Groups::single(values))
    }

    /// Values that are in groups already.
    pub fn of(groups: Groups) -> Self {
        Self {
            frame: Frame::default(),
            groups,
            dates: None,
            log_x: false,
            bins: None,
            together: Together::Stacked,
            origin: Origin::default(),
        }
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

    /// The values are times since 1970-01-01 UTC in this unit.
    pub fn dates(mut self, unit: TimeUnit) -> Self {
        self.dates = Some(unit);
        self
    }

    /// Bins evenly by the logarithm; values that are not positive are left out and counted.
    pub fn log_x(mut self) -> Self {
        self.log_x = true;
        self
    }

    /// This many bins of equal width from the least to the greatest value.
    pub fn bins(mut self, count: usize) -> Self {
        self.bins = Some(count.clamp(1, 2000));
        self
    }

    /// Sets the bars of the groups side by side instead of stacking them.
    pub fn side_by_side(mut self) -> Self {
        self.together = Together::SideBySide;
        self
    }

    /// Draws the groups over one another, half transparent.
    pub fn overlaid(mut self) -> Self {
        self.together = Together::Overlaid;
        self
    }

    fn of_nothing() -> Self {
        Self::of(Groups::default())
    }

    fn swatch(&self, group: usize) -> Swatch {
        Swatch::Fill(self.frame.color(group), self.alpha(), self.hatch(group))
    }

    /// The group whose lines are drawn: overlaid bars let others shine through instead.
    fn hatch(&self, group: usize) -> usize {
        if self.together == Together::Overlaid { 0 } else { group }
    }

    fn alpha(&self) -> f64 {
        if self.together == Together::Overlaid { 0.5 } else { 1.0 }
    }

    fn fill(&mut self, heading: &str, parts: Vec<Part>) {
        self.groups = Groups::of_parts(heading, parts);
    }

    fn log(&self) -> bool {
        self.log_x && self.dates.is_none()
    }

    fn value(&self, value: f64) -> f64 {
        self.dates.map_or(value, |unit| unit.to_ms(value))
    }

    fn shown(&self, shared: Shared) -> Result<Shown<'_, Self, Counted>, PlotError> {
        Ok(Shown::new(self.loaded()?, &self.frame, shared, Self::count))
    }

    fn count(&self, frame: &Frame) -> Counted {
        let mut omitted = Omitted::default();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let limits = frame::chosen(frame.x_range);
        let kept = |value: &f64, omitted: &mut Omitted| {
            let value = self.value(*value);
            omitted.keep(value, self.log()).then_some(value)
        };
        let mut whole = true;
        for value in self.groups.groups.iter().flat_map(|group| &group.values) {
            let Some(value) = kept(value, &mut omitted) else { continue };
            if limits.is_some_and(|(least, most)| value < least || value > most) {
                omitted.outside += 1;
                continue;
            }
            low = low.min(value);
            high = high.max(value);
            whole &= value.fract() == 0.0;
        }
        let is_empty = low > high;
        if let (Some(limits), false) = (limits, is_empty) {
            // One whole number has a bar of its own, however far the axis reaches.
            (low, high) = if whole && high - low < 30.0 { (low, high) } else { limits };
        }
        let bins = if is_empty {
            let (low, high) = limits.unwrap_or((0.0, 1.0));
            Bins { edges: vec![low, high], each: String::new() }
        } else if self.dates.is_some() {
            bins::of_dates(low, high, self.bins)
        } else if self.log() {
            bins::of_logarithms(low, high, self.bins.unwrap_or(30))
        } else {
            bins::of_numbers(low, high, bins::Numbers { count: self.bins, whole, cut: limits.is_some() })
        };
        let within = |value: &f64| limits.is_none_or(|(least, most)| (least..=most).contains(value));
        let mut counts = Vec::new();
        for group in &self.groups.groups {
            let mut count = vec![0; bins.edges.len() - 1];
            let values = group.values.iter().filter_map(|value| kept(value, &mut Omitted::default()));
            for bin in values.filter(within).filter_map(|value| bins.find(value)) {
                count[bin] += 1;
            }
            counts.push(count);
        }
        Counted { bins, counts, omitted }
    }
}

impl Shown<'_, Histogram, Counted> {
    fn plane(&self) -> Plane<'_> {
        let counted = &self.computed;
        let edges = &counted.bins.edges;
        let ends = self.frame.reach_x((edges[0], edges[edges.len() - 1]));
        let (low, high) = frame::chosen(self.frame.x_range).unwrap_or(ends);
        let scale = if self.dates.is_some() {
            Scale::time(low, high)
        } else if self.log() {
            Scale::log(low, high)
        } else {
            Scale::linear(low, high)
        };
        let ends = self.frame.reach_y((0.0, self.highest(counted)));
        let (bottom, top) = frame::chosen(self.frame.y_range).unwrap_or(ends);
        let mut x = Axis::new(scale, self.frame.x_label_or(if self.dates.is_some() { "time (UTC)" } else { "value" }));
        x.whole = self.dates.is_none() && edges.len() > 1 && counted.bins.is_of_whole_numbers();
        let per = if counted.bins.each.is_empty() { String::new() } else { format!(" per {}", counted.bins.each) };
        let y = Axis::new(Scale::linear(bottom, top), self.frame.y_label_or(&format!("count{per}"))).whole();
        let entries = self.groups.groups.iter().enumerate().filter(|_| self.groups.named());
        let entries = entries.map(|(i, group)| (self.swatch(i), group.name.clone()));
        let legend = self.frame.legend(&self.groups.heading, entries);
        Plane { legend, notes: self.notes(), empty: counted.is_empty(), ..Plane::new(&self.frame, x, y) }
    }

    /// What is left out, and which groups are empty.
    fn notes(&self) -> Vec<String> {
        let counted = &self.computed;
        let mut notes = counted.omitted.notes();
        let bins = 0..counted.bins.edges.len() - 1;
        if let Some((_, top)) = frame::chosen(self.frame.y_range) {
            let cut = bins.filter(|bin| self.tallest(counted, *bin) as f64 > top).count();
            notes.extend(omitted::cut(cut, "bar"));
        }
        let empty = self.groups.groups.iter().zip(&counted.counts).filter(|(_, counts)| counts.iter().all(|n| *n == 0));
        notes.extend(omitted::empty_groups(empty.map(|(group, _)| group.name.as_str())));
        notes
    }

    /// The height of what stands over a bin.
    fn tallest(&self, counted: &Counted, bin: usize) -> u64 {
        let counts = counted.counts.iter().map(|counts| counts[bin]);
        if self.together == Together::Stacked { counts.sum() } else { counts.max().unwrap_or(0) }
    }

    /// Where the y axis ends.
    fn highest(&self, counted: &Counted) -> f64 {
        let bins = 0..counted.bins.edges.len() - 1;
        bins.map(|bin| self.tallest(counted, bin)).max().unwrap_or(0).max(1) as f64 * 1.05
    }

    fn draw_bin(&self, canvas: &mut Canvas, panel: &Panel, counted: &Counted, bin: usize) {
        let (low, high) = (counted.bins.edges[bin], counted.bins.edges[bin + 1]);
        let whole = panel.between((low, 0.0), (high, 0.0));
        // A hair of paper between bars, unless they are themselves hair thin.
        let groups = self.groups.groups.len();
        let gap = match self.together {
            // Bars side by side belong to one bin: a fifth of it is left free.
            Together::SideBySide if groups > 1 => whole.width * 0.2,
            _ if whole.width > 4.0 => 1.0,
            _ => 0.0,
        };
        let mut below = 0;
        for (group, counts) in counted.counts.iter().enumerate() {
            let count = counts[bin];
            if count == 0 {
                continue;
            }
            let (base, lane, lanes) = match self.together {
                Together::Stacked => (below, 0, 1),
                Together::Overlaid => (0, 0, 1),
                Together::SideBySide => (0, group, groups),
            };
            below += count;
            let bar = panel.between((low, base as f64), (high, (base + count) as f64));
            let width = (whole.width - gap) / lanes as f64;
            let bar = Rect::new(whole.left + gap / 2.0 + lane as f64 * width, bar.top, width, bar.height);
            canvas.rect(bar, self.frame.color(group), self.alpha());
            hatch::draw(canvas, bar, self.hatch(group), self.frame.color(group));
        }
    }
}

interactive!(Histogram);

impl Shown<'_, Histogram, Counted> {
    fn vega(&self) -> Spec<'_> {
        let counted = &self.computed;
        let bar = |group: usize, bin: usize| {
            let (from, to) = (counted.bins.edges[bin], counted.bins.edges[bin + 1]);
            json!({"from": from, "to": to, "count": counted.counts[group][bin], "group": self.groups.groups[group].name})
        };
        let bins = 0..counted.bins.edges.len() - 1;
        let rows = (0..counted.counts.len()).flat_map(|group| bins.clone().map(move |bin| bar(group, bin))).collect();
        let kind = if self.dates.is_some() { "temporal" } else { "quantitative" };
        let (x, y) =
            (self.frame.x_label.as_deref().unwrap_or("value"), self.frame.y_label.as_deref().unwrap_or("count"));
        Spec {
            frame: &self.frame,
            mark: json!({"type": "bar", "tooltip": true}),
            x: Channel { field: "from", kind, title: x, log: self.log(), range: self.frame.x_range },
            y: Channel { field: "count", kind: "quantitative", title: y, log: false, range: self.frame.y_range },
            heading: &self.groups.heading,
            groups: self.groups.groups.iter().map(|group| group.name.clone()).collect(),
            rows,
            more: json!({"x2": {"field": "to"}}),
        }
    }
}

impl Draw for Histogram {
    fn drawing(&self, shared: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self.shown(shared)?))
    }
}

impl Drawing for Shown<'_, Histogram, Counted> {
    fn extent(&self) -> Extent {
        let counted = &self.computed;
        if counted.is_empty() {
            return Extent::default();
        }
        Extent { x: extent::limits(counted.bins.edges.iter().copied()), y: Some((0.0, self.highest(counted))) }
    }

    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width, PANEL_HEIGHT)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let counted = &self.computed;
        let panel = self.plane().draw(canvas, area);
        for bin in 0..counted.bins.edges.len() - 1 {
            self.draw_bin(canvas, &panel, counted, bin);
        }
        panel.close(canvas);
    }

    /// How many values, from where to where, and the fullest bin, for each group.
    fn text(&self) -> String {
        let counted = &self.computed;
        let show = |value: f64| if self.dates.is_some() { date::text(value) } else { number::short(value) };
        let mut lines = vec![self.frame.headline("histogram")];
        for (group, counts) in self.groups.groups.iter().zip(&counted.counts) {
            let total: u64 = counts.iter().sum();
            let name = if group.name.is_empty() { String::new() } else { format!("{}: ", group.name) };
            let mut line = format!("  {name}{}", omitted::values(total as usize));
            if let Some((bin, most)) = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count)
                && total > 0
            {
                let (low, high) = (counted.bins.edges[bin], counted.bins.edges[bin + 1]);
                line += &format!(", most ({}) from {} to {}", thousands(*most as usize), show(low), show(high));
            }
            lines.push(line);
        }
        let edges = &counted.bins.edges;
        if !counted.is_empty() {
            let (low, high) = (show(edges[0]), show(edges[edges.len() - 1]));
            lines.push(format!("  {} bins from {low} to {high}", edges.len() - 1));
        }
        lines.extend(self.notes());
        lines.join("\n")
    }
}
