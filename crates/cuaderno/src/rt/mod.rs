//! The runner's side of a cell: generated code and the kernel talk to this module, students never do.
//!
//! The kernel compiles each cell to a shared object with one function, [`CellFunction`], that takes its variables out of
//! the [`Store`], runs the student's statements under [`run`], and puts the variables back whatever happened.

mod failure;
mod naming;
mod runner;
pub mod show;
mod size;
mod store;

pub(crate) use failure::caught_message;
pub use failure::{CellError, Outcome, at, check_interrupt, run};
pub use naming::{Named, name_type};
pub use runner::cuaderno_runner;
pub use store::Store;

/// The function in a compiled cell. Cell and preload are built by the same compiler, so Rust's own calling convention serves.
pub type CellFunction = fn(&mut Store) -> Outcome;
