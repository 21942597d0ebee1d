//! The commands, declared once: dispatch and help both read this table.

use crate::problem::{Problem, Result};
use crate::workspace::Workspace;
use crate::{bench, check, grade, install, lab, report, setup, suite, verify};

/// One `cargo xtask` command.
struct Command {
    name: &'static str,
    arguments: &'static str,
    summary: &'static str,
    run: fn(&Workspace, &[String]) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "setup",
        arguments: "",
        summary: "build the preload and the kernel, make .venv, register the kernel in it",
        run: |workspace, arguments| no_arguments("setup", arguments).and_then(|()| setup::run(workspace)),
    },
    Command {
        name: "report",
        arguments: "[--pdf] [-p NAME=VALUE]… [NOTEBOOK…]",
        summary: "run notebooks (a path, a number such as 01, or all) and write .ipynb and .html, with --pdf also .pdf, to reports/",
        run: report::run,
    },
    Command {
        name: "verify",
        arguments: "[NOTEBOOK…]",
        summary: "run notebooks again and compare each cell with the outputs they hold (without any: with a second run)",
        run: verify::run,
    },
    Command {
        name: "grade",
        arguments: "FOLDER [OPTION…]",
        summary: "grade a class: source/ and submitted/ in, graded/ out; --assignment, --jobs, --seconds, --gigabytes, --unprotected, --scheduler",
        run: grade::run,
    },
    Command {
        name: "lab",
        arguments: "[OPTION…]",
        summary: "open JupyterLab on this machine only; options go to jupyter lab",
        run: lab::run,
    },
    Command {
        name: "test",
        arguments: "[--stock]",
        summary: "run every test: Rust tests, documentation examples, notebooks, kernel; --stock: a notebook on stock evcxr_jupyter instead",
        run: |workspace, arguments| match arguments {
            [option] if option == "--stock" => suite::run_stock(workspace),
            _ => no_arguments("test", arguments).and_then(|()| suite::run(workspace)),
        },
    },
    Command {
        name: "check",
        arguments: "",
        summary: "format, lints and documentation without warnings, then test",
        run: |workspace, arguments| no_arguments("check", arguments).and_then(|()| check::run(workspace)),
    },
    Command {
        name: "bench",
        arguments: "[kernel [--stock]|eda|nn|images|zoo|accuracy]",
        summary: "measure; JSON lines on stdout, a table on stderr; accuracy (minutes of training) only by name; --stock: evcxr_jupyter beside our kernel",
        run: bench::run,
    },
    Command {
        name: "install",
        arguments: "--prefix DIR",
        summary: "copy the kernel with everything it needs to DIR, independent of this folder",
        run: install::run,
    },
];

/// Runs the command that the arguments name.
pub fn run(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        eprint!("{}", help());
        return Ok(());
    };
    if ["help", "--help", "-h"].contains(&name.as_str()) || rest.iter().any(|argument| argument == "--help") {
        print!("{}", help());
        return Ok(());
    }
    let command = COMMANDS.iter().find(|command| command.name == name).ok_or_else(|| {
        let names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        Problem::new(format!("no command `{name}`; there are {}", names.join(", ")))
    })?;
    (command.run)(&Workspace::find()?, rest)
}

fn no_arguments(name: &str, arguments: &[String]) -> Result<()> {
    match arguments.first() {
        None => Ok(()),
        Some(extra) => Err(Problem::new(format!("`cargo xtask {name}` takes no arguments, found `{extra}`"))),
    }
}

fn help() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for command in COMMANDS {
        let call = format!("{} {}", command.name, command.arguments);
        text += &format!("  {call:<38} {}\n", command.summary);
    }
    text += "\nCUADERNO_DATA names a folder of real data; without it notebooks use the sample in data/.\n";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_command() {
        let help = help();
        assert!(COMMANDS.iter().all(|command| help.contains(command.name)), "{help}");
    }

    #[test]
    fn unknown_command_lists_the_known_ones() {
        let problem = run(&["rapport".into()]).unwrap_err().to_string();
        assert!(problem.starts_with("no command `rapport`; there are setup, report"), "{problem}");
    }
}
