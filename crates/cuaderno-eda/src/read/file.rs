//! A file from its first record to its last, in rounds of a few parts, one for each thread.
//!
//! A part begins where a record seems to. Where that turns out to be inside a quoted text, the next round goes on from where the
//! record before it really ends, so that what is read never depends on the number of threads.

use super::block::{self, Block, Layout, fits};
use super::field::Field;
use super::header::{self, Header};
use super::open::{Opened, open};
use super::record::{Dialect, line_end};
use super::report::{Malformed, ReadReport};
use crate::error::{EdaError, Result, quoted};
use crate::waiting::Waiting;
use memchr::memchr_iter;
use polars_buffer::Buffer;
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// Bytes a thread reads at once.
const PART: usize = 4 << 20;
/// Records that must fit behind a cut before it is believed to be the end of a record.
const BELIEVE: usize = 8;

/// A block and where it stands in its file, unpacked.
pub(super) struct Placed {
    pub bytes: Range<u64>,
    pub block: Block,
}

/// Reads a file and gives its blocks to `keep`, one after the other.
///
/// # Errors
/// The file cannot be read, has no header or lacks columns, or most of its records do not fit; or the user interrupts.
pub(super) fn read<'f>(
    path: &Path,
    unit: &'static str,
    fields: &'f [Field<'f>],
    wanted: impl Fn(&Field<'_>) -> bool + Sync,
    keep: impl FnMut(Placed),
) -> Result<(Layout<'f>, ReadReport)> {
    read_parts(path, unit, fields, wanted, keep, PART)
}

fn read_parts<'f>(
    path: &Path,
    unit: &'static str,
    fields: &'f [Field<'f>],
    wanted: impl Fn(&Field<'_>) -> bool + Sync,
    keep: impl FnMut(Placed),
    part: usize,
) -> Result<(Layout<'f>, ReadReport)> {
    let Opened { bytes, length } = open(path)?;
    let mut bytes = BufReader::new(bytes);
    let expected = quoted(fields.iter().map(|field| field.name));
    let Header { names, end, lines } = header::read(path, &mut bytes, Dialect::TABS, &expected)?;
    let (layout, ignored) = header::layout(path, &names, fields)?;
    let mut report = ReadReport { path: path.to_owned(), unit, ignored_columns: ignored, ..ReadReport::default() };
    let waiting = Waiting::new(format!("reading {}", report.name()), length.unwrap_or(0) >> 20, "MB");
    records(&mut bytes, &layout, wanted, keep, Progress { at: end, lines, first_row: 2, part, waiting }, &mut report)?;
    if report.malformed_rows > report.rows {
        return Err(EdaError::WrongRows {
            path: path.to_owned(),
            what: format!("{unit}s"),
            rows: report.rows + report.malformed_rows,
            malformed: report.malformed_rows,
            first: report.malformed[0].to_string(),
        });
    }
    Ok((layout, report))
}

/// How far the reading of a file is.
pub(super) struct Progress {
    /// Bytes before the records.
    pub at: u64,
    /// Line ends before them.
    pub lines: usize,
    /// The number of the first record: 2 behind a header.
    pub first_row: usize,
    /// Bytes a thread reads at once.
    pub part: usize,
    pub waiting: Waiting,
}

impl Progress {
    /// At the first record of a file of this size.
    pub fn new(at: u64, lines: usize, first_row: usize, waiting: Waiting) -> Self {
        Self { at, lines, first_row, part: PART, waiting }
    }
}

/// Reads all records, and adds them to the report.
///
/// # Errors
/// The file cannot be read, or the user interrupts.
pub(super) fn records(
    file: &mut (impl Read + ?Sized),
    layout: &Layout<'_>,
    wanted: impl Fn(&Field<'_>) -> bool + Sync,
    mut keep: impl FnMut(Placed),
    progress: Progress,
    report: &mut ReadReport,
) -> Result<()> {
    let Progress { mut at, mut lines, first_row, part, waiting } = progress;
    let path = report.path.clone();
    let io = |source| EdaError::Io { path: path.clone(), source };
    let mut missing = vec![0; layout.fields.len()];
    let round = part * rayon::current_num_threads();
    let (mut rest, mut last, mut open) = (Vec::new(), false, None);
    while !last || !rest.is_empty() {
        let mut bytes = rest;
        bytes.reserve_exact(round);
        last = file.take(round as u64).read_to_end(&mut bytes).map_err(io)? < round;
        if let Some(record) = open {
            let (behind, still_open) = block::Open::behind(record, &bytes, layout.dialect.quote, last);
            lines += memchr_iter(b'\n', &bytes[..behind]).count();
            (open, at) = (still_open, at + behind as u64);
            bytes.drain(..behind);
            if open.is_some() {
                waiting.reached(at >> 20)?;
                rest = bytes;
                continue;
            }
        }
        let bytes = Buffer::from_vec(bytes);
        let blocks: Vec<Block> = parts(&bytes, part, layout)
            .into_par_iter()
            .map(|range| block::read(&bytes, range, layout, &wanted, last))
            .collect::<Result<_>>()?;
        let mut done = 0;
        for block in blocks {
            if block.start != done || open.is_some() {
                break;
            }
            // Lines count from 1.
            let row_before = report.rows + report.malformed_rows + first_row;
            for (row, line, reason) in &block.malformed {
                report.add(Malformed { row: row_before + row, line: line + lines + 1, reason: reason.clone() });
            }
            missing.iter_mut().zip(&block.missing).for_each(|(all, more)| *all += more);
            (report.rows, lines, done, open) = (report.rows + block.rows, lines + block.lines, block.end, block.open);
            keep(Placed { bytes: at + block.start as u64..at + block.end as u64, block });
        }
        rest = bytes[done..].to_vec();
        at += done as u64;
        waiting.reached(at >> 20)?;
    }
    report.missing = layout
        .fields
        .iter()
        .zip(missing)
        .filter(|(_, count)| *count > 0)
        .map(|(field, count)| (field.name.to_owned(), count))
        .collect();
    Ok(())
}

/// Parts of about this length, each beginning where a record seems to.
fn parts(bytes: &[u8], part: usize, layout: &Layout<'_>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let end = bytes.len().min(start + part);
        let end = if end < bytes.len() { border(bytes, end, layout) } else { end };
        ranges.push(start..end);
        start = end;
    }
    ranges
}

/// A place behind `at` that looks like the beginning of a record.
fn border(bytes: &[u8], mut at: usize, layout: &Layout<'_>) -> usize {
    while at < bytes.len() {
        at = line_end(bytes, at);
        let mut next = Some(at);
        for _ in 0..BELIEVE {
            next = next.and_then(|next| if next < bytes.len() { fits(bytes, next, layout) } else { Some(next) });
        }
        if next.is_some() {
            return at;
        }
    }
    at
}

/// The bytes from `start` to `end` of a file.
///
/// # Errors
/// The file cannot be read, or is shorter.
pub(super) fn bytes(path: &Path, range: Range<u64>) -> io::Result<Buffer<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = vec![0; (range.end - range.start) as usize];
    file.read_exact(&mut bytes)?;
    Ok(Buffer::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use super::super::field::Kind;
    use super::super::later::stack;
    use super::*;
    use polars::prelude::{DataFrame, df};
    use proptest::prelude::*;
    use std::io::Write;

    static FIELDS: [Field<'static>; 3] =
        [Field::new("n", Kind::Whole), Field::new("text", Kind::Text), Field::new("flag", Kind::Logical)];

    fn read_text(records: &str, part: usize) -> (DataFrame, Vec<Range<u64>>, ReadReport) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "n\ttext\tflag\n{records}").unwrap();
        let (mut tables, mut ranges) = (Vec::new(), Vec::new());
        let keep = |placed: Placed| {
            ranges.push(placed.bytes);
            tables.push(placed.block.table);
        };
        let (_, mut report) = read_parts(file.path(), "row", &FIELDS, |_| true, keep, part).unwrap();
        report.path.clear();
        (stack(tables).unwrap(), ranges, report)
    }

    #[test]
    fn good_records() {
        let (table, _, report) =
            read_text("1\ta\tTrue\n2\t\"tab\t \"\"x\"\"\n\"\tfalse\r\n\n\t\t\nNA\t5\" pipe, longer\tNA", PART);
        let expected = df!(
            "n" => [Some(1i64), Some(2), None, None],
            "text" => [Some("a"), Some("tab\t \"x\"\n"), None, Some("5\" pipe, longer")],
            "flag" => [Some(true), Some(false), None, None],
        );
        assert!(table.equals_missing(&expected.unwrap()), "{table}");
        assert_eq!(report.malformed_rows, 0);
    }

    #[test]
    fn bad_records_are_named() {
        let good = "7\tg\tTrue\n";
        let bad = "2\tb\n3\tc\tTrue\tmore\nx\td\tTrue\n4\te\tperhaps\n6\t\"a\"b\tTrue\n6\t\"open\tTrue\n";
        let (table, _, report) = read_text(&(good.repeat(4) + bad + &good.repeat(3)), PART);
        assert_eq!(table.height(), 7);
        let named: Vec<String> = report.malformed.iter().map(ToString::to_string).collect();
        assert_eq!(
            named,
            [
                "row 6: 2 fields instead of 3",
                "row 7: 4 fields instead of 3",
                "row 8: n is \"x\", not a whole number",
                "row 9: flag is \"perhaps\", not True or False",
                "row 10: text behind a closing quote",
                "row 11: a quote opens and does not close",
            ]
        );
    }

    proptest! {
        #[test]
        fn parts_find_what_one_part_finds(pieces in prop::collection::vec(prop::sample::select(vec![
            "1\ta\tTrue\n", "22\t\"x\n1\ta\tTrue\n2\tb\"\tFalse\n", "1\tb\n", "\n", "3\t\"\"\"\"\tTrue\r\n", "4\t\"open\tTrue\n",
            "5\té\tNA\n", "6\tlonger than a view\tNA\n", "7\t\"longer than \"\"a view\"\"\"\tNA\n",
        ]), 0..60), part in 1usize..80) {
            let text = "1\ta\tTrue\n".repeat(60) + &pieces.concat();
            let (whole, _, report) = read_text(&text, PART);
            let (table, ranges, in_parts) = read_text(&text, part);
            prop_assert!(table.equals_missing(&whole));
            prop_assert_eq!(in_parts, report);
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
    }
}
