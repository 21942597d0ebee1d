//! Bars: how many of each.

use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Rect};
use crate::figure::{Draw, figure};
use crate::frame::{Frame, Omitted};
use crate::legend::{Legend, Swatch};
use crate::plane::{PANEL_HEIGHT, Panel, Plane};
use crate::scale::Scale;
use crate::{PlotError, number, text, theme};
use cuaderno_display::thousands;

/// Up to this many bars carry their value as text.
const MOST_WITH_VALUES: usize = 40;

/// A bar chart: one bar for each name, or several for each name side by side or stacked.
///
/// ```
/// use cuaderno_plot::Bar;
///
/// let classes = Bar::new(&["Disinformation", "Other"], vec![5932.0, 4063.0])?.title("Posts by class");
/// let authors = Bar::new(&["ApiContraption", "all-top-today_SS"], vec![258.0, 72.0])?.horizontal();
/// let by_split = Bar::series(&["Other", "Disinformation"], "split", vec![
///     ("train".into(), vec![2844.0, 2844.0]),
///     ("test".into(), vec![610.0, 610.0]),
/// ])?.stacked();
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bar {
    pub(crate) frame: Frame,
    names: Vec<String>,
    heading: String,
    series: Vec<(String, Vec<f64>)>,
    horizontal: bool,
    stacked: bool,
}

figure!(Bar);

impl Bar {
    /// One bar for each name, upright, in the order given.
    ///
    /// # Errors
    /// If there is not one value for each name.
    pub fn new(names: &[impl AsRef<str>], values: impl Into<Vec<f64>>) -> Result<Self, PlotError> {
        Self::series(names, "", vec![(String::new(), values.into())])
    }

    /// Several bars for each name, one from each series, side by side. `heading` says what the series are.
    ///
    /// # Errors
    /// If a series does not have one value for each name.
    pub fn series(
        names: &[impl AsRef<str>],
        heading: &str,
        series: Vec<(String, Vec<f64>)>,
    ) -> Result<Self, PlotError> {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_owned()).collect();
        for (name, values) in &series {
            let what = if name.is_empty() { "bars".to_owned() } else { format!("bars of `{name}`") };
            PlotError::check_lengths(&what, values.len(), "names", names.len())?;
        }
        let (frame, heading) = (Frame::default(), heading.to_owned());
        Ok(Self { frame, names, heading, series, horizontal: false, stacked: false })
    }

    /// Lays the bars on their sides, the first at the top: the form for many names or long ones.
    pub fn horizontal(mut self) -> Self {
        self.horizontal = true;
        self
    }

    /// Stacks the series instead of setting them side by side. Negative values go below zero.
    pub fn stacked(mut self) -> Self {
        self.stacked = true;
        self
    }

    /// Every bar as (name, series, from, to), and what is left out.
    fn bars(&self) -> (Vec<(usize, usize, f64, f64)>, Omitted) {
        let (mut bars, mut omitted) = (Vec::new(), Omitted::default());
        for name in 0..self.names.len() {
            let (mut above, mut below) = (0.0, 0.0);
            for (series, (_, values)) in self.series.iter().enumerate() {
                let value = values[name];
                if !omitted.keep(value, false) {
                    continue;
                }
                let base = if value < 0.0 { &mut below } else { &mut above };
                let from = if self.stacked { *base } else { 0.0 };
                *base += value;
                bars.push((name, series, from, from + value));
            }
        }
        (bars, omitted)
    }

    fn plane(&self) -> Plane<'_> {
        let (bars, omitted) = self.bars();
        let low = bars.iter().map(|bar| bar.3).fold(0.0, f64::min);
        let high = bars.iter().map(|bar| bar.3).fold(0.0, f64::max);
        // Room for the values at the ends of the bars.
        let room = if self.values_shown() { if self.horizontal { 0.15 } else { 0.08 } } else { 0.03 };
        let high = if high == low { 1.0 } else { high + (high - low) * room };
        let low = if low < 0.0 { low - (high - low) * room } else { low };
        let mut amounts = Axis::new(Scale::linear(low, high), "");
        amounts.whole = bars.iter().all(|bar| bar.3.fract() == 0.0);
        let names = Axis::of_bands(self.names.clone(), "");
        let (mut x, mut y) = if self.horizontal { (amounts, names) } else { (names, amounts) };
        x.title = self.frame.x_label_or("");
        y.title = self.frame.y_label_or("");
        let entries = self.series.iter().enumerate().filter(|(_, (name, _))| !name.is_empty());
        let entries = entries.map(|(i, (name, _))| (Swatch::Fill(theme::color(i), 1.0), name.clone()));
        let legend = Legend::new(&self.heading, entries);
        Plane { legend, notes: omitted.notes(), empty: bars.is_empty(), ..Plane::new(&self.frame, x, y) }
    }

    fn values_shown(&self) -> bool {
        self.names.len() * self.series.len() <= MOST_WITH_VALUES && !(self.stacked && self.series.len() > 1)
    }

    /// Thickness of a name's band that leaves room for its bars and its text.
    fn band(&self, width: f64) -> f64 {
        let lines = self.names.iter().map(|name| text::wrap(name, theme::TICK_SIZE, width * 0.42).len()).max();
        let bars = if self.stacked { 1 } else { self.series.len().max(1) };
        (lines.unwrap_or(1) as f64 * text::line_height(theme::TICK_SIZE) + 7.0).max(bars as f64 * 16.0 + 8.0)
    }

    fn draw_bar(&self, canvas: &mut Canvas, panel: &Panel, bar: (usize, usize, f64, f64)) {
        let (name, series, from, to) = bar;
        let lanes = if self.stacked { 1 } else { self.series.len().max(1) };
        let lane = if self.stacked { 0 } else { series };
        let band = if self.horizontal { panel.rect.height } else { panel.rect.width } / self.names.len() as f64;
        // Few names make wide bands: a bar is never wider than a bar looks.
        let thickness = (band * 0.78).min(90.0 * lanes as f64) / lanes as f64;
        let offset = (lane as f64 - (lanes as f64 - 1.0) / 2.0) * thickness;
        let label = number::short(to - from);
        let (size, color) = (theme::TICK_SIZE, theme::color(series));
        let label_fits_across = text::width(&label, size) <= band / lanes as f64 + 2.0;
        if self.horizontal {
            let (x0, x1) = (panel.x(from), panel.x(to));
            let y = panel.band_y(name) + offset;
            canvas.rect(Rect::new(x0.min(x1), y - thickness * 0.47, (x1 - x0).abs(), thickness * 0.94), color, 1.0);
            let (at, anchor) = if to < from { (x1 - 4.0, Anchor::End) } else { (x1 + 4.0, Anchor::Start) };
            if self.values_shown() && thickness >= size * 0.8 {
                canvas.text(&label, (at, y + size * 0.36), anchor, size, theme::MUTED);
            }
        } else {
            let (y0, y1) = (panel.y(from), panel.y(to));
            let x = panel.x(name as f64) + offset;
            canvas.rect(Rect::new(x - thickness * 0.47, y0.min(y1), thickness * 0.94, (y1 - y0).abs()), color, 1.0);
            let baseline = if to < from { y1 + size } else { y1 - 4.0 };
            if self.values_shown() && label_fits_across {
                canvas.text(&label, (x, baseline), Anchor::Middle, size, theme::MUTED);
            }
        }
    }
}

impl Draw for Bar {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn frame_mut(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn natural_height(&self, width: f64) -> f64 {
        let panel = if self.horizontal {
            (self.band(width) * self.names.len() as f64).clamp(60.0, 6000.0)
        } else {
            PANEL_HEIGHT
        };
        self.plane().height(width, panel)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let panel = self.plane().draw(canvas, area);
        for bar in self.bars().0 {
            self.draw_bar(canvas, &panel, bar);
        }
        if self.horizontal {
            let zero = panel.x(0.0);
            panel.line(canvas, (zero, panel.rect.top), (zero, panel.rect.bottom()));
        } else {
            let zero = panel.y(0.0);
            panel.line(canvas, (panel.rect.left, zero), (panel.rect.right(), zero));
        }
    }

    /// A bar of text for each bar, up to 30.
    fn text(&self) -> String {
        let mut lines = vec![self.frame.headline("bar chart")];
        let (bars, omitted) = self.bars();
        let longest = bars.iter().map(|bar| (bar.3 - bar.2).abs()).fold(f64::MIN_POSITIVE, f64::max);
        let names: Vec<String> = bars.iter().map(|bar| self.full_name(bar.0, bar.1)).collect();
        let name_width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(40);
        for (name, bar) in names.iter().zip(&bars).take(30) {
            let value = bar.3 - bar.2;
            let blocks = "█".repeat((value.abs() / longest * 30.0).round() as usize);
            lines.push(format!("  {name:<name_width$}  {:>10}  {blocks}", number::short(value)));
        }
        if bars.len() > 30 {
            lines.push(format!("  and {} more", thousands(bars.len() - 30)));
        }
        if bars.is_empty() {
            lines.push("  no values to show".into());
        }
        lines.extend(omitted.notes());
        lines.join("\n")
    }
}

impl Bar {
    fn full_name(&self, name: usize, series: usize) -> String {
        let name = text::clean(&self.names[name]);
        match self.series[series].0.as_str() {
            "" => name,
            series => format!("{name}, {series}"),
        }
    }
}
