//! What a reader says about a file.

use crate::error::short;
use cuaderno_display::{counted, thousands};
use std::fmt;
use std::path::PathBuf;

/// A row that does not fit the columns, and was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Its number in the file; the header is row 1.
    pub row: usize,
    /// The line where it begins, from 1. Differs from the row where quoted texts hold line breaks.
    pub line: usize,
    /// What is wrong: `score is "abc", not a whole number`.
    pub reason: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.row == self.line {
            write!(f, "row {}: {}", self.row, self.reason)
        } else {
            write!(f, "row {} (line {}): {}", self.row, self.line, self.reason)
        }
    }
}

/// What was read from a file, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadReport {
    /// The file.
    pub path: PathBuf,
    /// What its rows are: `post`.
    pub unit: &'static str,
    /// Rows read.
    pub rows: usize,
    /// Rows left out, in the order of the file; at most [`ReadReport::NAMED`] are kept here.
    pub malformed: Vec<Malformed>,
    /// How many rows were left out.
    pub malformed_rows: usize,
    /// Columns with missing values, and how many.
    pub missing: Vec<(String, usize)>,
    /// Columns of the file that are not part of the schema.
    pub ignored_columns: Vec<String>,
    /// What else was found: how a table of any columns is written, which of them are text for a few values only.
    pub notes: Vec<String>,
}

impl ReadReport {
    /// How many malformed rows are kept with their reasons.
    pub const NAMED: usize = 1000;
    /// How many of them the printed line names.
    const PRINTED: usize = 3;
    /// How many columns it names of each kind.
    const LISTED: usize = 20;

    /// The name of the file without its folder.
    pub(crate) fn name(&self) -> String {
        self.path.file_name().map_or_else(|| self.path.display().to_string(), |name| name.display().to_string())
    }

    pub(crate) fn add(&mut self, malformed: Malformed) {
        self.malformed_rows += 1;
        if self.malformed.len() < Self::NAMED {
            self.malformed.push(malformed);
        }
    }
}

impl fmt::Display for ReadReport {
    /// One line: `multimodal_train.tsv: 9,995 posts, no malformed rows; missing: 494 author, 2,925 domain`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), counted(self.rows, self.unit))?;
        match self.malformed_rows {
            0 => f.write_str(", no malformed rows")?,
            all => {
                let named: Vec<String> = self.malformed.iter().take(Self::PRINTED).map(ToString::to_string).collect();
                write!(f, ", {} left out: {}", counted(all, "malformed row"), named.join("; "))?;
                if all > named.len() {
                    write!(f, "; and {} more", thousands(all - named.len()))?;
                }
            }
        }
        if !self.missing.is_empty() {
            let (first, more) = self.missing.split_at(self.missing.len().min(Self::LISTED));
            let first: Vec<String> =
                first.iter().map(|(column, number)| format!("{} {}", thousands(*number), short(column))).collect();
            write!(f, "; missing: {}", first.join(", "))?;
            if !more.is_empty() {
                write!(f, ", and in {} more columns", thousands(more.len()))?;
            }
        }
        if !self.ignored_columns.is_empty() {
            let (shown, more) = self.ignored_columns.split_at(self.ignored_columns.len().min(Self::LISTED));
            let shown: Vec<String> = shown.iter().map(|name| short(name)).collect();
            write!(f, "; columns not used: {}", shown.join(", "))?;
            if !more.is_empty() {
                write!(f, " and {} more", thousands(more.len()))?;
            }
        }
        for note in self.notes.iter().take(Self::LISTED) {
            write!(f, "; {note}")?;
        }
        if self.notes.len() > Self::LISTED {
            write!(f, "; {} more such columns", thousands(self.notes.len() - Self::LISTED))?;
        }
        Ok(())
    }
}
