//! What went wrong, in one line for the person at the terminal.

use std::fmt;

/// The result of anything that can fail here.
pub type Result<T> = std::result::Result<T, Problem>;

/// One clear line: what was asked, what was found, what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem(String);

impl Problem {
    /// A problem described by this line.
    pub fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says what was being done when something failed.
pub trait Context<T> {
    /// Turns the error into a [`Problem`] that begins with `what`.
    fn context(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Problem::new(format!("{}: {error}", what())))
    }
}
