//! The commands, declared once: dispatch and help both read this table.

use crate::options::{self, CommandOption, Value};
use crate::problem::{Problem, Result};
use crate::python::For;
use crate::workspace::Workspace;
use crate::{bench, check, corpus, cuaderno, fuzz, install, package, setup, suite};

/// One `cargo xtask` command.
struct Command {
    name: &'static str,
    arguments: &'static str,
    /// Without any, options belong to the program that the command starts, and help is asked of it.
    options: Option<&'static [CommandOption]>,
    summary: &'static str,
    run: fn(&Workspace, &[String]) -> Result<()>,
}

const TESTS: CommandOption =
    CommandOption { name: "--tests", value: Value::None, about: "with the Python packages of tests and wheels, too" };
const STOCK: CommandOption =
    CommandOption { name: "--stock", value: Value::None, about: "stock evcxr_jupyter beside our kernel" };
const INSTALL: CommandOption = CommandOption {
    name: "--install",
    value: Value::None,
    about: "the wheels, in a minimal Debian without a network; as root, with debootstrap",
};
/// Options of the programs that measure.
pub const BENCH: &[CommandOption] = &[
    CommandOption {
        name: "--only",
        value: Value::Text("CASE"),
        about: "one network: of nn, of accuracy; peers: of eda",
    },
    CommandOption { name: "--rounds", value: Value::Count("N"), about: "how often eda is measured (3)" },
    CommandOption {
        name: "--rows", value: Value::Text("N,…"), about: "how many comments eda reads (1000000,3000000)"
    },
    CommandOption {
        name: "--folder",
        value: Value::Text("DIR"),
        about: "where eda keeps its files, and finds them again",
    },
    CommandOption { name: "--repeats", value: Value::Count("N"), about: "how often kernel is measured (5)" },
    STOCK,
];

/// Options of what tries random inputs.
pub const FUZZ: &[CommandOption] = &[
    CommandOption { name: "--minutes", value: Value::Number("N"), about: "for how long (1)" },
    CommandOption { name: "--seed", value: Value::Count("N"), about: "the first input's seed; the others follow it" },
];

const COMMANDS: &[Command] = &[
    Command {
        name: "setup",
        arguments: "[--tests]",
        options: Some(&[TESTS]),
        summary: "build the preload and the kernel, make .venv, register the kernel in it",
        run: |workspace, arguments| match arguments {
            [option] if option == "--tests" => setup::run(workspace, For::Tests),
            _ => no_arguments("setup", arguments).and_then(|()| setup::run(workspace, For::Notebooks)),
        },
    },
    Command {
        name: "report",
        arguments: "[OPTION…] [NOTEBOOK…]",
        options: None,
        summary: "run notebooks (a path, a number such as 01, or all; 01 if none is named) and write .ipynb and .html to reports/",
        run: |workspace, arguments| cuaderno::run(workspace, "report", arguments),
    },
    Command {
        name: "verify",
        arguments: "[OPTION…] [NOTEBOOK…]",
        options: None,
        summary: "run notebooks again and compare each cell with the outputs they hold (without any, and with -p: with a second run)",
        run: |workspace, arguments| cuaderno::run(workspace, "verify", arguments),
    },
    Command {
        name: "grade",
        arguments: "FOLDER [OPTION…]",
        options: None,
        summary: "grade a class: source/ and submitted/ of FOLDER in, gradebook and graded/ out",
        run: |workspace, arguments| cuaderno::run(workspace, "grade", arguments),
    },
    Command {
        name: "fetch",
        arguments: "NAME… [OPTION…]",
        options: None,
        summary: "bring data and weights into a cache that all notebooks share: a known set (--list), hf:…, kaggle:… or an address",
        run: |workspace, arguments| cuaderno::run_alone(workspace, "fetch", arguments),
    },
    Command {
        name: "lab",
        arguments: "[OPTION…]",
        options: None,
        summary: "open JupyterLab on this machine only; options go to jupyter lab",
        run: |workspace, arguments| cuaderno::run(workspace, "lab", arguments),
    },
    Command {
        name: "new",
        arguments: "NAME [OPTION…]",
        options: None,
        summary: "begin a notebook NAME.ipynb: parameters, stamp, and a digest at its end",
        run: |workspace, arguments| cuaderno::run_alone(workspace, "new", arguments),
    },
    Command {
        name: "doctor",
        arguments: "",
        options: None,
        summary: "say what is here, what is missing, and what to do; to be sent with a question",
        run: |workspace, arguments| cuaderno::run_alone(workspace, "doctor", arguments),
    },
    Command {
        name: "evcxr",
        arguments: "[OPTION…]",
        options: None,
        summary: "show stock evcxr_jupyter, with this library in it, as a second kernel",
        run: |workspace, arguments| cuaderno::run(workspace, "evcxr", arguments),
    },
    Command {
        name: "test",
        arguments: "[--stock | --install]",
        options: Some(&[STOCK, INSTALL]),
        summary: "run every test: Rust tests, documentation examples, notebooks, kernel; instead --stock: a notebook on stock evcxr_jupyter, --install: the wheels in a minimal Debian",
        run: |workspace, arguments| match arguments {
            [option] if option == "--stock" => suite::run_stock(workspace),
            [option] if option == "--install" => suite::run_install(workspace),
            _ => no_arguments("test", arguments).and_then(|()| suite::run(workspace)),
        },
    },
    Command {
        name: "check",
        arguments: "",
        options: Some(&[]),
        summary: "format, lints and documentation without warnings, then test",
        run: |workspace, arguments| no_arguments("check", arguments).and_then(|()| check::run(workspace)),
    },
    Command {
        name: "bench",
        arguments: "[NAME…] [OPTION…]",
        options: Some(BENCH),
        summary: "measure kernel, eda, nn, images, zoo and, only by name, accuracy (minutes of training); JSON lines on stdout, a table on stderr",
        run: bench::run,
    },
    Command {
        name: "fuzz",
        arguments: "TARGET [OPTION…]",
        options: Some(FUZZ),
        summary: "compare random inputs with an independent reference: networks, cells, tables",
        run: fuzz::run,
    },
    Command {
        name: "corpus",
        arguments: "FOLDER [OPTION…]",
        options: None,
        summary: "run the Rust of a book or a repository as cells, beside rustc: what differs on stdout, the table on stderr",
        run: corpus::run,
    },
    Command {
        name: "install",
        arguments: "--prefix DIR",
        options: Some(&[CommandOption {
            name: "--prefix",
            value: Value::Text("DIR"),
            about: "where to: the kernel goes to DIR/lib and DIR/share",
        }]),
        summary: "copy the kernel with everything it needs to DIR, independent of this folder",
        run: install::run,
    },
    Command {
        name: "package",
        arguments: "",
        options: Some(&[]),
        summary: "write wheels of cuaderno and its compiler to dist/, for machines without either",
        run: |workspace, arguments| no_arguments("package", arguments).and_then(|()| package::run(workspace)),
    },
];

/// Runs the command that the arguments name.
pub fn run(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        eprint!("{}", help());
        return Ok(());
    };
    if name == "help" || ask_for_help(&arguments[..1]) {
        print!("{}", help());
        return Ok(());
    }
    let command = COMMANDS.iter().find(|command| command.name == name).ok_or_else(|| {
        let names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        Problem::new(format!("no command `{name}`; there are {}", names.join(", ")))
    })?;
    if let Some(known) = command.options {
        if ask_for_help(rest) {
            print!("{}", command.help());
            return Ok(());
        }
        options::check(name, known, rest)?;
    }
    (command.run)(&Workspace::find()?, rest)
}

/// Whether help is asked for.
pub fn ask_for_help(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| ["--help", "-h"].contains(&argument.as_str()))
}

fn no_arguments(name: &str, arguments: &[String]) -> Result<()> {
    match arguments.first() {
        None => Ok(()),
        Some(extra) => Err(Problem::new(format!("`cargo xtask {name}` takes no arguments, found `{extra}`"))),
    }
}

impl Command {
    fn call(&self) -> String {
        format!("{} {}", self.name, self.arguments).trim_end().to_owned()
    }

    fn help(&self) -> String {
        let mut text = format!("cargo xtask {}\n\n{}\n", self.call(), self.summary);
        for (number, option) in self.options.unwrap_or_default().iter().enumerate() {
            let gap = if number == 0 { "\n" } else { "" };
            text += &format!("{gap}  {:<28} {}\n", option.call(), option.about);
        }
        text
    }
}

fn help() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for command in COMMANDS {
        text += &format!("  {:<38} {}\n", command.call(), command.summary);
    }
    text += "\n`cargo xtask COMMAND --help` shows a command's options.\n";
    text += "CUADERNO_DATA names a folder of real data; without it notebooks use the sample in data/.\n";
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

    #[test]
    fn a_commands_help_names_its_options() {
        let help = COMMANDS.iter().find(|command| command.name == "install").unwrap().help();
        assert!(help.starts_with("cargo xtask install --prefix DIR\n\ncopy the kernel"), "{help}");
        assert!(help.contains("\n  --prefix DIR  "), "{help}");
    }

    #[test]
    fn help_of_a_command_runs_nothing() {
        for arguments in [["bench", "-h"], ["install", "--help"]] {
            assert_eq!(run(&arguments.map(str::to_owned)), Ok(()));
        }
    }

    #[test]
    fn a_mistyped_option_is_refused_before_the_build() {
        for command in COMMANDS.iter().filter(|command| command.options.is_some()) {
            let problem = run(&[command.name.to_owned(), "--jbos".to_owned()]).unwrap_err().to_string();
            assert!(problem.starts_with("no option `--jbos`; "), "{problem}");
        }
    }
}
