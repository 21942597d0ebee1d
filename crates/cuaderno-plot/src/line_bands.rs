//! What a line chart has besides its lines: bands around them, means of neighbours, an interactive form.

use crate::PlotError;
use crate::canvas::Canvas;
use crate::line::{Kept, Line, Series};
use crate::omitted::Omitted;
use crate::plane::Panel;
use crate::shown::Shown;
use crate::vega::{Channel, Spec, interactive};
use serde_json::json;

interactive!(Line);

impl Line {
    /// Shades each line of a table's figure from one column to another: an interval, or mean ± deviation.
    ///
    /// # Errors
    /// If a column is absent or holds no numbers, or the figure is not one of a table.
    pub fn band(mut self, low: &str, high: &str) -> Result<Self, PlotError> {
        self.origin.columns.truncate(2);
        self.origin.columns.extend([low.to_owned(), high.to_owned()]);
        self.origin.check()?;
        Ok(self)
    }

    /// Shades the nth line, counted from 0, between these y, one of each for every point.
    ///
    /// # Errors
    /// If there is no such line, or there are more or fewer than its points.
    pub fn shade(self, line: usize, low: &[f64], high: &[f64]) -> Result<Self, PlotError> {
        let mut figure = self.loaded()?.into_owned();
        let lines = figure.series.len();
        let Some(series) = figure.series.get_mut(line) else {
            let found = format!("{line}, with {lines} lines, counted from 0");
            return Err(PlotError::Setting { what: "the line to shade", found, expected: "less than their number" });
        };
        PlotError::check_lengths("lower ends", low.len(), "points", series.points.len())?;
        PlotError::check_lengths("upper ends", high.len(), "points", series.points.len())?;
        series.band = low.iter().copied().zip(high.iter().copied()).collect();
        Ok(figure)
    }

    /// Draws the mean of this many neighbouring points instead of each line, half of them before and half after, and the line
    /// itself pale behind it. At the ends, where neighbours are missing, there is no mean.
    pub fn moving_average(mut self, points: usize) -> Self {
        let window = points.max(1);
        self.window = Some(window);
        self.frame.captions.push(format!("mean of {window} neighbouring points; the points themselves are pale"));
        self
    }

    /// Sets the mean of neighbours behind each line.
    pub(crate) fn average(&mut self, window: usize) {
        for series in std::mem::take(&mut self.series) {
            let (x, y): (Vec<f64>, Vec<f64>) = series.points.iter().copied().unzip();
            let means = y.windows(window).map(|part| part.iter().sum::<f64>() / window as f64);
            let places = x.iter().copied().skip((window - 1) / 2);
            let (x, y) = places.zip(means).unzip();
            let name = series.name.clone();
            self.series.push(Series { name: String::new(), band: Vec::new(), pale: true, ..series });
            self.series.push(Series::new(name, x, y));
        }
    }
}

impl Shown<'_, Line, Kept> {
    /// The band of a line, in places of the axes' values, where it can be drawn.
    pub(crate) fn band_of(&self, series: &Series) -> Vec<(f64, f64, f64)> {
        let log_x = self.log_x && self.dates.is_none();
        let place = |((x, _), (low, high)): (&(f64, f64), &(f64, f64))| {
            (self.dates.map_or(*x, |unit| unit.to_ms(*x)), *low, *high)
        };
        let mut ignored = Omitted::default();
        let all = series.points.iter().zip(&series.band).map(place);
        all.filter(|(x, low, high)| {
            ignored.keep(*x, log_x) && ignored.keep(*low, self.log_y) && ignored.keep(*high, self.log_y)
        })
        .collect()
    }

    pub(crate) fn draw_band(&self, canvas: &mut Canvas, panel: &Panel, index: usize, series: &Series) {
        let band = self.band_of(series);
        let clamp = |(x, y): (f64, f64)| {
            let rect = panel.rect;
            (x.clamp(rect.left, rect.right()), y.clamp(rect.top, rect.bottom()))
        };
        let top = band.iter().map(|(x, _, high)| clamp(panel.at(*x, *high)));
        let bottom = band.iter().rev().map(|(x, low, _)| clamp(panel.at(*x, *low)));
        let outline: Vec<(f64, f64)> = top.chain(bottom).collect();
        if outline.len() > 2 {
            canvas.polygon(&outline, self.stroke(index).color, 0.22);
        }
    }

    fn vega(&self) -> Spec<'_> {
        let series = || self.series.iter().zip(&self.computed.0).filter(|(series, _)| !series.pale);
        let row = |name: &String, (x, y): &(f64, f64)| json!({"x": x, "y": y, "group": name});
        let rows = series().flat_map(|(series, runs)| runs.iter().flatten().map(|point| row(&series.name, point)));
        let rows: Vec<_> = rows.collect();
        let is_time = self.dates.is_some();
        let x = self.frame.x_label.as_deref().unwrap_or(if is_time { "time (UTC)" } else { "x" });
        let y = self.frame.y_label.as_deref().unwrap_or("y");
        Spec {
            frame: &self.frame,
            mark: json!({"type": "line", "point": rows.len() <= 200, "tooltip": true}),
            x: Channel {
                field: "x",
                kind: if is_time { "temporal" } else { "quantitative" },
                title: x,
                log: self.log_x && !is_time,
                range: self.frame.x_range,
            },
            y: Channel { field: "y", kind: "quantitative", title: y, log: self.log_y, range: self.frame.y_range },
            heading: &self.heading,
            groups: series().map(|(series, _)| series.name.clone()).collect(),
            rows,
            more: json!({}),
        }
    }
}
