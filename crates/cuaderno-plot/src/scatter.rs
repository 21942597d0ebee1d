//! Points: how two measures go together.

use crate::axis::Axis;
use crate::canvas::{Canvas, Rect, Stroke};
use crate::extent::{self, Extent};
use crate::figure::{Draw, Drawing, axes, figure};
use crate::frame::{self, Frame};
use crate::legend::Swatch;
use crate::marker;
use crate::omitted::{self, Omitted};
use crate::plane::{PANEL_HEIGHT, Plane};
use crate::scale::Scale;
use crate::shown::{Shared, Shown};
use crate::source::{Origin, Part, of_table};
use crate::trend::Trend;
use crate::vega::{Channel, Spec, interactive};
use crate::{PlotError, number, theme};
use cuaderno_display::counted;
use serde_json::json;
use std::collections::BTreeMap;

/// A point for each pair of values, with a colour and a shape for each group.
///
/// ```
/// use cuaderno_plot::Scatter;
///
/// let figure = Scatter::new([1.0, 10.0, 100.0], [3.0, 5.0, 4.0])?
///     .grouped("class", &["Other", "Disinformation", "Other"])?
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
    trend: bool,
    origin: Origin,
}

/// Points that can be drawn, by group, and what is left out.
type Kept = (Vec<Vec<(f64, f64)>>, Omitted);

figure!(Scatter);
axes!(Scatter);
of_table!(Scatter);

impl Scatter {
    /// A point at each x with its y.
    ///
    /// # Errors
    /// If there is not one y for each x.
    pub fn new(x: impl Into<Vec<f64>>, y: impl Into<Vec<f64>>) -> Result<Self, PlotError> {
        let (x, y) = (x.into(), y.into());
        PlotError::check_lengths("y", y.len(), "x", x.len())?;
        let mut figure = Self::of_nothing();
        figure.fill("", vec![Part { name: String::new(), columns: vec![x, y] }]);
        Ok(figure)
    }

    /// Groups the points by one label each; groups are sorted by name.
    ///
    /// # Errors
    /// If there is not one label for each point.
    pub fn grouped(self, heading: &str, labels: &[impl AsRef<str>]) -> Result<Self, PlotError> {
        let mut figure = self.loaded()?.into_owned();
        PlotError::check_lengths(&format!("groups `{heading}`"), labels.len(), "points", figure.points.len())?;
        let mut known: BTreeMap<&str, u32> = labels.iter().map(|label| (label.as_ref(), 0)).collect();
        for (index, group) in known.values_mut().enumerate() {
            *group = index as u32;
        }
        figure.groups = labels.iter().map(|label| known[label.as_ref()]).collect();
        figure.names = known.keys().map(|name| (*name).to_owned()).collect();
        figure.heading = heading.to_owned();
        Ok(figure)
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

    /// Draws the straight line of least squares through each group, on the axes as they are, and says its equation and R².
    pub fn trend(mut self) -> Self {
        self.trend = true;
        self
    }

    /// Draws a pale dashed line between two points: where both measures would be equal.
    #[doc(hidden)]
    pub fn segment(self, from: (f64, f64), to: (f64, f64)) -> Self {
        self.referring(crate::reference::Reference::Segment(from, to))
    }

    fn of_nothing() -> Self {
        Self {
            frame: Frame::default(),
            heading: String::new(),
            names: Vec::new(),
            points: Vec::new(),
            groups: Vec::new(),
            log_x: false,
            log_y: false,
            trend: false,
            origin: Origin::default(),
        }
    }

    fn swatch(&self, group: usize) -> Swatch {
        Swatch::Marker(group, self.frame.color(group))
    }

    fn fill(&mut self, heading: &str, parts: Vec<Part>) {
        self.heading = heading.to_owned();
        (self.names, self.points, self.groups) = (Vec::new(), Vec::new(), Vec::new());
        for (group, part) in parts.into_iter().enumerate() {
            self.points.extend(part.columns[0].iter().copied().zip(part.columns[1].iter().copied()));
            self.groups.resize(self.points.len(), group as u32);
            self.names.push(part.name);
        }
    }

    fn shown(&self, shared: Shared) -> Result<Shown<'_, Self, Kept>, PlotError> {
        Ok(Shown::new(self.loaded()?, &self.frame, shared, Self::keep))
    }

    fn keep(&self, frame: &Frame) -> Kept {
        let mut omitted = Omitted::default();
        let mut kept = vec![Vec::new(); self.names.len()];
        let within = |value: f64, range| frame::chosen(range).is_none_or(|(low, high)| low <= value && value <= high);
        for ((x, y), group) in self.points.iter().zip(&self.groups) {
            // A point is left out once, whatever is wrong with it.
            if !omitted.keep(*x, self.log_x) || !omitted.keep(*y, self.log_y) {
                continue;
            }
            if within(*x, frame.x_range) && within(*y, frame.y_range) {
                kept[*group as usize].push((*x, *y));
            } else {
                omitted.outside += 1;
            }
        }
        (kept, omitted)
    }
}

impl Shown<'_, Scatter, Kept> {
    /// The line through each group, if asked for and there is one.
    fn trends(&self) -> Vec<Option<Trend>> {
        let of = |points: &Vec<(f64, f64)>| Trend::through(points, self.log_x, self.log_y);
        if self.trend { self.computed.0.iter().map(of).collect() } else { Vec::new() }
    }

    /// What is left out, and how many points are drawn as one cloud.
    fn notes(&self) -> Vec<String> {
        let (kept, omitted) = &self.computed;
        let mut notes = omitted.notes_on("point");
        let points = kept.iter().map(Vec::len).sum();
        if marker::is_cloud(points) {
            notes.push(format!("{} as one cloud: the darker, the more of them", counted(points, "point")));
        }
        for (name, trend) in self.names.iter().zip(self.trends()) {
            let name = if name.is_empty() { "line".to_owned() } else { format!("line of {name}") };
            notes.push(match trend {
                Some(trend) => format!("{name}: {}", trend.equation(self.log_x, self.log_y)),
                None => format!("{name}: none, too few different x"),
            });
        }
        let empty = self.names.iter().zip(kept).filter(|(_, points)| points.is_empty());
        notes.extend(omitted::empty_groups(empty.map(|(name, _)| name.as_str())));
        notes
    }

    fn plane(&self) -> Plane<'_> {
        let (kept, _) = &self.computed;
        let limits = |pick: fn(&(f64, f64)) -> f64| extent::limits(kept.iter().flatten().map(pick));
        let scale = |data: (f64, f64), chosen, log: bool| {
            let padded = extent::padded(data, log);
            let (low, high) = frame::chosen(chosen).unwrap_or(padded);
            if log { Scale::log(low, high) } else { Scale::linear(low, high) }
        };
        let ends = self.trends().into_iter().flatten().flat_map(|trend| trend.ends(self.log_x, self.log_y));
        let ends = extent::limits(ends.map(|end| end.1).filter(|y| y.abs() < 1e300));
        let y_data = extent::union(limits(|point| point.1), ends).unwrap_or((1.0, 1.0));
        let x_scale =
            scale(self.frame.reach_x(limits(|point| point.0).unwrap_or((1.0, 1.0))), self.frame.x_range, self.log_x);
        let y_scale = scale(self.frame.reach_y(y_data), self.frame.y_range, self.log_y);
        let x = Axis::new(x_scale, self.frame.x_label_or("x")).whole_if(kept.iter().flatten().map(|point| point.0));
        let y = Axis::new(y_scale, self.frame.y_label_or("y")).whole_if(kept.iter().flatten().map(|point| point.1));
        let entries = self.names.iter().enumerate().filter(|_| self.names.iter().any(|name| !name.is_empty()));
        // In a cloud every point is a disc.
        let cloud = marker::is_cloud(kept.iter().map(Vec::len).sum());
        let swatch = |i: usize| if cloud { Swatch::Disc(self.frame.color(i)) } else { self.swatch(i) };
        let legend = self.frame.legend(&self.heading, entries.map(|(i, name)| (swatch(i), name.clone())));
        let empty = kept.iter().all(Vec::is_empty);
        Plane { legend, notes: self.notes(), empty, ..Plane::new(&self.frame, x, y) }
    }
}

interactive!(Scatter);

impl Shown<'_, Scatter, Kept> {
    fn vega(&self) -> Spec<'_> {
        let kept = &self.computed.0;
        let row = |group: usize| move |(x, y): &(f64, f64)| json!({"x": x, "y": y, "group": self.names[group]});
        let rows = kept.iter().enumerate().flat_map(|(group, points)| points.iter().map(row(group))).collect();
        let x = self.frame.x_label.as_deref().unwrap_or("x");
        let y = self.frame.y_label.as_deref().unwrap_or("y");
        let kind = "quantitative";
        Spec {
            frame: &self.frame,
            mark: json!({"type": "point", "filled": true, "tooltip": true}),
            x: Channel { field: "x", kind, title: x, log: self.log_x, range: self.frame.x_range },
            y: Channel { field: "y", kind, title: y, log: self.log_y, range: self.frame.y_range },
            heading: &self.heading,
            groups: self.names.clone(),
            rows,
            more: json!({"shape": {"field": "group", "type": "nominal", "legend": null, "sort": null}}),
        }
    }
}

impl Draw for Scatter {
    fn drawing(&self, shared: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self.shown(shared)?))
    }
}

impl Drawing for Shown<'_, Scatter, Kept> {
    fn extent(&self) -> Extent {
        let (kept, _) = &self.computed;
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
        let place = |(group, points): (usize, &Vec<(f64, f64)>)| {
            (self.frame.color(group), points.iter().map(|(x, y)| panel.at(*x, *y)).collect())
        };
        let groups: Vec<_> = self.computed.0.iter().enumerate().map(place).collect();
        marker::draw(canvas, panel.rect, &groups);
        for (group, trend) in self.trends().into_iter().enumerate() {
            let Some(ends) = trend.map(|trend| trend.ends(self.log_x, self.log_y)) else { continue };
            let ends = ends.map(|(x, y)| panel.at(x, y));
            let color = theme::mix(self.frame.color(group), theme::INK, 0.35);
            for part in extent::clip(&ends, panel.rect.inset(-0.01)) {
                canvas.polyline(&part, Stroke::new(color, 2.2).dashed(theme::dash(group)));
            }
        }
        panel.close(canvas);
    }

    /// How many points, and the limits of both axes, for each group.
    fn text(&self) -> String {
        let (kept, _) = &self.computed;
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
        lines.extend(self.notes());
        lines.join("\n")
    }
}
