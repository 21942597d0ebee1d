//! Analysis steps as methods of tables.

use crate::table::{expect_type, schema};
use crate::{Result, Summary, Table, summary};
use polars::prelude::{DataFrame, DataType, LazyFrame, col, lit};

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
}

impl Analysis for DataFrame {}
impl Analysis for LazyFrame {}

fn only(plan: LazyFrame, column: &str, value: &str) -> Result<LazyFrame> {
    let is_text = |dtype: &DataType| dtype.is_string() || dtype.is_categorical() || dtype.is_enum();
    expect_type(&*schema(&plan)?, column, "only", "text (polars' filter takes any condition)", is_text)?;
    Ok(plan.filter(col(column).cast(DataType::String).eq(lit(value))))
}
