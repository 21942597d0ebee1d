//! Analysis steps as methods of tables.

use crate::table::{expect_type, schema};
use crate::{Result, Summary, Table, summary};
use polars::prelude::{DataFrame, DataType, LazyFrame, RoundMode, col, lit};

/// Steps that read best as methods; the rest are functions of this crate.
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
