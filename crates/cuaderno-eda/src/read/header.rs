//! The first line of a file.

use super::block::Layout;
use super::field::Field;
use super::record::{Dialect, Split, split};
use crate::error::{EdaError, Result, quoted};
use std::io::{BufRead, Read};
use std::path::Path;

/// A first line longer than this is no header.
const LONGEST: u64 = 1 << 20;

/// The columns of a file by name.
#[derive(Debug)]
pub(super) struct Header {
    pub names: Vec<String>,
    /// Where the records begin.
    pub end: u64,
    /// Line ends up to there.
    pub lines: usize,
}

/// Reads the header from the beginning of a file.
///
/// # Errors
/// The bytes cannot be read, or are no text. `expected` are the columns that are looked for, as the message lists them.
pub(super) fn read(path: &Path, bytes: &mut impl BufRead, dialect: Dialect, expected: &str) -> Result<Header> {
    let io = |source| EdaError::Io { path: path.to_owned(), source };
    let no_header = |found: &str| {
        let (found, expected) = (found.to_owned(), expected.to_owned());
        EdaError::NoHeader { path: path.to_owned(), found, expected }
    };
    let mut bytes = bytes.take(LONGEST);
    let (mut line, mut end, mut lines, mut spans) = (Vec::new(), 0, 0, Vec::new());
    // Blank lines may stand before it, and a name in quotes may hold line breaks.
    let mut found = Split::Cut;
    while line.trim_ascii().is_empty() || found == Split::OpenQuote {
        if found != Split::OpenQuote {
            line.clear();
        }
        let length = bytes.read_until(b'\n', &mut line).map_err(io)?;
        if length == 0 && found == Split::OpenQuote {
            break;
        }
        if length == 0 {
            return Err(no_header("the file is empty"));
        }
        if line.starts_with(&[0xff, 0xfe]) || line.starts_with(&[0xfe, 0xff]) {
            return Err(no_header("this is UTF-16 text, save it as UTF-8"));
        }
        if line.len() as u64 >= LONGEST {
            return Err(no_header("the first line is longer than 1 MB"));
        }
        if line.contains(&0) {
            return Err(no_header("the first line holds zero bytes, so this is no text file"));
        }
        let start = if line.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        found = split(&line, start, dialect, &mut spans);
        (end, lines) = (end + length as u64, lines + 1);
    }
    let names: Vec<String> = spans
        .iter()
        .zip(1..)
        .map(|(span, place)| {
            let content = span.content(&line);
            let name = std::str::from_utf8(&content)?.trim();
            // As R's readr names what has no name.
            Ok(if name.is_empty() { format!("...{place}") } else { name.to_owned() })
        })
        .collect::<std::result::Result<_, std::str::Utf8Error>>()
        .map_err(|_| no_header("the first line is not UTF-8 text"))?;
    Ok(Header { names, end, lines })
}

/// Where the fields stand among the columns, and the columns that were not asked for.
///
/// # Errors
/// The header lacks a field.
pub(super) fn layout<'f>(path: &Path, names: &[String], fields: &'f [Field<'f>]) -> Result<(Layout<'f>, Vec<String>)> {
    // pandas writes its row numbers without a name.
    let unnamed = |place: usize, field: &Field<'_>| place == 0 && names[0] == "...1" && field.name == "index";
    let place_of =
        |(place, name): (usize, &String)| fields.iter().position(|field| field.name == name || unnamed(place, field));
    let places: Vec<Option<usize>> = names.iter().enumerate().map(place_of).collect();
    let missing: Vec<&str> = fields
        .iter()
        .enumerate()
        .filter(|(field, _)| !places.contains(&Some(*field)))
        .map(|(_, field)| field.name)
        .collect();
    if !missing.is_empty() {
        return Err(EdaError::MissingColumns {
            path: path.to_owned(),
            missing: quoted(&missing),
            found: quoted(names),
            hint: delimiter_hint(names, fields),
        });
    }
    let ignored = names.iter().zip(&places).filter(|(_, place)| place.is_none()).map(|(name, _)| name.clone());
    let ignored = ignored.collect();
    Ok((Layout { fields, places, dialect: Dialect::TABS }, ignored))
}

fn delimiter_hint(names: &[String], fields: &[Field<'_>]) -> String {
    let [only] = names else { return String::new() };
    for (separator, name) in [(',', "commas"), (';', "semicolons"), ('|', "bars")] {
        if only.split(separator).any(|name| fields.iter().any(|field| field.name == name.trim())) {
            return format!("; its columns are separated by {name}, expected tabs");
        }
    }
    String::new()
}
