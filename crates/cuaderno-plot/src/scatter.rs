//! Points: how two measures go together.

use crate::axis::Axis;
use crate::cache::Cache;
use crate::canvas::{Canvas, Rect};
use crate::extent::{self, Extent};
use crate::figure::{Draw, axes, figure};
use crate::frame::{self, Frame, Omitted};
use crate::legend::{Legend, Swatch};
use crate::marker;
use crate::plane::{PANEL_HEIGHT, Plane};
use crate::scale::Scale;
use crate::{PlotError, number};
use cuaderno_display::counted;
use std::collections::BTreeMap;

/// A point for each pair of values, with a colour and a shape for each group.
///
/// ```
/// use cuaderno_plot::Scatter;
///
/// let figure = Scatter::new([1.0, 10.0, 100.0], [3.0, 5.0, 4.0])?
///     .by("class", &["Other", "Disinformation", "Other"])?
///     .log_x()
///     .x_label("score")
///     .y_label("comments");
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scatter {
    pub(crate) frame: Frame,
    heading: String,
    names: Vec<String>,
    points: Vec<(f64, f64)>,
    /// The group of each point.
    groups: Vec<u32>,
    log_x: bool,
    log_y: bool,
    kept: Cache<Kept>,
}

/// Points that can be drawn, by group, and what is left out.
type Kept = (Vec<Vec<(f64, f64)>>, Omitted);

figure!(Scatter);
axes!(Scatter);

impl Scatter {
    /// A point at each x with its y.
    ///
    /// # Errors
    /// If there is not one y for each x.
    pub fn new(x: impl Into<Vec<f64>>, y: impl Into<Vec<f64>>) -> Result<Self, PlotError> {
        let (x, y) = (x.into(), y.into());
        PlotError::check_lengths("y", y.len(), "x", x.len())?;
        let groups = vec![0; x.len()];
        let points = x.into_iter().zip(y).collect();
        let (heading, names) = (String::new(), vec![String::new()]);
        Ok(Self {
            frame: Frame::default(),
            heading,
            names,
            points,
            groups,
            log_x: false,
            log_y: false,
            kept: Cache::default(),
        })
    }

    /// Groups the points by one label each; groups are sorted by name.
    ///
    /// # Errors
    /// If there is not one label for each point.
    pub fn by(mut self, heading: &str, labels: &[impl AsRef<str>]) -> Result<Self, PlotError> {
        PlotError::check_lengths(&format!("groups `{heading}`"), labels.len(), "points", self.points.len())?;
        let mut known: BTreeMap<&str, u32> = labels.iter().map(|label| (label.as_ref(), 0)).collect();
        for (index, group) in known.values_mut().enumerate() {
            *group = index as u32;
        }
        self.groups = labels.iter().map(|label| known[label.as_ref()]).collect();
        self.names = known.keys().map(|name| (*name).to_owned()).collect();
        self.heading = heading.to_owned();
        self.kept.clear();
        Ok(self)
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
        let mut kept = vec![Vec::new(); self.names.len()];
        let within = |value: f64, range| frame::chosen(range).is_none_or(|(low, high)| low <= value && value <= high);
        for ((x, y), group) in self.points.iter().zip(&self.groups) {
            // A point is left out once, whatever is wrong with it.
            if !omitted.keep(*x, self.log_x) || !omitted.keep(*y, self.log_y) {
                continue;
            }
            if within(*x, self.frame.x_range) && within(*y, self.frame.y_range) {
                kept[*group as usize].push((*x, *y));
            } else {
                omitted.outside += 1;
            }
        }
        (kept, omitted)
    }

    fn plane(&self) -> Plane<'_> {
        let (kept, omitted) = self.kept();
        let limits = |pick: fn(&(f64, f64)) -> f64| extent::limits(kept.iter().flatten().map(pick));
        let scale = |data: Option<(f64, f64)>, chosen, log: bool| {
            let padded = extent::padded(data.unwrap_or((1.0, 1.0)), log);
            let (low, high) = frame::chosen(chosen).unwrap_or(padded);
            if log { Scale::log(low, high) } else { Scale::linear(low, high) }
        };
        let x_scale = scale(limits(|point| point.0), self.frame.x_range, self.log_x);
        let y_scale = scale(limits(|point| point.1), self.frame.y_range, self.log_y);
        let x = Axis::new(x_scale, self.frame.x_label_or("x")).whole_if(kept.iter().flatten().map(|point| point.0));
        let y = Axis::new(y_scale, self.frame.y_label_or("y")).whole_if(kept.iter().flatten().map(|point| point.1));
        let entries = self.names.iter().enumerate().filter(|_| self.names.iter().any(|name| !name.is_empty()));
        let legend = Legend::new(&self.heading, entries.map(|(i, name)| (Swatch::Marker(i), name.clone())));
        let empty = kept.iter().all(Vec::is_empty);
        Plane { legend, notes: omitted.notes_on("point"), empty, ..Plane::new(&self.frame, x, y) }
    }
}

impl Draw for Scatter {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn frame_mut(&mut self) -> &mut Frame {
        self.kept.clear();
        &mut self.frame
    }

    fn extent(&self) -> Extent {
        let (kept, _) = self.kept();
        let limits = |pick: fn(&(f64, f64)) -> f64, log| {
            extent::limits(kept.iter().flatten().map(pick)).map(|range| extent::padded(range, log))
        };
        Extent { x: limits(|point| point.0, self.log_x), y: limits(|point| point.1, self.log_y) }
    }

    fn natural_height(&self, width: f64) -> f64 {
        self.plane().height(width, PANEL_HEIGHT + 40.0)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let panel = self.plane().draw(canvas, area);
        let place = |points: &Vec<(f64, f64)>| points.iter().map(|(x, y)| panel.at(*x, *y)).collect();
        let groups: Vec<Vec<(f64, f64)>> = self.kept().0.iter().map(place).collect();
        marker::draw(canvas, panel.rect, &groups);
        panel.close(canvas);
    }

    /// How many points, and the limits of both axes, for each group.
    fn text(&self) -> String {
        let (kept, omitted) = self.kept();
        let mut lines = vec![self.frame.headline("scatter plot")];
        for (name, points) in self.names.iter().zip(kept) {
            let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
            let mut line = format!("  {name}{}", counted(points.len(), "point"));
            let x = extent::limits(points.iter().map(|point| point.0));
            let y = extent::limits(points.iter().map(|point| point.1));
            if let (Some(x), Some(y)) = (x, y) {
                let [x0, x1, y0, y1] = [x.0, x.1, y.0, y.1].map(number::short);
                line += &format!(", {} {x0} to {x1}", self.frame.x_label_or("x"));
                line += &format!(", {} {y0} to {y1}", self.frame.y_label_or("y"));
            }
            lines.push(line);
        }
        lines.extend(omitted.notes_on("point"));
        lines.join("\n")
    }
}
