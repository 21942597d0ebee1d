//! From a cell's text to its effects: parse, generate, compile, run.

mod attempt;
mod blame;
mod commands;
mod completeness;
mod control;
mod dependency;
pub mod diagnostics;
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
pub use generate::{Exceptions, Plan, Variable};
pub use items::Items;
pub(crate) use naming::as_written;
pub use output::{CellFailure, Output, Stream};
pub use rustc::Rustc;
pub(crate) use session::add_items;
pub use session::{Session, SessionError};
