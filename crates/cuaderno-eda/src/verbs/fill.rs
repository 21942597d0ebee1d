//! Values for those that are missing.

use crate::Result;
use crate::names::{check_exprs, check_names};
use crate::table::{dtype_of, named, schema};
use polars::prelude::{Expr, LazyFrame, Literal, NULL};

pub(crate) fn fill_missing(plan: LazyFrame, column: &str, value: Expr, by: &[String]) -> Result<LazyFrame> {
    let schema = schema(&plan)?;
    let dtype = dtype_of(&schema, column)?;
    check_names(&schema, by, "fill_missing")?;
    check_exprs(&schema, std::slice::from_ref(&value))?;
    // NaN is missing, too, and would make every mean NaN.
    let there = if dtype.is_float() { named(column).fill_nan(NULL.lit()) } else { named(column) };
    let plan = plan.with_columns([there.alias(column)]);
    let value = match by {
        [] => value,
        by => value.over(by.iter().map(|name| named(name.as_str())).collect::<Vec<_>>())?,
    };
    // Whole numbers stay whole only if the value is.
    Ok(plan.with_columns([named(column).fill_null(value).alias(column)]))
}
