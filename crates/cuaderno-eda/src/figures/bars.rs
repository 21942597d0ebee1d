//! Bars from two columns.

use super::columns::{is_number, names, numbers};
use crate::table::{dtype_of, expect_type, schema, stream};
use crate::{EdaError, Result, Table};
use cuaderno_display::thousands;
use cuaderno_plot::Bar;
use polars::prelude::{LazyFrame, col};

/// More bars than this are a wall, not a figure.
const MOST_BARS: usize = 500;

/// A bar for each row: one column names the bars, another holds their heights, in the order of the rows.
///
/// # Errors
/// A column is absent, the heights are no numbers, or there are more than 500 rows.
pub fn bar(table: &impl Table, names: &str, values: &str) -> Result<Bar> {
    Ok(bars(table.plan(), names, values, "bar")?.x_label(names).y_label(values))
}

/// As [`bar`], lying down, the first row on top: the form for many names or long ones.
///
/// # Errors
/// As [`bar`].
pub fn hbar(table: &impl Table, names: &str, values: &str) -> Result<Bar> {
    Ok(bars(table.plan(), names, values, "hbar")?.horizontal().x_label(values).y_label(names))
}

fn bars(plan: LazyFrame, name_column: &str, value_column: &str, what: &'static str) -> Result<Bar> {
    let schema = schema(&plan)?;
    dtype_of(&schema, name_column)?;
    expect_type(&schema, value_column, what, "numbers for the lengths of the bars", is_number)?;
    let rows = stream(plan.select([col(name_column).alias("names"), col(value_column).alias("values")]))?;
    if rows.height() > MOST_BARS {
        return Err(EdaError::BadArgument(format!(
            "{what} would draw {} bars, one a row; count or top_n first (at most {MOST_BARS})",
            thousands(rows.height())
        )));
    }
    Ok(Bar::new(&names(rows.column("names")?)?, numbers(rows.column("values")?)?)?)
}
