//! Programs that are pasted into a cell: `fn main` and `#[test]` functions.

use super::CellError;
use super::failure::attempt;
use crate::display::{Channel, Table};
use cuaderno_wire::Event;
use std::fmt::Debug;
use std::process::ExitCode;

/// What `main` or a test may return.
pub trait Finish {
    /// Whether it ended well.
    ///
    /// # Errors
    /// With what it returned otherwise.
    fn finish(self) -> Result<(), CellError>;
}

impl Finish for () {
    fn finish(self) -> Result<(), CellError> {
        Ok(())
    }
}

impl Finish for std::convert::Infallible {
    fn finish(self) -> Result<(), CellError> {
        match self {}
    }
}

impl Finish for ExitCode {
    fn finish(self) -> Result<(), CellError> {
        match self == Self::SUCCESS {
            true => Ok(()),
            false => Err(CellError::of_value("Error", format!("main returned {self:?}"), None)),
        }
    }
}

impl<T: Finish, E: Debug> Finish for Result<T, E> {
    fn finish(self) -> Result<(), CellError> {
        match self {
            Ok(value) => value.finish(),
            Err(error) => Err(CellError::of_value(std::any::type_name::<E>(), format!("{error:?}"), None)),
        }
    }
}

/// Ends a pasted program.
///
/// # Errors
/// With what it returned.
pub fn finish(value: impl Finish) -> Result<(), CellError> {
    value.finish()
}

/// A test: its name, whether it is to panic, and what it does.
pub type Test<'a> = (&'a str, bool, &'a dyn Fn() -> Result<(), CellError>);

/// Runs tests, each with its name and whether it is to panic, and shows a table of them.
///
/// # Errors
/// When a test fails.
pub fn run_tests(tests: &[Test<'_>]) -> Result<(), CellError> {
    let mut rows = vec![vec!["test".to_owned(), "result".to_owned()]];
    let mut failed = 0;
    for (name, should_panic, test) in tests {
        let result = match (attempt(test), should_panic) {
            (Ok(()), false) | (Err(_), true) => "ok".to_owned(),
            (Ok(()), true) => "FAILED: it should have panicked".to_owned(),
            (Err(error), false) => format!("FAILED: {}", error.message()),
        };
        failed += usize::from(result.starts_with("FAILED"));
        rows.push(vec![(*name).to_owned(), result]);
    }
    let data = Table::headed(rows).left(usize::MAX).code(0).mime_bundle();
    Channel::current().send(&Event::DisplayData { data, display_id: None });
    match failed {
        0 => Ok(()),
        _ => Err(CellError::of_value("Error", format!("{failed} of {} tests failed", tests.len()), None)),
    }
}
