//! A stretch of a file becomes columns; what does not fit is named and left out.

use super::column::Builder;
use super::field::{Field, Value};
use super::record::{Span, Split, line_end, split};
use crate::Result;
use memchr::memchr_iter;
use polars::prelude::{DataFrame, PolarsResult};
use polars_buffer::Buffer;
use std::ops::Range;

/// A record longer than this is a quote that was opened by mistake.
const LONGEST: usize = 16 << 20;

/// What the columns of a file are.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The columns to read.
    pub fields: &'static [Field],
    /// For each column of the file, its place among the fields.
    pub places: Vec<Option<usize>>,
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
}

/// Reads the records that begin in a range. At the end of the bytes, a record without a line end is one only if they are the
/// file's `last`; otherwise the block ends before it.
pub(super) fn read(
    bytes: &Buffer<u8>,
    range: Range<usize>,
    layout: &Layout,
    wanted: impl Fn(&Field) -> bool,
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
        let (end, wrong) = match split(bytes, at, &mut spans) {
            Split::Cut | Split::OpenQuote if !last && bytes.len() - at < LONGEST => break,
            Split::Cut => (bytes.len(), values(bytes, &spans, layout, &mut row).err()),
            Split::Whole(end) => (end, values(bytes, &spans, layout, &mut row).err()),
            Split::OpenQuote => (line_end(bytes, at), Some("a quote opens and does not close".to_owned())),
            Split::Trailing => (line_end(bytes, at), Some("text behind a closing quote".to_owned())),
        };
        match wrong {
            None => {
                block.rows += 1;
                for (place, (value, span)) in row.iter().enumerate() {
                    block.missing[place] += usize::from(value.is_none());
                    if let Some(builder) = &mut builders[place] {
                        builder.push(*value, bytes, *span);
                    }
                }
                block.end = end;
            }
            Some(reason) => {
                block.lines += memchr_iter(b'\n', &bytes[counted..at]).count();
                counted = at;
                block.malformed.push((block.rows + block.malformed.len(), block.lines, reason));
                // A stray quote may swallow many lines; only its own is lost.
                block.end = if spans.len() == layout.places.len() { end } else { line_end(bytes, at) };
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
    layout: &Layout,
    row: &mut [(Option<Value<'b>>, Span)],
) -> std::result::Result<(), String> {
    if spans.len() != layout.places.len() {
        let (word, columns) = (if spans.len() == 1 { "field" } else { "fields" }, layout.places.len());
        return Err(format!("{} {word} instead of {columns}", spans.len()));
    }
    for (span, place) in spans.iter().zip(&layout.places) {
        let Some(place) = *place else { continue };
        let field = layout.fields[place];
        let value = field.kind.parse(span.raw(bytes)).map_err(|wrong| format!("{} is {wrong}", field.name))?;
        row[place] = (value, *span);
    }
    Ok(())
}

/// Where the record that begins here ends, if it fits.
pub(super) fn fits(bytes: &[u8], at: usize, layout: &Layout) -> Option<usize> {
    let mut spans = Vec::new();
    let mut row = vec![(None, Span::default()); layout.fields.len()];
    match split(bytes, at, &mut spans) {
        Split::Whole(end) => values(bytes, &spans, layout, &mut row).is_ok().then_some(end),
        Split::Cut | Split::OpenQuote => Some(bytes.len()),
        Split::Trailing => None,
    }
}
