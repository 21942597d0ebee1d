//! Tables of any columns: `read_table("titanic.csv")?`.

use super::block::Layout;
use super::column_types::{Types, typed};
use super::dialect::guess;
use super::field::{Field, Kind};
use super::file::{Placed, Progress, records};
use super::formats::{Format, format_of, json, parquet};
use super::header;
use super::later::stack;
use super::open::{Opened, open};
use super::report::ReadReport;
use super::text::as_utf8;
use crate::error::{EdaError, Result, quoted};
use crate::waiting::Waiting;
use cuaderno_display::full_path;
use polars::prelude::DataFrame;
use std::io::{Cursor, Read};
use std::path::Path;

/// Reads a table of any columns, and prints one line on what was read, what was missing and what was left out.
///
/// Separated text (commas, tabs, semicolons, bars, blanks), Parquet, JSON and JSON lines, also packed with gzip, zstd or zip;
/// `~` is the home folder. Of text, the separator, the quotes, the header and the types of the columns are found by looking at
/// the whole file: whole numbers, decimal numbers, `TRUE` and `FALSE`, ISO dates and times, else text. Missing are, as for R's
/// readr, empty fields and `NA`; blanks around values are dropped. Rows that do not fit the columns are left out, counted and
/// named. [`Reader`] says otherwise where the guess is wrong.
///
/// ```
/// # use cuaderno_eda::prelude::*;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("penguins.csv");
/// std::fs::write(&path, "species;mass;seen\nAdelie;3,75;2007-11-11\nGentoo;NA;2007-11-27\n")?;
/// let penguins = read_table(&path)?; // penguins.csv: 2 rows, no malformed rows; missing: 1 mass; semicolons between fields, …
/// assert_eq!(penguins.column("mass")?.f64()?.get(0), Some(3.75));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The file cannot be opened (the message names the nearest file there is), is empty, or most of its rows do not fit.
pub fn read_table(path: impl AsRef<Path>) -> Result<DataFrame> {
    Reader::new().read(path)
}

/// How a table is read, where [`read_table`] guesses wrong: `Reader::new().separator(';').read("table.txt")?`.
///
/// ```
/// # use cuaderno_eda::prelude::*;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("marks.txt");
/// std::fs::write(&path, "Ana|01/02/2026|-\nBo|15/02/2026|7\n")?;
/// let marks = Reader::new().separator('|').header(false).missing(["-"]).dates("%d/%m/%Y").read(&path)?;
/// assert_eq!(marks.get_column_names(), ["X1", "X2", "X3"]);
/// assert_eq!(marks.column("X2")?.dtype().to_string(), "date");
/// assert_eq!(marks.column("X3")?.null_count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Reader {
    separator: Option<char>,
    quote: Option<Option<char>>,
    header: Option<bool>,
    skip: usize,
    latin1: bool,
    types: Types,
}

impl Reader {
    /// Everything guessed.
    pub fn new() -> Self {
        Self::default()
    }

    /// What stands between fields: one character of ASCII.
    pub fn separator(mut self, separator: char) -> Self {
        self.separator = Some(separator);
        self
    }

    /// What stands around fields that hold separators or line breaks; `"` unless the file looks better without.
    pub fn quote(mut self, quote: char) -> Self {
        self.quote = Some(Some(quote));
        self
    }

    /// Quotes are characters like any other.
    pub fn no_quotes(mut self) -> Self {
        self.quote = Some(None);
        self
    }

    /// Whether the first line holds the names of the columns; without, they are `X1`, `X2` and so on.
    pub fn header(mut self, header: bool) -> Self {
        self.header = Some(header);
        self
    }

    /// Leaves out so many lines at the beginning, a title for example.
    pub fn skip(mut self, lines: usize) -> Self {
        self.skip = lines;
        self
    }

    /// Values that mean missing, beside empty fields and `NA`: `.missing(["-", "unknown", "-999"])`.
    pub fn missing<'v>(mut self, values: impl AsRef<[&'v str]>) -> Self {
        self.types.missing.extend(values.as_ref().iter().map(|value| (*value).to_owned()));
        self
    }

    /// Columns that stay text whatever they hold.
    pub fn text<'v>(mut self, columns: impl AsRef<[&'v str]>) -> Self {
        self.types.text.extend(columns.as_ref().iter().map(|column| (*column).to_owned()));
        self
    }

    /// How dates are written where not as in ISO 8601: `%d/%m/%Y`, or with a time `%d/%m/%Y %H:%M`.
    pub fn dates(mut self, format: &str) -> Self {
        self.types.dates.push(format.to_owned());
        self
    }

    /// Decimal numbers have a comma: `3,75`. Guessed where semicolons stand between fields.
    pub fn decimal_comma(mut self) -> Self {
        self.types.decimal_comma = Some(true);
        self
    }

    /// What groups the digits of large numbers: `','` for `1,234,567`.
    pub fn thousands(mut self, mark: char) -> Self {
        self.types.thousands = Some(mark);
        self
    }

    /// The text is Windows-1252 or ISO 8859-1, not UTF-8: what Excel writes as "CSV" in Western Europe.
    pub fn latin1(mut self) -> Self {
        self.latin1 = true;
        self
    }

    /// Reads a table, and prints one line about it.
    ///
    /// # Errors
    /// As [`read_table`]; or a setting is none that a file can have.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<DataFrame> {
        let (table, report) = self.read_with_report(path)?;
        println!("{report}");
        Ok(table)
    }

    /// As [`read`](Self::read), with the report as a value instead of a printed line.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with_report(&self, path: impl AsRef<Path>) -> Result<(DataFrame, ReadReport)> {
        let path = &*full_path(path);
        match format_of(path)? {
            Format::Text => self.text_table(path),
            Format::Parquet => Ok(reported(path, parquet(path)?)),
            Format::Json { lines } => Ok(reported(path, json(path, lines)?)),
        }
    }

    fn text_table(&self, path: &Path) -> Result<(DataFrame, ReadReport)> {
        let Opened { mut bytes, length } = open(path)?;
        let mut report = ReadReport { path: path.to_owned(), unit: "row", ..ReadReport::default() };
        let start = as_utf8(path, &mut bytes, self.latin1, self.skip)?;
        let guessed = guess(&start.sample, start.is_all, self.settings()?);
        let mut first = Cursor::new(&start.sample[..]);
        let header::Header { names, end, lines } = header::read(path, &mut first, guessed.dialect, "of the table")?;
        let has_header = self.header.unwrap_or(guessed.has_header);
        let (end, lines) = if has_header { (end, lines) } else { (0, 0) };
        let names = guessed.named(names, has_header);

        let fields: Vec<Field<'_>> = names.iter().map(|name| Field::new(name, Kind::Trimmed)).collect();
        let places = (0..guessed.width(names.len())).map(|place| (place < names.len()).then_some(place)).collect();
        let layout = Layout { fields: &fields, places, dialect: guessed.dialect };

        let waiting = Waiting::new(format!("reading {}", report.name()), length.unwrap_or(0) >> 20, "MB");
        let first_row = if has_header { 2 } else { 1 };
        let progress = Progress::new(end, lines + start.skipped, first_row, waiting);
        let mut tables = Vec::new();
        let mut rest = Cursor::new(&start.sample[end as usize..]).chain(bytes);
        records(&mut rest, &layout, |_| true, |Placed { block, .. }| tables.push(block.table), progress, &mut report)?;
        if report.malformed_rows > report.rows {
            return Err(EdaError::WrongRows {
                path: path.to_owned(),
                what: format!("its first line, {}", quoted(&names)),
                rows: report.rows + report.malformed_rows,
                malformed: report.malformed_rows,
                first: report.malformed[0].to_string(),
            });
        }
        let texts = match tables.is_empty() {
            true => DataFrame::empty_with_schema(&super::field::schema(&fields)),
            false => stack(tables)?,
        };
        report.notes.extend(guessed.notes(has_header, self.separator.is_none()));
        let types = Types { semicolons: guessed.dialect.separator == b';', ..self.types.clone() };
        let (table, notes) = typed(texts, &types)?;
        report.notes.extend(notes);
        report.missing = missing_in(&table);
        Ok((table, report))
    }

    fn settings(&self) -> Result<super::dialect::Given> {
        let byte = |what: &str, character: char| {
            u8::try_from(character).ok().filter(u8::is_ascii).ok_or_else(|| {
                EdaError::BadArgument(format!(
                    "{what} is '{character}'; it has to be one character of ASCII, such as ';'"
                ))
            })
        };
        let separator = self.separator.map(|separator| byte("the separator", separator)).transpose()?;
        let quote = match self.quote {
            Some(Some(quote)) => Some(Some(byte("the quote", quote)?)),
            Some(None) => Some(None),
            None => None,
        };
        Ok(super::dialect::Given { separator, quote })
    }
}

fn missing_in(table: &DataFrame) -> Vec<(String, usize)> {
    let missing = table.columns().iter().map(|column| (column.name().to_string(), column.null_count()));
    missing.filter(|(_, number)| *number > 0).collect()
}

/// A table of a format that has types and no malformed rows.
fn reported(path: &Path, table: DataFrame) -> (DataFrame, ReadReport) {
    let (rows, missing) = (table.height(), missing_in(&table));
    (table, ReadReport { path: path.to_owned(), unit: "row", rows, missing, ..ReadReport::default() })
}
