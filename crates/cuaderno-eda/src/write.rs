//! Tables into files.

use crate::{EdaError, Result, Table};
use cuaderno_display::full_path;
use cuaderno_plot::write_whole;
use polars::prelude::{CsvWriter, DataFrame, JsonFormat, JsonWriter, ParquetWriter, SerWriter};
use std::io::{self, Write};
use std::path::Path;

/// Writes a table, in the format that the end of the name says: `.csv`, `.tsv`, `.parquet`, `.jsonl`, `.json`; with `.gz` or
/// `.zst` behind it (`posts.tsv.gz`) packed. Missing values of text formats are empty fields. Folders that are missing are
/// made, `~` is the home folder, and a file of that name is replaced at once or not at all.
///
/// ```
/// # use cuaderno_eda::prelude::*;
/// # use polars::prelude::*;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("counts.tsv.gz");
/// let counts = df!("class" => ["Other", "Disinformation"], "count" => [Some(4), None])?;
/// write_table(&counts, &path)?;
/// assert_eq!(read_table(&path)?.shape(), (2, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The name ends in none of these, a column cannot be written in the format, or the file cannot be written.
pub fn write_table(table: &impl Table, path: impl AsRef<Path>) -> Result<()> {
    write(table.rows()?, &full_path(path))
}

fn write(mut table: DataFrame, path: &Path) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
    let mut bytes = Vec::new();
    match plain.rsplit_once('.').map(|(_, end)| end) {
        Some(end @ ("csv" | "tsv")) => {
            let separator = if end == "csv" { b',' } else { b'\t' };
            CsvWriter::new(&mut bytes).with_separator(separator).finish(&mut table)?;
        }
        Some("parquet") => {
            ParquetWriter::new(&mut bytes).finish(&mut table)?;
        }
        Some(end @ ("jsonl" | "ndjson" | "json")) => {
            let format = if end == "json" { JsonFormat::Json } else { JsonFormat::JsonLines };
            JsonWriter::new(&mut bytes).with_json_format(format).finish(&mut table)?;
        }
        _ => {
            return Err(EdaError::BadArgument(format!(
                "{}: end the name in .csv, .tsv, .parquet, .jsonl or .json, and .gz or .zst behind it to pack the file",
                path.display()
            )));
        }
    }
    let io = |source: io::Error| EdaError::Io { path: path.to_owned(), source };
    let bytes = packed(bytes, &name).map_err(io)?;
    write_whole(path, &bytes).map_err(io)
}

fn packed(bytes: Vec<u8>, name: &str) -> io::Result<Vec<u8>> {
    if name.ends_with(".gz") {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(&bytes)?;
        return packer.finish();
    }
    if name.ends_with(".zst") { zstd::encode_all(&bytes[..], 0) } else { Ok(bytes) }
}
