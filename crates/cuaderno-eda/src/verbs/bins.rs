//! Numbers in bins of equal size.

use crate::summary::quantile;
use crate::table::expect_type;
use crate::{EdaError, Result, Table};
use polars::prelude::{DataFrame, DataType, FrozenCategories, IntoColumn, NamedFrom, Series};

/// The table with one more column, `Fare_bin` for `Fare`: in which of `number` bins of (nearly) equally many rows the value
/// lies, written as an interval, `(8.8, 21.4]`. Bins sort and count in the order of the numbers. Borders are quantiles as R and
/// pandas compute them; equal ones are one, so that there may be fewer bins. Missing values and NaN are in none.
///
/// ```
/// # use cuaderno_eda::prelude::*;
/// # use polars::prelude::*;
/// let fares = df!("fare" => [7.25, 71.28, 7.92, 53.1, 8.05, 8.46])?;
/// let bins = quantile_bins(&fares, "fare", 3)?;
/// assert_eq!(count(&bins, "fare_bin")?.column("fare_bin")?.cast(&DataType::String)?.str()?.get(2), Some("(23.3, 71.3]"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The column is absent or holds no numbers, there are no bins, or `Fare_bin` is there already.
pub fn quantile_bins(table: &impl Table, column: &str, number: usize) -> Result<DataFrame> {
    bins(table.rows()?, column, number)
}

fn bins(rows: DataFrame, column: &str, number: usize) -> Result<DataFrame> {
    let numbers = |dtype: &DataType| dtype.is_primitive_numeric() || dtype.is_decimal();
    expect_type(rows.schema(), column, "quantile_bins", "numbers", numbers)?;
    let name = format!("{column}_bin");
    if number == 0 || rows.schema().contains(&name) {
        let wrong =
            if number == 0 { "0 bins hold nothing".into() } else { format!("there is a column \"{name}\" already") };
        return Err(EdaError::BadArgument(format!("quantile_bins: {wrong}")));
    }
    let values = rows.column(column)?.cast(&DataType::Float64)?;
    let values: Vec<Option<f64>> = values.f64()?.iter().map(|value| value.filter(|value| !value.is_nan())).collect();
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let mut borders: Vec<f64> =
        (0..=number).filter_map(|part| quantile(&sorted, part as f64 / number as f64)).collect();
    borders.dedup();
    if borders.len() == 1 {
        borders.push(borders[0]);
    }
    let labels = labels(&borders);
    // The first bin holds its lower border, the others their upper ones.
    let place = |value: f64| borders[1..].partition_point(|border| *border < value).min(labels.len() - 1);
    let labelled: Vec<Option<&str>> =
        values.iter().map(|value| value.map(|value| labels[place(value)].as_str())).collect();
    let categories = FrozenCategories::new(labels.iter().map(String::as_str))?;
    let bin = Series::new(name.as_str().into(), labelled).cast(&DataType::from_frozen_categories(categories))?;
    Ok(rows.hstack(&[bin.into_column()])?)
}

/// `[7.25, 8.05]`, `(8.05, 23.3]`: with three digits, or as many as it takes to tell the borders apart, as R's `cut` writes them.
fn labels(borders: &[f64]) -> Vec<String> {
    let shown = |digits: usize| -> Vec<String> { borders.iter().map(|border| significant(*border, digits)).collect() };
    let distinct = |shown: &Vec<String>| shown.windows(2).all(|pair| pair[0] != pair[1]);
    let shown = (3..=17).map(shown).find(distinct).unwrap_or_else(|| borders.iter().map(f64::to_string).collect());
    let pairs = shown.windows(2).enumerate();
    pairs.map(|(place, pair)| format!("{}{}, {}]", if place == 0 { '[' } else { '(' }, pair[0], pair[1])).collect()
}

/// A number with so many digits, without zeros that say nothing.
fn significant(number: f64, digits: usize) -> String {
    let rounded: f64 = format!("{number:.*e}", digits - 1).parse().unwrap_or(number);
    rounded.to_string()
}
