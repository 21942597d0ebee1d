//! How much is missing where.

use crate::table::{named as col, schema, stream};
use crate::{Result, Table, hbar};
use cuaderno_plot::Bar;
use polars::prelude::{
    ChunkCompareEq, Column, DataFrame, DataType, Expr, IdxSize, LazyFrame, Literal, NULL, PlSmallStr,
    SortMultipleOptions, len,
};

/// How many values each column lacks: `column`, `missing`, `percent`, most first. NaN is missing, too, as in R.
///
/// # Errors
/// What polars reports while reading or computing.
pub fn missing(table: &impl Table) -> Result<DataFrame> {
    of_plan(table.plan())
}

/// The share of missing values in each column, as bars; columns without any are left out.
///
/// # Errors
/// As [`missing`].
pub fn missing_chart(table: &impl Table) -> Result<Bar> {
    let missing = missing(table)?;
    let some = missing.filter(&missing.column("missing")?.u64()?.not_equal(0u64))?;
    let complete = missing.height() - some.height();
    let figure = hbar(&some, "column", "percent")?.title("Missing values").x_label("missing (%)");
    Ok(if complete > 0 {
        figure.caption(format!("{complete} columns without missing values are not shown"))
    } else {
        figure
    })
}

/// How many values are missing. NaN counts as missing, as in R and everywhere here.
fn missing_values(name: &PlSmallStr, dtype: &DataType) -> Expr {
    let missing = match dtype.is_float() {
        true => col(name.clone()).fill_nan(NULL.lit()),
        false => col(name.clone()),
    };
    missing.null_count().alias(name.clone())
}

fn of_plan(plan: LazyFrame) -> Result<DataFrame> {
    const ROWS: &str = "__rows";
    let schema = schema(&plan)?;
    let mut counts: Vec<_> = schema.iter().map(|(name, dtype)| missing_values(name, dtype)).collect();
    counts.push(len().alias(ROWS));
    let counts = stream(plan.select(counts))?;
    let count = |name: &str| -> Result<u64> {
        let count = counts.column(name)?.get(0)?.extract::<IdxSize>().unwrap_or_default();
        Ok(u64::from(count))
    };
    let rows = count(ROWS)?.max(1) as f64;
    let missing: Vec<u64> = schema.iter_names().map(|name| count(name)).collect::<Result<_>>()?;
    let percent: Vec<f64> = missing.iter().map(|count| 100.0 * *count as f64 / rows).collect();
    let names: Vec<&str> = schema.iter_names().map(|name| name.as_str()).collect();
    let frame = DataFrame::new(
        names.len(),
        vec![
            Column::new("column".into(), names),
            Column::new("missing".into(), missing),
            Column::new("percent".into(), percent),
        ],
    )?;
    let most_first = SortMultipleOptions::new().with_order_descending(true).with_maintain_order(true);
    Ok(frame.sort(["missing"], most_first)?)
}
