//! Classes of equal size.

use crate::table::dtype_of;
use crate::{EdaError, Result, Table};
use polars::prelude::{DataFrame, IdxCa, IdxSize, IntoLazy, PlSmallStr, SortMultipleOptions, col};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Draws rows so that every class keeps as many as the smallest class has. Rows stay whole and in their order; the same
/// seed draws the same rows on any machine.
///
/// Rows without a class are left out.
///
/// # Errors
/// The column is absent or has no values at all.
pub fn downsample(table: &impl Table, column: &str, seed: u64) -> Result<DataFrame> {
    let rows = table.rows()?;
    let mut classes = classes(&rows, column)?;
    let size = classes.iter().map(Vec::len).min().unwrap_or(0);
    let mut random = generator(seed);
    for class in &mut classes {
        class.partial_shuffle(&mut random, size);
        // The drawn rows stand at the end of the slice.
        class.drain(..class.len() - size);
    }
    take(&rows, classes.concat())
}

/// Repeats rows, drawn at random, until every class has as many as the largest class has. Every original row stays; copies
/// follow their original.
///
/// Rows without a class are left out. Split into train and test before this, or copies of a row land in both.
///
/// # Errors
/// The column is absent or has no values at all.
pub fn upsample(table: &impl Table, column: &str, seed: u64) -> Result<DataFrame> {
    let rows = table.rows()?;
    let mut classes = classes(&rows, column)?;
    let size = classes.iter().map(Vec::len).max().unwrap_or(0);
    let mut random = generator(seed);
    for class in &mut classes {
        let originals = class.len();
        for _ in originals..size {
            class.push(class[random.random_range(0..originals)]);
        }
    }
    take(&rows, classes.concat())
}

/// The generator behind every random choice of this crate: named, so that a seed means the same for years.
pub(crate) fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Row numbers of each class, classes in the order of their values.
pub(crate) fn classes(rows: &DataFrame, column: &str) -> Result<Vec<Vec<IdxSize>>> {
    const ROW: &str = "__row";
    dtype_of(rows.schema(), column)?;
    let class = rows.column(column)?;
    let frame = DataFrame::new(rows.height(), vec![class.clone()])?;
    let groups = frame
        .lazy()
        .with_row_index(ROW, None)
        .filter(col(column).is_not_null())
        .group_by([col(column)])
        .agg([col(ROW).sort(Default::default())])
        .sort([column], SortMultipleOptions::new())
        .collect()?;
    if groups.height() == 0 {
        return Err(EdaError::NoRows(format!(
            "column \"{column}\" has no values, so there are no classes to draw from"
        )));
    }
    let lists = groups.column(ROW)?.list()?;
    (0..lists.len())
        .filter_map(|class| lists.get_as_series(class))
        .map(|rows| Ok(rows.idx()?.iter().flatten().collect()))
        .collect()
}

/// These rows, in the order of the table.
pub(crate) fn take(rows: &DataFrame, mut indices: Vec<IdxSize>) -> Result<DataFrame> {
    indices.sort_unstable();
    Ok(rows.take(&IdxCa::from_vec(PlSmallStr::EMPTY, indices))?)
}
