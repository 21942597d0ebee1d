//! What each column of a table holds, as R's `summary()` tells it.

mod collect;
mod quartiles;
mod show;

use crate::table::{fold_batches, schema};
use crate::waiting::Waiting;
use crate::{Result, Table};
use collect::Columns;
use polars::prelude::DataFrame;
pub(crate) use quartiles::quantile;

/// What each column holds, in one table per kind of column. The tables are ordinary frames: filter, sort, save them.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Rows of the summarised table.
    pub rows: usize,
    /// Numeric columns: `column`, `min`, `q1`, `median`, `mean`, `q3`, `max`, `missing`. Quartiles interpolate between
    /// neighbours (type 7 of Hyndman and Fan 1996, as R and pandas do by default). NaN counts as missing, as in R.
    pub numbers: DataFrame,
    /// Logical columns: `column`, `false`, `true`, `missing`.
    pub logicals: DataFrame,
    /// Dates and times: as numbers; times of a zone as the clocks there showed them.
    pub dates: DataFrame,
    /// All other columns: `column`, `length` (rows), `class` (the type), `missing`.
    pub texts: DataFrame,
}

/// Summarises a table; a lazy one piece by piece.
pub(crate) fn summary(table: &impl Table) -> Result<Summary> {
    let columns = Columns::new(&*schema(&table.plan())?);
    match table.computed() {
        Some(frame) => {
            let mut columns = columns;
            columns.add(frame)?;
            columns.finish()
        }
        None => {
            let waiting = Waiting::new("summarising", 0, "rows");
            fold_batches(columns.reading(table.plan()), waiting, columns, Columns::add)?.finish()
        }
    }
}
