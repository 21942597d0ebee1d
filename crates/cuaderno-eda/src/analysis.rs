//! Analysis steps as methods of tables.

use crate::table::{expect_type, named as col, schema};
use crate::verbs::{self, same_kind};
use crate::{Exprs, Names, Result, Summary, Table, summary};
use polars::prelude::{DataFrame, DataType, Expr, LazyFrame, RoundMode, lit};

/// Steps that read best as methods; the rest are functions of this crate. Computed tables stay computed, lazy ones lazy.
///
/// ```
/// use cuaderno_eda::prelude::*;
/// use polars::prelude::*;
///
/// let people = df!("sex" => ["f", "m", "m", "f"], "age" => [Some(30.0), None, Some(50.0), Some(20.0)], "fare" => [70, 8, 9, 12])?;
/// let known = people.fill_missing_by("age", col("age").median(), "sex")?.keep(col("fare").gt(lit(8)))?;
/// let by_sex = known.summarise("sex", [col("age").mean(), len().alias("n")])?;
/// assert_eq!(by_sex, df!("sex" => ["f", "m"], "age" => [25.0, 50.0], "n" => [2u32, 1])?);
///
/// let long = df!("class" => ["a", "a", "b"], "year" => [2025, 2026, 2026], "posts" => [3, 4, 5])?;
/// let wide = long.wider("year", "posts")?;
/// assert!(wide.equals_missing(&df!("class" => ["a", "b"], "2025" => [Some(3), None], "2026" => [4, 5])?));
/// assert_eq!(wide.longer(["2025", "2026"])?.height(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Analysis: Table {
    /// What each column holds, as R's `summary()` tells it: quartiles of numbers, counts of true and false, lengths of
    /// texts, ranges of dates, and missing values everywhere.
    ///
    /// # Errors
    /// What polars reports while reading or computing.
    fn summary(&self) -> Result<Summary> {
        summary::summary(self)
    }

    /// The rows where a text column has this value: `posts.only("class", "Disinformation")?`.
    ///
    /// # Errors
    /// The column is absent or holds no text.
    fn only(&self, column: &str, value: &str) -> Result<Self> {
        Self::from_plan(only(self.plan(), column, value)?)
    }

    /// The same table with its decimal numbers rounded to this many digits after the point, for readers:
    /// `df!("model" => ["A", "B"], "accuracy" => [0.61234, 0.58])?.rounded(3)?`.
    ///
    /// # Errors
    /// What polars reports while reading or computing.
    fn rounded(&self, digits: u32) -> Result<Self> {
        let plan = self.plan();
        let columns = schema(&plan)?;
        let decimals = columns.iter().filter(|(_, dtype)| dtype.is_float());
        let rounded: Vec<_> =
            decimals.map(|(name, _)| col(name.clone()).round(digits, RoundMode::HalfAwayFromZero)).collect();
        Self::from_plan(plan.with_columns(rounded))
    }

    /// The rows where a condition holds; of several, where all do: `posts.keep(col("score").gt(lit(10)))?`. polars' `filter` on a
    /// lazy table, R's `filter`.
    ///
    /// # Errors
    /// A column is absent, or polars cannot compute the condition.
    fn keep(&self, conditions: impl Exprs) -> Result<Self> {
        same_kind(self, verbs::keep(self.plan(), conditions.exprs()?)?)
    }

    /// The table with new columns, or others in the place of old ones: `posts.mutate((col("ups") + lit(1)).log(lit(2.0)).alias("bits"))?`.
    /// Of several, each may use those before it. polars' `with_columns` on a lazy table, R's `mutate`.
    ///
    /// # Errors
    /// A column is absent, or polars cannot compute the new one.
    fn mutate(&self, columns: impl Exprs) -> Result<Self> {
        same_kind(self, verbs::mutate(self.plan(), columns.exprs()?)?)
    }

    /// One row for each value of a column, or each combination of several, in their order, missing ones last:
    /// `posts.summarise(["class", "subreddit"], [col("score").mean(), len()])?`. polars' `group_by` and `agg` on a lazy table.
    ///
    /// # Errors
    /// A column is absent, or polars cannot compute the values.
    fn summarise(&self, by: impl Names, values: impl Exprs) -> Result<Self> {
        same_kind(self, verbs::summarise(self.plan(), &by.names(), values.exprs()?)?)
    }

    /// The rows in the order of a column, or of several, smallest first, missing ones last; equal ones keep their order.
    ///
    /// # Errors
    /// A column is absent.
    fn ascending(&self, columns: impl Names) -> Result<Self> {
        same_kind(self, verbs::sorted(self.plan(), &columns.names(), false)?)
    }

    /// As [`ascending`](Self::ascending), largest first, missing ones last all the same.
    ///
    /// # Errors
    /// A column is absent.
    fn descending(&self, columns: impl Names) -> Result<Self> {
        same_kind(self, verbs::sorted(self.plan(), &columns.names(), true)?)
    }

    /// The table with a value where a column's is missing or NaN: `people.fill_missing("age", col("age").median())?`.
    ///
    /// # Errors
    /// A column is absent, or polars cannot compute the value.
    fn fill_missing(&self, column: &str, value: Expr) -> Result<Self> {
        same_kind(self, verbs::fill_missing(self.plan(), column, value, &[])?)
    }

    /// As [`fill_missing`](Self::fill_missing), the value computed for each group: `people.fill_missing_by("age", col("age").median(),
    /// ["sex", "class"])?`.
    ///
    /// # Errors
    /// As [`fill_missing`](Self::fill_missing).
    fn fill_missing_by(&self, column: &str, value: Expr, by: impl Names) -> Result<Self> {
        same_kind(self, verbs::fill_missing(self.plan(), column, value, &by.names())?)
    }

    /// So many rows drawn at random, or all, if there are fewer; they keep their order, and the same seed draws the same rows.
    ///
    /// # Errors
    /// What polars reports while reading or computing.
    fn sample_rows(&self, number: usize, seed: u64) -> Result<DataFrame> {
        verbs::sample_rows(&self.rows()?, number, seed)
    }

    /// As [`sample_rows`](Self::sample_rows), a share of the rows, from 0 to 1.
    ///
    /// # Errors
    /// The share is none.
    fn sample_share(&self, share: f64, seed: u64) -> Result<DataFrame> {
        let rows = self.rows()?;
        verbs::sample_rows(&rows, verbs::share_of(rows.height(), share)?, seed)
    }

    /// As [`sample_rows`](Self::sample_rows), so many of each value of a column; rows without one are a group, too.
    ///
    /// # Errors
    /// The column is absent.
    fn sample_each(&self, column: &str, number: usize, seed: u64) -> Result<DataFrame> {
        verbs::sample_each(&self.rows()?, column, number, seed)
    }

    /// A column for each value of `names`, with the value that stands beside it in `values`, and a row for each combination of
    /// the other columns, in the order they first come: R's `pivot_wider`, pandas' `pivot`. Missing where there is none.
    ///
    /// # Errors
    /// A column is absent, two values would stand in one place, or there would be more than a thousand columns.
    fn wider(&self, names: &str, values: &str) -> Result<Self> {
        same_kind(self, verbs::wider(self.plan(), names, values)?)
    }

    /// A row for each value of these columns: the column's name in `name`, the value in `value`, the other columns as they are:
    /// R's `pivot_longer`, pandas' `melt`.
    ///
    /// # Errors
    /// A column is absent, or one of the others is called `name` or `value`.
    fn longer(&self, columns: impl Names) -> Result<Self> {
        same_kind(self, verbs::longer(self.plan(), &columns.names())?)
    }
}

impl Analysis for DataFrame {}
impl Analysis for LazyFrame {}

fn only(plan: LazyFrame, column: &str, value: &str) -> Result<LazyFrame> {
    let is_text = |dtype: &DataType| dtype.is_string() || dtype.is_categorical() || dtype.is_enum();
    expect_type(&*schema(&plan)?, column, "only", "text (polars' filter takes any condition)", is_text)?;
    Ok(plan.filter(col(column).cast(DataType::String).eq(lit(value))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{IntoLazy, df};

    #[test]
    fn decimal_numbers_are_rounded_and_nothing_else() {
        let table = df!("name" => ["a", "b"], "n" => [1, 2], "x" => [0.12345, -2.5], "y" => [Some(1.0f32 / 3.0), None])
            .unwrap();
        let expected =
            df!("name" => ["a", "b"], "n" => [1, 2], "x" => [0.12, -2.5], "y" => [Some(0.33f32), None]).unwrap();
        assert!(table.rounded(2).unwrap().equals_missing(&expected));
        assert!(table.lazy().rounded(2).unwrap().collect().unwrap().equals_missing(&expected));
    }
}
