//! Lines that other notebooks and languages know, and what to write here instead.

use super::diagnostics::{CellTexts, Diagnostic, point_at};
use crate::output::CellFailure;
use cuaderno_wire::FailureKind;

/// What is said of a cell whose first mistake is a line of another notebook's.
pub fn explain(first: &Diagnostic, cells: &CellTexts) -> Option<CellFailure> {
    let (cell, line) = first.place?;
    let text = cells.get(&cell)?.split('\n').nth(line.checked_sub(1)? as usize)?.trim();
    // A syntax error has no code; a name that is not there is E0425, for `!ls` reads as an expression.
    let is_possible = first.title == "error" || (text.starts_with('!') && first.title == "error[E0425]");
    let advice = advice(text).filter(|_| is_possible)?;
    let found = point_at(&advice, cell, line, cells)?;
    Some(CellFailure { ename: FailureKind::NotRust.to_string(), evalue: found.summary, traceback: vec![found.styled] })
}

fn advice(line: &str) -> Option<String> {
    let word = line.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    if let Some(magic) = word.strip_prefix('%') {
        return Some(magic_advice(magic.trim_start_matches('%'), word));
    }
    if line.starts_with('!') || (line.starts_with(':') && line[1..].starts_with(char::is_alphabetic)) {
        let written = if line.starts_with('!') { line } else { word };
        return Some(format!(
            "commands stand at the head of a cell, before its code: move `{written}` to the first line, or into a cell of its own"
        ));
    }
    if let Some(advice) = of_python(line) {
        return Some(advice.to_owned());
    }
    let opens_block = ["for", "if", "elif", "else:", "while", "def", "class", "with", "try:"].contains(&word);
    match word {
        "import" | "from" if line.contains(' ') => Some(format!(
            "`{word}` is Python's: the libraries of this kernel need no import; other names come by `use std::fs;`, other crates by `:dep NAME`"
        )),
        "def" => Some("`def` is Python's: a function is `fn name(x: f64) -> f64 { … }`".to_owned()),
        "elif" => Some("`elif` is Python's: write `} else if … {`".to_owned()),
        _ if opens_block && line.ends_with(':') => Some(
            "a block stands in braces here, not after a colon: `for x in xs { … }`, `if x > 0 { … } else { … }`"
                .to_owned(),
        ),
        _ => None,
    }
}

/// Other beginnings and signs of Python's.
fn of_python(line: &str) -> Option<&'static str> {
    let word = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
    Some(match word {
        _ if line.starts_with("# ") || line == "#" => "a comment begins with `//` here",
        _ if line.contains("(f\"") => {
            "texts with values are `println!(\"x {n}\")` and `format!(\"x {n}\")`, without `f`"
        }
        _ if line.contains("lambda ") => "`lambda` is Python's: write `|x| x + 1`",
        "del" if line.len() > 4 => "`del` is Python's: a value goes with its block, or by `drop(x)`",
        "class" => "`class` is Python's: write `struct Name { x: f64 }` and `impl Name { … }`",
        "assert" if !line.starts_with("assert!") => "`assert` is a macro here: `assert!(a == b);`, `assert_eq!(a, b);`",
        _ if line.starts_with('[') && line.contains(" for ") && line.contains(" in ") => {
            "lists are made by iterators here: `xs.iter().map(|x| x * 2).collect::<Vec<_>>()`"
        }
        _ => return None,
    })
}

fn magic_advice(name: &str, written: &str) -> String {
    let instead = match name {
        "time" | "timeit" => "write `:timing`, which tells of every cell how long it took",
        "matplotlib" | "config" | "pylab" => "figures appear without it: delete the line",
        "pip" | "conda" => "a crate comes by `:dep NAME`",
        "bash" | "sh" | "system" => "write `!` before each line for the shell",
        "who" | "whos" | "who_ls" => "write `:vars`",
        "reset" => "write `:reset`",
        "cd" => "relative paths begin in the notebook's folder; `std::env::set_current_dir(\"…\")?` changes that",
        "run" | "load" => "write `include!(\"/path/to/file.rs\");`",
        _ => "`:help` lists what there is here",
    };
    format!("`{written}` is IPython's: {instead}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_other_notebooks_are_answered() {
        for (line, part) in [
            ("%%time", ":timing"),
            ("%matplotlib inline", "delete the line"),
            ("%pip install polars", ":dep NAME"),
            ("%autoreload 2", ":help"),
            ("!ls -l", "move `!ls -l` to the first line"),
            (":vars", "move `:vars` to the first line"),
            ("import numpy as np", ":dep NAME"),
            ("for x in xs:", "braces"),
            ("# a comment", "//"),
            ("print(f\"x {n}\")", "without `f`"),
            ("let f = lambda x: x + 1", "|x| x + 1"),
            ("del x", "drop(x)"),
            ("assert 1 == 1", "assert!("),
            ("[x * 2 for x in xs]", "collect"),
        ] {
            assert!(advice(line).is_some_and(|advice| advice.contains(part)), "{line}: {:?}", advice(line));
        }
    }

    #[test]
    fn rust_is_not() {
        for line in ["let x = 5", "::std::process::id()", "for x in xs {", "5 % 3", "from_str(1)"] {
            assert_eq!(advice(line), None, "{line}");
        }
    }
}
