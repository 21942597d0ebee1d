//! Comments: Fakeddit's `all_comments.tsv`, one row a comment, ten million of them.

use super::field::{Field, Kind};
use crate::error::Result;
use polars::prelude::{
    DataType, Field as PolarsField, LazyCsvReader, LazyFileListReader, LazyFrame, NullValues, PlRefPath, Schema,
};
use std::path::Path;
use std::sync::Arc;

/// The eight columns of the file.
const COMMENTS: [Field; 8] = [
    Field::new("index", Kind::Whole),
    Field::new("id", Kind::Text),
    Field::new("author", Kind::Text),
    Field::new("body", Kind::Text),
    Field::new("isTopLevel", Kind::Logical),
    Field::new("parent_id", Kind::Text),
    Field::new("submission_id", Kind::Text),
    Field::new("ups", Kind::Real),
];

/// Describes a file of comments: a [`LazyFrame`] that polars reads, piece by piece, when a result is asked for.
///
/// # Errors
/// The file cannot be opened.
pub fn read_comments(path: impl AsRef<Path>) -> Result<LazyFrame> {
    let schema: Schema = COMMENTS.iter().map(|field| PolarsField::new(field.name.into(), dtype(*field))).collect();
    let path = PlRefPath::try_from_path(path.as_ref())?;
    Ok(LazyCsvReader::new(path)
        .with_separator(b'\t')
        .with_has_header(true)
        .with_schema(Some(Arc::new(schema)))
        .with_null_values(Some(NullValues::AllColumns(vec!["".into(), "NA".into()])))
        .finish()?)
}

fn dtype(field: Field) -> DataType {
    field.kind.dtype()
}
