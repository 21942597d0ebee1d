//! `cargo xtask bench`: measurements, as JSON lines for programs and as a table for people.

use crate::problem::{Context, Problem, Result};
use crate::python::For;
use crate::setup;
use crate::workspace::Workspace;
use crate::{cargo_build, commands, options};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// What is measured under a name, and by which programs.
struct Suite {
    name: &'static str,
    /// Examples of crates.
    examples: &'static [&'static str],
    /// A Python program in crates/xtask/python.
    script: Option<&'static str>,
    /// Takes many minutes: run only when it is named.
    only_named: bool,
}

const SUITES: &[Suite] = &[
    Suite { name: "kernel", examples: &[], script: Some("bench_kernel.py"), only_named: false },
    Suite { name: "eda", examples: &["bench_eda"], script: None, only_named: false },
    Suite { name: "nn", examples: &["bench_ops", "bench_nn"], script: None, only_named: false },
    Suite { name: "images", examples: &["bench_images"], script: None, only_named: false },
    Suite { name: "zoo", examples: &["bench_zoo"], script: None, only_named: false },
    Suite { name: "accuracy", examples: &["accuracy"], script: None, only_named: true },
];

/// Sets up, then runs the suites named first among the arguments (all without one); options go to the programs.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let arguments = options::joined(commands::BENCH, arguments);
    let (names, options): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| !argument.starts_with("--"));
    for name in &names {
        if !SUITES.iter().any(|suite| suite.name == **name) {
            let known: Vec<_> = SUITES.iter().map(|suite| suite.name).collect();
            return Err(Problem::new(format!("no measurement `{name}`; there are {}", known.join(", "))));
        }
    }
    setup::run(workspace, For::Notebooks)?;
    let mut rows = Vec::new();
    let wanted = |suite: &&Suite| names.iter().any(|name| *name == suite.name) || names.is_empty() && !suite.only_named;
    for suite in SUITES.iter().filter(wanted) {
        for mut program in programs(workspace, suite)? {
            rows.extend(measure(program.args(&options), suite.name)?);
        }
    }
    eprint!("{}", table(&rows));
    Ok(())
}

fn programs(workspace: &Workspace, suite: &Suite) -> Result<Vec<Command>> {
    let mut programs = Vec::new();
    for example in suite.examples {
        // With the whole workspace's features, as everything else is built: with those of one package, cargo would build its
        // dependencies a second time.
        let artifacts = cargo_build::build(workspace, example, &["build", "--workspace", "--example", example])?;
        let built = artifacts.into_iter().find(|artifact| artifact.name == *example).and_then(|found| found.executable);
        let program = built.ok_or_else(|| Problem::new(format!("cargo built no program for {example}")))?;
        let mut command = workspace.command(program);
        if let Some(data) = &workspace.data {
            command.env("CUADERNO_DATA", data);
        }
        programs.push(command);
    }
    if let Some(script) = suite.script {
        programs.push(workspace.python_program(script));
    }
    Ok(programs)
}

/// Runs a program; its measurements go on to stdout as they come, whatever else it says to stderr.
fn measure(program: &mut Command, name: &str) -> Result<Vec<Value>> {
    let mut child = program.stdout(Stdio::piped()).spawn().context(|| format!("bench {name}"))?;
    let mut rows = Vec::new();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(|line| line.ok())
    {
        match serde_json::from_str::<Value>(&line) {
            Ok(row) if row.is_object() => {
                println!("{line}");
                let _ = std::io::stdout().flush();
                rows.push(row);
            }
            _ => eprintln!("{line}"),
        }
    }
    let status = child.wait().context(|| format!("bench {name}"))?;
    if status.success() { Ok(rows) } else { Err(Problem::new(format!("bench {name} failed ({status})"))) }
}

/// Measurements in columns as wide as their content.
fn table(rows: &[Value]) -> String {
    const COLUMNS: [&str; 7] = ["bench", "case", "ours", "unit", "peer", "peer_value", "ratio"];
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), significant),
        other => other.to_string(),
    };
    let mut lines = vec![COLUMNS.map(str::to_owned)];
    lines.extend(rows.iter().map(|row| COLUMNS.map(|column| cell(&row[column]))));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..COLUMNS.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let cells: Vec<_> = line
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, &width))| match column {
                2 | 5 | 6 => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            })
            .collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// Three significant digits.
#[allow(clippy::disallowed_methods)] // a table of times
fn significant(number: f64) -> String {
    let digits = if number == 0.0 { 0 } else { (2 - number.abs().log10().floor() as i32).max(0) };
    format!("{number:.*}", digits as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_aligns_numbers() {
        let rows = [
            json!({"bench": "kernel", "case": "a + 1", "ours": 0.2518, "unit": "s"}),
            json!({"bench": "nn", "case": "step", "ours": 86, "unit": "ms", "peer": "keras", "peer_value": 143.2, "ratio": 0.6}),
        ];
        let expected = "\
bench   case    ours  unit  peer   peer_value  ratio
kernel  a + 1  0.252  s
nn      step    86.0  ms    keras         143  0.600
";
        assert_eq!(table(&rows), expected);
    }
}
