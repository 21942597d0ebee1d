//! `cargo xtask test`: every test there is.

use crate::problem::{Problem, Result};
use crate::python::For;
use crate::workspace::Workspace;
use crate::{one_by_one, process, setup};

/// Sets up, then runs Rust tests, documentation examples and the Python suite, each to its end, and fails if one failed. The slowest tests of
/// the suite are named at its end.
pub fn run(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, For::Tests)?;
    let nextest = process::read(workspace.cargo().args(["nextest", "--version"]), "cargo nextest").is_ok();
    if !nextest {
        eprintln!(
            "note: cargo-nextest is not installed, so tests run one after the other, each in a process of its own"
        );
    }
    let mut failed = Vec::new();
    let mut step = |name: &str, result: Result<()>| {
        if let Err(problem) = result {
            eprintln!("{name}: {problem}");
            failed.push(name.to_owned());
        }
    };
    step("Rust tests", rust_tests(workspace, nextest));
    step("documentation examples", doc_tests(workspace));
    step("Python tests", python_tests(workspace));
    if failed.is_empty() { Ok(()) } else { Err(Problem::new(format!("failed: {}", failed.join(", ")))) }
}

/// Sets up, then runs a notebook on our kernel and on stock evcxr_jupyter with our library, and compares their results. Apart from
/// the other tests, because the stock kernel is the user's to install.
pub fn run_stock(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, For::Tests)?;
    let notebook = workspace.root.join("tests").join("notebooks").join("stock.ipynb");
    process::run(workspace.python_program("stock_notebook.py").arg(notebook), "the notebook on stock evcxr_jupyter")
}

/// Sets up, then installs the wheels in a minimal Debian, which is kept, and runs notebooks there. Apart from the other tests, because it takes
/// minutes and packages of Debian; the suite does the same on this machine with clone, compiler and network hidden.
pub fn run_install(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, For::Tests)?;
    let mut pytest = workspace.python();
    pytest.args(["-m", "pytest", "-s", "tests/test_wheel.py"]);
    process::run(pytest.env("CUADERNO_INSTALL", workspace.own_target().join("install")), "pytest")
}

fn rust_tests(workspace: &Workspace, nextest: bool) -> Result<()> {
    if nextest {
        process::run(workspace.cargo().args(["nextest", "run", "--workspace"]), "cargo nextest run")
    } else {
        one_by_one::run(workspace)
    }
}

fn doc_tests(workspace: &Workspace) -> Result<()> {
    process::run(
        workspace.cargo().args(["test", "--quiet", "--doc", "--workspace", "--no-fail-fast"]),
        "cargo test --doc",
    )
}

fn python_tests(workspace: &Workspace) -> Result<()> {
    process::run(workspace.python().args(["-m", "pytest", "--durations=15", "tests"]), "pytest")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Features of each crate in the dependency tree of these packages; a crate in two versions has both.
    fn features(selection: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        let workspace = Workspace::find().unwrap();
        let mut tree = workspace.cargo();
        tree.args(["tree", "--quiet", "--prefix=none", "--format={p}\t{f}"]).args(selection);
        let tree = process::read(&mut tree, "cargo tree").unwrap();
        let mut features = BTreeMap::<_, BTreeSet<_>>::new();
        for (package, list) in tree.lines().filter_map(|line| line.split_once('\t')) {
            features.entry(package.to_owned()).or_default().insert(list.trim_end_matches("(*)").trim().to_owned());
        }
        features
    }

    #[test]
    fn every_build_shares_one_polars() {
        let below_polars = features(&["-p", "polars", "--edges=normal,build"]);
        let preload = features(&["-p", "cuaderno", "--edges=normal,build"]);
        let builds: [&[&str]; 4] = [
            &["--workspace", "--edges=normal,build"],
            &["--workspace", "--edges=normal,build,dev"],
            &["-p", "cuaderno", "--edges=normal,build,dev"],
            &["-p", "cuaderno-eda", "--edges=normal,build,dev"],
        ];
        let mut different = Vec::new();
        for build in builds {
            let found = features(build);
            for package in below_polars.keys().filter(|package| !preload[*package].is_subset(&found[*package])) {
                let (wanted, found) = (&preload[package], &found[package]);
                different.push(format!("{package} has {found:?} in {}, {wanted:?} in the preload", build.join(" ")));
            }
        }
        assert!(
            different.is_empty(),
            "polars would be compiled again; add the missing features to crates/build-once:\n{}",
            different.join("\n")
        );
    }
}
