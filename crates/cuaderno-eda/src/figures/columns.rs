//! From columns of a table to slices of numbers.

use crate::table::{dtype_of, expect_type, wall_clock_column};
use crate::{EdaError, Result};
use cuaderno_display::thousands;
use cuaderno_plot::{Part, Rows};
use polars::prelude::{Column, DataFrame, DataType, Schema, SortOptions};
use std::collections::HashMap;

/// More groups than this cannot be told apart in one figure.
const MOST_GROUPS: usize = 20;
/// As many as a bar chart has bars.
const MOST_PANELS: usize = 500;
/// The group of rows whose group is missing.
const MISSING: &str = "missing";

/// Whether a table has these columns, and the first of them numbers or dates.
pub(super) fn check<'a>(schema: &Schema, numbers: &[String], all: impl IntoIterator<Item = &'a str>) -> Result<()> {
    for name in numbers {
        expect_type(schema, name, "a figure", "numbers", |dtype| is_number(dtype) || dtype.is_temporal())?;
    }
    all.into_iter().try_for_each(|name| dtype_of(schema, name).map(drop))
}

/// Whether a column has few enough values to split a figure by.
pub(super) fn few_enough(rows: &DataFrame, by: &str) -> Result<()> {
    Keys::of(rows.column(by)?, "by").map(drop)
}

/// Takes some columns of numbers of a table, split by the values of up to two others.
pub(super) fn split(rows: &DataFrame, columns: &[String], by: Option<&str>, facet: Option<&str>) -> Result<Rows> {
    let numbers: Vec<Vec<f64>> = columns.iter().map(|name| numbers(rows.column(name)?)).collect::<Result<_>>()?;
    let groups = by.map(|by| Keys::of(rows.column(by)?, "by")).transpose()?;
    let panels = facet.map(|facet| Keys::of(rows.column(facet)?, "facet")).transpose()?;
    let named = |keys: &Option<Keys>| keys.as_ref().map_or(vec![String::new()], |keys| keys.names.clone());
    let part = |name: String| Part { name, columns: vec![Vec::new(); columns.len()] };
    let parts = || named(&groups).into_iter().map(part).collect::<Vec<Part>>();
    let mut split: Vec<(String, Vec<Part>)> = named(&panels).into_iter().map(|name| (name, parts())).collect();
    let place = |keys: &Option<Keys>, row: usize| keys.as_ref().map_or(0, |keys| usize::from(keys.places[row]));
    for (column, values) in numbers.into_iter().enumerate() {
        if groups.is_none() && panels.is_none() {
            split[0].1[0].columns[column] = values;
            continue;
        }
        for (row, value) in values.into_iter().enumerate() {
            split[place(&panels, row)].1[place(&groups, row)].columns[column].push(value);
        }
    }
    Ok(Rows { heading: by.unwrap_or_default().to_owned(), panels: split })
}

/// Where the clocks of a column of times stand, if it is one: `UTC`, or its zone; days are the same everywhere.
pub(super) fn clock(schema: &Schema, column: &str) -> Option<String> {
    match schema.get(column)? {
        DataType::Date => Some(String::new()),
        DataType::Datetime(_, zone) => Some(zone.as_ref().map_or("UTC".to_owned(), ToString::to_string)),
        _ => None,
    }
}

/// Whether a type can be drawn along an axis of numbers.
pub(super) fn is_number(dtype: &DataType) -> bool {
    dtype.is_primitive_numeric() || dtype.is_decimal()
}

/// A column as numbers, NaN where missing; dates as seconds since 1970, times of a zone as the clocks there showed them.
pub(super) fn numbers(column: &Column) -> Result<Vec<f64>> {
    let (column, unit) = match column.dtype() {
        DataType::Date | DataType::Datetime(..) => (wall_clock_column(column)?.cast(&DataType::Int64)?, 1e-6),
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

/// The values of a column, and which of them each row has.
struct Keys {
    /// In the order of the values, `missing` last.
    names: Vec<String>,
    places: Vec<u16>,
}

impl Keys {
    /// Reads a column that splits a figure in groups or panels; the bars of a figure may have more names than groups have.
    fn of(column: &Column, what: &str) -> Result<Self> {
        let most = if what == "by" { MOST_GROUPS } else { MOST_PANELS };
        let distinct = column.drop_nulls().unique()?;
        if distinct.len() > most {
            return Err(EdaError::BadArgument(format!(
                "{what}(\"{name}\") would make {found} groups, and a figure shows at most {most}; keep the most frequent \
                 values, or choose another column",
                name = column.name(),
                found = thousands(distinct.len())
            )));
        }
        let mut names = names(&distinct.sort_with(SortOptions::default())?)?;
        if column.null_count() > 0 {
            names.push(MISSING.to_owned());
        }
        let last = names.len().saturating_sub(1);
        let labels = column.cast(&DataType::String)?;
        let place: HashMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        let of = |label: Option<&str>| label.and_then(|label| place.get(label)).map_or(last, |place| *place) as u16;
        let places = labels.str()?.iter().map(of).collect();
        Ok(Self { names, places })
    }
}
