//! A Jupyter kernel for Rust.
//!
//! [`protocol`] speaks Jupyter, [`cell`] turns text into effects, [`lookup`] completes and explains it, [`runner`] holds the process in which cells run,
//! [`preload`] knows the library they are compiled against. `ARCHITECTURE.md` follows a cell through them.

pub mod cell;
pub mod cells_folder;
pub mod lookup;
pub mod preload;
pub mod protocol;
pub mod runner;
mod text;
