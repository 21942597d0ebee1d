//! Comments: Fakeddit's `all_comments.tsv`, one row a comment, ten million of them.

use super::field::{Field, Kind};
use super::report::{Malformed, ReadReport};
use super::scan::{Scan, scan};
use super::source::{self, Source};
use crate::error::{EdaError, Result, quoted};
use polars::polars_utils::mmap::MMapSemaphore;
use polars::prelude::{
    Field as PolarsField, LazyCsvReader, LazyFileListReader, LazyFrame, NullValues, PlRefPath, ScanArgsParquet,
    ScanSources, Schema, UnionArgs, col, concat,
};
use polars_buffer::Buffer;
use std::fs::File;
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

/// Describes comments and prints one line on how many there are and what is left out: a [`LazyFrame`] that polars reads,
/// piece by piece, when a result is asked for.
///
/// `path` may be a file, a pattern (`comments-*.tsv`), Parquet files (`*.parquet`), or an address (`s3://…`, `https://…`).
/// Local text files are looked through once, now, at the speed of memory: records that do not fit the eight columns are left
/// out, counted and named. At an address, polars reports the first such record when it reads it. Missing are empty fields and
/// `NA`.
///
/// # Errors
/// A file cannot be opened, has no header or lacks columns, or most of its records do not fit.
pub fn read_comments(path: impl AsRef<Path>) -> Result<LazyFrame> {
    let (comments, reports) = read(path.as_ref())?;
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
    read(path.as_ref())
}

fn read(path: &Path) -> Result<(LazyFrame, Vec<ReadReport>)> {
    match source::of(path)? {
        Source::Parquet(path) => {
            let comments = LazyFrame::scan_parquet(path, ScanArgsParquet::default())?;
            Ok((comments.select(COMMENTS.map(|field| col(field.name).cast(field.kind.dtype()))), Vec::new()))
        }
        Source::Remote(path) => {
            Ok((reader(ScanSources::Paths([path].into_iter().collect()), &COMMENTS, true)?, Vec::new()))
        }
        Source::Files(paths) => {
            let (frames, reports): (Vec<_>, Vec<_>) =
                paths.iter().map(|path| read_file(path)).collect::<Result<Vec<_>>>()?.into_iter().unzip();
            Ok((concat(frames, UnionArgs::default())?, reports))
        }
    }
}

fn read_file(path: &Path) -> Result<(LazyFrame, ReadReport)> {
    let io = |source| EdaError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    if length == 0 {
        let expected = quoted(COMMENTS.map(|field| field.name));
        return Err(EdaError::NoHeader { path: path.to_owned(), found: "the file is empty".into(), expected });
    }
    let bytes = Buffer::from_owner(MMapSemaphore::new_from_file(&file)?);
    let (fields, start, ignored_columns) = header(path, &bytes)?;
    let kinds: Vec<Kind> = fields.iter().map(|field| field.kind).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let scan = scan(&bytes, start, &kinds, threads);
    let report = report(path, &scan, &fields, ignored_columns)?;

    let comments = if scan.records == 0 {
        empty()
    } else if scan.cuts.is_empty() {
        reader(ScanSources::Paths([PlRefPath::try_from_path(path)?].into_iter().collect()), &fields, true)?
    } else {
        reader(ScanSources::Buffers(between(&bytes, start, &scan).into()), &fields, false)?
    };
    Ok((comments, report))
}

/// The fields of the file in its own order, where its records begin, and its columns that are not ours.
fn header(path: &Path, bytes: &[u8]) -> Result<(Vec<Field>, usize, Vec<String>)> {
    let names = source::header(path, bytes, &COMMENTS)?;
    // A field that is not ours is read as text, and not selected.
    let fields = names
        .iter()
        .map(|name| match COMMENTS.iter().find(|field| field.name == name) {
            Some(field) => *field,
            None => Field::new("", Kind::Text),
        })
        .collect();
    let start = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
    let ours = |name: &String| COMMENTS.iter().any(|field| field.name == name);
    Ok((fields, start, names.into_iter().filter(|name| !ours(name)).collect()))
}

fn report(path: &Path, scan: &Scan, fields: &[Field], ignored_columns: Vec<String>) -> Result<ReadReport> {
    let mut report = ReadReport {
        path: path.to_owned(),
        unit: "comment",
        rows: scan.records,
        ignored_columns,
        ..Default::default()
    };
    for (row, line, reason) in &scan.malformed {
        // The header is row 1 and line 1.
        report.add(Malformed { row: row + 2, line: line + 2, reason: named(reason, fields) });
    }
    if report.malformed_rows > report.rows {
        return Err(EdaError::WrongRows {
            path: path.to_owned(),
            what: "comments".into(),
            rows: report.rows + report.malformed_rows,
            malformed: report.malformed_rows,
            first: report.malformed[0].to_string(),
        });
    }
    Ok(report)
}

/// A reason with the name of its column: `ups is "x", not a number`.
fn named(reason: &str, fields: &[Field]) -> String {
    let rest = reason.strip_prefix("field ").and_then(|rest| rest.split_once(' '));
    let field = rest.and_then(|(number, _)| fields.get(number.parse::<usize>().ok()?.checked_sub(1)?));
    match (rest, field) {
        (Some((_, rest)), Some(field)) if !field.name.is_empty() => format!("{} {rest}", field.name),
        _ => reason.to_owned(),
    }
}

/// The parts of the file between its malformed records.
fn between(bytes: &Buffer<u8>, start: usize, scan: &Scan) -> Vec<Buffer<u8>> {
    let starts = std::iter::once(start).chain(scan.cuts.iter().map(|cut| cut.end));
    let ends = scan.cuts.iter().map(|cut| cut.start).chain([bytes.len()]);
    starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| bytes.clone().sliced(start..end)).collect()
}

fn reader(sources: ScanSources, fields: &[Field], has_header: bool) -> Result<LazyFrame> {
    let name = |place: usize, field: &Field| {
        if field.name.is_empty() { format!("column {place}") } else { field.name.to_owned() }
    };
    let columns = fields.iter().enumerate();
    let schema: Schema =
        columns.map(|(place, field)| PolarsField::new(name(place, field).into(), field.kind.dtype())).collect();
    let comments = LazyCsvReader::new_with_sources(sources)
        .with_separator(b'\t')
        .with_has_header(has_header)
        .with_schema(Some(Arc::new(schema)))
        .with_null_values(Some(NullValues::AllColumns(vec!["".into(), "NA".into()])))
        .with_glob(false)
        .finish()?;
    Ok(comments.select(COMMENTS.map(|field| col(field.name))))
}

/// A table of comments without rows.
fn empty() -> LazyFrame {
    use polars::prelude::{DataFrame, IntoLazy};
    let schema: Schema = COMMENTS.iter().map(|field| PolarsField::new(field.name.into(), field.kind.dtype())).collect();
    DataFrame::empty_with_schema(&schema).lazy()
}
