//! Where tables come from: files, patterns, addresses, text or Parquet.

use super::field::{Field, schema};
use super::file::{self, Placed};
use super::later::{Files, Place, stack};
use super::open::is_packed;
use super::report::ReadReport;
use crate::error::{EdaError, Result};
use crate::table::named;
use cuaderno_display::full_path;
use polars::prelude::{IntoLazy, LazyCsvReader, LazyFileListReader, LazyFrame, NullValues, PlRefPath, ScanArgsParquet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whether the rows of text files are held in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Always,
    IfItFits,
    #[cfg(test)]
    Never,
}

/// Reads these columns wherever they are, with a report for each local text file.
///
/// # Errors
/// As [`file::read`] reports them, or a pattern that no file matches.
pub(super) fn read(
    path: &Path,
    unit: &'static str,
    fields: &'static [Field<'static>],
    held: Held,
) -> Result<(LazyFrame, Vec<ReadReport>)> {
    let ours = |rows: LazyFrame| {
        rows.select(
            schema(fields).iter().map(|(name, dtype)| named(name.clone()).cast(dtype.clone())).collect::<Vec<_>>(),
        )
    };
    match of(path)? {
        Source::Parquet(path) => Ok((ours(LazyFrame::scan_parquet(path, ScanArgsParquet::default())?), Vec::new())),
        Source::Remote(path) => {
            let missing = NullValues::AllColumns(vec!["".into(), "NA".into()]);
            let types = Some(Arc::new(schema(fields)));
            let rows = LazyCsvReader::new(path).with_separator(b'\t').with_dtype_overwrite(types);
            Ok((ours(rows.with_null_values(Some(missing)).finish()?), Vec::new()))
        }
        Source::Files(paths) => {
            let bytes: u64 = paths.iter().filter_map(|path| Some(path.metadata().ok()?.len())).sum();
            let held = match held {
                Held::Always => true,
                // Nobody can go to a place in the middle of a packed file.
                Held::IfItFits => bytes <= memory() / 5 || paths.iter().any(|path| is_packed(path)),
                #[cfg(test)]
                Held::Never => false,
            };
            files(&paths, unit, fields, held)
        }
    }
}

fn files(
    paths: &[PathBuf],
    unit: &'static str,
    fields: &'static [Field<'static>],
    held: bool,
) -> Result<(LazyFrame, Vec<ReadReport>)> {
    let (mut tables, mut places, mut layouts, mut reports) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (file, path) in paths.iter().enumerate() {
        let keep = |Placed { bytes, block }: Placed| {
            if held {
                tables.push(block.table);
            } else {
                places.push(Place { file, bytes, rows: block.rows });
            }
        };
        let (layout, report) = file::read(path, unit, fields, |_| held, keep)?;
        layouts.push((path.clone(), layout));
        reports.push(report);
    }
    let rows = if held {
        let none = polars::prelude::DataFrame::empty_with_schema(&schema(fields));
        stack(std::iter::once(none).chain(tables))?.lazy()
    } else {
        Files::new(fields, layouts, places).plan()?
    };
    Ok((rows, reports))
}

/// Bytes of memory this process may use.
fn memory() -> u64 {
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current;
    polars::polars_utils::sys::total_memory().min(limit.unwrap_or(u64::MAX))
}

/// What a path given by the user stands for.
enum Source {
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
/// A pattern that no file matches, a Parquet file that is not there.
fn of(path: &Path) -> Result<Source> {
    let path = &*full_path(path);
    let text = path.to_string_lossy();
    let io = |source| EdaError::Io { path: path.to_owned(), source };
    let (is_address, is_pattern) = (text.contains("://"), text.contains(['*', '?', '[']) && !path.exists());
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("parquet")) {
        if !is_address && !is_pattern {
            cuaderno_display::must_be_file(&path.metadata().map_err(io)?).map_err(io)?; // polars would look for it later
        }
        return Ok(Source::Parquet(PlRefPath::new(&*text)));
    }
    if is_address && !text.starts_with("file://") {
        return Ok(Source::Remote(PlRefPath::new(&*text)));
    }
    if !is_pattern {
        return Ok(Source::Files(vec![path.to_owned()]));
    }
    let files: Vec<PathBuf> =
        glob::glob(&text).map_err(|error| EdaError::BadArgument(format!("{text}: {error}")))?.flatten().collect();
    if files.is_empty() {
        return Err(io(io::Error::new(io::ErrorKind::NotFound, "no file matches this pattern")));
    }
    Ok(Source::Files(files))
}

#[cfg(test)]
mod tests {
    use super::super::field::Kind;
    use super::*;
    use cuaderno_display::interrupt;
    use polars::prelude::{DataFrame, Engine, col, lit};

    static FIELDS: [Field<'static>; 2] = [Field::new("n", Kind::Whole), Field::new("text", Kind::Text)];

    fn both_ways(path: &Path) -> [LazyFrame; 2] {
        [Held::Always, Held::Never].map(|held| read(path, "row", &FIELDS, held).unwrap().0)
    }

    #[test]
    fn rows_are_the_same_held_or_not() {
        let folder = tempfile::TempDir::new().unwrap();
        for (file, rows) in [0, 250_000, 1].into_iter().enumerate() {
            let row =
                |n| format!("\"what stands\nin row {n}\"\t{}\n{}", n % 9, ["", "broken\n"][usize::from(n % 50 == 0)]);
            let text: String = ["text\tn\n".to_owned()].into_iter().chain((0..rows).map(row)).collect();
            std::fs::write(folder.path().join(format!("{file}.tsv")), text).unwrap();
        }
        let [held, not_held] = both_ways(&folder.path().join("*.tsv"));
        let queries: [fn(LazyFrame) -> LazyFrame; 10] = [
            |rows| rows,
            |rows| rows.select([col("n").sum()]),
            |rows| rows.filter(col("n").eq(lit(3))).select([col("text")]),
            |rows| rows.filter(col("n").eq(lit(3)).and(col("text").str().ends_with(lit("12")))),
            |rows| rows.filter(col("n").eq(lit(8))).limit(3),
            |rows| rows.slice(249_990, 20),
            |rows| rows.slice(100, 200_000).filter(col("n").eq(lit(4))),
            |rows| rows.limit(4),
            |rows| rows.tail(4),
            |rows| rows.select([polars::prelude::len()]),
        ];
        for query in queries {
            let expected = query(held.clone()).collect().unwrap();
            for engine in [Engine::InMemory, Engine::Streaming] {
                let found: DataFrame = query(not_held.clone()).collect_with_engine(engine).unwrap().unwrap_single();
                assert!(found.equals_missing(&expected), "{engine:?}: {found} {expected}");
            }
        }
    }

    /// A file of several places, read but not held.
    fn large() -> (tempfile::NamedTempFile, LazyFrame) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let row = |n| format!("what stands in row {n}\t{n}\n");
        let text: String = ["text\tn\n".to_owned()].into_iter().chain((0..500_000).map(row)).collect();
        std::fs::write(file.path(), text).unwrap();
        let rows = read(file.path(), "row", &FIELDS, Held::Never).unwrap().0;
        (file, rows)
    }

    #[test]
    fn a_limit_reads_no_more_than_it_needs() {
        let (file, rows) = large();
        file.as_file().set_len(6 << 20).unwrap();
        for engine in [Engine::InMemory, Engine::Streaming] {
            let few = rows.clone().limit(4).collect_with_engine(engine).unwrap().unwrap_single();
            assert_eq!(few.height(), 4);
        }
        assert!(rows.collect().unwrap_err().to_string().contains("run the cell that reads it again"));
    }

    #[test]
    fn the_rows_that_are_left_do_not_hold_the_file() {
        let (_file, rows) = large();
        let few = rows.filter((col("n") % lit(50_000)).eq(lit(7)));
        for engine in [Engine::InMemory, Engine::Streaming] {
            let few = few.clone().collect_with_engine(engine).unwrap().unwrap_single();
            let texts = few.column("text").unwrap().str().unwrap();
            let held: usize = texts.downcast_iter().map(|chunk| chunk.total_buffer_len()).sum();
            assert_eq!(texts.get(9), Some("what stands in row 450007"));
            assert!(held < 1000, "{held} bytes held by {engine:?}");
        }
    }

    #[test]
    fn an_interrupt_ends_a_query() {
        let (_file, rows) = large();
        interrupt::request();
        let ends = [Engine::InMemory, Engine::Streaming].map(|engine| rows.clone().collect_with_engine(engine).err());
        interrupt::clear();
        for end in ends {
            let message = EdaError::from(end.unwrap()).to_string();
            assert_eq!(message, "interrupted");
        }
    }

    #[test]
    fn a_file_that_changes_meanwhile_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "text\tn\na\t1\nb\t2\n").unwrap();
        let [_, not_held] = both_ways(file.path());
        std::fs::write(file.path(), "text\tn\na\t1\nb\n2\n\n").unwrap();
        let message = not_held.collect().unwrap_err().to_string();
        assert!(message.contains(": the file has changed; run the cell that reads it again"), "{message}");
    }
}
