//! The counts of every text of a column.

use super::TextCounts;
use crate::table::{expect_type, schema};
use crate::{EdaError, Result, Table};
use polars::prelude::{
    Column, DataType, Field, IntoColumn, IntoSeries, LazyFrame, PlSmallStr, PolarsResult, StructChunked, UInt32Chunked,
    col, cols,
};

type Count = fn(&TextCounts) -> u32;

/// The new columns, in order.
const FEATURES: [(&str, Count); 8] = [
    ("exclamations", |counts| counts.exclamations),
    ("capitals", |counts| counts.capitals),
    ("digits", |counts| counts.digits),
    ("emojis", |counts| counts.emojis),
    ("unicode_emojis", |counts| counts.unicode_emojis),
    ("flag_letters", |counts| counts.flag_letters),
    ("words", |counts| counts.words),
    ("length", |counts| counts.length),
];

/// The table with eight new columns, what each text of a column holds: `exclamations`, `capitals`, `digits`, `emojis`,
/// `unicode_emojis`, `flag_letters`, `words`, `length`, as [`TextCounts`] describes them. Missing texts have missing counts.
///
/// # Errors
/// The column is absent or holds no text, or the table already has a column of one of these names.
pub fn text_features<T: Table>(table: &T, column: &str) -> Result<T> {
    T::from_plan(with_features(table.plan(), column)?)
}

fn with_features(plan: LazyFrame, column: &str) -> Result<LazyFrame> {
    const NEW: &str = "__text_features";
    let schema = schema(&plan)?;
    expect_type(&schema, column, "text_features", "text", DataType::is_string)?;
    if let Some((taken, _)) = FEATURES.iter().find(|(name, _)| schema.contains(name)) {
        return Err(EdaError::BadArgument(format!(
            "text_features adds a column \"{taken}\", and this table already has one; rename that first"
        )));
    }
    let fields: Vec<Field> =
        FEATURES.iter().map(|(name, _)| Field::new(PlSmallStr::from_static(name), DataType::UInt32)).collect();
    let counted =
        col(column).map(count_column, move |_, _| Ok(Field::new(NEW.into(), DataType::Struct(fields.clone()))));
    Ok(plan.with_columns([counted.alias(NEW)]).unnest(cols([NEW]), None))
}

/// The counts of a column of texts, as one column of structs.
fn count_column(texts: Column) -> PolarsResult<Column> {
    let texts = texts.str()?;
    let mut counts = [(); FEATURES.len()].map(|()| Vec::with_capacity(texts.len()));
    for text in texts.iter() {
        let of_text = TextCounts::of(text.unwrap_or_default());
        for (column, (_, count)) in counts.iter_mut().zip(FEATURES) {
            column.push(count(&of_text));
        }
    }
    let validity = texts.rechunk_validity();
    let columns: Vec<Column> = counts
        .into_iter()
        .zip(FEATURES)
        .map(|(values, (name, _))| {
            UInt32Chunked::from_vec_validity(PlSmallStr::from_static(name), values, validity.clone())
                .into_series()
                .into_column()
        })
        .collect();
    Ok(StructChunked::from_columns(texts.name().clone(), texts.len(), &columns)?.into_series().into_column())
}
