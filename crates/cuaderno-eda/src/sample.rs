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
    let mut classes = classes(&rows, column)?.named(column)?;
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
    let mut classes = classes(&rows, column)?.named(column)?;
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

/// Row numbers by class.
pub(crate) struct Classes {
    /// Those of each class, classes in the order of their values.
    named: Vec<Vec<IdxSize>>,
    /// Those without a class.
    missing: Vec<IdxSize>,
}

impl Classes {
    /// The classes there are.
    fn named(self, column: &str) -> Result<Vec<Vec<IdxSize>>> {
        if self.named.is_empty() {
            let reason = format!("column \"{column}\" has no values, so there are no classes to draw from");
            return Err(EdaError::NoRows(reason));
        }
        Ok(self.named)
    }

    /// All rows, those without a class last.
    pub(crate) fn all(self) -> impl Iterator<Item = Vec<IdxSize>> {
        self.named.into_iter().chain([self.missing])
    }
}

/// Finds the rows of each class.
pub(crate) fn classes(rows: &DataFrame, column: &str) -> Result<Classes> {
    const ROW: &str = "__row";
    dtype_of(rows.schema(), column)?;
    let class = rows.column(column)?.clone().with_name("class".into());
    let groups = DataFrame::new(rows.height(), vec![class])?
        .lazy()
        .with_row_index(ROW, None)
        .group_by([col("class")])
        .agg([col(ROW).sort(Default::default())])
        .sort(["class"], SortMultipleOptions::new())
        .collect()?;
    let lists = groups.column(ROW)?.list()?;
    let there = groups.column("class")?.is_not_null();
    let mut classes = Classes { named: Vec::new(), missing: Vec::new() };
    for (group, named) in there.iter().enumerate() {
        let Some(rows) = lists.get_as_series(group) else { continue };
        let rows = rows.idx()?.iter().flatten().collect();
        if named == Some(true) { classes.named.push(rows) } else { classes.missing = rows }
    }
    Ok(classes)
}

/// These rows, in the order of the table.
pub(crate) fn take(rows: &DataFrame, mut indices: Vec<IdxSize>) -> Result<DataFrame> {
    indices.sort_unstable();
    Ok(rows.take(&IdxCa::from_vec(PlSmallStr::EMPTY, indices))?)
}
