//! From a cell's text to its effects: parse, generate, compile, run.

pub mod diagnostics;
mod generate;
mod items;
mod naming;
pub mod parse;
pub mod rustc;
mod session;
mod source;

pub use session::{CellFailure, Output, Session, SessionError, Stream};
