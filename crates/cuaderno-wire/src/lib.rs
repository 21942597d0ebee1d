//! What a kernel and the process that runs its cells say to each other.
//!
//! The kernel sends [`Command`]s, one line of JSON each. The process answers on its ordinary standard output, where [`Event`]s stand in frames
//! between pieces of text; a [`FrameParser`] takes them apart again. [`Output`] and [`CellFailure`] are what is left for a front end, [`Completion`]
//! and [`Completeness`] what it hears when it asks of code.

mod answers;
mod bundle;
mod command;
mod event;
mod frames;
mod kind;
mod output;
mod utf8;

pub use answers::{Completeness, Completion, Match};
pub use bundle::MimeBundle;
pub use command::Command;
pub use event::{Event, FOLDER_VARIABLE, START_VARIABLE, TOKEN_VARIABLE, TableShape, VERSION_VARIABLE};
pub use frames::{FrameParser, Piece};
pub use kind::FailureKind;
pub use output::{CellFailure, Output, Stream};
pub use utf8::complete_utf8;
