//! What a reader says about a file.

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
}

impl ReadReport {
    /// How many malformed rows are kept with their reasons.
    pub const NAMED: usize = 1000;
    /// How many of them the printed line names.
    const PRINTED: usize = 3;

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
            let missing: Vec<String> =
                self.missing.iter().map(|(column, number)| format!("{} {column}", thousands(*number))).collect();
            write!(f, "; missing: {}", missing.join(", "))?;
        }
        if !self.ignored_columns.is_empty() {
            write!(f, "; columns not used: {}", self.ignored_columns.join(", "))?;
        }
        Ok(())
    }
}
