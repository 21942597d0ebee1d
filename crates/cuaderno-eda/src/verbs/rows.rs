//! Rows kept, columns added, groups summarised, rows in order.

use crate::names::{check_exprs, check_names};
use crate::table::{named, schema};
use crate::{EdaError, Result};
use polars::prelude::{Expr, LazyFrame, SortMultipleOptions};

pub(crate) fn keep(plan: LazyFrame, conditions: Vec<Expr>) -> Result<LazyFrame> {
    check_exprs(&*schema(&plan)?, &conditions)?;
    Ok(conditions.into_iter().fold(plan, LazyFrame::filter))
}

pub(crate) fn mutate(plan: LazyFrame, columns: Vec<Expr>) -> Result<LazyFrame> {
    // One after the other, so that a column may use the one before it.
    columns.into_iter().try_fold(plan, |plan, column| {
        let columns = [column];
        check_exprs(&*schema(&plan)?, &columns)?;
        Ok(plan.with_columns(columns))
    })
}

pub(crate) fn summarise(plan: LazyFrame, by: &[String], values: Vec<Expr>) -> Result<LazyFrame> {
    let schema = schema(&plan)?;
    check_names(&schema, by, "summarise")?;
    check_exprs(&schema, &values)?;
    if values.is_empty() {
        let what = "summarise needs something to compute, for example col(\"score\").mean() or len()";
        return Err(EdaError::BadArgument(what.to_owned()));
    }
    if by.is_empty() {
        return Ok(plan.select(values));
    }
    let keys: Vec<Expr> = by.iter().map(|name| named(name.as_str())).collect();
    let order = SortMultipleOptions::new().with_nulls_last(true);
    Ok(plan.group_by(&keys).agg(values).sort_by_exprs(keys, order))
}

pub(crate) fn sorted(plan: LazyFrame, names: &[String], descending: bool) -> Result<LazyFrame> {
    check_names(&*schema(&plan)?, names, if descending { "descending" } else { "ascending" })?;
    let keys: Vec<Expr> = names.iter().map(|name| named(name.as_str())).collect();
    let order =
        SortMultipleOptions::new().with_order_descending(descending).with_nulls_last(true).with_maintain_order(true);
    Ok(plan.sort_by_exprs(keys, order))
}
