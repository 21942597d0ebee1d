//! Random tables as text, by a writer that knows what it wrote.

use cuaderno_eda::Reader;
use flate2::write::GzEncoder;
use polars::prelude::*;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io::Write;

/// A table, its text and how it is to be read.
pub struct Random {
    pub bytes: Vec<u8>,
    pub end: &'static str,
    pub table: DataFrame,
    pub malformed: usize,
    pub separator: char,
    /// Whether the reader is told the separator, or has to find it.
    pub told: bool,
}

/// Pieces of texts: what has to be quoted, what looks like something else, what other alphabets have.
const PIECES: [&str; 24] = [
    "a", "post", "ñ", "日本", "🙂", "🇪🇸", "\"", "\"\"", "\n", "\r\n", ",", ";", "\t", "|", "'", "’", " ", "  ", "NA",
    "0", "-1.5", "#", "\\", "\u{a0}",
];
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Whole,
    Real,
    Logical,
    Date,
    Moment,
}

impl Random {
    /// The table of a seed.
    pub fn new(seed: u64) -> Self {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let separator = *SEPARATORS.choose(random).unwrap();
        let told = random.random_bool(0.5);
        let line_end = if random.random_bool(0.3) { "\r\n" } else { "\n" };
        let (width, height) = (random.random_range(2..7), random.random_range(3..40));
        let kinds = [Kind::Text, Kind::Whole, Kind::Real, Kind::Logical, Kind::Date, Kind::Moment];
        let kinds: Vec<Kind> = (0..width).map(|_| *kinds.choose(random).unwrap()).collect();
        let names: Vec<String> = (0..width)
            .map(|place| format!("{}{place}", ["n", "año ", "x\"y", "*", "^a$"].choose(random).unwrap()))
            .collect();

        let columns: Vec<Filled> = kinds.iter().map(|kind| filled(*kind, height, random)).collect();
        let mut text = if random.random_bool(0.2) { "\u{feff}".to_owned() } else { String::new() };
        let line = |fields: Vec<String>| fields.join(&separator.to_string()) + line_end;
        text += &line(names.iter().map(|name| written(name, separator, random)).collect());
        let mut malformed = 0;
        for row in 0..height {
            while random.random_bool(0.05) && malformed * 3 < height {
                text += &line(wrong_record(width, separator, random));
                malformed += 1;
            }
            if random.random_bool(0.05) {
                text += line_end;
            }
            text += &line(
                columns
                    .iter()
                    .map(|column| match &column.texts[row] {
                        Some(value) => written(value, separator, random),
                        None => ["", "NA", "\"\"", "\"NA\""].choose(random).unwrap().to_string(),
                    })
                    .collect(),
            );
        }
        if random.random_bool(0.3) {
            text.truncate(text.len() - line_end.len());
        }
        let table = columns
            .into_iter()
            .zip(&names)
            .map(|(column, name)| column.values.with_name(name.trim().into()).into_column());
        let table = DataFrame::new(height, table.collect()).unwrap();
        let (bytes, end) = match random.random_range(0..6) {
            0 => (gzipped(text.as_bytes()), ".gz"),
            1 => (zstd::encode_all(text.as_bytes(), 0).unwrap(), ".zst"),
            _ => (text.into_bytes(), ""),
        };
        Self { bytes, end, table, malformed, separator, told }
    }

    /// What is wrong with what the reader makes of it, if anything is.
    pub fn check(&self, folder: &std::path::Path) -> Result<(), String> {
        let path = folder.join(format!("table.txt{}", self.end));
        std::fs::write(&path, &self.bytes).unwrap();
        let reader = if self.told { Reader::new().separator(self.separator) } else { Reader::new() };
        let (table, report) = reader.read_with_report(&path).map_err(|error| error.to_string())?;
        if table.schema() != self.table.schema() {
            return Err(format!("{report}\ncolumns {:?}\ninstead of {:?}", table.schema(), self.table.schema()));
        }
        if !table.equals_missing(&self.table) {
            return Err(format!("{report}\n{table}\ninstead of {}", self.table));
        }
        if report.malformed_rows != self.malformed || report.rows != self.table.height() {
            return Err(format!("{report}\ninstead of {} malformed rows", self.malformed));
        }
        Ok(())
    }
}

/// A column as text and as values.
struct Filled {
    texts: Vec<Option<String>>,
    values: Series,
}

fn filled(kind: Kind, height: usize, random: &mut ChaCha8Rng) -> Filled {
    // The first value is there, so that the type can be told.
    let there: Vec<bool> = (0..height).map(|row| row == 0 || random.random_bool(0.85)).collect();
    let mut pick = |make: &mut dyn FnMut(usize, &mut ChaCha8Rng) -> String| -> Vec<Option<String>> {
        there.iter().enumerate().map(|(row, there)| there.then(|| make(row, random))).collect()
    };
    let name = PlSmallStr::EMPTY;
    let (texts, values) = match kind {
        Kind::Text => {
            let texts = pick(&mut |_, random| text(random));
            let values = Series::new(name, texts.clone());
            (texts, values)
        }
        Kind::Whole => {
            let texts = pick(&mut |_, random| match random.random_range(0..3) {
                0 => random.random_range(-9..10i64).to_string(),
                1 => random.random::<i32>().to_string(),
                _ => random.random::<i64>().to_string(),
            });
            let values: Vec<Option<i64>> =
                texts.iter().map(|text| text.as_ref().map(|text| text.parse().unwrap())).collect();
            (texts, Series::new(name, values))
        }
        Kind::Real => {
            let texts = pick(&mut |row, random| match random.random_range(0..3) {
                _ if row == 0 => "0.5".to_owned(),
                0 => format!("{}", random.random::<f64>() * 1e6),
                1 => format!("{:e}", f64::from_bits(random.random::<u64>() >> 2)),
                _ => format!("-{}.25", random.random_range(1..100)),
            });
            let values: Vec<Option<f64>> =
                texts.iter().map(|text| text.as_ref().map(|text| text.parse().unwrap())).collect();
            (texts, Series::new(name, values))
        }
        Kind::Logical => {
            let texts = pick(&mut |_, random| ["TRUE", "False", "true", "FALSE"].choose(random).unwrap().to_string());
            let values: Vec<Option<bool>> =
                texts.iter().map(|text| text.as_ref().map(|text| text.to_lowercase() == "true")).collect();
            (texts, Series::new(name, values))
        }
        Kind::Date | Kind::Moment => {
            let days: Vec<Option<i32>> =
                there.iter().map(|there| there.then(|| random.random_range(-200_000..200_000))).collect();
            let dates = Series::new(name.clone(), days).cast(&DataType::Date).unwrap();
            let shown = dates.cast(&DataType::String).unwrap();
            let shown: Vec<Option<String>> = shown.str().unwrap().iter().map(|text| text.map(str::to_owned)).collect();
            if matches!(kind, Kind::Date) {
                (shown, dates)
            } else {
                let (mut texts, mut values) = (Vec::new(), Vec::new());
                let days = dates.to_physical_repr();
                for (day, shown) in days.i32().unwrap().iter().zip(shown) {
                    let (hour, minute, second) =
                        (random.random_range(0..24i64), random.random_range(0..60i64), random.random_range(0..60i64));
                    let mark = ["T", " "].choose(random).unwrap();
                    texts.push(shown.map(|day| format!("{day}{mark}{hour:02}:{minute:02}:{second:02}")));
                    values.push(
                        day.map(|day| (i64::from(day) * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000),
                    );
                }
                let values = Series::new(name, values).cast(&DataType::Datetime(TimeUnit::Microseconds, None));
                (texts, values.unwrap())
            }
        }
    };
    Filled { texts, values }
}

/// A text that is none of the other kinds, and has no blanks around it, as those would go.
fn text(random: &mut ChaCha8Rng) -> String {
    let inner: String = (0..random.random_range(0..8)).map(|_| *PIECES.choose(random).unwrap()).collect();
    format!("w{inner}.")
}

/// A field, in quotes where it has to be, and sometimes where not.
fn written(value: &str, separator: char, random: &mut ChaCha8Rng) -> String {
    let must = value.contains([separator, '\n', '\r']) || value.starts_with('"');
    if must || random.random_bool(0.2) { format!("\"{}\"", value.replace('"', "\"\"")) } else { value.to_owned() }
}

/// A record of one field too many or too few, with line breaks in its quotes.
fn wrong_record(width: usize, separator: char, random: &mut ChaCha8Rng) -> Vec<String> {
    let number = if random.random_bool(0.5) { width + 1 } else { width - 1 };
    let whole = vec!["x"; width].join(&separator.to_string());
    let mut fields = vec!["x".to_owned(); number.max(1)];
    if random.random_bool(0.5) {
        // The lines in its quotes are no records, though one looks like it.
        fields[0] = format!("\"said\n{whole}\nso\"");
    }
    fields
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}
