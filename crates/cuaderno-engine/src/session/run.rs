//! A compiled cell in the runner: what comes out of it, how it ends, and what is left when its process dies.

use super::Session;
use super::compile::Compiled;
use super::places::in_cells;
use crate::cell::diagnostics::point_at;
use crate::output::{CellFailure, Output, Stream, note};
use crate::runner::{Exit, Received};
use cuaderno_wire::{Command, Event, FailureKind};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long the end of what a cell wrote to standard error is waited for, where the cell has closed or redirected it.
const REST: Duration = Duration::from_secs(1);

/// What the store holds when a cell has ended.
struct Stored {
    variables: Vec<String>,
    made: Vec<String>,
}

impl Session {
    /// Runs a compiled cell to its end, and shows what comes out of it.
    pub(super) fn run(
        &mut self,
        cell: u32,
        compiled: &Compiled,
        show: &mut dyn FnMut(Output),
    ) -> Result<(), CellFailure> {
        let mut error = None;
        let stored = self.run_to_end(Command::Run { library: compiled.library.clone() }, |received| match received {
            Received::Event(event @ Event::Error { .. }) => error = Some(event),
            other => show_received(other, show),
        });
        let Some(Stored { variables, made }) = stored else { return Err(self.runner_died(cell, error.as_ref())) };
        self.items.settle_statics(compiled.build, &compiled.reached);
        let new = self.settle(cell, compiled, error.is_some(), &variables, &made);
        let Some(Event::Error { ename, evalue, file, line }) = error else {
            let left: Vec<&str> = compiled.new.keys().filter(|name| !new.contains(name)).map(String::as_str).collect();
            if !left.is_empty() {
                note(show, &format!("the cell ended by `return`; not kept: {}", left.join(", ")));
            }
            return Ok(());
        };
        if !new.is_empty() {
            note(show, &format!("kept of this cell: {}", new.join(", ")));
        }
        Err(self.running_failure(&ename, &evalue, file.as_deref(), line))
    }

    /// The size of each variable, for people. Without the runner's answer nothing is known.
    pub fn sizes(&mut self, show: &mut dyn FnMut(Output)) -> BTreeMap<String, String> {
        let mut sizes = String::new();
        self.run_to_end(Command::Sizes, |received| match received {
            Received::Event(Event::ExecuteResult { data }) => sizes = data.plain().to_owned(),
            Received::Event(_) => {}
            // A thread of an earlier cell goes on printing.
            text => show_received(text, show),
        });
        sizes.lines().filter_map(|line| line.split_once('\t')).map(|(name, size)| (name.into(), size.into())).collect()
    }

    /// Has a command done to its end, which the runner's death may be: then nothing is stored.
    fn run_to_end(&mut self, command: Command, mut on_output: impl FnMut(Received)) -> Option<Stored> {
        self.runner.send(&command);
        if self.control.compilers.is_cancelled() {
            // An interrupt that came before the cell ran is forgotten there.
            self.runner.send(&Command::Interrupt);
        }
        let mut stderr_ended = false;
        let stored = loop {
            match self.runner.receive() {
                Received::Event(Event::StderrEnd) => stderr_ended = true,
                Received::Event(Event::Done { variables, made, tables }) => {
                    self.tables = tables;
                    break Some(Stored { variables, made });
                }
                Received::Closed => break None,
                other => on_output(self.told(other)),
            }
        };
        // Standard error comes through a pipe of its own; what was written before the end of the cell may still be in it.
        let end = Instant::now() + REST;
        while !stderr_ended
            && let Some(received) = self.runner.receive_within(end.saturating_duration_since(Instant::now()))
        {
            match received {
                Received::Event(Event::StderrEnd) | Received::Closed => stderr_ended = true,
                other => on_output(self.told(other)),
            }
        }
        // What is loaded needs its file no more.
        if let Command::Run { library } = command {
            let _ = std::fs::remove_file(library);
        }
        stored
    }

    /// Text that names places in our sources, in the terms of cells.
    fn told(&self, received: Received) -> Received {
        match received {
            Received::Stdout(text) => Received::Stdout(in_cells(text, &|build| self.sources.get(&build))),
            Received::Stderr(text) => Received::Stderr(in_cells(text, &|build| self.sources.get(&build))),
            other => other,
        }
    }

    /// Starts a runner in place of one that was killed between cells: nothing of the next cell has run, so it is not to blame.
    pub(super) fn revive(&mut self, show: &mut dyn FnMut(Output)) {
        if !self.runner.is_ready() || !self.runner.has_ended() {
            return;
        }
        let lost: Vec<_> = self.variables.keys().cloned().collect();
        for name in &lost {
            self.gone.lost(name, format!("`{name}` was lost when the process of the cells was killed"));
        }
        let lost = listed("; variables lost: ", &lost);
        let failed = self.restart_runner().err().map(|error| format!("; {error}")).unwrap_or_default();
        note(show, &format!("the process of the cells was killed while no cell ran{lost}{failed}"));
    }

    /// `last_words` is what the process said of its end, if it could.
    fn runner_died(&mut self, cell: u32, last_words: Option<&Event>) -> CellFailure {
        let exit = self.runner.exit();
        if !self.runner.is_ready() {
            let restarted = self.restart_runner().err().map(|error| format!("; {error}")).unwrap_or_default();
            let evalue = format!(
                "the libraries of this kernel cannot be loaded: install cuaderno again (in a clone: `cargo xtask setup`), then restart the kernel{restarted}"
            );
            return CellFailure::new(FailureKind::Setup, &evalue);
        }
        let what = match last_words {
            Some(Event::Error { ename, evalue, .. }) => format!("the cell's process ended by a {ename}: {evalue}"),
            _ if self.control.has_killed.swap(false, Ordering::Relaxed) => {
                "the cell did not stop when it was asked to, so its process was ended".to_owned()
            }
            _ => how_it_ended(&exit),
        };
        let lost: Vec<_> = self.variables.keys().cloned().collect();
        for name in &lost {
            self.gone.lost(name, format!("`{name}` was lost when cell {cell} ended its process"));
        }
        let lost = listed("; variables lost: ", &lost);
        let restarted = match self.restart_runner() {
            Ok(()) => "functions, types and imports are kept".to_owned(),
            Err(error) => error.to_string(),
        };
        CellFailure::new(FailureKind::Crash, &format!("cell {cell}: {what}{lost}; {restarted}"))
    }

    fn running_failure(&self, ename: &str, evalue: &str, file: Option<&str>, line: Option<u32>) -> CellFailure {
        let build = file
            .and_then(|file| Path::new(file).file_name()?.to_str()?.strip_suffix(".cell.rs")?.parse().ok())
            .unwrap_or(self.build);
        let place = self.sources.get(&build).zip(line).and_then(|(source, line)| source.nearest_cell_line(line));
        let title = format!("{ename}: {evalue}");
        let shown = place.and_then(|(cell, line)| point_at(&title, cell, line, &self.cells));
        let at = place.map(|(cell, line)| format!("cell {cell}, line {line}: ")).unwrap_or_default();
        CellFailure {
            ename: ename.to_owned(),
            evalue: format!("{at}{evalue}"),
            traceback: vec![shown.map_or(title, |diagnostic| diagnostic.styled)],
        }
    }
}

/// Names, but no more than one reads, behind some words; nothing where there are none.
fn listed(before: &str, names: &[String]) -> String {
    const MOST: usize = 20;
    let more = names.len().saturating_sub(MOST);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let shown = names[..names.len().min(MOST)].join(", ");
    if names.is_empty() { String::new() } else { format!("{before}{shown}{more}") }
}

/// What the system tells of a process's end.
fn how_it_ended(exit: &Exit) -> String {
    match exit {
        Exit::Code(code) => format!("the cell ended its process with exit code {code}"),
        Exit::Signal(4) => "the cell's process died of an illegal instruction".to_owned(),
        Exit::Signal(6) => {
            "the cell's process aborted (`abort()`, want of memory, or a failed assertion of a library)".to_owned()
        }
        Exit::Signal(9) => "the cell's process was killed from outside, probably for want of memory".to_owned(),
        Exit::Signal(11) => "the cell's process died of a segmentation fault".to_owned(),
        Exit::Signal(signal) => format!("the cell's process died of signal {signal}"),
    }
}

fn show_received(received: Received, show: &mut dyn FnMut(Output)) {
    match received {
        Received::Stdout(text) => show(Output::Text(Stream::Stdout, text)),
        Received::Stderr(text) => show(Output::Text(Stream::Stderr, text)),
        Received::Event(event) => show(Output::Event(event)),
        Received::Closed => {}
    }
}
