//! Where tables come from: files, patterns, addresses, text or Parquet.

use super::delimited;
use super::field::Field;
use crate::error::{EdaError, Result};
use polars::prelude::PlRefPath;
use std::io;
use std::path::{Path, PathBuf};

/// What a path given by the user stands for.
pub(super) enum Source {
    /// Text files on this machine, at least one, in the order of their names.
    Files(Vec<PathBuf>),
    /// Parquet, anywhere; patterns are polars' to expand.
    Parquet(PlRefPath),
    /// Text at an address.
    Remote(PlRefPath),
}

/// Looks at a path.
///
/// # Errors
/// A pattern that no file matches.
pub(super) fn of(path: &Path) -> Result<Source> {
    let text = path.to_string_lossy();
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("parquet")) {
        return Ok(Source::Parquet(PlRefPath::new(&*text)));
    }
    if text.contains("://") && !text.starts_with("file://") {
        return Ok(Source::Remote(PlRefPath::new(&*text)));
    }
    if !text.contains(['*', '?', '[']) || path.exists() {
        return Ok(Source::Files(vec![path.to_owned()]));
    }
    let files: Vec<PathBuf> =
        glob::glob(&text).map_err(|error| EdaError::BadArgument(format!("{text}: {error}")))?.flatten().collect();
    if files.is_empty() {
        let source = io::Error::new(io::ErrorKind::NotFound, "no file matches this pattern");
        return Err(EdaError::Io { path: path.to_owned(), source });
    }
    Ok(Source::Files(files))
}

/// The names in the first line of a text, which must hold those of the fields.
///
/// # Errors
/// As [`delimited::read`] reports them.
pub(super) fn header(path: &Path, bytes: &[u8], fields: &[Field]) -> Result<Vec<String>> {
    let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
    delimited::names(path, &bytes[..end], fields)
}
