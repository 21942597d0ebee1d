//! The kinds of figures, from columns.

use super::columns::{self, is_number, names, numbers};
use super::source::TableSource;
use crate::table::{expect_type, named as col, schema, stream};
use crate::{EdaError, Result, Table};
use cuaderno_plot::{BoxPlot, Density, HeatMap, Histogram, Line, Scatter, TimeUnit};
use polars::prelude::{DataType, LazyFrame};
use std::sync::Arc;

const NUMBERS: &str = "numbers";
const NUMBERS_OR_DATES: &str = "numbers or dates (for texts, bar(&count(..)?, ..) shows how many of each)";

/// How the values of a column of numbers or dates are spread, in bins; with [`by`](Histogram::by), stacked by group.
///
/// # Errors
/// The column is absent, or holds neither numbers nor dates.
pub fn histogram(table: &impl Table, column: &str) -> Result<Histogram> {
    let (source, columns, titles) = of(table, "histogram", &[column], true)?;
    let figure = Histogram::of_table(source, columns).x_label(titles[0].text());
    Ok(if titles[0].clock.is_some() { figure.dates(TimeUnit::Seconds) } else { figure })
}

/// How the values of a column of numbers are spread, as a curve of their density; with [`by`](Density::by), one curve a group,
/// filled at alpha 0.5.
///
/// # Errors
/// The column is absent or holds no numbers.
pub fn density(table: &impl Table, column: &str) -> Result<Density> {
    let (source, columns, titles) = of(table, "density", &[column], false)?;
    Ok(Density::of_table(source, columns).x_label(titles[0].text()))
}

/// Median, quartiles and far values of a column of numbers; with [`by`](BoxPlot::by), a box for each group.
///
/// # Errors
/// The column is absent or holds no numbers.
pub fn box_plot(table: &impl Table, column: &str) -> Result<BoxPlot> {
    let (source, columns, titles) = of(table, "box_plot", &[column], false)?;
    Ok(BoxPlot::of_table(source, columns).y_label(titles[0].text()))
}

/// A point for each row; with [`by`](Scatter::by), a colour for each group.
///
/// # Errors
/// A column is absent or holds no numbers.
pub fn scatter(table: &impl Table, x: &str, y: &str) -> Result<Scatter> {
    let (source, columns, titles) = of(table, "scatter", &[x, y], false)?;
    Ok(Scatter::of_table(source, columns).x_label(titles[0].text()).y_label(titles[1].text()))
}

/// A line through the rows, in their order; with [`by`](Line::by), one line for each group. x may hold dates.
///
/// # Errors
/// A column is absent, or holds neither numbers nor, for x, dates.
pub fn line(table: &impl Table, x: &str, y: &str) -> Result<Line> {
    expect_type(&*schema(&table.plan())?, y, "line", NUMBERS, is_number)?;
    let (source, columns, titles) = of(table, "line", &[x, y], true)?;
    let figure = Line::of_table(source, columns).x_label(titles[0].text()).y_label(titles[1].text());
    Ok(if titles[0].clock.is_some() { figure.dates(TimeUnit::Seconds) } else { figure })
}

/// A table of numbers as colours: the first column names the rows, every other column holds numbers. Made for
/// [`correlation`](crate::correlation).
///
/// # Errors
/// The table has no columns, or one after the first holds no numbers.
pub fn heat_map(table: &impl Table) -> Result<HeatMap> {
    heat_map_of(table.plan())
}

/// A column's name as the title of an axis.
struct Title {
    name: String,
    /// Of times: whose.
    clock: Option<String>,
}

impl Title {
    fn text(&self) -> String {
        match self.clock.as_deref() {
            None | Some("") => self.name.clone(),
            Some(clock) => format!("{} ({clock})", self.name),
        }
    }
}

/// A table to read these columns from, after a look at their types.
fn of(
    table: &impl Table,
    what: &'static str,
    columns: &[&str],
    dates: bool,
) -> Result<(Arc<TableSource>, Vec<String>, Vec<Title>)> {
    let schema = schema(&table.plan())?;
    let mut titles = Vec::new();
    for column in columns {
        let expected = if dates { NUMBERS_OR_DATES } else { NUMBERS };
        let is_date = |dtype: &DataType| dates && matches!(dtype, DataType::Date | DataType::Datetime(..));
        expect_type(&schema, column, what, expected, |dtype| is_number(dtype) || is_date(dtype))?;
        titles.push(Title { name: (*column).to_owned(), clock: columns::clock(&schema, column) });
    }
    Ok((Arc::new(TableSource::new(table)), columns.iter().map(|name| (*name).to_owned()).collect(), titles))
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
