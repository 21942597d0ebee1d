//! Options of commands, declared once: a command's help shows them, and what it does not have is refused before anything is built.

use crate::problem::{Problem, Result};

/// An option of a command.
pub struct CommandOption {
    /// With its dashes.
    pub name: &'static str,
    /// What follows it.
    pub value: Value,
    /// What it does.
    pub about: &'static str,
}

/// What follows an option, under the name that help gives it.
#[derive(Clone, Copy)]
pub enum Value {
    /// Nothing: it is there or not.
    None,
    /// Any text.
    Text(&'static str),
    /// A whole number from 1.
    Count(&'static str),
    /// A number above 0.
    Number(&'static str),
}

impl CommandOption {
    /// As it is written on the command line: `--jobs N`.
    pub fn call(&self) -> String {
        match self.value {
            Value::None => self.name.to_owned(),
            Value::Text(name) | Value::Count(name) | Value::Number(name) => format!("{} {name}", self.name),
        }
    }

    fn check_value(&self, value: Option<&str>) -> Result<()> {
        let Some(value) = value else {
            return Err(Problem::new(format!("`{}` needs a value: `{}`", self.name, self.call())));
        };
        let (fits, wanted) = match self.value {
            Value::None | Value::Text(_) => (true, ""),
            Value::Count(_) => (value.parse::<u32>().is_ok_and(|count| count > 0), "a whole number from 1"),
            Value::Number(_) => (value.parse::<f64>().is_ok_and(|number| number > 0.0), "a number above 0"),
        };
        if fits { Ok(()) } else { Err(Problem::new(format!("`{}` needs {wanted}, found `{value}`", self.name))) }
    }
}

/// Checks that every option among a command's arguments is one of these, with a value where it takes one.
pub fn check(command: &str, options: &[CommandOption], arguments: &[String]) -> Result<()> {
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        if !argument.starts_with('-') {
            continue;
        }
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ => (argument, None),
        };
        let option = options.iter().find(|option| option.name == name).ok_or_else(|| {
            Problem::new(format!("no option `{name}`; `cargo xtask {command} --help` shows those of {command}"))
        })?;
        match (option.value, attached) {
            (Value::None, None) => {}
            (Value::None, Some(_)) => return Err(Problem::new(format!("`{name}` takes no value"))),
            _ => option.check_value(attached.or_else(|| arguments.next()))?,
        }
    }
    Ok(())
}

/// The arguments with every value attached to its option: `--jobs 2` becomes `--jobs=2`. They have been checked.
pub fn joined(options: &[CommandOption], arguments: &[String]) -> Vec<String> {
    let takes_value =
        |name: &str| options.iter().any(|option| option.name == name && !matches!(option.value, Value::None));
    let mut arguments = arguments.iter();
    let mut all = Vec::new();
    while let Some(argument) = arguments.next() {
        match arguments.as_slice().first() {
            Some(value) if takes_value(argument) => {
                all.push(format!("{argument}={value}"));
                arguments.next();
            }
            _ => all.push(argument.clone()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(arguments: &str) -> std::result::Result<(), String> {
        let option = |name, value| CommandOption { name, value, about: "" };
        let options = [
            option("--pdf", Value::None),
            option("-p", Value::Text("NAME=VALUE")),
            option("--jobs", Value::Count("N")),
            option("--seconds", Value::Number("N")),
        ];
        let arguments: Vec<_> = arguments.split_whitespace().map(str::to_owned).collect();
        check("report", &options, &arguments).map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_value_is_attached_to_its_option() {
        let option = |name, value| CommandOption { name, value, about: "" };
        let options = [option("--only", Value::Text("CASE")), option("--stock", Value::None)];
        let arguments = ["nn", "--only", "pre", "--stock", "kernel", "--only=r1"].map(String::from);
        assert_eq!(joined(&options, &arguments), ["nn", "--only=pre", "--stock", "kernel", "--only=r1"]);
    }

    #[test]
    fn options_that_there_are_pass() {
        assert_eq!(checked("01 --pdf -p full=true --jobs 2 --seconds=0.5 all"), Ok(()));
        assert_eq!(checked("-p rate=-1 -p --pdf"), Ok(()), "a value may begin with a dash");
    }

    #[test]
    fn a_mistyped_option_is_refused() {
        let refused = |arguments| checked(arguments).unwrap_err();
        assert_eq!(refused("01 --pfd"), "no option `--pfd`; `cargo xtask report --help` shows those of report");
        assert_eq!(refused("--pdf=yes"), "`--pdf` takes no value");
        assert_eq!(refused("01 -p"), "`-p` needs a value: `-p NAME=VALUE`");
        assert_eq!(refused("--jobs 2.5"), "`--jobs` needs a whole number from 1, found `2.5`");
        assert_eq!(refused("--jobs 0"), "`--jobs` needs a whole number from 1, found `0`");
        assert_eq!(refused("--seconds=soon"), "`--seconds` needs a number above 0, found `soon`");
    }
}
