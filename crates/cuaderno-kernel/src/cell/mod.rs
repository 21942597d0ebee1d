//! From a cell's text to its effects: parse, generate, compile, run.

mod attempt;
mod blame;
mod body;
mod commands;
mod completeness;
mod control;
mod dependency;
pub mod diagnostics;
mod exceptions;
mod generate;
mod gone;
mod habits;
mod head;
mod items;
mod link;
mod loops;
mod must_fail;
mod naming;
mod output;
pub mod parse;
mod program;
pub mod rustc;
mod session;
mod source;
mod stock;

pub use commands::{COMMANDS, Command};
pub use completeness::{Completeness, completeness};
pub use control::Control;
pub use exceptions::{Exceptions, Made};
pub use generate::{Plan, Variable};
pub use items::Items;
pub(crate) use naming::as_written;
pub use output::{CellFailure, Output, Stream};
pub use rustc::Rustc;
pub use session::{Session, SessionError};
