//! A stretch of a file becomes columns; what does not fit is named and left out.

use super::column::Builder;
use super::field::{Field, Kind, Value};
use super::record::{Dialect, Span, Split, line_end, split};
use super::stray::{Goes, behind_quote};
use crate::Result;
use memchr::memchr_iter;
use polars::prelude::{DataFrame, PolarsResult};
use polars_buffer::Buffer;
use std::ops::Range;

/// A record longer than this is none that anybody meant; it is malformed, and nothing of it is kept.
pub(super) const LONGEST: usize = 16 << 20;

/// What the columns of a file are.
#[derive(Clone, Debug)]
pub(super) struct Layout<'f> {
    /// The columns to read.
    pub fields: &'f [Field<'f>],
    /// For each column of the file, its place among the fields.
    pub places: Vec<Option<usize>>,
    /// How fields are written.
    pub dialect: Dialect,
}

/// What stands in a stretch of a file.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The good records; only the columns that were wanted.
    pub table: DataFrame,
    /// How many good records there are.
    pub rows: usize,
    /// How many values each field lacks in them.
    pub missing: Vec<usize>,
    /// The others: the number of records and of line ends before each, and its reason.
    pub malformed: Vec<(usize, usize, String)>,
    /// Line ends.
    pub lines: usize,
    /// Where the first record was sought.
    pub start: usize,
    /// Where the first record behind the block begins.
    pub end: usize,
    /// What ends the last record, where it is too long and goes on behind the bytes.
    pub open: Option<Open>,
}

/// What ends a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// The next line end.
    Line,
    /// The line end behind the next quote that is not doubled.
    Quote,
}

/// Reads the records that begin in a range. At the end of the bytes, a record without a line end is one only if they are the
/// file's `last`; otherwise the block ends before it.
pub(super) fn read(
    bytes: &Buffer<u8>,
    range: Range<usize>,
    layout: &Layout<'_>,
    wanted: impl Fn(&Field<'_>) -> bool,
    last: bool,
) -> Result<Block> {
    let capacity = range.len() / 200;
    let mut builders: Vec<Option<Builder>> =
        layout.fields.iter().map(|field| wanted(field).then(|| Builder::new(*field, capacity))).collect();
    let mut block =
        Block { missing: vec![0; layout.fields.len()], start: range.start, end: range.start, ..Block::default() };
    let (mut spans, mut row) = (Vec::new(), vec![(None, Span::default()); layout.fields.len()]);
    let mut counted = range.start;
    while block.end < range.end {
        let at = block.end;
        if matches!(bytes[at], b'\n' | b'\r') {
            block.end += 1;
            continue;
        }
        let found = split(bytes, at, layout.dialect, &mut spans);
        let (end, wrong) = match found {
            Split::Whole(end) if end - at <= LONGEST => (end, values(bytes, &spans, layout, &mut row).err()),
            Split::Cut if last && bytes.len() - at <= LONGEST => {
                (bytes.len(), values(bytes, &spans, layout, &mut row).err())
            }
            found => match behind_quote(bytes, at, found, layout, last) {
                Goes::Further => break,
                Goes::To(end, reason) => (end, Some(reason.to_owned())),
                Goes::Beyond(open, reason) => {
                    block.open = Some(open);
                    (bytes.len(), Some(reason.to_owned()))
                }
            },
        };
        block.end = end;
        match wrong {
            None => {
                block.rows += 1;
                for (place, (value, span)) in row.iter().enumerate() {
                    block.missing[place] += usize::from(value.is_none());
                    if let Some(builder) = &mut builders[place] {
                        builder.push(*value, bytes, *span);
                    }
                }
            }
            Some(reason) => {
                block.lines += memchr_iter(b'\n', &bytes[counted..at]).count();
                counted = at;
                block.malformed.push((block.rows + block.malformed.len(), block.lines, reason));
            }
        }
    }
    block.lines += memchr_iter(b'\n', &bytes[counted..block.end]).count();
    let columns: PolarsResult<Vec<_>> = builders.into_iter().flatten().map(|builder| builder.finish(bytes)).collect();
    block.table = DataFrame::new(block.rows, columns?)?;
    Ok(block)
}

/// The values of a record in the order of the fields, or what is wrong with the first bad one.
fn values<'b>(
    bytes: &'b [u8],
    spans: &[Span],
    layout: &Layout<'_>,
    row: &mut [(Option<Value<'b>>, Span)],
) -> std::result::Result<(), String> {
    if spans.len() != layout.places.len() {
        let (word, columns) = (if spans.len() == 1 { "field" } else { "fields" }, layout.places.len());
        let breaks = match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => memchr_iter(b'\n', &bytes[first.start..last.end]).count(),
            _ => 0,
        };
        // A quote that was opened by mistake takes lines with it.
        let lines = if breaks > 0 { format!(" in {} lines", breaks + 1) } else { String::new() };
        return Err(format!("{} {word} instead of {columns}{lines}", spans.len()));
    }
    for (span, place) in spans.iter().zip(&layout.places) {
        let Some(place) = *place else { continue };
        let field = layout.fields[place];
        let mut span = *span;
        let value = field.kind.parse(span.raw(bytes)).map_err(|wrong| format!("{} is {wrong}", field.name))?;
        if field.kind == Kind::Trimmed {
            let raw = span.raw(bytes);
            let blank = |byte: &&u8| matches!(**byte, b' ' | b'\t');
            span.start += raw.iter().take_while(blank).count().min(raw.len());
            span.end -= span.raw(bytes).iter().rev().take_while(blank).count();
        }
        row[place] = (value, span);
    }
    Ok(())
}

/// Where the record that begins here ends, if it fits; a record that the bytes cut off does.
pub(super) fn fits(bytes: &[u8], at: usize, layout: &Layout<'_>) -> Option<usize> {
    match whole(bytes, at, layout, false) {
        Split::Whole(end) => Some(end),
        Split::Cut | Split::OpenQuote => Some(bytes.len()),
        Split::Trailing(_) => None,
    }
}

/// What the record that begins here is: [`Split::Whole`] only if its values fit. The `last` of a file needs no line end.
pub(super) fn whole(bytes: &[u8], at: usize, layout: &Layout<'_>, last: bool) -> Split {
    let mut spans = Vec::new();
    let mut row = vec![(None, Span::default()); layout.fields.len()];
    let found = match split(bytes, at, layout.dialect, &mut spans) {
        Split::Cut if last => Split::Whole(bytes.len()),
        found => found,
    };
    match found {
        Split::Whole(_) if values(bytes, &spans, layout, &mut row).is_err() => Split::Trailing(at),
        found => found,
    }
}

impl Open {
    /// How many of the bytes still belong to the record, and what ends it if it goes on behind them.
    pub fn behind(self, bytes: &[u8], quote: Option<u8>, last: bool) -> (usize, Option<Self>) {
        let mut at = 0;
        if self == Self::Quote {
            loop {
                let Some(closes) = quote.and_then(|quote| memchr::memchr(quote, &bytes[at..])) else {
                    return (bytes.len(), Some(self).filter(|_| !last));
                };
                at += closes;
                match bytes.get(at + 1) {
                    // Whether it is doubled, the next bytes tell.
                    None if !last => return (at, Some(self)),
                    next if next.copied() == quote && next.is_some() => at += 2,
                    _ => break,
                }
            }
        }
        let end = line_end(bytes, at);
        let ended = last || (end > at && bytes[end - 1] == b'\n');
        (end, if ended { None } else { Some(Self::Line) })
    }
}
