//! Long tables made wide, wide ones long.

use crate::count::{COUNT, counts};
use crate::names::check_names;
use crate::table::{dtype_of, named, schema, stream};
use crate::{EdaError, Result, Table};
use cuaderno_display::thousands;
use polars::prelude::{
    DataFrame, DataType, Expr, IntoLazy, LazyFrame, PlSmallStr, Selector, SortMultipleOptions, UnpivotArgsDSL, len, lit,
};
use std::sync::Arc;

/// More columns than this nobody reads.
const MOST_COLUMNS: usize = 1000;
/// The name of what is missing.
const MISSING: &str = "missing";

/// How often each value of one column meets each value of another: the values of `rows` under its own name, and a column of
/// counts for each value of `columns`, 0 where they never meet. Missing values are counted as `missing`, at the end.
///
/// ```
/// # use cuaderno_eda::prelude::*;
/// # use polars::prelude::*;
/// let people = df!("sex" => ["f", "m", "m", "f"], "survived" => [1, 0, 1, 1])?;
/// let table = cross_table(&people, "sex", "survived")?;
/// assert_eq!(table, df!("sex" => ["f", "m"], "0" => [0u32, 1], "1" => [2u32, 1])?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A column is absent, or the values of `columns` are more than a thousand.
pub fn cross_table(table: &impl Table, rows: &str, columns: &str) -> Result<DataFrame> {
    let names = [rows.to_owned(), columns.to_owned()];
    let plan = counts(table.plan(), &names)?;
    let order = SortMultipleOptions::new().with_nulls_last(true);
    let counts = stream(plan)?.lazy().sort_by_exprs([named(rows)], order);
    let wide = wider(counts, columns, COUNT)?.collect()?;
    let counts: Vec<Expr> =
        wide.get_column_names()[1..].iter().map(|name| named((*name).clone()).fill_null(lit(0u32))).collect();
    Ok(wide.lazy().with_columns(counts).collect()?)
}

/// A column for each value of `names`, in their order, with the value of `values`; a row for each combination of the others.
pub(crate) fn wider(plan: LazyFrame, names: &str, values: &str) -> Result<LazyFrame> {
    let columns = schema(&plan)?;
    let dtype = dtype_of(&columns, names)?;
    dtype_of(&columns, values)?;
    if names == values {
        return Err(EdaError::BadArgument(format!("wider: \"{names}\" cannot be both the names and the values")));
    }
    let order = SortMultipleOptions::new().with_nulls_last(true);
    let distinct =
        plan.clone().select([named(names)]).unique(None, Default::default()).sort_by_exprs([named(names)], order);
    let distinct = stream(distinct.select([named(names).cast(DataType::String)]))?;
    let distinct: Vec<Option<String>> =
        distinct.column(names)?.str()?.iter().map(|name| name.map(str::to_owned)).collect();
    if distinct.len() > MOST_COLUMNS {
        return Err(EdaError::BadArgument(format!(
            "\"{names}\" has {} values, and each would be a column; keep the most frequent first",
            thousands(distinct.len())
        )));
    }
    let others: Vec<Expr> =
        columns.iter_names().filter(|name| *name != names && *name != values).map(|name| named(name.clone())).collect();
    // Numbers that are not whole have no text that is sure to come back.
    let key = named(names).cast(DataType::String);
    let of = |name: &Option<String>| match name {
        Some(name) => key.clone().eq(lit(name.as_str())),
        None if dtype.is_null() => lit(true),
        None => named(names).is_null(),
    };
    let cell = |name: &Option<String>| named(values).filter(of(name)).first().alias(name.as_deref().unwrap_or(MISSING));
    let cells: Vec<Expr> = distinct.iter().map(cell).collect();
    if others.is_empty() {
        return Ok(plan.select(cells));
    }
    let both: Vec<Expr> = others.iter().cloned().chain([named(names)]).collect();
    let twice = stream(plan.clone().group_by(both).agg([len().alias(COUNT)]).select([named(COUNT).max()]))?;
    if twice.column(COUNT)?.get(0)?.extract::<u64>().is_some_and(|most| most > 1) {
        return Err(EdaError::BadArgument(format!(
            "wider: some rows differ in \"{values}\" only, so that two values would stand in one place; summarise them first"
        )));
    }
    Ok(plan.group_by_stable(others).agg(cells))
}

/// A row for each value of these columns: its column's name in `name`, the value in `value`, the other columns as they are.
pub(crate) fn longer(plan: LazyFrame, columns: &[String]) -> Result<LazyFrame> {
    let schema = schema(&plan)?;
    check_names(&schema, columns, "longer")?;
    let others = schema.iter_names().filter(|name| columns.iter().all(|column| column != name.as_str()));
    let others: Arc<[PlSmallStr]> = others.cloned().collect();
    if let Some(taken) = others.iter().find(|name| matches!(name.as_str(), "name" | "value")) {
        return Err(EdaError::BadArgument(format!(
            "longer makes a column \"{taken}\", and this table already has one; rename that first"
        )));
    }
    let by_name = |names: Arc<[PlSmallStr]>| Selector::ByName { names, strict: true };
    Ok(plan.unpivot(UnpivotArgsDSL {
        on: Some(by_name(columns.iter().map(|name| name.as_str().into()).collect())),
        index: by_name(others),
        variable_name: Some("name".into()),
        value_name: Some("value".into()),
    }))
}
