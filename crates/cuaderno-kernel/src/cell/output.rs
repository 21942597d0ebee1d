//! What comes out of a cell.

use cuaderno_display::MimeBundle;
use cuaderno_display::event::Event;

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
    /// Kind of error.
    pub ename: String,
    /// One line: place and message.
    pub evalue: String,
    /// The same with source lines, in colour.
    pub traceback: Vec<String>,
}

/// A failure without a place in the cell.
pub(super) fn failure(ename: &str, evalue: &str) -> CellFailure {
    CellFailure { ename: ename.to_owned(), evalue: evalue.to_owned(), traceback: vec![format!("{ename}: {evalue}")] }
}

/// A line of the kernel's own, beside what the cell says.
pub(super) fn note(show: &mut dyn FnMut(Output), text: &str) {
    show(Output::Text(Stream::Stderr, format!("{text}\n")));
}
