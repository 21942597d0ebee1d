//! Bars from two columns.

use super::columns::{is_number, names, numbers};
use super::source::TableSource;
use crate::table::{dtype_of, expect_type, schema, stream};
use crate::{EdaError, Result, Table};
use cuaderno_plot::Bar;
use std::sync::Arc;

/// More bars than this are a wall, not a figure.
const MOST_BARS: usize = 500;
/// Up to so many bars each have the colour of their name.
const MOST_COLORED: usize = 4;

/// A bar for each row: one column names the bars, another holds their heights, in the order of the rows. Up to four bars, a few
/// classes, each have the colour that their name has as a group of other figures.
///
/// # Errors
/// A column is absent, the heights are no numbers, or there are more than 500 rows.
pub fn bar(table: &impl Table, names: &str, values: &str) -> Result<Bar> {
    let figure = bars(table, names, values, "bar")?.x_label(names).y_label(values);
    Ok(if figure.has_few_names(MOST_COLORED) { figure.colored() } else { figure })
}

/// As [`bar`], lying down, the first row on top: the form for many names or long ones.
///
/// # Errors
/// As [`bar`].
pub fn hbar(table: &impl Table, names: &str, values: &str) -> Result<Bar> {
    Ok(bars(table, names, values, "hbar")?.horizontal().x_label(values).y_label(names))
}

fn bars(table: &impl Table, name_column: &str, value_column: &str, what: &'static str) -> Result<Bar> {
    let schema = schema(&table.plan())?;
    dtype_of(&schema, name_column)?;
    expect_type(&schema, value_column, what, "numbers for the lengths of the bars", is_number)?;
    // A table of bars is small: all of it, so that its other columns need not be read again.
    let rows = stream(table.plan().limit(MOST_BARS as u32 + 1))?;
    if rows.height() > MOST_BARS {
        return Err(EdaError::BadArgument(format!(
            "{what} would draw more than {MOST_BARS} bars, one a row; count or top_n first"
        )));
    }
    let names = names(rows.column(name_column)?)?;
    let values = numbers(rows.column(value_column)?)?;
    Ok(Bar::new(&names, values)?.of_table(Arc::new(TableSource::new(&rows)), name_column, value_column))
}
