//! Lines: how measures change along an axis, often time.

use crate::axis::Axis;
use crate::cache::Cache;
use crate::canvas::{Canvas, Rect, Stroke};
use crate::extent::{self, Extent};
use crate::figure::{Draw, axes, figure};
use crate::frame::{self, Frame, Omitted};
use crate::legend::{Legend, Swatch};
use crate::plane::{PANEL_HEIGHT, Plane};
use crate::scale::{Scale, TimeUnit};
use crate::{PlotError, date, marker, number, theme};
use cuaderno_display::counted;

/// Up to this many points each carry a mark.
const MOST_MARKS: usize = 40;

/// One line, or several, through points in the order given.
///
/// Missing values interrupt the line. Long series are thinned to what a screen can show: first, last, lowest and highest
/// point of every pixel column, so that no peak is lost.
///
/// ```
/// use cuaderno_plot::Line;
///
/// let epochs = [1.0, 2.0, 3.0];
/// let figure = Line::series("optimizer", vec![
///     ("Adam".into(), epochs.to_vec(), vec![0.61, 0.72, 0.80]),
///     ("SGD".into(), epochs.to_vec(), vec![0.40, 0.52, 0.63]),
/// ])?.x_label("epoch").y_label("accuracy");
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Line {
    pub(crate) frame: Frame,
    heading: String,
    series: Vec<Series>,
    dates: Option<TimeUnit>,
    log_x: bool,
    log_y: bool,
    kept: Cache<Kept>,
}

/// Runs of points that can be drawn, for each series, and what is left out.
type Kept = (Vec<Vec<Vec<(f64, f64)>>>, Omitted);

figure!(Line);
axes!(Line);

#[derive(Clone, Debug)]
struct Series {
    name: String,
    points: Vec<(f64, f64)>,
}

impl Line {
    /// One line.
    ///
    /// # Errors
    /// If there is not one y for each x.
    pub fn new(x: impl Into<Vec<f64>>, y: impl Into<Vec<f64>>) -> Result<Self, PlotError> {
        Self::series("", vec![(String::new(), x.into(), y.into())])
    }

    /// Several lines: name, x and y of each; `heading` says what they are.
    ///
    /// # Errors
    /// If a line does not have one y for each x.
    pub fn series(heading: &str, lines: Vec<(String, Vec<f64>, Vec<f64>)>) -> Result<Self, PlotError> {
        let mut series = Vec::new();
        for (name, x, y) in lines {
            let what = if name.is_empty() { "y".to_owned() } else { format!("y of `{name}`") };
            PlotError::check_lengths(&what, y.len(), "x", x.len())?;
            series.push(Series { name, points: x.into_iter().zip(y).collect() });
        }
        let (frame, heading) = (Frame::default(), heading.to_owned());
        Ok(Self { frame, heading, series, dates: None, log_x: false, log_y: false, kept: Cache::default() })
    }

    /// x are times since 1970-01-01 UTC in this unit.
    pub fn dates(mut self, unit: TimeUnit) -> Self {
        self.dates = Some(unit);
        self.kept.clear();
        self
    }

    /// Spreads x by its logarithm; points that are not positive are left out and counted.
    pub fn log_x(mut self) -> Self {
        self.log_x = true;
        self.kept.clear();
        self
    }

    /// Spreads y by its logarithm; points that are not positive are left out and counted.
    pub fn log_y(mut self) -> Self {
        self.log_y = true;
        self.kept.clear();
        self
    }

    fn kept(&self) -> &Kept {
        self.kept.get(|| self.keep())
    }

    fn keep(&self) -> Kept {
        let mut omitted = Omitted::default();
        let log_x = self.log_x && self.dates.is_none();
        let mut all = Vec::new();
        for series in &self.series {
            let mut runs = vec![Vec::new()];
            for (x, y) in &series.points {
                let x = self.dates.map_or(*x, |unit| unit.to_ms(*x));
                if omitted.keep(x, log_x) && omitted.keep(*y, self.log_y) {
                    runs.last_mut().expect("never empty").push((x, *y));
                } else {
                    runs.push(Vec::new());
                }
            }
            runs.retain(|run| !run.is_empty());
            all.push(runs);
        }
        (all, omitted)
    }

    fn plane(&self) -> Plane<'_> {
        let (kept, omitted) = self.kept();
        let limits = |pick: fn(&(f64, f64)) -> f64| extent::limits(kept.iter().flatten().flatten().map(pick));
        let (x_low, x_high) = frame::chosen(self.frame.x_range).or(limits(|point| point.0)).unwrap_or((1.0, 1.0));
        let x_scale = match (self.dates, self.log_x) {
            (Some(_), _) => Scale::time(x_low, x_high),
            (None, true) => Scale::log(x_low, x_high),
            (None, false) => Scale::linear(x_low, x_high),
        };
        let y_data = extent::padded(limits(|point| point.1).unwrap_or((1.0, 1.0)), self.log_y);
        let (y_low, y_high) = frame::chosen(self.frame.y_range).unwrap_or(y_data);
        let y_scale = if self.log_y { Scale::log(y_low, y_high) } else { Scale::linear(y_low, y_high) };
        let points = || kept.iter().flatten().flatten();
        let x = Axis::new(x_scale, self.frame.x_label_or(if self.dates.is_some() { "time (UTC)" } else { "x" }));
        let x = x.whole_if(points().map(|point| point.0));
        let y = Axis::new(y_scale, self.frame.y_label_or("y")).whole_if(points().map(|point| point.1));
        let entries = self.series.iter().enumerate().filter(|(_, series)| !series.name.is_empty());
        let legend = Legend::new(&self.heading, entries.map(|(i, s)| (Swatch::Line(stroke(i)), s.name.clone())));
        let empty = kept.iter().all(Vec::is_empty);
        Plane { legend, notes: omitted.notes_on("point"), empty, ..Plane::new(&self.frame, x, y) }
    }
}

fn stroke(series: usize) -> Stroke {
    Stroke::new(theme::color(series), 2.0).dashed(theme::dash(series))
}

/// First, lowest, highest and last point of each pixel column, in the order of the line.
fn thin(line: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if line.len() < 3000 {
        return line;
    }
    let mut thinned = Vec::new();
    for column in line.chunk_by(|a, b| a.0.round() == b.0.round()) {
        let by_y = |a: &usize, b: &usize| column[*a].1.total_cmp(&column[*b].1);
        let lowest = (0..column.len()).min_by(by_y).unwrap_or(0);
        let highest = (0..column.len()).max_by(by_y).unwrap_or(0);
        let mut keep = [0, lowest.min(highest), lowest.max(highest), column.len() - 1].to_vec();
        keep.dedup();
        thinned.extend(keep.into_iter().map(|index| column[index]));
    }
    thinned
}

impl Draw for Line {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn frame_mut(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn extent(&self) -> Extent {
        let (kept, _) = self.kept();
        let limits = |pick: fn(&(f64, f64)) -> f64| extent::limits(kept.iter().flatten().flatten().map(pick));
        Extent { x: limits(|point| point.0), y: limits(|point| point.1).map(|y| extent::padded(y, self.log_y)) }
    }

    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width, PANEL_HEIGHT)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let panel = self.plane().draw(canvas, area);
        for (index, runs) in self.kept().0.iter().enumerate() {
            let few = runs.iter().map(Vec::len).sum::<usize>() <= MOST_MARKS;
            for run in runs {
                let line = thin(run.iter().map(|(x, y)| panel.at(*x, *y)).collect());
                for part in extent::clip(&line, panel.rect.inset(-0.01)) {
                    canvas.polyline(&part, stroke(index));
                }
                // A lone point would be no line at all.
                if few || line.len() == 1 {
                    for at in line.iter().filter(|at| panel.holds(**at)) {
                        marker::draw_one(canvas, *at, index, 3.0, 1.0);
                    }
                }
            }
        }
        panel.close(canvas);
    }

    /// First, last, lowest and highest value of each line.
    fn text(&self) -> String {
        let (kept, omitted) = self.kept();
        let mut lines = vec![self.frame.headline("line chart")];
        let show_x = |x: f64| if self.dates.is_some() { date::text(x) } else { number::short(x) };
        for (series, runs) in self.series.iter().zip(kept) {
            let points: Vec<_> = runs.iter().flatten().collect();
            let name = if series.name.is_empty() { String::new() } else { format!("{}: ", series.name) };
            let mut line = format!("  {name}{}", counted(points.len(), "point"));
            if let (Some(first), Some(last)) = (points.first(), points.last()) {
                let (low, high) = extent::limits(points.iter().map(|point| point.1)).unwrap_or_default();
                line += &format!(", {} at {}", number::short(first.1), show_x(first.0));
                line += &format!(" to {} at {}", number::short(last.1), show_x(last.0));
                line += &format!(", between {} and {}", number::short(low), number::short(high));
            }
            lines.push(line);
        }
        lines.extend(omitted.notes_on("point"));
        lines.join("\n")
    }
}
