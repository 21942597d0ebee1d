//! Cells of Rust: from a cell's text to its effects, without knowing who asks.
//!
//! A [`Session`] is a notebook's state. It parses a cell, writes the source to compile, calls the compiler and explains what that says (module `cell`), then
//! has the result run in a process of its own (module `runner`). A [`Lookup`] completes and explains code meanwhile. `ARCHITECTURE.md` follows a cell
//! through them. Each module uses those below it only: `session`, `lookup`, `cell`, `runner`.

mod cache;
mod cell;
mod cells_folder;
mod lookup;
mod output;
mod packed;
mod preload;
mod runner;
mod session;
mod text;

pub use cell::completeness;
pub use cells_folder::CellsFolder;
pub use lookup::{Entity, Lookup};
pub use preload::{Preload, PreloadError};
pub use runner::{NOT_ASKED, StdinReader, run_as_runner, stdin_reader};
pub use session::{Control, Session, SessionError};
