//! Tab-separated text with standard quotes: a field in double quotes may hold tabs, line breaks and doubled quotes.

use super::field::{Builder, Field, Value};
use super::report::{Malformed, ReadReport};
use crate::error::{EdaError, Result, quoted};
use csv::{ByteRecord, ReaderBuilder};
use polars::prelude::Column;
use std::path::Path;

/// Reads all rows of a file already in memory. Rows that do not fit are left out and named in the report.
///
/// # Errors
/// No header, absent columns, or more malformed rows than good ones.
pub(crate) fn read(
    path: &Path,
    bytes: &[u8],
    unit: &'static str,
    fields: &[Field],
) -> Result<(Vec<Column>, ReadReport)> {
    let mut records = Records::new(bytes);
    let header = header(path, &mut records, fields)?;
    let places = places(path, &header, fields)?;
    let mut report = ReadReport {
        path: path.to_owned(),
        unit,
        ignored_columns: header.iter().filter(|name| fields.iter().all(|field| field.name != *name)).cloned().collect(),
        ..ReadReport::default()
    };
    let capacity = bytes.len() / 200;
    let mut builders: Vec<Builder> = fields.iter().map(|field| Builder::new(*field, capacity)).collect();

    while let Some(record) = records.next() {
        let reason = if record.fields.len() == header.len() {
            match row(record.fields, fields, &places) {
                Ok(values) => {
                    for (builder, value) in builders.iter_mut().zip(values) {
                        builder.push(value);
                    }
                    report.rows += 1;
                    continue;
                }
                Err(reason) => reason,
            }
        } else {
            let found = record.fields.len();
            let field = if found == 1 { "field" } else { "fields" };
            let quote = if record.lines > 1 { "; a quote may open here and not close" } else { "" };
            let wrong = format!("{found} {field} instead of {}{quote}", header.len());
            if record.lines > 1 {
                records.resume_after_first_line();
            }
            wrong
        };
        report.add(Malformed { row: records.row, line: records.line, reason });
    }

    if report.malformed_rows > report.rows {
        return Err(EdaError::WrongRows {
            path: path.to_owned(),
            what: format!("{unit}s"),
            rows: report.rows + report.malformed_rows,
            malformed: report.malformed_rows,
            first: report.malformed[0].to_string(),
        });
    }
    let columns: Vec<Column> = builders.into_iter().map(Builder::finish).collect();
    report.missing = columns
        .iter()
        .filter(|column| column.null_count() > 0)
        .map(|column| (column.name().to_string(), column.null_count()))
        .collect();
    Ok((columns, report))
}

/// The column names in the first line, which must hold those of the fields.
///
/// # Errors
/// No header, or absent columns.
pub(super) fn names(path: &Path, bytes: &[u8], fields: &[Field]) -> Result<Vec<String>> {
    let header = header(path, &mut Records::new(bytes), fields)?;
    places(path, &header, fields)?;
    Ok(header)
}

/// One record's values in the order of the schema, or what is wrong with the first bad one.
fn row<'r>(
    record: &'r ByteRecord,
    fields: &[Field],
    places: &[usize],
) -> std::result::Result<Vec<Option<Value<'r>>>, String> {
    fields
        .iter()
        .zip(places)
        .map(|(field, place)| field.kind.parse(&record[*place]).map_err(|wrong| format!("{} is {wrong}", field.name)))
        .collect()
}

fn header(path: &Path, records: &mut Records<'_>, fields: &[Field]) -> Result<Vec<String>> {
    let no_header = |found: &str| EdaError::NoHeader {
        path: path.to_owned(),
        found: found.to_owned(),
        expected: quoted(fields.iter().map(|field| field.name)),
    };
    if records.bytes.starts_with(&[0xff, 0xfe]) || records.bytes.starts_with(&[0xfe, 0xff]) {
        return Err(no_header("this is UTF-16 text, save it as UTF-8"));
    }
    let record = records.next().ok_or_else(|| no_header("the file is empty"))?;
    record
        .fields
        .iter()
        .map(|name| std::str::from_utf8(name).map(|name| name.trim().to_owned()))
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| no_header("the first line is not UTF-8 text"))
}

/// Where each field of the schema stands in the file.
fn places(path: &Path, header: &[String], fields: &[Field]) -> Result<Vec<usize>> {
    let place = |field: &Field| header.iter().position(|name| name == field.name);
    let missing: Vec<&str> = fields.iter().filter(|field| place(field).is_none()).map(|field| field.name).collect();
    if missing.is_empty() {
        return Ok(fields.iter().filter_map(place).collect());
    }
    Err(EdaError::MissingColumns {
        path: path.to_owned(),
        missing: quoted(&missing),
        found: quoted(header),
        hint: delimiter_hint(header, fields),
    })
}

fn delimiter_hint(header: &[String], fields: &[Field]) -> String {
    let [only] = header else { return String::new() };
    for (separator, name) in [(',', "commas"), (';', "semicolons"), ('|', "bars")] {
        if only.split(separator).any(|name| fields.iter().any(|field| field.name == name.trim())) {
            return format!("; its columns are separated by {name}, expected tabs");
        }
    }
    String::new()
}

/// The records of a text, with their places, and a way back when a stray quote swallows lines.
struct Records<'b> {
    bytes: &'b [u8],
    reader: csv::Reader<&'b [u8]>,
    record: ByteRecord,
    /// Where `reader` starts in `bytes`, and the line before.
    base_byte: usize,
    base_line: usize,
    /// Where the current record starts.
    byte: usize,
    line: usize,
    row: usize,
}

/// One record.
struct Record<'r> {
    fields: &'r ByteRecord,
    /// Over how many lines it stretches.
    lines: usize,
}

impl<'b> Records<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        Self {
            bytes,
            reader: reader(bytes),
            record: ByteRecord::new(),
            base_byte: 0,
            base_line: 0,
            byte: 0,
            line: 0,
            row: 0,
        }
    }

    fn next(&mut self) -> Option<Record<'_>> {
        // Reading from memory cannot fail, and a flexible reader takes any number of fields.
        if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        let position = self.record.position()?;
        self.byte = self.base_byte + position.byte() as usize;
        self.line = self.base_line + position.line() as usize;
        // The reader's position is before any blank lines it skipped.
        while let Some(b'\n' | b'\r') = self.bytes.get(self.byte) {
            self.line += usize::from(self.bytes[self.byte] == b'\n');
            self.byte += 1;
        }
        self.row += 1;
        let end = self.base_byte + self.reader.position().byte() as usize;
        let text = self.bytes[self.byte..end.min(self.bytes.len())].trim_ascii_end();
        let lines = 1 + text.iter().filter(|byte| **byte == b'\n').count();
        Some(Record { fields: &self.record, lines })
    }

    /// Continues with the line after the one where the current record starts, so that one stray quote costs one row.
    fn resume_after_first_line(&mut self) {
        let rest = &self.bytes[self.byte..];
        let line_length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        self.base_byte = self.byte + line_length;
        self.base_line = self.line;
        self.reader = reader(&self.bytes[self.base_byte..]);
    }
}

fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().delimiter(b'\t').has_headers(false).flexible(true).from_reader(bytes)
}
