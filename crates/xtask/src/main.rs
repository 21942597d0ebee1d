//! `cargo xtask`: everything the project does with itself, from a fresh clone to a finished report.
//!
//! Each command is idempotent and brings what it needs: `report`, `lab`, `test` and `bench` begin with [`setup`].
//! Commands are declared once, in [`commands`]; each has a module of its own.

mod bench;
mod cargo_build;
mod check;
mod commands;
mod copy;
mod corpus;
mod cuaderno;
mod fuzz;
mod index;
mod install;
mod kernelspec;
mod licences;
mod machine;
mod one_by_one;
mod options;
mod package;
mod preload;
mod problem;
mod process;
mod progress;
mod python;
mod reachable;
mod rustdoc_page;
mod setup;
mod suite;
mod time_left;
mod venv;
mod version;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match commands::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}
