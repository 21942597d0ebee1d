//! Numbers by group, with what chance leaves open.

mod differ;

use crate::names::check_names;
use crate::table::{expect_type, named as col, schema, stream};
use crate::{EdaError, Names, Result, Table};
use cuaderno_stats::student_quantile;
pub use differ::{chi_square, straight_line, t_test};
use polars::prelude::{Column, DataFrame, DataType, Expr, IntoLazy, LazyFrame, Literal, NULL, SortMultipleOptions};

/// The columns that `mean_by` makes.
const NEW: [&str; 6] = ["n", "missing", "mean", "sd", "low", "high"];

/// Mean of a column for each value of another, or each combination of several (`["sex", "class"]`), with its confidence interval:
/// the group under its own name, `n`, `missing`,
/// `mean`, `sd`, `low`, `high`. Groups in the order of their values; rows without a group last.
///
/// The interval is Student's: `mean ± t · sd / √n`, with t at `level` (0.95, say) and n - 1 degrees of freedom. With
/// one value there is no interval.
///
/// # Errors
/// A column is absent, `column` holds no numbers, or the level is not between 0 and 1.
pub fn mean_by(table: &impl Table, column: &str, by: impl Names, level: f64) -> Result<DataFrame> {
    of_plan(table.plan(), column, &by.names(), level)
}

fn of_plan(plan: LazyFrame, column: &str, by: &[String], level: f64) -> Result<DataFrame> {
    let schema = schema(&plan)?;
    check_names(&schema, by, "mean_by")?;
    expect_type(&schema, column, "mean_by", "numbers", |dtype| dtype.is_primitive_numeric() || dtype.is_bool())?;
    if !(level > 0.0 && level < 1.0) {
        let reason = format!("mean_by: the level is {level}; it must lie between 0 and 1, for example 0.95");
        return Err(EdaError::BadArgument(reason));
    }
    if by.iter().any(|by| by == column) {
        return Err(EdaError::BadArgument(format!("mean_by: \"{column}\" cannot be both the numbers and the groups")));
    }
    if let Some(taken) = by.iter().find(|by| NEW.contains(&by.as_str())) {
        return Err(EdaError::BadArgument(format!(
            "mean_by makes a column \"{taken}\" of its own, and groups by one of that name; rename that first"
        )));
    }
    let keys: Vec<Expr> = by.iter().map(|by| col(by.as_str())).collect();
    // NaN counts as missing, as everywhere here.
    let values = col(column).cast(DataType::Float64).fill_nan(NULL.lit());
    let rows = stream(plan.select(keys.iter().cloned().chain([values.alias("__value")]).collect::<Vec<_>>()))?;
    // In memory: the streaming engine adds a group's numbers up in another order each time, and the last digits differ.
    let groups = rows
        .lazy()
        .group_by(&keys)
        .agg([
            col("__value").count().cast(DataType::UInt64).alias("n"),
            col("__value").null_count().cast(DataType::UInt64).alias("missing"),
            col("__value").mean().alias("mean"),
            col("__value").std(1).alias("sd"),
        ])
        .sort_by_exprs(keys, SortMultipleOptions::new().with_nulls_last(true))
        .collect()?;
    let (n, mean, sd) = (groups.column("n")?.u64()?, groups.column("mean")?.f64()?, groups.column("sd")?.f64()?);
    let half: Vec<Option<f64>> = n
        .iter()
        .zip(sd.iter())
        .map(|(n, sd)| {
            let n = n.filter(|n| *n > 1)? as f64;
            Some(student_quantile(0.5 + level / 2.0, n - 1.0) * sd? / n.sqrt())
        })
        .collect();
    let bound = |sign: f64| -> Vec<Option<f64>> {
        mean.iter().zip(&half).map(|(mean, half)| Some(mean? + sign * (*half)?)).collect()
    };
    let (low, high) = (Column::new("low".into(), bound(-1.0)), Column::new("high".into(), bound(1.0)));
    Ok(groups.hstack(&[low, high])?)
}
