//! How many of each.

use crate::table::{dtype_of, schema, stream};
use crate::{EdaError, Result, Table};
use polars::prelude::{DataFrame, LazyFrame, SortMultipleOptions, col, len};

/// The name of the column that holds counts.
pub(crate) const COUNT: &str = "count";

/// How many rows there are of each value of a column, most frequent first, equal counts in the order of the values.
///
/// Gives two columns: the values under the column's own name, and `count`. Missing values are counted too, in a row of
/// their own at the end of those with the same count.
///
/// # Errors
/// The column is absent, or is itself called `count`.
pub fn count(table: &impl Table, column: &str) -> Result<DataFrame> {
    stream(counts(table.plan(), column)?)
}

/// The `n` most frequent values of a column with their counts, as [`count`] gives them, without missing values.
///
/// Always at most `n` rows: of several values with the count of the last place, the first in order stay.
///
/// # Errors
/// As [`count`].
pub fn top_n(table: &impl Table, column: &str, n: usize) -> Result<DataFrame> {
    let plan = table.plan();
    dtype_of(&*schema(&plan)?, column)?;
    let named = plan.filter(col(column).is_not_null());
    Ok(stream(counts(named, column)?)?.head(Some(n)))
}

fn counts(plan: LazyFrame, column: &str) -> Result<LazyFrame> {
    dtype_of(&*schema(&plan)?, column)?;
    if column == COUNT {
        return Err(EdaError::BadArgument(format!(
            "counting column \"{COUNT}\" would give two columns of that name; rename it first"
        )));
    }
    let order = SortMultipleOptions::new().with_order_descending_multi([true, false]).with_nulls_last(true);
    Ok(plan.select([col(column)]).group_by([col(column)]).agg([len().alias(COUNT)]).sort([COUNT, column], order))
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{IntoLazy, df};

    fn posts() -> DataFrame {
        df!("author" => [Some("b"), Some("a"), None, Some("c"), Some("b"), None, None]).unwrap()
    }

    #[test]
    fn counts_with_missing_in_a_row_of_their_own() {
        let expected = df!("author" => [None, Some("b"), Some("a"), Some("c")], "count" => [3u32, 2, 1, 1]).unwrap();
        assert!(count(&posts(), "author").unwrap().equals_missing(&expected));
        assert!(count(&posts().lazy(), "author").unwrap().equals_missing(&expected));
    }

    #[test]
    fn the_top_has_no_missing_and_cuts_ties_in_order() {
        let expected = df!("author" => ["b", "a"], "count" => [2u32, 1]).unwrap();
        assert_eq!(top_n(&posts(), "author", 2).unwrap(), expected);
        assert_eq!(top_n(&posts(), "author", 10).unwrap().height(), 3);
        assert_eq!(top_n(&posts(), "author", 0).unwrap().height(), 0);
    }

    #[test]
    fn an_absent_column_is_named_beside_those_there_are() {
        let message = count(&posts(), "autor").unwrap_err().to_string();
        assert_eq!(message, "no column \"autor\"; this table has \"author\"");
    }
}
