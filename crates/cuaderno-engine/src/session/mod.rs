//! A notebook's state, and the execution of its cells.

mod advice;
mod commands;
mod compile;
mod control;
mod dependency;
mod gone;
mod head;
mod included;
mod learn;
mod must_fail;
mod places;
mod program;
mod run;
mod start_file;
mod stock;

use self::commands::{COMMANDS, run_command};
use self::compile::{Compiled, NotCompiled};
pub use self::control::Control;
use self::gone::Gone;
use self::head::split_commands;
use self::must_fail::judge_must_fail;
use crate::cell::diagnostics::CellTexts;
use crate::cell::exceptions::{Exceptions, Loaded, Made};
use crate::cell::generate::{Plan, Variable};
use crate::cell::items::Items;
use crate::cell::naming::{TypeAnswer, read_types};
use crate::cell::parse::{ParsedCell, Part, parse_cell_after, words_of};
use crate::cell::rustc::{Running, Rustc};
use crate::cell::source::Source;
use crate::cell::type_names::{heads_of, is_copied};
use crate::lookup::{Lookup, Scope};
use crate::output::{CellFailure, Output, note};
use crate::preload::Preload;
use crate::runner::Runner;
use crate::text::nests_too_deeply;
use cuaderno_wire::{Command, FailureKind, TableShape};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The runner cannot be started.
    #[error("the runner cannot be started: {0}")]
    Runner(std::io::Error),
}

/// A notebook's state.
pub struct Session {
    preload: Preload,
    /// The compiler and its settings.
    rustc: Rustc,
    runner: Runner,
    control: Control,
    folder: PathBuf,
    working_directory: PathBuf,
    build: u32,
    items: Items,
    variables: BTreeMap<String, Variable>,
    /// The tables among them, as the last cell left them.
    tables: BTreeMap<String, TableShape>,
    gone: Gone,
    cells: CellTexts,
    /// Sources of earlier builds: code in them may still run, and fail, later.
    sources: BTreeMap<u32, Source>,
    /// Crates from `:dep`, by name, as declared.
    dependencies: BTreeMap<String, String>,
    lookup: Lookup,
    /// Whether each cell tells how long it took.
    shows_timing: bool,
    /// Names that several modules bring which are imported whole, and the declarations that decide.
    chosen: BTreeMap<String, String>,
    /// For a cell that must not compile: part of the reason.
    must_fail: Option<String>,
    /// The code of the compiler's last error, if that had one.
    last_error: Option<String>,
    /// The start-up file, until it has been run.
    start_file: Option<PathBuf>,
}

impl Session {
    /// Starts a session: its runner loads the preload while the first cell compiles. Compiled cells lie in `folder`, which is
    /// the caller's to remove.
    ///
    /// # Errors
    /// When the runner cannot be started.
    pub fn new(preload: Preload, working_directory: &Path, folder: PathBuf) -> Result<Self, SessionError> {
        let compilers = Running::default();
        let runner =
            Runner::start(&preload, working_directory, &folder, start_file::path()).map_err(SessionError::Runner)?;
        compilers.guarded_by(runner.handle());
        let control = Control {
            compilers: compilers.clone(),
            runner: Arc::new(Mutex::new(runner.handle())),
            has_killed: Arc::default(),
        };
        let rustc = Rustc::new(preload.clone(), compilers);
        let scope = Scope {
            variables: BTreeMap::new(),
            tables: BTreeMap::new(),
            items: Items::default(),
            rustc: rustc.apart(),
            folder: folder.clone(),
            working_directory: working_directory.to_owned(),
            sample: preload.sample.clone(),
        };
        Ok(Self {
            rustc,
            lookup: Lookup::new(&preload, scope, COMMANDS.iter().map(commands::Command::entity).collect()),
            preload,
            runner,
            control,
            folder,
            working_directory: working_directory.to_owned(),
            build: 0,
            items: Items::default(),
            variables: BTreeMap::new(),
            tables: BTreeMap::new(),
            gone: Gone::default(),
            cells: CellTexts::new(),
            sources: BTreeMap::new(),
            dependencies: BTreeMap::new(),
            shows_timing: false,
            chosen: BTreeMap::new(),
            must_fail: None,
            last_error: None,
            start_file: start_file::path(),
        })
    }

    /// For interrupting and answering from other threads.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Where cells run, and where relative paths begin.
    pub fn working_directory(&self) -> &Path {
        &self.working_directory
    }

    /// Where compiled cells lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// For completion and help, from any thread.
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// Tells [`lookup`](Self::lookup) what cells have defined by now.
    fn update_lookup(&self) {
        self.lookup.update(Scope {
            variables: self.variables.clone(),
            tables: self.tables.clone(),
            items: self.items.clone(),
            rustc: self.rustc.apart(),
            folder: self.folder.clone(),
            working_directory: self.working_directory.clone(),
            sample: self.preload.sample.clone(),
        });
    }

    /// Variables that live between cells, with their types.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, variable)| (name.as_str(), variable.type_name.as_str()))
    }

    /// Names of items that cells have defined.
    pub fn item_names(&self) -> impl Iterator<Item = &str> {
        self.items.names()
    }

    /// Forgets variables, items and imports, and starts a new runner.
    ///
    /// # Errors
    /// When the runner cannot be started.
    pub fn reset(&mut self) -> Result<(), SessionError> {
        self.items = Items::default();
        self.chosen.clear();
        self.gone = Gone::default();
        self.start_file = start_file::path();
        self.restart_runner()
    }

    fn restart_runner(&mut self) -> Result<(), SessionError> {
        self.variables.clear();
        self.tables.clear();
        self.items.forget_statics();
        self.runner = Runner::start(&self.preload, &self.working_directory, &self.folder, start_file::path())
            .map_err(SessionError::Runner)?;
        self.rustc.running.guarded_by(self.runner.handle());
        *self.control.runner.lock().unwrap_or_else(PoisonError::into_inner) = self.runner.handle();
        Ok(())
    }

    /// Executes a cell; `cell` is its number, 0 for code that is not counted. Whatever happens, variables of earlier cells live on, except those the cell used up and, when its
    /// process died, all of them; the failure says so.
    ///
    /// # Errors
    /// With what was wrong with the cell.
    pub fn execute(&mut self, cell: u32, code: &str, show: &mut dyn FnMut(Output)) -> Result<(), CellFailure> {
        self.control.compilers.begin();
        // Somebody may have tidied up the temporary folder.
        let _ = std::fs::create_dir_all(&self.folder);
        self.revive(show);
        self.run_start_file(show);
        let result = self.execute_parts(cell, code, show);
        if let Err(failed) = &result {
            self.last_error =
                failed.ename.strip_prefix("error[").and_then(|code| Some(code.split_once(']')?.0.to_owned()));
        }
        self.update_lookup();
        result
    }

    fn execute_parts(&mut self, cell: u32, code: &str, show: &mut dyn FnMut(Output)) -> Result<(), CellFailure> {
        // As the compiler reads it.
        let code = &code.replace("\r\n", "\n");
        self.cells.insert(cell, code.clone());
        if nests_too_deeply(code) {
            let reason = "brackets, signs or operators stand too deep in each other; make several expressions of it";
            return Err(CellFailure::new(FailureKind::TooDeep, &format!("cell {cell}: {reason}")));
        }
        let is_known = |name: &str| self.variables.contains_key(name) || self.items.names().any(|item| item == name);
        let (commands, code) = split_commands(code, is_known);
        self.must_fail = None;
        for (line, command) in commands {
            run_command(self, cell, line, command, show)?;
        }
        let must_fail = self.must_fail.take();
        let mut parsed = parse_cell_after(cell, &code, self.items.item_macros());
        self.keep_included(&mut parsed);
        if let Some(objection) = &parsed.syntax_error {
            // Also under `:must-fail`: that is about what the cell means.
            self.note_unmade(cell, &parsed);
            return Err(self.explain_syntax(cell, &code).unwrap_or_else(|| self.objection(cell, objection)));
        }
        if parsed.parts.is_empty() {
            return Ok(());
        }
        let mut items = self.items.clone();
        let changes = items.add(&parsed);
        let start = Instant::now();
        let compiled = self.compile(cell, &parsed, items, changes, show);
        let compiled = compiled.map_err(|failed| self.syntax_first(cell, &code, failed));
        if let Some(reason) = must_fail {
            return judge_must_fail(cell, &reason, compiled.err(), show);
        }
        let compiled = compiled.inspect_err(|_| self.note_unmade(cell, &parsed))?;
        let compiling = start.elapsed();
        self.forget(&compiled.stale, cell, "a type was defined anew, so variables of the old one are gone", show);
        self.forget(&compiled.hidden, cell, "a name means something else now, so the variable is gone", show);
        if !compiled.started_anew.is_empty() {
            note(
                show,
                &format!(
                    "the type was defined anew, so these statics start anew: {}",
                    compiled.started_anew.join(", ")
                ),
            );
        }
        if !compiled.vanished.is_empty() {
            note(
                show,
                &format!(
                    "the block that had them was replaced, so these methods are gone: {}",
                    compiled.vanished.join(", ")
                ),
            );
        }
        self.items = compiled.items.clone();
        let result = self.run(cell, &compiled, show);
        if self.shows_timing {
            let running = start.elapsed() - compiling;
            note(show, &format!("compiled in {:.2} s, ran in {:.2} s", compiling.as_secs_f64(), running.as_secs_f64()));
        }
        self.note_made_by_macros(cell, &parsed);
        result.inspect_err(|_| self.note_unmade(cell, &parsed))
    }

    /// Remembers which names a macro of the student's may have made variables of: those end with their cell.
    fn note_made_by_macros(&mut self, cell: u32, parsed: &ParsedCell) {
        for part in &parsed.parts {
            let (Part::Statement(snippet) | Part::Tail(snippet)) = part else { continue };
            let Some((name, arguments)) = snippet.text.trim_start().split_once('!') else { continue };
            if !self.items.macro_says(name.trim(), "let") {
                continue;
            }
            let names = words_of(arguments).filter(|word| !self.variables.contains_key(*word)).map(str::to_owned);
            for made in names.collect::<Vec<_>>() {
                self.gone.lost(
                    &made,
                    format!("what `{name}!` of cell {cell} makes ends with its cell; write `let {made} = …` in a cell to keep it"),
                );
            }
        }
    }

    /// Remembers which variables a cell that failed would have made.
    fn note_unmade(&mut self, cell: u32, parsed: &ParsedCell) {
        let names = parsed.bindings.iter().map(|binding| &binding.name);
        names.filter(|name| !self.variables.contains_key(*name)).for_each(|name| self.gone.unmade(name, cell));
    }

    /// The type of an expression, written with public paths.
    ///
    /// # Errors
    /// In one line, what is wrong with the expression.
    pub fn type_of(&mut self, expression: &str) -> Result<String, String> {
        let parsed = parse_cell_after(0, &format!("let __cuaderno_type = {expression};"), self.items.item_macros());
        if parsed.syntax_error.is_some() {
            return Err(format!("{expression:?} cannot be read as an expression"));
        }
        let plan = Plan {
            parsed: &parsed,
            items: &self.items,
            variables: &self.variables,
            exceptions: &Exceptions { chosen: self.chosen.clone(), ..Exceptions::default() },
            build: 0,
        };
        let path = self.folder.join("type.cell.rs");
        std::fs::write(&path, plan.naming_source().text()).map_err(|error| error.to_string())?;
        let compilation =
            self.rustc.name_types(&path, &self.folder.join("type.rmeta")).map_err(|error| error.to_string())?;
        match read_types(&compilation, 1).remove(0) {
            Some(TypeAnswer::Named(type_name) | TypeAnswer::Unnameable(type_name)) => Ok(type_name),
            Some(TypeAnswer::Closure) => Ok("a closure".to_owned()),
            None => {
                let error = compilation.messages.iter().find(|message| message.level == "error");
                Err(error.map_or("its type could not be found out".to_owned(), |message| message.message.clone()))
            }
        }
    }

    /// Variables whose types are made of one of these.
    fn variables_of(&self, types: &BTreeSet<String>) -> Vec<String> {
        let mentions = |variable: &Variable| heads_of(&variable.type_name).any(|head| types.contains(head));
        self.variables.iter().filter(|(_, variable)| mentions(variable)).map(|(name, _)| name.clone()).collect()
    }

    fn forget(&mut self, names: &[String], cell: u32, reason: &str, show: &mut dyn FnMut(Output)) {
        if names.is_empty() {
            return;
        }
        for name in names {
            self.variables.remove(name);
            self.gone.lost(name, format!("in cell {cell}, {reason}"));
        }
        self.runner.send(&Command::Forget { names: names.to_vec() });
        note(show, &format!("{reason}: {}", names.join(", ")));
    }

    /// What is known of variables before the compiler is asked: those that get a new value made of the old one are moved, and put back
    /// at the end. A number is copied, not moved.
    fn expected(&self, parsed: &ParsedCell) -> Exceptions {
        let mut exceptions = Exceptions { chosen: self.chosen.clone(), ..Exceptions::default() };
        // A pattern of that name would be the constant or the struct, not a variable.
        let defined = parsed.parts.iter().flat_map(Part::constants).filter(|name| self.variables.contains_key(*name));
        exceptions.loaded.extend(defined.map(|name| (name.to_owned(), Loaded::Hidden)));
        let is_made = |name: &String| parsed.bindings.iter().any(|binding| binding.name == *name);
        for name in parsed.assigned.iter().filter(|name| !is_made(name)) {
            if self.variables.get(name).is_some_and(|variable| !is_copied(&variable.type_name)) {
                exceptions.loaded.insert(name.clone(), Loaded::Assigned);
                exceptions.made.insert(name.clone(), Made::KeptAtEnd);
            }
        }
        exceptions
    }

    /// Updates the table of variables to what the store holds: `made` are those that the cell has put there. Returns the new ones.
    fn settle(
        &mut self,
        cell: u32,
        compiled: &Compiled,
        failed: bool,
        stored: &[String],
        made: &[String],
    ) -> Vec<String> {
        for name in made {
            if let Some(variable) = compiled.new.get(name) {
                self.variables.insert(name.clone(), variable.clone());
            }
        }
        let nameless: Vec<String> =
            compiled.nameless.iter().map(|(name, _)| name).filter(|name| made.contains(name)).cloned().collect();
        for (name, reason) in compiled.nameless.iter().filter(|(name, _)| !failed || made.contains(name)) {
            self.variables.remove(name);
            self.gone.lost(name, reason.clone());
        }
        if !nameless.is_empty() {
            self.runner.send(&Command::Forget { names: nameless });
        }
        let new: Vec<String> = compiled.new.keys().filter(|name| made.contains(name)).cloned().collect();
        self.gone.found(new.iter().map(String::as_str));
        for (name, _) in self.variables.extract_if(.., |name, _| !stored.contains(name)) {
            if compiled.new.contains_key(&name) {
                self.gone.lost(
                    &name,
                    format!(
                        "cell {cell} made it anew, and ended before it could be kept; run the cell that makes it again"
                    ),
                );
            } else if !compiled.not_kept.contains(&name) {
                self.gone.used_up(&name, cell);
            }
        }
        if !failed {
            for name in compiled.new.keys().filter(|name| !made.contains(name)) {
                self.gone.lost(name, format!("cell {cell} ended by `return` before it was kept"));
            }
        }
        new
    }
}
