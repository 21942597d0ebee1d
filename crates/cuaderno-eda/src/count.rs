//! How many of each.

use crate::names::check_names;
use crate::table::{dtype_of, named as col, schema, stream};
use crate::{EdaError, Names, Result, Table};
use polars::prelude::{DataFrame, DataType, Expr, LazyFrame, SortMultipleOptions, len};

/// The name of the column that holds counts.
pub(crate) const COUNT: &str = "count";
/// The name of the column that holds parts of the whole.
const SHARE: &str = "share";

/// How many rows there are of each value of a column, most frequent first, equal counts in the order of the values.
///
/// Gives two columns: the values under the column's own name, and `count`. Missing values are counted too, in a row of
/// their own at the end of those with the same count. Of several columns, `count(&posts, ["class", "subreddit"])?`, each
/// combination that occurs is counted.
///
/// # Errors
/// The column is absent, or is itself called `count`.
pub fn count(table: &impl Table, columns: impl Names) -> Result<DataFrame> {
    stream(counts(table.plan(), &columns.names())?)
}

/// As [`count`], with one more column, `share`: the part of all rows, from 0 to 1.
///
/// # Errors
/// As [`count`]; a column is called `share`.
pub fn shares(table: &impl Table, columns: impl Names) -> Result<DataFrame> {
    let names = columns.names();
    if names.iter().any(|name| name == SHARE) {
        let what = format!("shares makes a column \"{SHARE}\" of its own; rename yours first");
        return Err(EdaError::BadArgument(what));
    }
    let counts = counts(table.plan(), &names)?;
    let share = col(COUNT).cast(DataType::Float64) / col(COUNT).sum().cast(DataType::Float64);
    stream(counts.with_columns([share.alias(SHARE)]))
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
    Ok(stream(counts(named, &[column.to_owned()])?)?.head(Some(n)))
}

/// The plan of the counts of each combination of values.
pub(crate) fn counts(plan: LazyFrame, columns: &[String]) -> Result<LazyFrame> {
    check_names(&*schema(&plan)?, columns, "count")?;
    if columns.is_empty() || columns.iter().any(|column| column == COUNT) {
        let wrong = match columns {
            [] => "count needs the name of a column".to_owned(),
            _ => format!("counting column \"{COUNT}\" would give two columns of that name; rename it first"),
        };
        return Err(EdaError::BadArgument(wrong));
    }
    let keys: Vec<Expr> = columns.iter().map(|column| col(column.as_str())).collect();
    let descending = [true].into_iter().chain(columns.iter().map(|_| false));
    let order = SortMultipleOptions::new().with_order_descending_multi(descending).with_nulls_last(true);
    let by: Vec<Expr> = [col(COUNT)].into_iter().chain(keys.clone()).collect();
    Ok(plan.select(keys.clone()).group_by(keys).agg([len().alias(COUNT)]).sort_by_exprs(by, order))
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
    fn several_columns_and_shares() {
        let table = df!("sex" => ["m", "f", "m", "m"], "class" => [1, 2, 1, 2]).unwrap();
        let expected = df!("sex" => ["m", "f", "m"], "class" => [1, 2, 2], "count" => [2u32, 1, 1]).unwrap();
        assert_eq!(count(&table, ["sex", "class"]).unwrap(), expected);
        let expected = df!("sex" => ["m", "f"], "count" => [3u32, 1], "share" => [0.75, 0.25]).unwrap();
        assert_eq!(shares(&table, "sex").unwrap(), expected);
        let message = count(&table, ["sex", "sex"]).unwrap_err().to_string();
        assert_eq!(message, "count names the column \"sex\" twice; name it once");
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
        assert_eq!(message, "no column \"autor\"; did you mean \"author\"? this table has \"author\"");
    }
}
