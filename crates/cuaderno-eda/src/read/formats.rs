//! Tables in formats that know their types: Parquet, JSON, JSON lines.

use super::open::{Opened, open};
use crate::error::{EdaError, Result};
use cuaderno_display::open_file;
use polars::prelude::{DataFrame, JsonFormat, JsonReader, ParquetReader, SerReader};
use std::io::{Cursor, Read};
use std::num::NonZeroUsize;
use std::path::Path;

/// How a file holds its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Text with separators.
    Text,
    Parquet,
    /// An array of objects, or an object a line.
    Json {
        lines: bool,
    },
}

/// The format of a file, by its first bytes and, for JSON, its name.
///
/// # Errors
/// The file cannot be opened.
pub(super) fn format_of(path: &Path) -> Result<Format> {
    let io = |source| EdaError::Io { path: path.to_owned(), source };
    let mut first = Vec::new();
    open_file(path).map_err(io)?.take(4).read_to_end(&mut first).map_err(io)?;
    if first == b"PAR1" {
        return Ok(Format::Parquet);
    }
    if first == [0xd0, 0xcf, 0x11, 0xe0] {
        return Err(io(std::io::Error::other("an old Excel workbook; save its sheet as CSV first")));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = [".gz", ".zst", ".zip"].iter().fold(&*name, |name, packed| name.strip_suffix(packed).unwrap_or(name));
    Ok(match name.rsplit('.').next() {
        Some("jsonl" | "ndjson") => Format::Json { lines: true },
        Some("json") => Format::Json { lines: false },
        _ => Format::Text,
    })
}

pub(super) fn parquet(path: &Path) -> Result<DataFrame> {
    let io = |source| EdaError::Io { path: path.to_owned(), source };
    Ok(ParquetReader::new(open_file(path).map_err(io)?).finish()?)
}

pub(super) fn json(path: &Path, lines: bool) -> Result<DataFrame> {
    let io = |source| EdaError::Io { path: path.to_owned(), source };
    let Opened { mut bytes, .. } = open(path)?;
    let mut text = Vec::new();
    bytes.read_to_end(&mut text).map_err(io)?;
    // An object a line is also found in files that are called .json.
    let lines = lines || text.trim_ascii_start().starts_with(b"{");
    let format = if lines { JsonFormat::JsonLines } else { JsonFormat::Json };
    let wrong = |error: polars::prelude::PolarsError| {
        io(std::io::Error::other(format!("no JSON table ({})", crate::error::without_plan(&error.to_string()))))
    };
    // All rows say what the types are.
    let reader =
        JsonReader::new(Cursor::new(text)).with_json_format(format).infer_schema_len(NonZeroUsize::new(usize::MAX));
    reader.finish().map_err(wrong)
}
