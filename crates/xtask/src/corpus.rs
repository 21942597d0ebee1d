//! `cargo xtask corpus`: what others wrote, as cells.

use crate::problem::Result;
use crate::python::For;
use crate::workspace::Workspace;
use crate::{process, setup};

/// Sets up, then runs the snippets of a folder; see `python/corpus.py`.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    setup::run(workspace, For::Notebooks)?;
    process::run(workspace.python_program("corpus.py").args(arguments), "the corpus")
}
