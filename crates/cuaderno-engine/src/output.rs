//! What comes out of a cell, beside what its own process says.

pub use cuaderno_wire::{CellFailure, Output, Stream};

/// A line of the kernel's own, beside what the cell says.
pub(crate) fn note(show: &mut dyn FnMut(Output), text: &str) {
    show(Output::Text(Stream::Stderr, format!("{text}\n")));
}
