//! Lines that speak to the kernel instead of the compiler: `:help` and friends, and `!` for the shell.
//!
//! A command is declared once, in [`COMMANDS`]; help, completion and the suggestion for a misspelled one come from there.

use super::Session;
use super::dependency::{self, Added};
use super::{program, stock};
use crate::cell::naming::as_written;
use crate::lookup::Entity;
use crate::output::{CellFailure, Output, Stream};
use cuaderno_display::{MimeBundle, Table};
use cuaderno_wire::{Event, FailureKind};
use std::process::Command as Process;

/// A command.
pub struct Command {
    /// What is typed, with its colon.
    pub name: &'static str,
    /// What follows it.
    pub arguments: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
    run: Run,
}

impl Command {
    /// For completion and help.
    pub fn entity(&self) -> Entity {
        let declaration = format!("{} {}", self.name, self.arguments).trim().to_owned();
        Entity { name: self.name.into(), kind: "command".into(), declaration, doc: self.help.into() }
    }
}

/// Gets what follows the command's name.
type Run = fn(&mut Session, &str, &mut dyn FnMut(Output)) -> Result<(), String>;

/// Every command.
pub static COMMANDS: &[Command] = &[
    Command { name: ":help", arguments: "", help: "lists the commands", run: help },
    Command { name: ":vars", arguments: "", help: "lists the variables, with their types and sizes", run: variables },
    Command {
        name: ":type",
        arguments: "EXPRESSION",
        help: "tells the type of an expression, without running it",
        run: type_of,
    },
    Command { name: ":doc", arguments: "ITEM", help: "explains an item: `:doc Vec`, or `?Vec`", run: document },
    Command {
        name: ":timing",
        arguments: "",
        help: "switches on or off how long each cell compiles and runs",
        run: timing,
    },
    Command {
        name: ":opt",
        arguments: "0|1|2|3",
        help: "sets how much cells are optimised (0 compiles fastest)",
        run: optimise,
    },
    Command {
        name: ":dep",
        arguments: "NAME [= \"VERSION\" | = { … }]",
        help: "adds a crate from crates.io or a path",
        run: depend,
    },
    Command { name: ":show_deps", arguments: "", help: "lists the crates that :dep has added", run: show_dependencies },
    Command {
        name: ":clear_cache",
        arguments: "",
        help: "removes what :dep has built on this machine",
        run: clear_cache,
    },
    Command {
        name: ":explain",
        arguments: "[CODE]",
        help: "explains an error of the compiler at length: the last one, or `:explain E0382`",
        run: explain,
    },
    Command { name: ":version", arguments: "", help: "tells the versions of kernel and compiler", run: version },
    Command {
        name: ":must-fail",
        arguments: "[TEXT]",
        help: "the cell below it must not compile, for a reason that says TEXT; it is not run",
        run: must_fail,
    },
    Command { name: ":reset", arguments: "", help: "forgets variables, items and imports", run: reset },
];

/// Runs a command.
///
/// # Errors
/// With what was wrong with it.
pub fn run_command(
    session: &mut Session,
    cell: u32,
    line: u32,
    text: &str,
    show: &mut dyn FnMut(Output),
) -> Result<(), CellFailure> {
    let result = match text.split_at_checked(1) {
        Some(("!", command)) => shell(session, command, show),
        Some(("?", item)) => document(session, item.trim(), show),
        _ => {
            let (name, arguments) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            match find(name) {
                Some(command) => (command.run)(session, arguments.trim(), show),
                None => stock::answer(name)
                    .map(|answer| say(show, &format!("{name}: {answer}")))
                    .ok_or_else(|| unknown(name)),
            }
        }
    };
    result.map_err(|message| CellFailure::new(FailureKind::Command, &format!("cell {cell}, line {line}: {message}")))
}

/// The command of this name, or of the name that stock evcxr gives it.
fn find(name: &str) -> Option<&'static Command> {
    let name = match name {
        ":clear" => ":reset",
        ":t" => ":type",
        name => name,
    };
    COMMANDS.iter().find(|command| command.name == name)
}

fn unknown(name: &str) -> String {
    let nearest = COMMANDS.iter().min_by_key(|command| strsim::levenshtein(command.name, name));
    let suggestion = nearest.map(|command| format!("did you mean {}? ", command.name)).unwrap_or_default();
    format!("there is no command {name}; {suggestion}:help lists them all")
}

/// Shows rows of cells; the first of each is code.
fn show_table(rows: Vec<Vec<String>>, show: &mut dyn FnMut(Output)) {
    let data = Table::new(rows).left(usize::MAX).code(0).mime_bundle();
    show(Output::Event(Event::ExecuteResult { data }));
}

fn say(show: &mut dyn FnMut(Output), text: &str) {
    show(Output::Text(Stream::Stdout, format!("{text}\n")));
}

fn help(_: &mut Session, _: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    let mut rows: Vec<_> = COMMANDS
        .iter()
        .map(|command| {
            vec![format!("{} {}", command.name, command.arguments).trim().to_owned(), command.help.to_owned()]
        })
        .collect();
    rows.push(vec!["!COMMAND".to_owned(), "runs a line in the shell".to_owned()]);
    show_table(rows, show);
    Ok(())
}

fn variables(session: &mut Session, _: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    let sizes = session.sizes(show);
    let size = |name: &str| sizes.get(name).map_or("", String::as_str).to_owned();
    let rows: Vec<_> =
        session.variables().map(|(name, type_name)| vec![name.to_owned(), as_written(type_name), size(name)]).collect();
    if rows.is_empty() {
        say(show, "there are no variables yet");
    } else {
        show_table(rows, show);
    }
    Ok(())
}

fn type_of(session: &mut Session, expression: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    if expression.is_empty() {
        return Err(":type needs an expression, for example `:type 1 + 1`".to_owned());
    }
    let type_name = session.type_of(expression)?;
    show(Output::Event(Event::ExecuteResult { data: MimeBundle::text(as_written(&type_name)) }));
    Ok(())
}

fn document(session: &mut Session, item: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    if item.is_empty() {
        return Err(":doc needs an item, for example `:doc Vec` or `:doc DataFrame::height`".to_owned());
    }
    let page = session
        .lookup()
        .document(item)
        .ok_or_else(|| format!("nothing is known about {item:?}; is it spelled as in a cell?"))?;
    show(Output::Page(page));
    Ok(())
}

fn timing(session: &mut Session, _: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    session.shows_timing = !session.shows_timing;
    say(show, if session.shows_timing { "timing is on" } else { "timing is off" });
    Ok(())
}

fn optimise(session: &mut Session, level: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    if level.is_empty() {
        say(show, &format!("cells are compiled at level {}", session.rustc.opt_level));
        return Ok(());
    }
    if !["0", "1", "2", "3"].contains(&level) {
        return Err(format!(":opt takes 0, 1, 2 or 3, not {level:?}"));
    }
    session.rustc.opt_level = level.to_owned();
    say(show, &format!("cells are compiled at level {level}"));
    Ok(())
}

fn depend(session: &mut Session, declaration: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    let started = std::time::Instant::now();
    match dependency::add(session, declaration, show)? {
        Added::Built(name) => say(show, &format!("{name} is there, built in {:.1} s", started.elapsed().as_secs_f64())),
        Added::Preloaded(line) => say(show, &line),
    }
    Ok(())
}

fn show_dependencies(session: &mut Session, _: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    let rows: Vec<_> =
        session.dependencies.iter().map(|(name, declared)| vec![name.clone(), declared.clone()]).collect();
    match rows.is_empty() {
        true => say(show, "no crates have been added"),
        false => show_table(rows, show),
    }
    Ok(())
}

fn clear_cache(_: &mut Session, _: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    let text = match dependency::clear_cache() {
        Ok(()) => "what :dep has built is removed, but for what notebooks use now",
        Err(error) => return Err(error),
    };
    say(show, text);
    Ok(())
}

fn explain(session: &mut Session, code: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    let last = session.last_error.clone().unwrap_or_default();
    let code = if code.is_empty() { last.as_str() } else { code };
    let is_code = code.len() == 5 && code.starts_with('E') && code[1..].chars().all(|c| c.is_ascii_digit());
    if !is_code {
        return Err(
            ":explain needs the code of an error, for example `:explain E0382`; the last cell that failed had none"
                .to_owned(),
        );
    }
    let text = session.rustc.explain(code).map_err(|error| error.to_string())?;
    if text.is_empty() {
        return Err(format!("the compiler has no error {code}"));
    }
    show(Output::Page(MimeBundle::text(text.clone()).with("text/markdown", text)));
    Ok(())
}

fn version(session: &mut Session, _: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    say(show, &format!("cuaderno {}, {}", session.preload.cuaderno, session.rustc.version()));
    Ok(())
}

fn must_fail(session: &mut Session, text: &str, _: &mut dyn FnMut(Output)) -> Result<(), String> {
    session.must_fail = Some(text.to_owned());
    Ok(())
}

fn reset(session: &mut Session, _: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    session.reset().map_err(|error| error.to_string())?;
    say(show, "variables, items and imports are forgotten");
    Ok(())
}

fn shell(session: &Session, command: &str, show: &mut dyn FnMut(Output)) -> Result<(), String> {
    if !session.working_directory().is_dir() {
        return Err(format!("the notebook's folder is gone: {}", session.working_directory().display()));
    }
    let mut shell = Process::new("sh");
    shell.args(["-c", command]).current_dir(session.working_directory());
    let status = program::run(&mut shell, &session.rustc.running, |stream, text| {
        show(Output::Text(stream, text.to_owned()));
    })?;
    match status.code() {
        Some(0) => Ok(()),
        // Nothing of that name: perhaps it was no line for the shell.
        Some(127) if !command.trim().contains(char::is_whitespace) => Err(format!(
            "the shell knows no program of that name; if it is Rust, write it in parentheses: `(!{})`",
            command.trim()
        )),
        Some(code) => Err(format!("the shell ended with exit code {code}")),
        None => Err("the shell was killed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_command_gets_a_suggestion() {
        assert!(unknown(":timng").contains("did you mean :timing?"));
    }
}
