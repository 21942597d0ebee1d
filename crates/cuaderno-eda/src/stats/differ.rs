//! Do groups differ by more than chance: t, chi-square, a straight line.

use crate::table::{dtype_of, expect_type, named, schema, stream};
use crate::{EdaError, Result, Table, cross_table};
use cuaderno_stats::{chi_square_tail, student_quantile, student_two_sided};
use polars::prelude::{DataFrame, DataType, LazyFrame, df};

/// Welch's t test of a column's mean between the two groups of another: one row with `first` and `second` (the groups, in
/// order), `mean_first`, `mean_second`, their `difference` (first minus second), its confidence interval at `level` (`low`, `high`),
/// `t`, `freedom` and the two-sided `p`: R's `t.test(score ~ class)`. Missing values and NaN are left out.
///
/// ```
/// # use cuaderno_eda::prelude::*;
/// # use polars::prelude::*;
/// let posts = df!("class" => ["a", "a", "a", "b", "b", "b"], "score" => [1.0, 2.0, 3.0, 2.0, 4.0, 7.0])?;
/// let test = t_test(&posts, "score", "class", 0.95)?;
/// assert!((test.column("p")?.f64()?.get(0).unwrap() - 0.24511).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A column is absent, the groups are not two, one of them has fewer than two values, or all values are the same.
pub fn t_test(table: &impl Table, column: &str, by: &str, level: f64) -> Result<DataFrame> {
    let groups = super::mean_by(table, column, by, level)?;
    let groups = groups.filter(&groups.column(by)?.is_not_null())?;
    if groups.height() != 2 {
        return Err(EdaError::BadArgument(format!(
            "t_test compares two groups, and \"{by}\" has {}; keep two of them first",
            groups.height()
        )));
    }
    let names = groups.column(by)?.cast(&DataType::String)?;
    let name = |row: usize| names.str().ok().and_then(|names| names.get(row)).unwrap_or_default().to_owned();
    let number = |column: &str, row: usize| -> Result<f64> {
        let column = groups.column(column)?.cast(&DataType::Float64)?;
        Ok(column.f64()?.get(row).unwrap_or(f64::NAN))
    };
    // Squared standard errors of the two means.
    let error = |row: usize| -> Result<f64> { Ok(number("sd", row)?.powi(2) / number("n", row)?) };
    let (a, b) = (error(0)?, error(1)?);
    let both = (a + b).sqrt();
    if both.is_nan() || both <= 0.0 {
        return Err(EdaError::NoRows(format!(
            "t_test: the values of \"{column}\" do not vary, or a group of \"{by}\" has fewer than two"
        )));
    }
    // Welch and Satterthwaite's degrees of freedom.
    let freedom = (a + b).powi(2) / (a * a / (number("n", 0)? - 1.0) + b * b / (number("n", 1)? - 1.0));
    let difference = number("mean", 0)? - number("mean", 1)?;
    let half = student_quantile(0.5 + level / 2.0, freedom) * both;
    let t = difference / both;
    Ok(df!(
        "first" => [name(0)], "second" => [name(1)],
        "mean_first" => [number("mean", 0)?], "mean_second" => [number("mean", 1)?],
        "difference" => [difference], "low" => [difference - half], "high" => [difference + half],
        "t" => [t], "freedom" => [freedom], "p" => [student_two_sided(t, freedom)],
    )?)
}

/// Pearson's chi-square test of whether two columns go together: one row with `chi_square`, `freedom`, `p` and `cramers_v` (from 0,
/// not at all, to 1). Of two values each, with Yates's correction, as R's `chisq.test` does it; Cramér's V is without. Rows where one
/// is missing are left out.
///
/// # Errors
/// A column is absent, or has fewer than two values.
pub fn chi_square(table: &impl Table, first: &str, second: &str) -> Result<DataFrame> {
    let plan = table.plan();
    let columns = schema(&plan)?;
    for column in [first, second] {
        dtype_of(&columns, column)?;
    }
    let there = plan.filter(named(first).is_not_null().and(named(second).is_not_null()));
    let counts = cross_table(&there, first, second)?;
    let counts: Vec<Vec<f64>> = counts.columns()[1..]
        .iter()
        .map(|column| Ok(column.cast(&DataType::Float64)?.f64()?.iter().flatten().collect()))
        .collect::<Result<_>>()?;
    let rows = counts.first().map_or(0, Vec::len);
    if counts.len() < 2 || rows < 2 {
        return Err(EdaError::NoRows(format!(
            "chi_square needs two values of \"{first}\" and of \"{second}\" at least"
        )));
    }
    let of_column: Vec<f64> = counts.iter().map(|column| column.iter().sum()).collect();
    let of_row: Vec<f64> = (0..rows).map(|row| counts.iter().map(|column| column[row]).sum()).collect();
    let all: f64 = of_row.iter().sum();
    // The difference of each count from what it would be by chance, and that.
    let cells: Vec<(f64, f64)> = (0..counts.len())
        .flat_map(|column| (0..rows).map(move |row| (column, row)))
        .map(|(column, row)| (counts[column][row], of_column[column] * of_row[row] / all))
        .map(|(count, expected)| ((count - expected).abs(), expected))
        .collect();
    let is_small = counts.len() == 2 && rows == 2;
    let yates = if is_small { cells.iter().map(|cell| cell.0).fold(0.5, f64::min) } else { 0.0 };
    let statistic = |yates: f64| cells.iter().map(|(gap, expected)| (gap - yates).powi(2) / expected).sum::<f64>();
    let (value, freedom) = (statistic(yates), ((counts.len() - 1) * (rows - 1)) as f64);
    let v = (statistic(0.0) / (all * (counts.len().min(rows) - 1) as f64)).sqrt();
    Ok(df!(
        "chi_square" => [value], "freedom" => [freedom], "p" => [chi_square_tail(value, freedom)], "cramers_v" => [v],
    )?)
}

/// The straight line of least squares through two columns of numbers, `y` over `x`: one row with `intercept`, `slope`, the slope's
/// confidence interval at `level` (`low`, `high`), its two-sided `p`, `r_squared` and `n`: R's `lm(y ~ x)`. Rows where one is missing
/// or NaN are left out.
///
/// # Errors
/// A column is absent or holds no numbers, there are fewer than three rows, or `x` does not vary.
pub fn straight_line(table: &impl Table, x: &str, y: &str, level: f64) -> Result<DataFrame> {
    line(table.plan(), x, y, level)
}

fn line(plan: LazyFrame, x: &str, y: &str, level: f64) -> Result<DataFrame> {
    let columns = schema(&plan)?;
    for column in [x, y] {
        let numbers = |dtype: &DataType| dtype.is_primitive_numeric() || dtype.is_bool();
        expect_type(&columns, column, "straight_line", "numbers", numbers)?;
    }
    if !(level > 0.0 && level < 1.0) {
        let reason = format!("straight_line: the level is {level}; it must lie between 0 and 1, for example 0.95");
        return Err(EdaError::BadArgument(reason));
    }
    let rows = stream(
        plan.select([named(x).cast(DataType::Float64).alias("x"), named(y).cast(DataType::Float64).alias("y")]),
    )?;
    let both = rows.column("x")?.f64()?.iter().zip(rows.column("y")?.f64()?.iter());
    let points: Vec<(f64, f64)> =
        both.filter_map(|(x, y)| Some((x?, y?))).filter(|(x, y)| !x.is_nan() && !y.is_nan()).collect();
    let n = points.len() as f64;
    let x_mean = points.iter().map(|point| point.0).sum::<f64>() / n;
    let y_mean = points.iter().map(|point| point.1).sum::<f64>() / n;
    let sum = |term: fn(f64, f64) -> f64| points.iter().map(|(x, y)| term(x - x_mean, y - y_mean)).sum::<f64>();
    let (xx, xy, yy) = (sum(|x, _| x * x), sum(|x, y| x * y), sum(|_, y| y * y));
    if points.len() < 3 || xx.is_nan() || xx <= 0.0 {
        return Err(EdaError::NoRows(format!(
            "straight_line needs three rows at least, and different values of \"{x}\"; here are {}",
            points.len()
        )));
    }
    let slope = xy / xx;
    let freedom = n - 2.0;
    let residual = (yy - slope * xy).max(0.0);
    let error = (residual / freedom / xx).sqrt();
    let half = student_quantile(0.5 + level / 2.0, freedom) * error;
    Ok(df!(
        "intercept" => [y_mean - slope * x_mean], "slope" => [slope], "low" => [slope - half], "high" => [slope + half],
        "p" => [student_two_sided(slope / error, freedom)], "r_squared" => [1.0 - residual / yy], "n" => [points.len() as u64],
    )?)
}
