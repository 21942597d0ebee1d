//! Train, validation and test.

use crate::sample::{classes, generator, take};
use crate::{EdaError, Result, Table};
use polars::prelude::{DataFrame, IdxSize};
use rand::seq::SliceRandom;

/// Splits the rows into train, validation and test, each with the same mix of classes as the whole: `shares` of every class,
/// to the nearest row. Every row lands in exactly one part; rows stay whole and in their order; the same seed splits the same
/// way on any machine. Rows without a class are shared out as a class of their own.
///
/// # Errors
/// The column is absent, or the shares are negative or do not add up to 1.
pub fn stratified_split(
    table: &impl Table,
    column: &str,
    shares: [f64; 3],
    seed: u64,
) -> Result<(DataFrame, DataFrame, DataFrame)> {
    split(&table.rows()?, column, shares, seed)
}

fn split(rows: &DataFrame, column: &str, shares: [f64; 3], seed: u64) -> Result<(DataFrame, DataFrame, DataFrame)> {
    let sum: f64 = shares.iter().sum();
    if shares.iter().any(|share| !(0.0..=1.0).contains(share)) || (sum - 1.0).abs() > 1e-9 {
        return Err(EdaError::BadArgument(format!(
            "the shares of train, validation and test are {shares:?}; they must lie between 0 and 1 and add up to 1"
        )));
    }
    let mut random = generator(seed);
    let mut parts: [Vec<IdxSize>; 3] = Default::default();
    for mut class in classes(rows, column)?.all() {
        class.shuffle(&mut random);
        // Rounding the borders, not the sizes, leaves no row over.
        let border = |share: f64| ((class.len() as f64 * share).round() as usize).min(class.len());
        let (first, second) = (border(shares[0]), border(shares[0] + shares[1]));
        parts[0].extend(&class[..first]);
        parts[1].extend(&class[first..second]);
        parts[2].extend(&class[second..]);
    }
    let [train, validation, test] = parts;
    Ok((take(rows, train)?, take(rows, validation)?, take(rows, test)?))
}
