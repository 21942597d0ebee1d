//! The kernel's hold on the process in which cells run.

mod child;
mod frames;

pub use child::{Exit, Received, Runner, RunnerHandle, run_as_runner};
