//! Stopping a session from another thread.

use crate::cell::rustc::Running;
use crate::runner::RunnerHandle;
use cuaderno_wire::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Stops what a session is doing, from another thread.
#[derive(Clone, Debug)]
pub struct Control {
    pub(super) compilers: Running,
    pub(super) runner: Arc<Mutex<RunnerHandle>>,
    /// Whether the running cell's process was ended here.
    pub(super) has_killed: Arc<AtomicBool>,
}

impl Control {
    /// Stops the compiler at once, and asks a running cell to stop.
    pub fn interrupt(&self) {
        self.compilers.cancel();
        self.runner().send(&Command::Interrupt);
    }

    /// Ends the running cell's process; its variables are lost.
    pub fn kill_runner(&self) {
        self.has_killed.store(true, Ordering::Relaxed);
        self.runner().kill();
    }

    /// Answers a cell's request for input.
    pub fn answer(&self, answer: Option<String>) {
        self.runner().send(&Command::Answer(answer));
    }

    fn runner(&self) -> RunnerHandle {
        self.runner.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
