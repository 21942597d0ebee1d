//! Commands that a clone shares with an installation: those of `cuaderno`, in python/cuaderno.

use crate::problem::{Problem, Result};
use crate::python::For;
use crate::workspace::Workspace;
use crate::{commands, machine, process, python, setup};
use std::process::Command;

/// Sets up, then runs `cuaderno NAME …` with the kernel of this clone. What is wrong with the arguments is said before the build.
pub fn run(workspace: &Workspace, name: &str, arguments: &[String]) -> Result<()> {
    if !commands::ask_for_help(arguments) {
        let what = match name {
            "grade" => For::Grading,
            _ if arguments.iter().any(|argument| argument == "--pdf") => For::Tests,
            _ => For::Notebooks,
        };
        python::make_environment(workspace, &machine::python()?, what)?;
        let wrong = command(workspace).args(["check", name]).args(arguments).output();
        if let Ok(wrong) = wrong.map(|said| String::from_utf8_lossy(&said.stderr).into_owned())
            && let Some(line) = wrong.lines().last()
        {
            return Err(Problem::new(line.trim_start_matches("error: ")));
        }
        setup::run(workspace, what)?;
    }
    run_alone(workspace, name, arguments)
}

/// As [`run`], for what needs no kernel.
pub fn run_alone(workspace: &Workspace, name: &str, arguments: &[String]) -> Result<()> {
    python::make_environment(workspace, &machine::python()?, For::Notebooks)?;
    let mut cuaderno = command(workspace);
    cuaderno.arg(name);
    match name {
        "report" => cuaderno.arg("--to").arg(workspace.root.join("reports")),
        "lab" => cuaderno.current_dir(&workspace.root),
        _ => &mut cuaderno,
    };
    // Ctrl-C is for the program that knows how to stop.
    process::replace_with(cuaderno.args(arguments), name)
}

/// In the folder one is in, from which paths are meant.
fn command(workspace: &Workspace) -> Command {
    let mut cuaderno = workspace.python();
    if let Ok(here) = std::env::current_dir() {
        cuaderno.current_dir(here);
    }
    cuaderno.args(["-m", "cuaderno"]);
    cuaderno
}
