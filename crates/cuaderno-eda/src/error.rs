//! What can go wrong in an analysis, each as one line.

use cuaderno_display::{did_you_mean, thousands};
use polars::prelude::PolarsError;
use std::path::PathBuf;

/// Why an analysis step gave no result. Every message says what was asked, what was found and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EdaError {
    /// The file could not be opened or read.
    #[error("{}: {source}{}", path.display(), did_you_mean(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file holds nothing, or something that is no text.
    #[error("{}: {found}; expected a first line with the column names {expected}", path.display())]
    NoHeader {
        /// The file.
        path: PathBuf,
        /// What is there instead of a header.
        found: String,
        /// The columns that were looked for.
        expected: String,
    },
    /// The header lacks columns.
    #[error("{}: no column {missing}; the first line has {found}{hint}", path.display())]
    MissingColumns {
        /// The file.
        path: PathBuf,
        /// The absent columns, quoted.
        missing: String,
        /// The columns of the file, quoted.
        found: String,
        /// What may be wrong, starting with a semicolon; empty where nothing is known.
        hint: String,
    },
    /// Most rows do not fit the schema, so the file is probably another one.
    #[error(
        "{}: {malformed} of {rows} rows do not fit the columns of {what}, first {first}; is this the right file?",
        path.display()
    )]
    WrongRows {
        /// The file.
        path: PathBuf,
        /// What was expected: posts, comments.
        what: String,
        /// Rows in the file.
        rows: usize,
        /// How many do not fit.
        malformed: usize,
        /// The first of them, with its reason.
        first: String,
    },
    /// The table has no column of this name.
    #[error("no column \"{column}\";{near} this table has {available}")]
    NoSuchColumn {
        /// The name asked for.
        column: String,
        /// The one that is most like it, as a question; empty where none is.
        near: String,
        /// The columns there are, quoted.
        available: String,
    },
    /// The column holds another type than the function needs.
    #[error("{what} needs a column of {expected}, and \"{column}\" holds {found}")]
    WrongType {
        /// The function.
        what: &'static str,
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// The types that would do.
        expected: &'static str,
    },
    /// A number given to a function does not fit.
    #[error("{0}")]
    BadArgument(String),
    /// There is nothing to work on.
    #[error("{0}")]
    NoRows(String),
    /// The user interrupted the work.
    #[error("interrupted")]
    Interrupted,
    /// polars could not do it.
    #[error("{}", without_plan(&.0.to_string()))]
    Polars(PolarsError),
    /// A figure could not be made.
    #[error(transparent)]
    Plot(#[from] cuaderno_plot::PlotError),
}

impl From<PolarsError> for EdaError {
    fn from(error: PolarsError) -> Self {
        Self::Polars(error)
    }
}

/// What polars says of a query, without the plan that it draws below its words.
pub fn without_plan(message: &str) -> String {
    let end = ["Resolved plan until failure:", "Error originated", "This error occurred"]
        .iter()
        .filter_map(|mark| message.find(mark))
        .min()
        .unwrap_or(message.len());
    message[..end].trim_end().to_owned()
}

/// What every function of this crate returns.
pub type Result<T> = std::result::Result<T, EdaError>;

/// Names as they appear in messages: `"author", "title"`, at most twenty, each at most sixty characters.
pub(crate) fn quoted<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let mut names = names.into_iter();
    let first: Vec<String> = names.by_ref().take(20).map(|name| format!("\"{}\"", short(name.as_ref()))).collect();
    match (first.len(), names.count()) {
        (0, _) => "no columns".to_owned(),
        (_, 0) => first.join(", "),
        (_, more) => format!("{} and {} more", first.join(", "), thousands(more)),
    }
}

/// A text that may be anything, for a message of one line.
pub(crate) fn short(text: &str) -> String {
    const MOST: usize = 60;
    let cut = if text.chars().nth(MOST).is_some() { "…" } else { "" };
    let shown: String = text.chars().take(MOST).collect();
    // Quotes need no mark inside a message.
    let shown: String =
        shown.chars().flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] }).collect();
    shown + cut
}
