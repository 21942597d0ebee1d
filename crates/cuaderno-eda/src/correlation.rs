//! How numbers go together.

use crate::table::{named as col, schema, stream};
use crate::{EdaError, Result, Table};
use polars::prelude::{
    Column, DataFrame, DataType, LazyFrame, NamedFrom, PlSmallStr, RankMethod, RankOptions, Series, SeriesRank,
};

/// Pearson's correlation of every two numeric columns: `column` names the rows, and each numeric column is a column again.
/// For each pair the rows where both are there count, as pandas' `corr` does; where one does not vary, the value is missing.
///
/// # Errors
/// There is no numeric column.
pub fn correlation(table: &impl Table) -> Result<DataFrame> {
    of_plan(table.plan(), false)
}

/// Spearman's correlation: of the ranks instead of the values, so that it sees any steady rise, straight or not, and far
/// values weigh no more than others. Ties share the mean of their ranks.
///
/// # Errors
/// There is no numeric column.
pub fn rank_correlation(table: &impl Table) -> Result<DataFrame> {
    of_plan(table.plan(), true)
}

fn of_plan(plan: LazyFrame, ranked: bool) -> Result<DataFrame> {
    let schema = schema(&plan)?;
    let names: Vec<PlSmallStr> = schema
        .iter()
        .filter(|(_, dtype)| dtype.is_primitive_numeric() || dtype.is_decimal())
        .map(|(name, _)| name.clone())
        .collect();
    if names.is_empty() {
        return Err(EdaError::NoRows("correlation needs numeric columns, and this table has none".into()));
    }
    let rows =
        stream(plan.select(names.iter().map(|name| col(name.clone()).cast(DataType::Float64)).collect::<Vec<_>>()))?;
    let columns: Vec<Vec<f64>> = names
        .iter()
        .map(|name| Ok(rows.column(name)?.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect()))
        .collect::<Result<_>>()?;
    let pair = |a: usize, b: usize| {
        let both = columns[a].iter().zip(&columns[b]).filter(|(x, y)| !x.is_nan() && !y.is_nan());
        let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
        if ranked { pearson(&ranks(x), &ranks(y)) } else { pearson(&x, &y) }
    };
    let row = |a: usize| (0..names.len()).map(|b| pair(a.min(b), a.max(b))).collect::<Vec<Option<f64>>>();
    let table = (0..names.len()).map(row);
    let mut result = vec![Column::new("column".into(), names.iter().map(PlSmallStr::as_str).collect::<Vec<_>>())];
    result.extend(names.iter().zip(table).map(|(name, values)| Column::new(name.clone(), values)));
    Ok(DataFrame::new(names.len(), result)?)
}

/// `r = Σ(x-x̄)(y-ȳ) / √(Σ(x-x̄)² Σ(y-ȳ)²)`; means first, so that large values lose no digits.
fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = x.len() as f64;
    let (x_mean, y_mean) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - x_mean, y - y_mean);
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    let r = xy / (xx * yy).sqrt();
    r.is_finite().then_some(r.clamp(-1.0, 1.0))
}

fn ranks(values: Vec<f64>) -> Vec<f64> {
    let options = RankOptions { method: RankMethod::Average, descending: false };
    let ranks = Series::new(PlSmallStr::EMPTY, values).rank(options, None);
    ranks.f64().map(|ranks| ranks.iter().flatten().collect()).unwrap_or_default()
}
