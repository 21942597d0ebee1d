//! What everybody does with a table, one line each.

mod bins;
mod fill;
mod rows;
mod samples;
mod shape;

pub use bins::quantile_bins;
pub(crate) use fill::fill_missing;
pub(crate) use rows::{keep, mutate, sorted, summarise};
pub(crate) use samples::{sample_each, sample_rows, share_of};
pub use shape::cross_table;
pub(crate) use shape::{longer, wider};

use crate::{Result, Table};
use polars::prelude::LazyFrame;

/// The table of this kind that a plan describes; computed at once in the order of the rows, so that sums are the same bits
/// every time.
pub(crate) fn same_kind<T: Table>(table: &T, plan: LazyFrame) -> Result<T> {
    match table.computed() {
        Some(_) => Ok(T::from_rows(plan.collect()?)),
        None => T::from_plan(plan),
    }
}
