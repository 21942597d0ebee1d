//! Comments: Fakeddit's `all_comments.tsv`, one row a comment, ten million of them.

use super::field::{Field, Kind};
use super::report::ReadReport;
use super::source::{self, Held};
use crate::error::Result;
use polars::prelude::LazyFrame;
use std::path::Path;

/// The eight columns of the file. `index`, the first, may lack its name, as pandas writes it.
static COMMENTS: [Field<'static>; 8] = [
    Field::new("index", Kind::Whole),
    Field::new("id", Kind::Text),
    Field::new("author", Kind::Text),
    Field::new("body", Kind::Text),
    Field::new("isTopLevel", Kind::Logical),
    Field::new("parent_id", Kind::Text),
    Field::new("submission_id", Kind::Text),
    Field::new("ups", Kind::Real),
];

/// Reads comments and prints one line for each file on how many there are, what is missing and what was left out.
///
/// `path` may be a file, also packed with gzip, zstd or zip (held in memory then), a pattern (`comments-*.tsv`), Parquet files (`*.parquet`), or an address (`s3://…`, `https://…`). Files
/// are read once, at the speed of memory, on all cores: records that do not fit the eight columns are left out, counted and
/// named. Missing are, as for R's `read_tsv`, empty fields and `NA`.
///
/// The comments are a [`LazyFrame`], so that the same cells do for any size. Files up to a fifth of the memory are held, and
/// every step starts from there. Of larger ones only the places of the rows are kept, and polars reads what a result needs,
/// piece by piece; `collect` only results that fit. At an address, polars reads, and reports the first record that does not fit.
///
/// # Errors
/// A file cannot be opened, has no header or lacks columns, or most of its records do not fit.
pub fn read_comments(path: impl AsRef<Path>) -> Result<LazyFrame> {
    let (comments, reports) = read_comments_with_report(path)?;
    for report in reports {
        println!("{report}");
    }
    Ok(comments)
}

/// As [`read_comments`], with a report for each local text file as values instead of printed lines.
///
/// # Errors
/// As [`read_comments`].
pub fn read_comments_with_report(path: impl AsRef<Path>) -> Result<(LazyFrame, Vec<ReadReport>)> {
    source::read(path.as_ref(), "comment", &COMMENTS, Held::IfItFits)
}
