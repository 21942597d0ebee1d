//! Rust tests without cargo-nextest: each test in a process of its own all the same, because the preload, the output channel
//! and the random state are one per process.

use crate::problem::{Problem, Result};
use crate::workspace::Workspace;
use crate::{cargo_build, process};

/// Builds all tests and runs them one after the other.
pub fn run(workspace: &Workspace) -> Result<()> {
    let artifacts = cargo_build::build(workspace, "tests", &["test", "--no-run", "--workspace"])?;
    let (mut passed, mut skipped, mut failed) = (0, 0, 0);
    for program in artifacts.iter().filter_map(|artifact| artifact.executable.as_ref()) {
        let list = |more: &[&str]| -> Result<Vec<String>> {
            let mut command = workspace.command(program);
            let listed = process::read(command.args(["--list", "--format=terse"]).args(more), "list of tests")?;
            Ok(listed.lines().filter_map(|line| line.strip_suffix(": test").map(str::to_owned)).collect())
        };
        let ignored = list(&["--ignored"])?;
        for test in list(&[])? {
            if ignored.contains(&test) {
                skipped += 1;
                continue;
            }
            let mut command = workspace.command(program);
            match process::read(command.args(["--nocapture", "--exact", &test]), &test) {
                Ok(_) => passed += 1,
                Err(problem) => {
                    failed += 1;
                    println!("FAILED {test}\n{problem}");
                }
            }
        }
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 { Ok(()) } else { Err(Problem::new(format!("{failed} tests failed"))) }
}
