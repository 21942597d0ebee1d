//! The first line of a file.

use super::block::Layout;
use super::field::Field;
use super::record::split;
use crate::error::{EdaError, Result, quoted};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// A first line longer than this is no header.
const LONGEST: u64 = 1 << 20;

/// What the first line says.
#[derive(Debug)]
pub(super) struct Header {
    /// Which column stands where.
    pub layout: Layout,
    /// Columns that were not asked for.
    pub ignored: Vec<String>,
    /// Where the records begin.
    pub end: u64,
    /// Line ends up to there.
    pub lines: usize,
}

/// Reads the header of a file, in which all these fields must be named.
///
/// # Errors
/// The file cannot be read, has no header or lacks columns.
pub(super) fn read(path: &Path, fields: &'static [Field]) -> Result<Header> {
    let io = |source| EdaError::Io { path: path.to_owned(), source };
    let no_header = |found: &str| {
        let expected = quoted(fields.iter().map(|field| field.name));
        EdaError::NoHeader { path: path.to_owned(), found: found.to_owned(), expected }
    };
    let mut file = BufReader::new(File::open(path).map_err(io)?.take(LONGEST));
    let (mut line, mut end, mut lines) = (Vec::new(), 0, 0);
    // Blank lines may stand before it.
    while line.trim_ascii().is_empty() {
        line.clear();
        let length = file.read_until(b'\n', &mut line).map_err(io)?;
        if length == 0 {
            return Err(no_header("the file is empty"));
        }
        (end, lines) = (end + length as u64, lines + 1);
    }
    if line.starts_with(&[0xff, 0xfe]) || line.starts_with(&[0xfe, 0xff]) {
        return Err(no_header("this is UTF-16 text, save it as UTF-8"));
    }
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
    let mut spans = Vec::new();
    split(line, 0, &mut spans);
    let names: Vec<String> = spans
        .iter()
        .map(|span| Ok(std::str::from_utf8(&span.content(line))?.trim().to_owned()))
        .collect::<std::result::Result<_, std::str::Utf8Error>>()
        .map_err(|_| no_header("the first line is not UTF-8 text"))?;

    let missing: Vec<&str> =
        fields.iter().map(|field| field.name).filter(|name| !names.iter().any(|found| found == name)).collect();
    if !missing.is_empty() {
        return Err(EdaError::MissingColumns {
            path: path.to_owned(),
            missing: quoted(&missing),
            found: quoted(&names),
            hint: delimiter_hint(&names, fields),
        });
    }
    let places: Vec<Option<usize>> =
        names.iter().map(|name| fields.iter().position(|field| field.name == name)).collect();
    let ignored = names.iter().zip(&places).filter(|(_, place)| place.is_none()).map(|(name, _)| name.clone());
    Ok(Header { ignored: ignored.collect(), layout: Layout { fields, places }, end, lines })
}

fn delimiter_hint(names: &[String], fields: &[Field]) -> String {
    let [only] = names else { return String::new() };
    for (separator, name) in [(',', "commas"), (';', "semicolons"), ('|', "bars")] {
        if only.split(separator).any(|name| fields.iter().any(|field| field.name == name.trim())) {
            return format!("; its columns are separated by {name}, expected tabs");
        }
    }
    String::new()
}
