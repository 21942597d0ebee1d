//! From columns of a table to slices of numbers.

use crate::table::{dtype_of, schema, stream};
use crate::{EdaError, Result};
use cuaderno_display::thousands;
use polars::prelude::{Column, DataType, LazyFrame, Schema, SortOptions, TimeUnit, col};
use std::collections::HashMap;

/// More groups than this cannot be told apart in one figure.
const MOST_GROUPS: usize = 20;
/// The group of rows whose group is missing.
const MISSING: &str = "missing";

/// One group's numbers, column by column.
pub struct Part {
    /// The group's name; empty where there are no groups.
    pub(crate) name: String,
    /// The numbers, one list for each column; missing ones are NaN, which figures count and leave out.
    pub(crate) columns: Vec<Vec<f64>>,
}

/// Numbers of some columns of a table, in groups.
pub struct Columns {
    /// What the groups are; empty where there are none.
    pub(crate) heading: String,
    /// The groups, in the order of their values.
    pub(crate) parts: Vec<Part>,
    /// Which of the columns are dates, in seconds since 1970.
    pub(crate) dates: Vec<bool>,
}

impl Columns {
    /// Reads some columns, and the one that says the groups.
    pub(super) fn read(plan: &LazyFrame, columns: &[String], by: Option<&str>) -> Result<Self> {
        let schema = schema(plan)?;
        let mut names: Vec<&str> = columns.iter().map(String::as_str).chain(by).collect();
        for name in &names {
            dtype_of(&schema, name)?;
        }
        names.sort_unstable();
        names.dedup();
        let rows = stream(plan.clone().select(names.iter().map(|name| col(*name)).collect::<Vec<_>>()))?;
        let numbers: Vec<Vec<f64>> = columns.iter().map(|name| numbers(rows.column(name)?)).collect::<Result<_>>()?;
        let dates = columns.iter().map(|name| is_date(&schema, name)).collect();
        let (heading, parts) = match by {
            None => (String::new(), vec![Part { name: String::new(), columns: numbers }]),
            Some(by) => (by.to_owned(), split(numbers, rows.column(by)?)?),
        };
        Ok(Self { heading, parts, dates })
    }
}

/// Whether a column holds dates or times.
pub(super) fn is_date(schema: &Schema, column: &str) -> bool {
    schema.get(column).is_some_and(|dtype| matches!(dtype, DataType::Date | DataType::Datetime(..)))
}

/// Whether a type can be drawn along an axis of numbers.
pub(super) fn is_number(dtype: &DataType) -> bool {
    dtype.is_primitive_numeric() || dtype.is_decimal()
}

/// A column as numbers, NaN where missing; dates as seconds since 1970.
pub(super) fn numbers(column: &Column) -> Result<Vec<f64>> {
    let (column, unit) = match column.dtype() {
        DataType::Date | DataType::Datetime(..) => {
            (column.cast(&DataType::Datetime(TimeUnit::Microseconds, None))?.cast(&DataType::Int64)?, 1e-6)
        }
        _ => (column.clone(), 1.0),
    };
    let column = column.cast(&DataType::Float64)?;
    Ok(column.f64()?.iter().map(|value| value.map_or(f64::NAN, |value| value * unit)).collect())
}

/// A column as names, whatever it holds.
pub(super) fn names(column: &Column) -> Result<Vec<String>> {
    let column = column.cast(&DataType::String)?;
    Ok(column.str()?.iter().map(|name| name.unwrap_or(MISSING).to_owned()).collect())
}

/// Splits numbers by the values of a column; groups in the order of the values, rows without one last.
fn split(numbers: Vec<Vec<f64>>, by: &Column) -> Result<Vec<Part>> {
    let distinct = by.drop_nulls().unique()?;
    if distinct.len() > MOST_GROUPS {
        return Err(EdaError::BadArgument(format!(
            "by(\"{}\") would make {} groups, and a figure shows at most {MOST_GROUPS}; keep the most frequent with top_n, or \
             choose another column",
            by.name(),
            thousands(distinct.len())
        )));
    }
    let mut group_names = names(&distinct.sort_with(SortOptions::default())?)?;
    if by.null_count() > 0 {
        group_names.push(MISSING.to_owned());
    }
    let last = group_names.len().saturating_sub(1);
    let labels = by.cast(&DataType::String)?;
    let place: HashMap<&str, usize> =
        group_names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    let groups: Vec<u8> = labels
        .str()?
        .iter()
        .map(|label| label.and_then(|label| place.get(label)).map_or(last, |place| *place) as u8)
        .collect();
    let mut parts: Vec<Part> =
        group_names.iter().map(|name| Part { name: name.clone(), columns: vec![Vec::new(); numbers.len()] }).collect();
    for (column, values) in numbers.into_iter().enumerate() {
        for (value, group) in values.into_iter().zip(&groups) {
            parts[usize::from(*group)].columns[column].push(value);
        }
    }
    Ok(parts)
}
