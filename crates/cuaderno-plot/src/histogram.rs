//! Histograms: how values, or dates, are spread.

use crate::axis::Axis;
use crate::bins::{self, Bins};
use crate::cache::Cache;
use crate::canvas::{Canvas, Rect};
use crate::date;
use crate::extent::{self, Extent};
use crate::figure::{Draw, axes, figure};
use crate::frame::{self, Frame, Omitted};
use crate::groups::Groups;
use crate::legend::{Legend, Swatch};
use crate::plane::{PANEL_HEIGHT, Panel, Plane};
use crate::scale::{Scale, TimeUnit};
use crate::{PlotError, number, theme};
use cuaderno_display::thousands;

/// How the bars of several groups stand together.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Together {
    Stacked,
    SideBySide,
    Overlaid,
}

/// Counts of values in bins; with groups stacked, side by side or overlaid.
///
/// Bins are half-open, `low <= value < high`, the last one closed, as in numpy. Without [`bins`](Self::bins) there are about
/// 30, with edges at round numbers; dates are binned by steps of the calendar.
///
/// ```
/// use cuaderno_plot::{Histogram, TimeUnit};
///
/// let seconds = [1_546_300_800.0, 1_551_781_200.0, 1_561_939_200.0];
/// let figure = Histogram::new(seconds)
///     .by("class", &["Other", "Disinformation", "Other"])?
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
    counted: Cache<Counted>,
}

figure!(Histogram);
axes!(Histogram);

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
        let (frame, together) = (Frame::default(), Together::Stacked);
        Self { frame, groups, dates: None, log_x: false, bins: None, together, counted: Cache::default() }
    }

    /// Splits the values by one label each; `heading` says what the labels are.
    ///
    /// # Errors
    /// If there is not one label for each value.
    pub fn by(mut self, heading: &str, labels: &[impl AsRef<str>]) -> Result<Self, PlotError> {
        self.groups = Groups::split(heading, &self.groups.all(), labels)?;
        self.counted.clear();
        Ok(self)
    }

    /// The values are times since 1970-01-01 UTC in this unit.
    pub fn dates(mut self, unit: TimeUnit) -> Self {
        self.dates = Some(unit);
        self.counted.clear();
        self
    }

    /// Bins evenly by the logarithm; values that are not positive are left out and counted.
    pub fn log_x(mut self) -> Self {
        self.log_x = true;
        self.counted.clear();
        self
    }

    /// This many bins of equal width from the least to the greatest value.
    pub fn bins(mut self, count: usize) -> Self {
        self.bins = Some(count.clamp(1, 2000));
        self.counted.clear();
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

    fn log(&self) -> bool {
        self.log_x && self.dates.is_none()
    }

    fn value(&self, value: f64) -> f64 {
        self.dates.map_or(value, |unit| unit.to_ms(value))
    }

    fn counted(&self) -> &Counted {
        self.counted.get(|| self.count())
    }

    fn count(&self) -> Counted {
        let mut omitted = Omitted::default();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let limits = frame::chosen(self.frame.x_range);
        let kept = |value: &f64, omitted: &mut Omitted| {
            let value = self.value(*value);
            omitted.keep(value, self.log()).then_some(value)
        };
        for value in self.groups.groups.iter().flat_map(|group| &group.values).filter_map(|v| kept(v, &mut omitted)) {
            low = low.min(value);
            high = high.max(value);
        }
        if let Some(limits) = limits {
            (low, high) = limits;
        }
        let bins = if low > high {
            Bins { edges: vec![0.0, 1.0], each: String::new() }
        } else if self.dates.is_some() {
            bins::of_dates(low, high, self.bins)
        } else if self.log() {
            bins::of_logarithms(low, high, self.bins.unwrap_or(30))
        } else {
            bins::of_numbers(low, high, self.bins)
        };
        let mut counts = Vec::new();
        for group in &self.groups.groups {
            let mut count = vec![0; bins.edges.len() - 1];
            for value in group.values.iter().filter_map(|value| kept(value, &mut Omitted::default())) {
                match bins.find(value) {
                    Some(bin) => count[bin] += 1,
                    None => omitted.outside += 1,
                }
            }
            counts.push(count);
        }
        Counted { bins, counts, omitted }
    }

    fn plane(&self) -> Plane<'_> {
        let counted = self.counted();
        let edges = &counted.bins.edges;
        let (low, high) = (edges[0], edges[edges.len() - 1]);
        let scale = if self.dates.is_some() {
            Scale::time(low, high)
        } else if self.log() {
            Scale::log(low, high)
        } else {
            Scale::linear(low, high)
        };
        let (bottom, top) = frame::chosen(self.frame.y_range).unwrap_or((0.0, self.highest(counted)));
        let mut x = Axis::new(scale, self.frame.x_label_or(if self.dates.is_some() { "time (UTC)" } else { "value" }));
        x.grid = true;
        let per = if counted.bins.each.is_empty() { String::new() } else { format!(" per {}", counted.bins.each) };
        let y = Axis::new(Scale::linear(bottom, top), self.frame.y_label_or(&format!("count{per}"))).whole();
        let entries = self.groups.groups.iter().enumerate().filter(|_| self.groups.named());
        let entries = entries.map(|(i, group)| (Swatch::Fill(theme::color(i), self.alpha()), group.name.clone()));
        let legend = Legend::new(&self.groups.heading, entries);
        Plane { legend, notes: counted.omitted.notes(), empty: counted.is_empty(), ..Plane::new(&self.frame, x, y) }
    }

    /// Where the y axis ends.
    fn highest(&self, counted: &Counted) -> f64 {
        let bins = 0..counted.bins.edges.len() - 1;
        let highest = match self.together {
            Together::Stacked => bins.map(|bin| counted.counts.iter().map(|counts| counts[bin]).sum()).max(),
            _ => counted.counts.iter().flatten().copied().max(),
        };
        highest.unwrap_or(0).max(1) as f64 * 1.05
    }

    fn alpha(&self) -> f64 {
        if self.together == Together::Overlaid && self.groups.groups.len() > 1 { 0.5 } else { 1.0 }
    }

    fn draw_bin(&self, canvas: &mut Canvas, panel: &Panel, counted: &Counted, bin: usize) {
        let (low, high) = (counted.bins.edges[bin], counted.bins.edges[bin + 1]);
        let whole = panel.between((low, 0.0), (high, 0.0));
        // A hair of paper between bars, unless they are themselves hair thin.
        let gap = if whole.width > 4.0 { 1.0 } else { 0.0 };
        let groups = self.groups.groups.len();
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
            canvas.rect(bar, theme::color(group), self.alpha());
        }
    }
}

impl Draw for Histogram {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn frame_mut(&mut self) -> &mut Frame {
        self.counted.clear();
        &mut self.frame
    }

    fn extent(&self) -> Extent {
        let counted = self.counted();
        if counted.is_empty() {
            return Extent::default();
        }
        Extent { x: extent::limits(counted.bins.edges.iter().copied()), y: Some((0.0, self.highest(counted))) }
    }

    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width, PANEL_HEIGHT)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let counted = self.counted();
        let panel = self.plane().draw(canvas, area);
        for bin in 0..counted.bins.edges.len() - 1 {
            self.draw_bin(canvas, &panel, counted, bin);
        }
        panel.close(canvas);
    }

    /// How many values, from where to where, and the fullest bin, for each group.
    fn text(&self) -> String {
        let counted = self.counted();
        let show = |value: f64| if self.dates.is_some() { date::text(value) } else { number::short(value) };
        let mut lines = vec![self.frame.headline("histogram")];
        for (group, counts) in self.groups.groups.iter().zip(&counted.counts) {
            let total: u64 = counts.iter().sum();
            let name = if group.name.is_empty() { String::new() } else { format!("{}: ", group.name) };
            let mut line = format!("  {name}{}", frame::values(total as usize));
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
        lines.extend(counted.omitted.notes());
        lines.join("\n")
    }
}
