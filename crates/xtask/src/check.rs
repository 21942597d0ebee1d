//! `cargo xtask check`: everything that must hold before a change lands. CI runs the same.

use crate::problem::Result;
use crate::python::For;
use crate::suite;
use crate::workspace::Workspace;
use crate::{process, setup};

/// Format, lints, documentation, then all tests.
pub fn run(workspace: &Workspace) -> Result<()> {
    process::run(workspace.cargo().args(["fmt", "--all", "--check"]), "cargo fmt --check")?;
    setup::run(workspace, For::Tests)?;
    let mut clippy = workspace.cargo();
    clippy.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    process::run(&mut clippy, "cargo clippy")?;
    let mut doc = workspace.cargo();
    doc.args(["doc", "--quiet", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    process::run(&mut doc, "cargo doc")?;
    suite::run(workspace)
}
