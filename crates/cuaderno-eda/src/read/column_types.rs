//! What the columns of a text are: looked for in every value, so that no later row is a surprise.

use super::calendar::{date, date_time, time_of_day};
use crate::error::{EdaError, Result, quoted, short};
use crate::table::named;
use cuaderno_display::thousands;
use polars::prelude::{
    BooleanChunked, ChunkFullNull, Column, DataFrame, DataType, Float64Chunked, Int32Chunked, Int64Chunked, IntoColumn,
    IntoLazy, IntoSeries, NewChunkedArray, PlSmallStr, StringChunked, StrptimeOptions, TimeUnit, lit,
};
use rayon::prelude::*;
use std::collections::HashSet;

/// What the user says about values.
#[derive(Clone, Debug, Default)]
pub(super) struct Types {
    /// Values that mean missing.
    pub missing: Vec<String>,
    /// Columns that stay text.
    pub text: Vec<String>,
    /// Formats of dates.
    pub dates: Vec<String>,
    pub decimal_comma: Option<bool>,
    pub thousands: Option<char>,
    /// Whether semicolons stand between fields: where commas would have been, if they were not in numbers.
    pub semicolons: bool,
}

/// Gives each column of texts the type that all its values have, and says what nearly had one.
///
/// # Errors
/// A column that is to stay text is absent.
pub(super) fn typed(texts: DataFrame, types: &Types) -> Result<(DataFrame, Vec<String>)> {
    for column in &types.text {
        crate::table::dtype_of(texts.schema(), column)?;
    }
    let height = texts.height();
    let columns: Vec<(Column, Option<String>)> =
        texts.into_columns().into_par_iter().map(|column| typed_column(column.str()?, types)).collect::<Result<_>>()?;
    let (columns, notes): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    Ok((DataFrame::new(height, columns)?, notes.into_iter().flatten().collect()))
}

fn typed_column(texts: &StringChunked, types: &Types) -> Result<(Column, Option<String>)> {
    let name = texts.name().clone();
    let missing: HashSet<&str> = types.missing.iter().map(String::as_str).collect();
    let texts = match missing.is_empty() {
        true => texts.clone(),
        false => texts.iter().map(|text| text.filter(|text| !missing.contains(text))).collect::<StringChunked>(),
    }
    .with_name(name.clone());
    if types.text.iter().any(|column| column == name.as_str()) {
        return Ok((texts.into_column(), None));
    }
    if texts.null_count() == texts.len() {
        // As readr: a column without values could be anything, and logical fits into everything.
        return Ok((BooleanChunked::full_null(name, texts.len()).into_column(), None));
    }
    for format in &types.dates {
        if let Some(dates) = formatted(&texts, format)? {
            return Ok((dates, None));
        }
    }
    if let Some(column) = logical(&texts, &name).or_else(|| whole(&texts, &name)) {
        return Ok((column, None));
    }
    if let Some(column) = real(&texts, &name, types) {
        return Ok((column, None));
    }
    if let Some(column) = calendar(&texts, &name)? {
        return Ok((column, None));
    }
    let note = nearly_numbers(&texts, &name);
    Ok((texts.into_column(), note))
}

/// All values through a function, unless one is not what it takes.
fn all<T>(texts: &StringChunked, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    texts.iter().map(|text| text.map_or(Some(None), |text| parse(text).map(Some))).collect()
}

/// `TRUE`, `True`, `true`; the letters `T` and `F` only where both are there, as one alone may be anything.
fn logical(texts: &StringChunked, name: &PlSmallStr) -> Option<Column> {
    let values = all(texts, |text| match text {
        "TRUE" | "True" | "true" | "T" | "t" => Some(true),
        "FALSE" | "False" | "false" | "F" | "f" => Some(false),
        _ => None,
    })?;
    let letters = texts.iter().flatten().any(|text| text.len() == 1);
    let both = values.contains(&Some(true)) && values.contains(&Some(false));
    (both || !letters).then(|| BooleanChunked::from_iter_options(name.clone(), values.into_iter()).into_column())
}

fn whole(texts: &StringChunked, name: &PlSmallStr) -> Option<Column> {
    let values = all(texts, |text| if is_code(text) { None } else { text.parse::<i64>().ok() })?;
    Some(Int64Chunked::from_iter_options(name.clone(), values.into_iter()).into_column())
}

/// A zero in front of digits: a code, such as a postal code, that a number would lose.
fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
    matches!(digits, [b'0', next, ..] if next.is_ascii_digit())
}

/// A decimal number of a point.
fn number(text: &str) -> Option<f64> {
    if is_code(text) { None } else { text.parse().ok() }
}

fn real(texts: &StringChunked, name: &PlSmallStr, types: &Types) -> Option<Column> {
    let comma = |text: &str| match text.contains('.') {
        true => None,
        false => number(&text.replace(',', ".")),
    };
    let comma_given = types.decimal_comma == Some(true);
    let point = if comma_given { ',' } else { '.' };
    let parse = |text: &str| {
        let text = match types.thousands {
            Some(mark) => ungrouped(text, mark, point)?,
            None => text.to_owned(),
        };
        if comma_given { comma(&text) } else { number(&text) }
    };
    let values = all(texts, parse).or_else(|| if types.semicolons { all(texts, comma) } else { None })?;
    // A column of nothing but names such as Nan and Inf is no number.
    values
        .iter()
        .flatten()
        .any(|value| value.is_finite())
        .then(|| Float64Chunked::from_iter_options(name.clone(), values.into_iter()).into_column())
}

/// A number without the marks between groups of three digits.
fn ungrouped(text: &str, mark: char, point: char) -> Option<String> {
    let (whole, fraction) = text.find(point).map_or((text, ""), |at| text.split_at(at));
    let mut groups = whole.trim_start_matches(['-', '+']).split(mark);
    let first = groups.next().map_or(0, str::len);
    let rest: Vec<&str> = groups.collect();
    let fits = rest.is_empty() || ((1..=3).contains(&first) && rest.iter().all(|group| group.len() == 3));
    fits.then(|| whole.replace(mark, "") + fraction)
}

fn calendar(texts: &StringChunked, name: &PlSmallStr) -> Result<Option<Column>> {
    if let Some(days) = all(texts, date) {
        return Ok(Some(
            Int32Chunked::from_iter_options(name.clone(), days.into_iter()).into_column().cast(&DataType::Date)?,
        ));
    }
    let moment = |text: &str| date_time(text).or_else(|| date(text).map(|days| i64::from(days) * 86_400_000_000));
    if let Some(moments) = all(texts, moment) {
        let moments = Int64Chunked::from_iter_options(name.clone(), moments.into_iter()).into_column();
        return Ok(Some(moments.cast(&DataType::Datetime(TimeUnit::Microseconds, None))?));
    }
    match all(texts, time_of_day) {
        Some(times) => {
            let times = Int64Chunked::from_iter_options(name.clone(), times.into_iter()).into_column();
            Ok(Some(times.cast(&DataType::Time)?))
        }
        None => Ok(None),
    }
}

/// Whether a text is a number or a date, as a header hardly is.
pub(super) fn is_value(text: &str) -> bool {
    let number = text.replacen(',', ".", 1).parse::<f64>();
    number.is_ok_and(f64::is_finite) || date(text).is_some() || date_time(text).is_some()
}

/// The column as dates, or dates and times, of this format, if all values are.
fn formatted(texts: &StringChunked, format: &str) -> Result<Option<Column>> {
    let options = StrptimeOptions { format: Some(format.into()), strict: false, exact: true, cache: true };
    let has_time = ["%H", "%I", "%T", "%R", "%s"].iter().any(|part| format.contains(part));
    let strings = named(texts.name().clone()).str();
    let dates = match has_time {
        true => strings.to_datetime(Some(TimeUnit::Microseconds), None, options, lit("raise")),
        false => strings.to_date(options),
    };
    let table = DataFrame::new(texts.len(), vec![texts.clone().into_series().into_column()])?;
    let wrong = |error| EdaError::BadArgument(format!("dates(\"{format}\"): {error}"));
    let dates = table.lazy().select([dates]).collect().map_err(wrong)?;
    let dates = dates.columns()[0].clone();
    Ok((dates.null_count() == texts.null_count()).then_some(dates))
}

/// What to know of a column that is text for a few values only.
fn nearly_numbers(texts: &StringChunked, name: &PlSmallStr) -> Option<String> {
    /// One value in so many.
    const FEW: usize = 10;
    let (mut numbers, mut others, mut distinct) = (0usize, 0usize, Vec::new());
    for text in texts.iter().flatten() {
        if number(text).is_some_and(f64::is_finite) {
            numbers += 1;
            continue;
        }
        others += 1;
        if distinct.len() < 3 && !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    (others > 0 && others * FEW <= numbers).then(|| {
        let (name, of) = (short(name), thousands(numbers + others));
        let all = quoted(&distinct);
        format!(
            "{name} is text, as {} of {of} values {} no number ({all}); Reader::new().missing([…]) takes them for missing",
            thousands(others),
            if others == 1 { "is" } else { "are" }
        )
    })
}
