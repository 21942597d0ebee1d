//! The kinds of figures, from columns.

use super::columns::{Columns, Part, is_number, names, numbers};
use super::of_table::{FromColumns, OfTable};
use crate::table::{expect_type, schema, stream};
use crate::{EdaError, Result, Table};
use cuaderno_plot::{BoxPlot, Density, Group, Groups, HeatMap, Histogram, Line, Scatter, TimeUnit};
use polars::prelude::{DataType, LazyFrame, col};

const NUMBERS: &str = "numbers";
const NUMBERS_OR_DATES: &str = "numbers or dates (for texts, bar(&count(..)?, ..) shows how many of each)";

/// How the values of a column of numbers or dates are spread, in bins; with [`by`](OfTable::by), stacked by group.
///
/// # Errors
/// The column is absent, or holds neither numbers nor dates.
pub fn histogram(table: &impl Table, column: &str) -> Result<OfTable<Histogram>> {
    of(table.plan(), "histogram", &[column], true)
}

/// How the values of a column of numbers are spread, as a curve of their density; with [`by`](OfTable::by), one curve a group,
/// filled at alpha 0.5.
///
/// # Errors
/// The column is absent or holds no numbers.
pub fn density(table: &impl Table, column: &str) -> Result<OfTable<Density>> {
    of(table.plan(), "density", &[column], false)
}

/// Median, quartiles and far values of a column of numbers; with [`by`](OfTable::by), a box for each group.
///
/// # Errors
/// The column is absent or holds no numbers.
pub fn box_plot(table: &impl Table, column: &str) -> Result<OfTable<BoxPlot>> {
    of(table.plan(), "box_plot", &[column], false)
}

/// A point for each row; with [`by`](OfTable::by), a colour for each group.
///
/// # Errors
/// A column is absent or holds no numbers.
pub fn scatter(table: &impl Table, x: &str, y: &str) -> Result<OfTable<Scatter>> {
    of(table.plan(), "scatter", &[x, y], false)
}

/// A line through the rows, in their order; with [`by`](OfTable::by), one line for each group. x may hold dates.
///
/// # Errors
/// A column is absent, or holds neither numbers nor, for x, dates.
pub fn line(table: &impl Table, x: &str, y: &str) -> Result<OfTable<Line>> {
    let plan = table.plan();
    expect_type(&*schema(&plan)?, y, "line", NUMBERS, is_number)?;
    of(plan, "line", &[x, y], true)
}

/// A table of numbers as colours: the first column names the rows, every other column holds numbers. Made for
/// [`correlation`](crate::correlation).
///
/// # Errors
/// The table has no columns, or one after the first holds no numbers.
pub fn heat_map(table: &impl Table) -> Result<HeatMap> {
    heat_map_of(table.plan())
}

fn of<F: FromColumns>(plan: LazyFrame, what: &'static str, columns: &[&str], dates: bool) -> Result<OfTable<F>> {
    let schema = schema(&plan)?;
    for column in columns {
        let expected = if dates { NUMBERS_OR_DATES } else { NUMBERS };
        let is_date = |dtype: &DataType| dates && matches!(dtype, DataType::Date | DataType::Datetime(..));
        expect_type(&schema, column, what, expected, |dtype| is_number(dtype) || is_date(dtype))?;
    }
    OfTable::new(plan, columns.iter().map(|name| (*name).to_owned()).collect())
}

fn heat_map_of(plan: LazyFrame) -> Result<HeatMap> {
    let schema = schema(&plan)?;
    let all: Vec<&str> = schema.iter_names().map(|name| name.as_str()).collect();
    let Some((first, rest)) = all.split_first() else {
        return Err(EdaError::NoRows(
            "heat_map needs a table whose first column names the rows; this one has no columns".into(),
        ));
    };
    for column in rest {
        expect_type(&schema, column, "heat_map", "numbers after the first column", is_number)?;
    }
    let rows = stream(plan.select(all.iter().map(|name| col(*name)).collect::<Vec<_>>()))?;
    let columns: Vec<Vec<f64>> = rest.iter().map(|name| numbers(rows.column(name)?)).collect::<Result<_>>()?;
    let values: Vec<f64> = (0..rows.height()).flat_map(|row| columns.iter().map(move |column| column[row])).collect();
    Ok(HeatMap::new(&names(rows.column(first)?)?, rest, values)?)
}

/// The groups of a figure of one column.
fn groups(columns: Columns) -> Groups {
    let group = |mut part: Part| Group { name: part.name, values: part.columns.swap_remove(0) };
    Groups { heading: columns.heading, groups: columns.parts.into_iter().map(group).collect() }
}

/// A column's name as the title of an axis.
fn axis(columns: &Columns, place: usize, names: &[String]) -> String {
    let unit = if columns.dates[place] { " (UTC)" } else { "" };
    format!("{}{unit}", names[place])
}

impl FromColumns for Histogram {
    fn from_columns(columns: Columns, names: &[String]) -> Result<Self> {
        let (axis, dates) = (axis(&columns, 0, names), columns.dates[0]);
        let figure = Histogram::of(groups(columns)).x_label(axis);
        Ok(if dates { figure.dates(TimeUnit::Seconds) } else { figure })
    }
}

impl FromColumns for Density {
    fn from_columns(columns: Columns, names: &[String]) -> Result<Self> {
        let axis = axis(&columns, 0, names);
        Ok(Density::of(groups(columns)).x_label(axis))
    }
}

impl FromColumns for BoxPlot {
    fn from_columns(columns: Columns, names: &[String]) -> Result<Self> {
        let axis = axis(&columns, 0, names);
        Ok(BoxPlot::of(groups(columns)).y_label(axis))
    }
}

impl FromColumns for Scatter {
    fn from_columns(columns: Columns, names: &[String]) -> Result<Self> {
        let (mut x, mut y, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for part in &columns.parts {
            x.extend_from_slice(&part.columns[0]);
            y.extend_from_slice(&part.columns[1]);
            labels.resize(x.len(), part.name.as_str());
        }
        let figure = Scatter::new(x, y)?.x_label(axis(&columns, 0, names)).y_label(axis(&columns, 1, names));
        Ok(if columns.heading.is_empty() { figure } else { figure.by(&columns.heading, &labels)? })
    }
}

impl FromColumns for Line {
    fn from_columns(columns: Columns, names: &[String]) -> Result<Self> {
        let (x, y, dates) = (axis(&columns, 0, names), axis(&columns, 1, names), columns.dates[0]);
        let series = columns
            .parts
            .into_iter()
            .map(|mut part| {
                let y = part.columns.swap_remove(1);
                (part.name, part.columns.swap_remove(0), y)
            })
            .collect();
        let figure = Line::series(&columns.heading, series)?.x_label(x).y_label(y);
        Ok(if dates { figure.dates(TimeUnit::Seconds) } else { figure })
    }
}
