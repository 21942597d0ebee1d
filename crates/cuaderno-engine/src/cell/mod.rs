//! From a cell's text to its effects: parse, generate, compile, run.

pub(crate) mod attempt;
pub(crate) mod blame;
pub(crate) mod body;
pub(crate) mod checks;
pub(crate) mod completeness;
pub(crate) mod diagnostics;
pub(crate) mod entry;
pub(crate) mod exceptions;
pub(crate) mod generate;
pub(crate) mod habits;
pub(crate) mod items;
pub(crate) mod link;
pub(crate) mod naming;
pub(crate) mod parse;
pub(crate) mod rustc;
pub(crate) mod source;
pub(crate) mod system_linker;
pub(crate) mod type_names;

pub use completeness::completeness;
pub use exceptions::{Exceptions, Made};
pub use generate::{Plan, Variable};
pub use items::Items;
pub(crate) use naming::as_written;
pub use rustc::Rustc;
