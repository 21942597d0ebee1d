//! From columns to the numbers and classes that a model learns from.

use crate::error::{EdaError, Result};
use crate::names::check_names;
use crate::table::{dtype_of, expect_type};
use crate::{Names, Table};
use cuaderno_display::counted;
use polars::prelude::{Column, DataFrame, DataType};
use std::collections::BTreeSet;

/// The numbers of some columns, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The columns' names.
    pub columns: Vec<String>,
    /// `[rows, columns]`; true is 1, false 0.
    pub values: Vec<f32>,
}

/// The classes of a column, and which of them each row has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classes {
    /// Sorted; of a column of numbers by their size.
    pub names: Vec<String>,
    /// An index into the names for each row.
    pub labels: Vec<usize>,
}

/// The numbers of these columns, ready to be learnt from.
///
/// ```
/// use cuaderno_eda::prelude::*;
/// use polars::prelude::*;
///
/// let people = df!("age" => [22, 38], "fare" => [7.25, 71.3], "sex" => ["m", "f"])?;
/// assert_eq!(cuaderno_eda::matrix(&people, ["age", "fare"])?.values, [22.0, 7.25, 38.0, 71.3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A column is absent, named twice or holds no numbers, or a value is missing or not finite: it says how many and where.
pub fn matrix<T: Table, C: Names>(table: &T, columns: C) -> Result<Matrix> {
    of_columns(&table.rows()?, columns.names())
}

/// The classes of a column of texts, whole numbers or true and false.
///
/// # Errors
/// The column is absent or holds something else, or a value is missing: it says how many and where.
pub fn classes<T: Table>(table: &T, column: &str) -> Result<Classes> {
    of_column(&table.rows()?, column)
}

/// The values of a column as texts, whatever they are.
///
/// # Errors
/// The column is absent, or its values cannot be written as texts.
pub fn texts(table: &DataFrame, column: &str) -> Result<Vec<Option<String>>> {
    dtype_of(table.schema(), column)?;
    let texts = table.column(column)?.cast(&DataType::String)?;
    Ok(texts.str()?.iter().map(|text| text.map(str::to_owned)).collect())
}

fn of_columns(table: &DataFrame, columns: Vec<String>) -> Result<Matrix> {
    if columns.is_empty() {
        return Err(EdaError::BadArgument("there is no column to learn from; name one or several".to_owned()));
    }
    check_names(table.schema(), &columns, "the list of columns")?;
    let mut values = vec![0.0; table.height() * columns.len()];
    for (place, name) in columns.iter().enumerate() {
        let is_number = |dtype: &DataType| dtype.is_primitive_numeric() || dtype.is_bool();
        let expected = "numbers (polars' `to_dummies` makes 0 and 1 of texts, `text_features` counts what they hold)";
        expect_type(table.schema(), name, "a model", expected, is_number)?;
        let column = table.column(name)?;
        check_complete(column)?;
        let numbers = column.cast(&DataType::Float64)?;
        let numbers = numbers.f64()?;
        let is_odd = |value: &Option<f64>| value.is_none_or(|value| !(value as f32).is_finite());
        if let Some(row) = numbers.iter().position(|value| is_odd(&value)) {
            let count = numbers.iter().filter(is_odd).count();
            let value = numbers.get(row).unwrap_or(f64::NAN);
            let what = if value.is_finite() { "too large for 32 bits" } else { "not finite" };
            return Err(EdaError::BadArgument(format!(
                "column \"{name}\": {} {what}, the first, {value:e}, in row {row}; replace them, as `fill_missing` does with NaN, \
                 or leave their rows out",
                if count == 1 { "1 value is".to_owned() } else { format!("{count} values are") },
            )));
        }
        let targets = values.iter_mut().skip(place).step_by(columns.len());
        targets.zip(numbers.iter().flatten()).for_each(|(target, value)| *target = value as f32);
    }
    Ok(Matrix { columns, values })
}

fn of_column(table: &DataFrame, name: &str) -> Result<Classes> {
    let is_class = |dtype: &DataType| {
        dtype.is_string() || dtype.is_categorical() || dtype.is_enum() || dtype.is_integer() || dtype.is_bool()
    };
    let expected = "texts, whole numbers or true and false (`Rows::regression` learns decimal numbers)";
    let dtype = expect_type(table.schema(), name, "learning classes", expected, is_class)?;
    let column = table.column(name)?;
    check_complete(column)?;
    if dtype.is_integer() {
        let numbers = column.cast(&DataType::Int64)?;
        return Ok(sorted(numbers.i64()?.iter().flatten().collect(), |number| number.to_string()));
    }
    let texts = column.cast(&DataType::String)?;
    Ok(sorted(texts.str()?.iter().flatten().collect(), str::to_owned))
}

/// The distinct values in order, and where each stands there.
fn sorted<V: Ord + Copy>(values: Vec<V>, name: impl Fn(V) -> String) -> Classes {
    let distinct: Vec<V> = values.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let label = |value: &V| distinct.binary_search(value).unwrap_or_default();
    Classes { labels: values.iter().map(label).collect(), names: distinct.into_iter().map(name).collect() }
}

/// Whether each row has a value.
fn check_complete(column: &Column) -> Result<()> {
    let missing = column.null_count();
    if missing == 0 {
        return Ok(());
    }
    let first = column.is_null().iter().position(|null| null == Some(true)).unwrap_or(0);
    let name = column.name();
    Err(EdaError::BadArgument(format!(
        "column \"{name}\": {} of {} without a value, the first is row {first}; fill them with `fill_missing`, or leave their rows out \
         with `keep(col(\"{name}\").is_not_null())`",
        missing,
        counted(column.len(), "row"),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{IntoLazy as _, df};

    fn says<T: std::fmt::Debug>(result: Result<T>, words: &[&str]) {
        let message = result.unwrap_err().to_string();
        assert!(!message.contains('\n') && words.iter().all(|word| message.contains(word)), "{message}");
    }

    #[test]
    fn columns_become_numbers_row_by_row() {
        let table = df!("a" => [1i8, 2, 3], "b" => [0.5, 1.5, -2.0], "c" => [true, false, true]).unwrap();
        let found = matrix(&table, ["c", "a", "b"]).unwrap();
        assert_eq!(found.values, [1.0, 1.0, 0.5, 0.0, 2.0, 1.5, 1.0, 3.0, -2.0]);
        assert_eq!(matrix(&table.lazy(), ["c", "a", "b"]).unwrap(), found);
    }

    #[test]
    fn classes_are_sorted_numbers_by_size() {
        let table = df!("n" => [10, 9, 10], "t" => ["b", "a", "b"], "y" => [true, false, true]).unwrap();
        let names = |column| classes(&table, column).map(|found| (found.names, found.labels)).unwrap();
        let strings = |names: [&str; 2]| names.map(str::to_owned).to_vec();
        assert_eq!(names("n"), (strings(["9", "10"]), vec![1, 0, 1]));
        assert_eq!(names("t"), (strings(["a", "b"]), vec![1, 0, 1]));
        assert_eq!(names("y"), (strings(["false", "true"]), vec![1, 0, 1]));
    }

    #[test]
    fn what_cannot_be_learnt_from_is_told_with_its_row() {
        let table = df!(
            "age" => [Some(1.0), None, Some(3.0)], "ratio" => [1.0, 2.0, f64::INFINITY], "sex" => [Some("m"), Some("f"), None]
        )
        .unwrap();
        says(matrix(&table, ["age"]), &["column \"age\": 1 of 3 rows", "row 1", "fill_missing"]);
        says(matrix(&table, "ratio"), &["column \"ratio\": 1 value is", "inf", "row 2"]);
        says(matrix(&table, "sex"), &["sex", "to_dummies"]);
        says(matrix(&table, ["ages"]), &["no column \"ages\"", "did you mean \"age\"?"]);
        says(matrix(&table, ["ratio", "ratio"]), &["twice"]);
        says(classes(&table, "sex"), &["column \"sex\": 1 of 3 rows", "row 2"]);
        says(classes(&table, "ratio"), &["whole numbers"]);
    }
}
