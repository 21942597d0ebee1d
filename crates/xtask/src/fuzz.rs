//! `cargo xtask fuzz`: random inputs against an independent reference, for as long as there is time.

use crate::commands::FUZZ;
use crate::options;
use crate::problem::{Problem, Result};
use crate::process;
use crate::workspace::Workspace;
use std::process::Stdio;

/// What is tried under a name: a test that is ignored otherwise. It reads `CUADERNO_FUZZ_MINUTES` and `CUADERNO_FUZZ_SEED`,
/// prints the smallest failing input of each failure and what it tried, and fails if there was one.
struct Target {
    name: &'static str,
    package: &'static str,
    /// The tests of a library, or its integration tests.
    tests: &'static [&'static str],
    test: &'static str,
}

const TARGETS: &[Target] = &[
    Target { name: "networks", package: "cuaderno-nn", tests: &["--test", "it"], test: "fuzz::networks" },
    Target {
        name: "cells",
        package: "cuaderno-engine",
        tests: &["--lib"],
        test: "cell::items::tests::no_path_has_two_meanings",
    },
    Target { name: "tables", package: "cuaderno-eda", tests: &["--test", "it"], test: "random_tables::tables" },
];

/// Runs the target that is named among the arguments.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let arguments = options::joined(FUZZ, arguments);
    let (options, names): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| argument.starts_with("--"));
    let known = || TARGETS.iter().map(|target| target.name).collect::<Vec<_>>().join(", ");
    let [name] = names.as_slice() else {
        return Err(Problem::new(format!("`cargo xtask fuzz` takes one target; there are {}", known())));
    };
    let target = TARGETS.iter().find(|target| target.name == **name);
    let target = target.ok_or_else(|| Problem::new(format!("no target `{name}`; there are {}", known())))?;
    let mut test = workspace.cargo();
    test.args(["test", "--quiet", "--package", target.package]);
    test.args(target.tests).arg("--").args(["--ignored", "--exact", target.test, "--nocapture"]);
    for (option, variable) in [("--minutes=", "CUADERNO_FUZZ_MINUTES"), ("--seed=", "CUADERNO_FUZZ_SEED")] {
        if let Some(value) = options.iter().rev().find_map(|given| given.strip_prefix(option)) {
            test.env(variable, value);
        }
    }
    // What training shows of itself.
    test.stdout(Stdio::null());
    process::run(&mut test, "cargo test")
}
