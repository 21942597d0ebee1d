//! Bars: how many of each.

use crate::figure::{figure, references};
use crate::frame::Frame;
use crate::omitted::{self, Omitted};
use crate::source::{Origin, Part};
use crate::theme::Color;
use crate::{PlotError, number, text, theme};

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
    pub(crate) names: Vec<String>,
    pub(crate) heading: String,
    pub(crate) series: Vec<Series>,
    pub(crate) horizontal: bool,
    pub(crate) together: Together,
    /// Each bar in the colour of its name, by place in this order; else bars have the colour of their series.
    colored: Option<Vec<usize>>,
    highlighted: Vec<String>,
    /// The column that names the bars, and the table.
    name_column: String,
    origin: Origin,
}

/// The bars of one series, one for each name.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    values: Vec<f64>,
    /// From where to where the value may be.
    errors: Vec<(f64, f64)>,
}

/// How the bars of several series stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Together {
    SideBySide,
    Stacked,
    /// Stacked, all bars of the same length: shares.
    Filled,
}

/// One bar as it is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn {
    pub(crate) name: usize,
    pub(crate) series: usize,
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) error: Option<(f64, f64)>,
}

figure!(Bar);
references!(Bar);

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
        let series = series.into_iter().map(|(name, values)| Series { name, values, errors: Vec::new() }).collect();
        Ok(Self {
            frame: Frame::default(),
            names,
            heading: heading.to_owned(),
            series,
            horizontal: false,
            together: Together::SideBySide,
            colored: None,
            highlighted: Vec::new(),
            name_column: String::new(),
            origin: Origin::default(),
        })
    }

    /// Remembers the table, so that it can be read again by another column.
    #[doc(hidden)]
    pub fn of_table(mut self, source: std::sync::Arc<dyn crate::Source>, names: &str, values: &str) -> Self {
        self.name_column = names.to_owned();
        self.origin = Origin { source: Some(source), columns: vec![values.to_owned()], by: None };
        self
    }

    /// Splits the bars of a table by another of its columns: for each name as many bars as that column has values, side by side
    /// unless [`stacked`](Self::stacked) or [`filled`](Self::filled). Rows of one name and value add up.
    ///
    /// # Errors
    /// If the column is absent or has more than 20 different values, or the figure is not one of a table.
    pub fn by(mut self, column: &str) -> Result<Self, PlotError> {
        let rows = self.origin.table()?.read(&self.origin.columns, Some(column), Some(&self.name_column))?;
        let mut names: Vec<String> = Vec::new();
        for name in &self.names {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        self.names = names;
        let groups: Vec<String> =
            rows.panels.first().map(|(_, parts)| parts.iter().map(|p| p.name.clone()).collect()).unwrap_or_default();
        let sum = |part: &Part| match part.columns[0].as_slice() {
            [] => f64::NAN,
            values => values.iter().sum(),
        };
        let value = |name: &String, group: usize| {
            let panel = rows.panels.iter().find(|(panel, _)| panel == name);
            panel.map_or(f64::NAN, |(_, parts)| sum(&parts[group]))
        };
        let series = groups.into_iter().enumerate().map(|(group, name)| {
            let values = self.names.iter().map(|name| value(name, group)).collect();
            Series { name, values, errors: Vec::new() }
        });
        self.series = series.collect();
        self.heading = column.to_owned();
        self.colored = None;
        Ok(self)
    }

    /// Draws a line on each bar from one column of its table to another: an interval, or mean ± deviation.
    ///
    /// # Errors
    /// If a column is absent or holds no numbers, or the figure is not one of a table.
    pub fn errors(self, low: &str, high: &str) -> Result<Self, PlotError> {
        let columns = [low.to_owned(), high.to_owned()];
        let mut rows = self.origin.table()?.read(&columns, None, None)?;
        let mut columns = rows.panels.pop().and_then(|(_, mut parts)| parts.pop()).unwrap_or_default().columns;
        let high = columns.pop().unwrap_or_default();
        let low = columns.pop().unwrap_or_default();
        self.error_bars(&low, &high)
    }

    /// Draws a line on each bar of the first series between these values.
    ///
    /// # Errors
    /// If there is not one of each for every bar.
    pub fn error_bars(mut self, low: &[f64], high: &[f64]) -> Result<Self, PlotError> {
        PlotError::check_lengths("lower ends", low.len(), "bars", self.names.len())?;
        PlotError::check_lengths("upper ends", high.len(), "bars", self.names.len())?;
        if let Some(series) = self.series.first_mut() {
            series.errors = low.iter().copied().zip(high.iter().copied()).collect();
        }
        Ok(self)
    }

    /// Lays the bars on their sides, the first at the top: the form for many names or long ones.
    pub fn horizontal(mut self) -> Self {
        self.horizontal = true;
        self
    }

    /// Stacks the series instead of setting them side by side. Negative values go below zero.
    pub fn stacked(mut self) -> Self {
        self.together = Together::Stacked;
        self
    }

    /// Stacks the series as shares of each name's sum, so that all bars reach 100 %. Values must not be negative; those that are
    /// count as missing.
    pub fn filled(mut self) -> Self {
        self.together = Together::Filled;
        self.frame.percent = true;
        self
    }

    /// Writes values, shares from 0 to 1, as percent.
    pub fn percent(mut self) -> Self {
        self.frame.percent = true;
        self
    }

    /// Sets the bars in this order; names that are not in it come after, as they were.
    pub fn order(self, names: &[impl AsRef<str>]) -> Self {
        let place = |name: &str| names.iter().position(|known| known.as_ref() == name).unwrap_or(names.len());
        let keys: Vec<usize> = self.names.iter().map(|name| place(name)).collect();
        self.sorted_by(|a, b| keys[a].cmp(&keys[b]))
    }

    /// Sets the greatest bar first, by the sum of a name's bars.
    pub fn sorted(self) -> Self {
        let sum = |name: usize| self.series.iter().map(|s| s.values[name]).filter(|v| v.is_finite()).sum::<f64>();
        let keys: Vec<f64> = (0..self.names.len()).map(sum).collect();
        self.sorted_by(|a, b| keys[b].total_cmp(&keys[a]))
    }

    fn sorted_by(mut self, compare: impl Fn(usize, usize) -> std::cmp::Ordering) -> Self {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_by(|a, b| compare(*a, *b));
        let names = order.iter().map(|place| self.names[*place].clone()).collect();
        for series in &mut self.series {
            series.values = order.iter().map(|place| series.values[*place]).collect();
            if !series.errors.is_empty() {
                series.errors = order.iter().map(|place| series.errors[*place]).collect();
            }
        }
        self.colored = self.colored.map(|colored| order.iter().map(|place| colored[*place]).collect());
        Self { names, ..self }
    }

    /// Gives each bar a colour of its own: that which its name has as a group of other figures with the same names.
    pub fn colored(mut self) -> Self {
        let mut sorted: Vec<&String> = self.names.iter().collect();
        sorted.sort();
        sorted.dedup();
        let place = |name: &String| sorted.iter().position(|known| *known == name).unwrap_or(0);
        self.colored = Some(self.names.iter().map(place).collect());
        self
    }

    /// Draws the bars with these names in colour and the others grey.
    pub fn highlight(mut self, names: &[impl AsRef<str>]) -> Self {
        self.highlighted = names.iter().map(|name| name.as_ref().to_owned()).collect();
        self
    }

    /// Whether there are no more names than these, each once.
    #[doc(hidden)]
    pub fn has_few_names(&self, most: usize) -> bool {
        let names: std::collections::BTreeSet<&String> = self.names.iter().collect();
        names.len() == self.names.len() && names.len() <= most
    }

    /// The colour of a bar.
    pub(crate) fn color_of(&self, name: usize, series: usize) -> Color {
        if !self.highlighted.is_empty() && !self.highlighted.contains(&self.names[name]) {
            return theme::PALE;
        }
        self.frame.color(self.colored.as_ref().map_or(series, |colored| colored[name]))
    }

    /// Every bar, and what is left out.
    pub(crate) fn bars(&self) -> (Vec<Drawn>, Omitted) {
        let (mut bars, mut omitted) = (Vec::new(), Omitted::default());
        let filled = self.together == Together::Filled;
        for name in 0..self.names.len() {
            let (mut above, mut below) = (0.0, 0.0);
            let drawable = |value: f64| value.abs() <= 1e300 && !(filled && value < 0.0);
            let total: f64 = self.series.iter().map(|series| series.values[name]).filter(|v| drawable(*v)).sum();
            for (series, Series { values, errors, .. }) in self.series.iter().enumerate() {
                let value = if filled && values[name] < 0.0 { f64::NAN } else { values[name] };
                if !omitted.keep(value, false) || (filled && total == 0.0) {
                    continue;
                }
                let value = if filled { value / total } else { value };
                let base = if value < 0.0 { &mut below } else { &mut above };
                let from = if self.together == Together::SideBySide { 0.0 } else { *base };
                *base += value;
                let error = errors.get(name).copied().filter(|(low, high)| low.abs() < 1e300 && high.abs() < 1e300);
                bars.push(Drawn { name, series, from, to: from + value, error });
            }
        }
        (bars, omitted)
    }

    /// What is left out, and which series are empty.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = self.bars().1.notes();
        let empty = self.series.iter().filter(|series| series.values.iter().all(|value| value.is_nan()));
        notes.extend(omitted::empty_groups(empty.map(|series| series.name.as_str())));
        let unknown: Vec<&str> =
            self.highlighted.iter().filter(|name| !self.names.contains(name)).map(String::as_str).collect();
        if !unknown.is_empty() {
            notes.push(format!("highlight: there is no bar named {}", unknown.join(", ")));
        }
        notes
    }

    /// How values are written: all with the same number of decimals.
    pub(crate) fn label(&self, value: f64, decimals: usize) -> String {
        if self.frame.percent {
            return format!("{} %", number::fixed(100.0 * value, decimals));
        }
        number::even(value, decimals)
    }

    /// Decimals of the values of these bars.
    pub(crate) fn decimals(&self, bars: &[Drawn]) -> usize {
        let unit = if self.frame.percent { 100.0 } else { 1.0 };
        number::decimals(bars.iter().map(|bar| unit * (bar.to - bar.from)))
    }

    pub(crate) fn full_name(&self, name: usize, series: usize) -> String {
        let name = text::clean(&self.names[name]);
        match self.series[series].name.as_str() {
            "" => name,
            series => format!("{name}, {series}"),
        }
    }
}
