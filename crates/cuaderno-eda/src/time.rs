//! Counts over time.

use crate::count::COUNT;
use crate::table::{dtype_of, expect_type, named as col, schema, stream, wall_clock};
use crate::{EdaError, Result, Table};
use cuaderno_display::thousands;
use polars::prelude::{
    ClosedWindow, DataFrame, DataType, Duration, Expr, IntoLazy, JoinType, LazyFrame, Schema, SortMultipleOptions,
    datetime_range, len, lit,
};

/// More periods than this are no table to look at, and come from a date that was mistyped.
const MOST_PERIODS: i64 = 1_000_000;

/// How many rows there are in each period: the start of the period under the column's own name, and `count`. Periods without
/// rows are there with 0, so that a line does not jump over them. Rows without a date are not counted. A day of a column with a
/// time zone is a day there, not in UTC.
///
/// `every` is a length of time as polars writes it: `1h`, `1d`, `1w` (from Monday), `1mo`, `1q`, `1y`.
///
/// # Errors
/// The column is absent or holds no dates, `every` is no length of time, or there would be more than a million periods.
pub fn count_per(table: &impl Table, column: &str, every: &str) -> Result<DataFrame> {
    per(table.plan(), column, every, None)
}

/// As [`count_per`], for each value of another column: three columns, and a row for each pair of period and value.
///
/// # Errors
/// As [`count_per`], and when `by` is absent.
pub fn count_per_by(table: &impl Table, column: &str, every: &str, by: &str) -> Result<DataFrame> {
    per(table.plan(), column, every, Some(by))
}

fn per(plan: LazyFrame, column: &str, every: &str, by: Option<&str>) -> Result<DataFrame> {
    let schema = schema(&plan)?;
    let dtype = check(&schema, column, every, by)?;
    let start = wall_clock(col(column), &dtype).dt().truncate(lit(every)).alias(column);
    let mut keys: Vec<Expr> = vec![col(column)];
    keys.extend(by.map(col));
    let read: Vec<Expr> = [start].into_iter().chain(by.map(col)).collect();
    let order: Vec<Expr> = [column].into_iter().chain(by).map(col).collect();
    let counts = stream(plan.filter(col(column).is_not_null()).select(read).group_by(&keys).agg([len().alias(COUNT)]))?;
    if counts.height() == 0 {
        return Ok(counts);
    }

    // Every period from the first to the last, times every group.
    let (first, last) = (col(column).min(), col(column).max());
    let starts: Vec<i64> = counts.column(column)?.datetime()?.physical().iter().flatten().collect();
    let (first_start, last_start) = (starts.iter().min(), starts.iter().max());
    let span = last_start.unwrap_or(&0).saturating_sub(*first_start.unwrap_or(&0));
    let periods = span / Duration::try_parse(every)?.duration_us().max(1);
    if periods > MOST_PERIODS {
        return Err(EdaError::BadArgument(format!(
            "count_per: \"{column}\" goes over {} periods of {every}; take a longer one, or leave out dates that cannot be right",
            thousands(periods as usize)
        )));
    }
    let range = datetime_range(
        Some(first),
        Some(last),
        Some(Duration::try_parse(every)?),
        None,
        ClosedWindow::Both,
        None,
        None,
    )?
    .alias(column);
    let mut all = counts.clone().lazy().select([range]);
    if let Some(by) = by {
        let groups = counts.clone().lazy().select([col(by).unique()]);
        all = all.cross_join(groups, None);
    }
    let join =
        all.join_builder().with(counts.lazy()).left_on(&keys).right_on(&keys).how(JoinType::Left).join_nulls(true);
    Ok(join
        .finish()
        .with_columns([col(COUNT).fill_null(lit(0))])
        .sort_by_exprs(order, SortMultipleOptions::new().with_nulls_last(true))
        .collect()?)
}

fn check(schema: &Schema, column: &str, every: &str, by: Option<&str>) -> Result<DataType> {
    let dtype = expect_type(schema, column, "count_per", "dates or times", |dtype| {
        matches!(dtype, DataType::Date | DataType::Datetime(..))
    })?;
    by.map(|by| dtype_of(schema, by)).transpose()?;
    let wrong = |found: &str| {
        EdaError::BadArgument(format!("count_per: \"{every}\" {found}; write 1h, 1d, 1w, 1mo, 1q or 1y, or a multiple"))
    };
    match Duration::try_parse(every) {
        Ok(length) if length.is_zero() || length.negative() => Err(wrong("is not a positive length of time")),
        Ok(_) => Ok(dtype),
        Err(_) => Err(wrong("is no length of time")),
    }
}
