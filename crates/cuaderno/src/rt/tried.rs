//! What `?` makes of errors that are not `Into<Box<dyn Error>>`: a borrowed one, one with only a debug form, no value at all.
//!
//! Generated code calls `(&&&Tried(&error)).cell_error()`. Method resolution picks, in this order, [`ByError`], [`ByDisplay`] and [`ByDebug`].

use super::CellError;
use std::error::Error;
use std::fmt::{Debug, Display};

/// A reference to an error.
pub struct Tried<'a, E: ?Sized>(pub &'a E);

/// For errors.
pub trait ByError {
    /// The text of the error and of its causes.
    fn cell_error(&self) -> CellError;
}

/// For values with a text.
pub trait ByDisplay {
    /// The text.
    fn cell_error(&self) -> CellError;
}

/// For values with a debug form.
pub trait ByDebug {
    /// The debug form.
    fn cell_error(&self) -> CellError;
}

impl<E: Error> ByError for &&Tried<'_, E> {
    #[track_caller]
    fn cell_error(&self) -> CellError {
        CellError::of_value(std::any::type_name::<E>(), self.0.to_string(), self.0.source())
    }
}

impl<E: Display> ByDisplay for &Tried<'_, E> {
    #[track_caller]
    fn cell_error(&self) -> CellError {
        CellError::of_value(std::any::type_name::<E>(), self.0.to_string(), None)
    }
}

impl<E: Debug> ByDebug for Tried<'_, E> {
    #[track_caller]
    fn cell_error(&self) -> CellError {
        CellError::of_value(std::any::type_name::<E>(), format!("{:?}", self.0), None)
    }
}

/// The error of a `?` after `None`.
#[track_caller]
pub fn no_value() -> CellError {
    CellError::of_value("None", "the value is None".to_owned(), None)
}
