//! What comes out of a cell.

use crate::{Event, FailureKind, MimeBundle};

/// What a cell shows while it runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Text.
    Text(Stream, String),
    /// Anything richer, or a request for input.
    Event(Event),
    /// Something to read beside the notebook: documentation.
    Page(MimeBundle),
}

/// Which stream text belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Why a cell failed, in the form of Jupyter's `error` message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFailure {
    /// A [`FailureKind`](crate::FailureKind), the compiler's code or the type of an error.
    pub ename: String,
    /// One line: place and message.
    pub evalue: String,
    /// The same with source lines, in colour.
    pub traceback: Vec<String>,
}

impl CellFailure {
    /// One without a place in the cell.
    pub fn new(kind: FailureKind, evalue: &str) -> Self {
        Self { ename: kind.to_string(), evalue: evalue.to_owned(), traceback: vec![format!("{kind}: {evalue}")] }
    }
}
