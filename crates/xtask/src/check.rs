//! `cargo xtask check`: everything that must hold before a change lands. CI runs the same.

use crate::problem::Result;
use crate::suite::{self, SELECTIONS};
use crate::workspace::Workspace;
use crate::{process, setup};

/// Format, lints, documentation, then all tests.
pub fn run(workspace: &Workspace) -> Result<()> {
    process::run(workspace.cargo().args(["fmt", "--all", "--check"]), "cargo fmt --check")?;
    setup::run(workspace)?;
    for selection in SELECTIONS {
        let mut clippy = workspace.cargo();
        clippy.args(["clippy", "--quiet", "--all-targets"]).args(selection).args(["--", "-D", "warnings"]);
        process::run(&mut clippy, "cargo clippy")?;
    }
    for selection in SELECTIONS {
        let mut doc = workspace.cargo();
        doc.args(["doc", "--quiet", "--no-deps", "--document-private-items"]).args(selection);
        process::run(doc.env("RUSTDOCFLAGS", "-D warnings"), "cargo doc")?;
    }
    suite::run(workspace)
}
