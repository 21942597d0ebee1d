//! From a cell's text to its effects: parse, generate, compile, run.

mod commands;
mod completeness;
mod dependency;
pub mod diagnostics;
mod generate;
mod items;
mod naming;
pub mod parse;
pub mod rustc;
mod session;
mod source;

pub use commands::{COMMANDS, Command};
pub use completeness::{Completeness, completeness};
pub use session::{CellFailure, Control, Output, Session, SessionError, Stream};
