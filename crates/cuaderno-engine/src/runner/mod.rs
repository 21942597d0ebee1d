//! The kernel's hold on the process in which cells run.

mod child;

pub use child::{Exit, NOT_ASKED, Received, Runner, RunnerHandle, StdinReader, run_as_runner, stdin_reader};
