//! What a kernel asks of the process in which its cells run.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A command, sent as a line of JSON on the runner's standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Load a compiled cell and run it.
    Run {
        /// The shared object.
        library: PathBuf,
    },
    /// Drop variables.
    Forget {
        /// Their names.
        names: Vec<String>,
    },
    /// Tell the size of each variable, as the value of a cell would be: lines of name, tab, size.
    Sizes,
    /// The user's answer to an input request; `None` where nobody can answer.
    Answer(Option<String>),
    /// The user wants the running cell to stop.
    Interrupt,
    /// This process group works for the kernel, and is to end with it: the runner sees to that when the kernel is killed.
    Guard(i32),
    /// It has ended.
    Unguard(i32),
}
