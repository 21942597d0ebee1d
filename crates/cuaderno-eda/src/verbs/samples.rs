//! Rows drawn at random.

use crate::sample::{classes, generator, take};
use crate::{EdaError, Result};
use polars::prelude::{DataFrame, IdxSize};
use rand::seq::SliceRandom;

pub(crate) fn sample_rows(rows: &DataFrame, number: usize, seed: u64) -> Result<DataFrame> {
    draw(rows, [(0..rows.height() as IdxSize).collect()], number, seed)
}

pub(crate) fn sample_each(rows: &DataFrame, column: &str, number: usize, seed: u64) -> Result<DataFrame> {
    draw(rows, classes(rows, column)?.all(), number, seed)
}

/// So many rows of each group, without putting any back; all of a group that has fewer.
fn draw(
    rows: &DataFrame,
    groups: impl IntoIterator<Item = Vec<IdxSize>>,
    number: usize,
    seed: u64,
) -> Result<DataFrame> {
    let mut random = generator(seed);
    let mut drawn = Vec::new();
    for mut group in groups {
        let number = number.min(group.len());
        group.partial_shuffle(&mut random, number);
        // The drawn rows stand at the end.
        drawn.extend(&group[group.len() - number..]);
    }
    take(rows, drawn)
}

/// So many rows as a share of all.
///
/// # Errors
/// The share does not lie between 0 and 1.
pub(crate) fn share_of(height: usize, share: f64) -> Result<usize> {
    if (0.0..=1.0).contains(&share) {
        return Ok((height as f64 * share).round() as usize);
    }
    Err(EdaError::BadArgument(format!("sample_share: the share is {share}; it has to lie between 0 and 1")))
}
