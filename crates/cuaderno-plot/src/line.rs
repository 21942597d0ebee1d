//! Lines: how measures change along an axis, often time.

use crate::axis::Axis;
use crate::canvas::{Canvas, Rect, Stroke};
use crate::extent::{self, Extent};
use crate::figure::{Draw, Drawing, axes, figure};
use crate::frame::{self, Frame};
use crate::legend::Swatch;
use crate::omitted::Omitted;
use crate::plane::{PANEL_HEIGHT, Plane};
use crate::scale::{Scale, TimeUnit};
use crate::shown::{Shared, Shown};
use crate::source::{Origin, Part, of_table};
use crate::{PlotError, date, marker, number, theme};
use cuaderno_display::{counted, thousands};

/// Up to this many points each carry a mark.
const MOST_MARKS: usize = 40;

/// Of a long line about so many, where dashes alone do not tell it from another.
const FEW_MARKS: usize = 8;

/// Points of one line in the file: 3 for each pixel of the widest figure, and more.
const MOST_DRAWN: usize = 24_000;

/// From so many points on, a line is thinned.
const THINNED: usize = 3000;

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
    pub(crate) heading: String,
    pub(crate) series: Vec<Series>,
    pub(crate) dates: Option<TimeUnit>,
    pub(crate) log_x: bool,
    pub(crate) log_y: bool,
    square: bool,
    /// Neighbours whose mean is drawn instead of the line.
    pub(crate) window: Option<usize>,
    pub(crate) origin: Origin,
}

/// Runs of points that can be drawn, for each series, and what is left out.
pub(crate) type Kept = (Vec<Vec<Vec<(f64, f64)>>>, Omitted);

figure!(Line);
axes!(Line);
of_table!(Line);

#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
    /// From where to where y may be, at each point.
    pub(crate) band: Vec<(f64, f64)>,
    /// Drawn pale, behind another that is its mean.
    pub(crate) pale: bool,
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
            series.push(Series::new(name, x, y));
        }
        Ok(Self { heading: heading.to_owned(), series, ..Self::of_nothing() })
    }

    fn of_nothing() -> Self {
        Self {
            frame: Frame::default(),
            heading: String::new(),
            series: Vec::new(),
            dates: None,
            log_x: false,
            log_y: false,
            square: false,
            window: None,
            origin: Origin::default(),
        }
    }

    fn swatch(&self, group: usize) -> Swatch {
        Swatch::Line(Stroke::new(self.frame.color(group), 2.0).dashed(theme::dash(group)), mark(group))
    }

    /// Takes columns x and y, and the ends of a band if there are two more.
    fn fill(&mut self, heading: &str, parts: Vec<Part>) {
        let series = |mut part: Part| {
            let mut columns = part.columns.drain(..);
            let mut next = || columns.next().unwrap_or_default();
            let (x, y, low, high) = (next(), next(), next(), next());
            Series { band: low.into_iter().zip(high).collect(), ..Series::new(part.name, x, y) }
        };
        self.heading = heading.to_owned();
        self.series = parts.into_iter().map(series).collect();
    }

    /// Makes the panel about as high as it is wide: for curves of shares against shares.
    #[doc(hidden)]
    pub fn square(mut self) -> Self {
        self.square = true;
        self
    }

    /// Draws a pale dashed line between two points: what chance would do.
    #[doc(hidden)]
    pub fn segment(self, from: (f64, f64), to: (f64, f64)) -> Self {
        self.referring(crate::reference::Reference::Segment(from, to))
    }

    /// Writes y, shares from 0 to 1, as percent.
    pub fn percent(mut self) -> Self {
        self.frame.percent = true;
        self
    }

    /// x are times since 1970-01-01 UTC in this unit.
    pub fn dates(mut self, unit: TimeUnit) -> Self {
        self.dates = Some(unit);
        self
    }

    /// Spreads x by its logarithm; points that are not positive are left out and counted.
    pub fn log_x(mut self) -> Self {
        self.log_x = true;
        self
    }

    /// Spreads y by its logarithm; points that are not positive are left out and counted.
    pub fn log_y(mut self) -> Self {
        self.log_y = true;
        self
    }

    pub(crate) fn shown(&self, shared: Shared) -> Result<Shown<'_, Self, Kept>, PlotError> {
        let mut figure = self.loaded()?;
        if let Some(window) = self.window {
            figure.to_mut().average(window);
        }
        Ok(Shown::new(figure, &self.frame, shared, |figure, _| figure.keep()))
    }

    fn keep(&self) -> Kept {
        let mut omitted = Omitted::default();
        let log_x = self.log_x && self.dates.is_none();
        let mut all = Vec::new();
        for series in &self.series {
            // What a mean is of is counted with the line itself, not with the mean.
            let mut left_out = Omitted::default();
            let mut runs = vec![Vec::new()];
            for (x, y) in &series.points {
                let x = self.dates.map_or(*x, |unit| unit.to_ms(*x));
                if left_out.keep(x, log_x) && left_out.keep(*y, self.log_y) {
                    runs.last_mut().expect("never empty").push((x, *y));
                } else {
                    runs.push(Vec::new());
                }
            }
            runs.retain(|run| !run.is_empty());
            all.push(runs);
            if series.pale || !self.series.iter().any(|series| series.pale) {
                omitted = omitted.and(left_out);
            }
        }
        (all, omitted)
    }
}

impl Shown<'_, Line, Kept> {
    /// The colour and dash of the nth line; a pale one has those of the next.
    pub(crate) fn stroke(&self, index: usize) -> Stroke {
        let place = self.place(index);
        if self.series[index].pale {
            return Stroke { alpha: 0.35, ..Stroke::new(self.frame.color(place), 1.2) };
        }
        Stroke::new(self.frame.color(place), 2.0).dashed(theme::dash(place))
    }

    /// The group of the nth line; a pale one is of that of the next.
    fn place(&self, index: usize) -> usize {
        if self.series.iter().any(|series| series.pale) { index / 2 } else { index }
    }

    /// What is left out, cut off or thinned.
    fn notes(&self) -> Vec<String> {
        let (kept, omitted) = &self.computed;
        let mut omitted = *omitted;
        let points = || kept.iter().flatten().flatten();
        let within = |value: f64, range| frame::chosen(range).is_none_or(|(low, high)| low <= value && value <= high);
        let inside = |(x, y): &&(f64, f64)| within(*x, self.frame.x_range) && within(*y, self.frame.y_range);
        omitted.outside = points().count() - points().filter(inside).count();
        let mut notes = omitted.notes_on("point");
        let is_ordered = |run: &Vec<(f64, f64)>| run.windows(2).all(|pair| pair[0].0 <= pair[1].0);
        let mut long = kept.iter().flatten().filter(|run| run.len() >= THINNED);
        if long.clone().any(|run| !is_ordered(run) && run.len() > MOST_DRAWN) {
            let all = thousands(points().count());
            notes.push(format!("of {all} points at most {} are drawn", thousands(MOST_DRAWN)));
        } else if long.next().is_some() {
            let all = thousands(points().count());
            notes.push(format!("of {all} points each pixel shows the first, last, lowest and highest"));
        }
        notes
    }

    fn plane(&self) -> Plane<'_> {
        let (kept, _) = &self.computed;
        let limits = |pick: fn(&(f64, f64)) -> f64| extent::limits(kept.iter().flatten().flatten().map(pick));
        let x_data = self.frame.reach_x(limits(|point| point.0).unwrap_or((1.0, 1.0)));
        let (x_low, x_high) = frame::chosen(self.frame.x_range).unwrap_or(x_data);
        let x_scale = match (self.dates, self.log_x) {
            (Some(_), _) => Scale::time(x_low, x_high),
            (None, true) => Scale::log(x_low, x_high),
            (None, false) => Scale::linear(x_low, x_high),
        };
        let bands = self.series.iter().flat_map(|series| self.band_of(series));
        let y_limits = extent::union(limits(|point| point.1), extent::limits(bands.flat_map(|(_, a, b)| [a, b])));
        let y_data = extent::padded(self.frame.reach_y(y_limits.unwrap_or((1.0, 1.0))), self.log_y);
        let (y_low, y_high) = frame::chosen(self.frame.y_range).unwrap_or(y_data);
        let y_scale = if self.log_y { Scale::log(y_low, y_high) } else { Scale::linear(y_low, y_high) };
        let points = || kept.iter().flatten().flatten();
        let x = Axis::new(x_scale, self.frame.x_label_or(if self.dates.is_some() { "time (UTC)" } else { "x" }));
        let x = x.whole_if(points().map(|point| point.0));
        let y = Axis::new(y_scale, self.frame.y_label_or("y")).whole_if(points().map(|point| point.1));
        let y = y.percent_if(self.frame.percent);
        let entries = self.series.iter().enumerate().filter(|(_, series)| !series.name.is_empty());
        let entries = entries.map(|(i, series)| (self.swatch(self.place(i)), series.name.clone()));
        let legend = self.frame.legend(&self.heading, entries);
        let empty = kept.iter().all(Vec::is_empty);
        Plane { legend, notes: self.notes(), empty, ..Plane::new(&self.frame, x, y) }
    }
}

impl Series {
    pub(crate) fn new(name: String, x: Vec<f64>, y: Vec<f64>) -> Self {
        Self { name, points: x.into_iter().zip(y).collect(), band: Vec::new(), pale: false }
    }
}

/// The point by which a long line of this group is told from that with the same dashes, if there is one before it.
fn mark(group: usize) -> Option<usize> {
    (group >= theme::DASHES.len()).then(|| group / theme::DASHES.len())
}

/// First, lowest, highest and last point of each pixel column, in the order of the line.
fn thin(line: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if line.len() < THINNED {
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
    // A line that goes to and fro has as many columns as points: of it, every so manyth is drawn.
    let every = thinned.len().div_ceil(MOST_DRAWN).max(1);
    thinned.into_iter().step_by(every).collect()
}

impl Draw for Line {
    fn drawing(&self, shared: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self.shown(shared)?))
    }
}

impl Drawing for Shown<'_, Line, Kept> {
    fn extent(&self) -> Extent {
        let (kept, _) = &self.computed;
        let limits = |pick: fn(&(f64, f64)) -> f64| extent::limits(kept.iter().flatten().flatten().map(pick));
        Extent { x: limits(|point| point.0), y: limits(|point| point.1).map(|y| extent::padded(y, self.log_y)) }
    }

    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width, if self.square { width.min(430.0) } else { PANEL_HEIGHT })
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let panel = self.plane().draw(canvas, area);
        for (index, series) in self.series.iter().enumerate() {
            self.draw_band(canvas, &panel, index, series);
        }
        for (index, (series, runs)) in self.series.iter().zip(&self.computed.0).enumerate() {
            let stroke = self.stroke(index);
            let few = runs.iter().map(Vec::len).sum::<usize>() <= MOST_MARKS;
            for run in runs {
                let line = thin(run.iter().map(|(x, y)| panel.at(*x, *y)).collect());
                for part in extent::clip(&line, panel.rect.inset(-0.01)) {
                    canvas.polyline(&part, stroke);
                }
                // A lone point would be no line at all.
                let every = if (few && !self.square) || line.len() == 1 { 1 } else { line.len().div_ceil(FEW_MARKS) };
                let point = if every == 1 { Some(index) } else { mark(self.place(index)) };
                let Some(point) = point.filter(|_| every == 1 || !series.pale) else { continue };
                for at in line.iter().step_by(every).filter(|at| panel.holds(**at)) {
                    marker::draw_one(canvas, *at, (point, stroke.color), 3.0, stroke.alpha);
                }
            }
        }
        panel.close(canvas);
    }

    /// First, last, lowest and highest value of each line.
    fn text(&self) -> String {
        let (kept, _) = &self.computed;
        let mut lines = vec![self.frame.headline("line chart")];
        let show_x = |x: f64| if self.dates.is_some() { date::text(x) } else { number::short(x) };
        for (series, runs) in self.series.iter().zip(kept).filter(|(series, _)| !series.pale) {
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
        lines.extend(self.notes());
        lines.join("\n")
    }
}
