//! Rows that a condition left over let go of the bytes of the others.
//!
//! Texts point into the bytes of the file they were read from, a few megabytes each. A few rows from everywhere would hold
//! the whole file.

use polars::prelude::{
    AllowedOptimizations, Column, DataFrame, IntoColumn, IntoSeries, LazyFrame, PolarsResult, StringChunked, UnionArgs,
    concat,
};
use polars_arrow::array::Utf8ViewArray;

/// Bytes that are kept for one that is needed, at most.
const SLACK: usize = 4;

/// What polars may do before a step that leaves all rows as they are.
const ANYTHING: AllowedOptimizations = AllowedOptimizations::PROJECTION_PUSHDOWN
    .union(AllowedOptimizations::PREDICATE_PUSHDOWN)
    .union(AllowedOptimizations::STREAMING);

/// The same rows. polars puts conditions and limits on them before this step, so that it sees what is left.
pub(super) fn compact(rows: LazyFrame) -> LazyFrame {
    rows.map(table, ANYTHING, None, Some("compact"))
}

/// These tables one below the other; polars takes them in turn and stops when a limit is reached.
pub(super) fn one_below_the_other(tables: Vec<LazyFrame>) -> PolarsResult<LazyFrame> {
    let all = concat(tables, UnionArgs::default())?;
    // polars 0.55 counts the rows of what it knows to be concatenated in 128-bit numbers, which it has not without a feature.
    Ok(all.map(Ok, ANYTHING, None, Some("concatenated")))
}

fn table(rows: DataFrame) -> PolarsResult<DataFrame> {
    let height = rows.height();
    let columns: PolarsResult<Vec<_>> = rows.into_columns().into_iter().map(column).collect();
    DataFrame::new(height, columns?)
}

fn column(column: Column) -> PolarsResult<Column> {
    if !column.dtype().is_string() {
        return Ok(column);
    }
    let texts = column.str()?;
    if !texts.downcast_iter().any(is_loose) {
        return Ok(column);
    }
    let chunks = texts.downcast_iter().map(|chunk| if is_loose(chunk) { chunk.clone().gc() } else { chunk.clone() });
    Ok(StringChunked::from_chunk_iter(texts.name().clone(), chunks).into_series().into_column())
}

fn is_loose(texts: &Utf8ViewArray) -> bool {
    texts.total_buffer_len() > SLACK * texts.total_bytes_len()
}
