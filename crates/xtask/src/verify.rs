//! `cargo xtask verify`: do the notebooks still say what they said?

use crate::problem::Result;
use crate::report::Asked;
use crate::workspace::Workspace;
use crate::{process, setup, stop};

/// Sets up, then runs each notebook again and compares it, cell by cell, with the outputs it holds.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let asked = Asked::read(workspace, arguments)?;
    setup::run(workspace)?;
    stop::each_until_ctrl_c(&asked.notebooks, |notebook| {
        let mut python = workspace.python_program("verify_notebook.py");
        process::run(python.arg(notebook).args(&asked.parameters), &format!("verify {}", workspace.show(notebook)))
    })
}
