//! The runner's side of a cell: generated code and the kernel talk to this module, students never do.
//!
//! The kernel compiles each cell to a shared object with one function, [`CellFunction`], that takes its variables out of
//! the [`Store`], runs the student's statements under [`run`], and puts the variables back whatever happened.
//!
//! What is generic here is compiled anew in every cell, so it does next to nothing: dropping an event there, or calling a
//! method of `Clone` or `Debug`, makes the compiler read every implementation of that trait in 400 crates, 40 ms each.

mod failure;
mod futures;
mod last_words;
mod naming;
mod overflow;
mod programs;
mod runner;
mod saved;
pub mod show;
mod size;
mod stdin;
mod store;
mod streams;
pub mod tried;
mod usual;

pub(crate) use failure::caught_message;
pub use failure::{CellError, at, attempt, check_interrupt, lost, run};
pub use futures::block_on;
pub use naming::{Named, name_type};
pub use programs::{Finish, Test, finish, run_tests};
pub use runner::cuaderno_runner;
pub use saved::Saved;
pub use store::Store;

#[doc(hidden)]
pub use usual::*;

/// The function in a compiled cell. Cell and preload are built by the same compiler, so Rust's own calling convention serves.
pub type CellFunction = fn(&mut Store);
