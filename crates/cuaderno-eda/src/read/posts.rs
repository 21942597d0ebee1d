//! Posts: Fakeddit's `multimodal_*.tsv`, one row a post.

use super::field::{Field, Kind, is_time};
use super::report::ReadReport;
use super::source::{self, Held};
use crate::error::Result;
use polars::prelude::{Column, DataFrame, DataType, PlSmallStr, TimeUnit};
use std::path::Path;

/// The sixteen columns of the file, in the order they are read.
static POSTS: [Field<'static>; 16] = [
    Field::new("author", Kind::Text),
    Field::new("clean_title", Kind::Text),
    Field::new("created_utc", Kind::Seconds),
    Field::new("domain", Kind::Text),
    Field::new("hasImage", Kind::Logical),
    Field::new("id", Kind::Text),
    Field::new("image_url", Kind::Text),
    Field::new("linked_submission_id", Kind::Text),
    Field::new("num_comments", Kind::Real),
    Field::new("score", Kind::Whole),
    Field::new("subreddit", Kind::Text),
    Field::new("title", Kind::Text),
    Field::new("upvote_ratio", Kind::Real),
    Field::new("2_way_label", Kind::Whole),
    Field::new("3_way_label", Kind::Whole),
    Field::new("6_way_label", Kind::Whole),
];

/// Reads posts and prints one line for each file on what was read, what was missing and what was left out.
///
/// `path` may be a file, a pattern (`multimodal_*.tsv`), Parquet files, or an address, as for
/// [`read_comments`](crate::read_comments). `created_utc` (seconds) becomes `created_at`, a date and time in UTC. `class` is new:
/// `Disinformation` where `2_way_label` is 0, `Other` elsewhere. Missing are, as for R's `read_tsv`, empty fields and `NA`, and
/// seconds that are no time (NaN, an infinity, beyond the year 9999). Files may be packed with gzip, zstd or zip. Rows that do not fit the sixteen columns are left out, counted and named.
///
/// # Errors
/// A file cannot be opened, has no header or lacks columns, or most of its rows do not fit.
pub fn read_posts(path: impl AsRef<Path>) -> Result<DataFrame> {
    let (posts, reports) = read_posts_with_report(path)?;
    for report in reports {
        println!("{report}");
    }
    Ok(posts)
}

/// As [`read_posts`], with a report for each local text file as values instead of printed lines.
///
/// # Errors
/// As [`read_posts`].
pub fn read_posts_with_report(path: impl AsRef<Path>) -> Result<(DataFrame, Vec<ReadReport>)> {
    let (posts, reports) = source::read(path.as_ref(), "post", &POSTS, Held::Always)?;
    Ok((with_class(posts.collect()?)?, reports))
}

/// The class of a post by its `2_way_label`.
pub fn class_of(two_way_label: i64) -> &'static str {
    if two_way_label == 0 { "Disinformation" } else { "Other" }
}

/// Puts `created_at` in the place of `created_utc`, and `class` at the end.
fn with_class(mut frame: DataFrame) -> Result<DataFrame> {
    let created_at = date_time(frame.column("created_utc")?)?;
    let place = frame.try_get_column_index("created_utc")?;
    frame.replace_column(place, created_at)?;
    let classes: Vec<Option<&str>> =
        frame.column("2_way_label")?.i64()?.iter().map(|label| label.map(class_of)).collect();
    frame.with_column(Column::new(PlSmallStr::from_static("class"), classes))?;
    Ok(frame)
}

/// Seconds since 1970 as a date and time, to the microsecond; missing where they are no time of the calendar.
fn date_time(seconds: &Column) -> Result<Column> {
    let microseconds: Vec<Option<i64>> = seconds
        .f64()?
        .iter()
        .map(|seconds| seconds.filter(|seconds| is_time(*seconds)).map(|seconds| (seconds * 1e6).round() as i64))
        .collect();
    let column = Column::new(PlSmallStr::from_static("created_at"), microseconds);
    Ok(column.cast(&DataType::Datetime(TimeUnit::Microseconds, None))?)
}
