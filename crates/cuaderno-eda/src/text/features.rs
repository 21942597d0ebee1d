//! The counts of every text of a column.

use super::counts::{Look, TextCounts};
use crate::error::quoted;
use crate::table::{expect_type, named as col, schema};
use crate::waiting::Waiting;
use crate::{EdaError, Names, Result, Table};
use polars::prelude::{
    Column, DataFrame, DataType, Field, IntoColumn, IntoSeries, LazyFrame, PlSmallStr, PolarsError, PolarsResult,
    Schema, StringChunked, StructChunked, UInt32Chunked, cols,
};
use rayon::prelude::*;

/// A new column: its name, what it takes to count it, and where the count stands.
type Feature = (&'static str, Look, fn(&TextCounts) -> u32);

/// The same under the name that it gets in the table.
type Named = (PlSmallStr, Look, fn(&TextCounts) -> u32);

/// All of them, in order.
const FEATURES: [Feature; 8] = [
    ("exclamations", Look::Bytes, |counts| counts.exclamations),
    ("capitals", Look::Bytes, |counts| counts.capitals),
    ("digits", Look::Bytes, |counts| counts.digits),
    ("emojis", Look::Characters, |counts| counts.emojis),
    ("unicode_emojis", Look::Clusters, |counts| counts.unicode_emojis),
    ("flag_letters", Look::Characters, |counts| counts.flag_letters),
    ("words", Look::Characters, |counts| counts.words),
    ("length", Look::Bytes, |counts| counts.length),
];

/// Texts a thread counts before it says how far it is.
const PIECE: usize = 1 << 17;

/// The table with eight new columns, what each text of a column holds: `exclamations`, `capitals`, `digits`, `emojis`,
/// `unicode_emojis`, `flag_letters`, `words`, `length`, as [`TextCounts`] describes them. Missing texts have missing counts.
///
/// Of several columns, `text_features(&posts, ["title", "body"])?`, the counts of each bear its name: `title_words`, `body_words`; so
/// do those of a list of one.
///
/// # Errors
/// The column is absent or holds no text, or the table already has a column of one of these names; or the user interrupts.
pub fn text_features<T: Table, C: Names>(table: &T, columns: C) -> Result<T> {
    of_columns(table, &columns.names(), C::LIST, &FEATURES)
}

/// As [`text_features`], with these columns only, in this order: `text_features_only(&posts, "title", ["capitals", "digits"])?`.
///
/// # Errors
/// As [`text_features`]; a name that is none of the eight, or is there twice.
pub fn text_features_only<'n, T: Table, C: Names>(table: &T, columns: C, names: impl AsRef<[&'n str]>) -> Result<T> {
    of_columns(table, &columns.names(), C::LIST, &chosen(names.as_ref())?)
}

fn of_columns<T: Table>(table: &T, columns: &[String], prefixed: bool, features: &[Feature]) -> Result<T> {
    let mut result = None;
    for column in columns {
        let prefix = if prefixed { format!("{column}_") } else { String::new() };
        let named: Vec<Named> =
            features.iter().map(|(name, look, count)| (format!("{prefix}{name}").into(), *look, *count)).collect();
        result = Some(with_features(result.as_ref().unwrap_or(table), column, named)?);
    }
    result.ok_or_else(|| EdaError::BadArgument("text_features needs the name of a column of texts".to_owned()))
}

fn chosen(names: &[&str]) -> Result<Vec<Feature>> {
    let mut features: Vec<Feature> = Vec::new();
    for asked in names {
        let Some(feature) = FEATURES.iter().find(|(name, ..)| name == asked) else {
            let known = quoted(FEATURES.map(|(name, ..)| name));
            return Err(EdaError::BadArgument(format!("no text feature \"{asked}\"; there are {known}")));
        };
        if features.iter().any(|(name, ..)| name == asked) {
            return Err(EdaError::BadArgument(format!("text feature \"{asked}\" is asked for twice; name it once")));
        }
        features.push(*feature);
    }
    Ok(features)
}

fn with_features<T: Table>(table: &T, column: &str, features: Vec<Named>) -> Result<T> {
    match table.computed() {
        Some(rows) => Ok(T::from_rows(of_rows(rows, column, &features)?)),
        None => T::from_plan(of_plan(table.plan(), column, features)?),
    }
}

fn check(schema: &Schema, column: &str, features: &[Named]) -> Result<()> {
    expect_type(schema, column, "text_features", "text", DataType::is_string)?;
    match features.iter().find(|(name, ..)| schema.contains(name)) {
        None => Ok(()),
        Some((taken, ..)) => Err(EdaError::BadArgument(format!(
            "text_features adds a column \"{taken}\", and this table already has one; [\"{column}\"] instead of \"{column}\" makes \
             it \"{column}_{taken}\", or rename that first"
        ))),
    }
}

fn of_rows(rows: &DataFrame, column: &str, features: &[Named]) -> Result<DataFrame> {
    check(rows.schema(), column, features)?;
    Ok(rows.hstack(&count(rows.column(column)?.str()?, features)?)?)
}

fn of_plan(plan: LazyFrame, column: &str, features: Vec<Named>) -> Result<LazyFrame> {
    const NEW: &str = "__text_features";
    check(&*schema(&plan)?, column, &features)?;
    let fields: Vec<Field> = features.iter().map(|(name, ..)| Field::new(name.clone(), DataType::UInt32)).collect();
    let as_structs = move |texts: Column| -> PolarsResult<Column> {
        let texts = texts.str()?;
        let counts = count(texts, &features).map_err(|error| PolarsError::ComputeError(error.to_string().into()))?;
        Ok(StructChunked::from_columns(texts.name().clone(), texts.len(), &counts)?.into_series().into_column())
    };
    let counted = col(column).map(as_structs, move |_, _| Ok(Field::new(NEW.into(), DataType::Struct(fields.clone()))));
    Ok(plan.with_columns([counted.alias(NEW)]).unnest(cols([NEW]), None))
}

/// The counts of a column of texts, one column for each feature; on all cores, with a line of progress where it takes long.
fn count(texts: &StringChunked, features: &[Named]) -> Result<Vec<Column>> {
    let waiting = Waiting::new(format!("counting in {}", texts.name()), texts.len() as u64, "texts");
    let starts: Vec<usize> = (0..texts.len()).step_by(PIECE).collect();
    let pieces: Vec<Vec<Vec<u32>>> = starts
        .into_par_iter()
        .map(|start| {
            let piece = texts.slice(start as i64, PIECE);
            let counts = count_piece(&piece, features);
            waiting.more(piece.len() as u64)?;
            Ok(counts)
        })
        .collect::<Result<_>>()?;
    let validity = texts.rechunk_validity();
    let column = |(place, (name, ..)): (usize, &Named)| {
        let values: Vec<u32> = pieces.iter().flat_map(|piece| &piece[place]).copied().collect();
        let counts = UInt32Chunked::from_vec_validity(name.clone(), values, validity.clone());
        counts.into_series().into_column()
    };
    Ok(features.iter().enumerate().map(column).collect())
}

/// For each feature the counts of all texts.
fn count_piece(texts: &StringChunked, features: &[Named]) -> Vec<Vec<u32>> {
    let look = features.iter().map(|(_, look, _)| *look).max().unwrap_or(Look::Bytes);
    let mut counts = vec![Vec::with_capacity(texts.len()); features.len()];
    for text in texts.iter() {
        let of_text = TextCounts::looking(text.unwrap_or_default(), look);
        for (column, (.., count)) in counts.iter_mut().zip(features) {
            column.push(count(&of_text));
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use cuaderno_display::interrupt;
    use polars::prelude::{IntoLazy, df};

    fn posts() -> DataFrame {
        df!("title" => [Some("One! 🙂"), None, Some("TWO\u{2003}2 🇺🇸")]).unwrap()
    }

    #[test]
    fn any_choice_counts_what_all_count() {
        let all = text_features(&posts(), "title").unwrap();
        for (name, ..) in FEATURES {
            let expected = all.select(["title", name]).unwrap();
            assert!(text_features_only(&posts(), "title", [name]).unwrap().equals_missing(&expected), "{name}");
            let lazy = text_features_only(&posts().lazy(), "title", [name]).unwrap();
            assert!(lazy.collect().unwrap().equals_missing(&expected), "{name}");
        }
        let two = text_features_only(&posts(), "title", ["words", "capitals"]).unwrap();
        assert!(two.equals_missing(&all.select(["title", "words", "capitals"]).unwrap()), "{two}");
    }

    #[test]
    fn wrong_names_are_named() {
        let message = |names: &[&str]| text_features_only(&posts(), "title", names).unwrap_err().to_string();
        assert!(message(&["capitels"]).starts_with("no text feature \"capitels\"; there are \"exclamations\", \"cap"));
        assert_eq!(message(&["words", "words"]), "text feature \"words\" is asked for twice; name it once");
        let counted = text_features_only(&posts(), "title", ["words"]).unwrap();
        assert!(text_features_only(&counted, "title", ["capitals"]).is_ok());
        let taken = text_features(&counted, "title").unwrap_err().to_string();
        let expected = "text_features adds a column \"words\", and this table already has one; [\"title\"] instead of \"title\" makes it \
                        \"title_words\", or rename that first";
        assert_eq!(taken, expected);
    }

    #[test]
    fn several_columns_have_features_of_their_own() {
        let table = df!("title" => ["One!", "two"], "body" => [Some("TWO words"), None]).unwrap();
        let expected = df!(
            "title" => ["One!", "two"], "body" => [Some("TWO words"), None],
            "title_words" => [1u32, 1], "title_capitals" => [1u32, 0],
            "body_words" => [Some(2u32), None], "body_capitals" => [Some(3u32), None],
        );
        let expected = expected.unwrap();
        let asked = (["title", "body"], ["words", "capitals"]);
        assert!(text_features_only(&table, asked.0, asked.1).unwrap().equals_missing(&expected));
        let lazy = text_features_only(&table.lazy(), asked.0, asked.1).unwrap();
        assert!(lazy.collect().unwrap().equals_missing(&expected));
    }

    #[test]
    fn pieces_follow_each_other() {
        let length = |row: usize| ["", "a", "bb", "!!!"][row % 4].len() as u32;
        let texts: Vec<&str> = (0..2 * PIECE + 3).map(|row| ["", "a", "bb", "!!!"][row % 4]).collect();
        let counted = text_features_only(&df!("text" => texts).unwrap(), "text", ["length"]).unwrap();
        let found = counted.column("length").unwrap().u32().unwrap();
        assert!((0..2 * PIECE + 3).all(|row| found.get(row) == Some(length(row))));
    }

    #[test]
    fn an_interrupt_ends_the_counting() {
        interrupt::request();
        let computed = text_features(&posts(), "title");
        let lazy = text_features(&posts().lazy(), "title").unwrap().collect();
        interrupt::clear();
        assert!(matches!(computed, Err(EdaError::Interrupted)));
        assert_eq!(EdaError::from(lazy.unwrap_err()).to_string(), "interrupted");
    }
}
