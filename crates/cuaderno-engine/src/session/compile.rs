//! From a cell's parts to a library: what the compiler objects to is mended, or told to the student.

use super::Session;
use super::advice::advise;
use super::learn::{Attempt, not_nameable};
use super::places::in_cells;
use crate::cell::Variable;
use crate::cell::blame::{Blame, blame};
use crate::cell::diagnostics::{Diagnostic, damaged_preload, explain, point_at};
use crate::cell::exceptions::Loaded;
use crate::cell::generate::{Plan, broken_source};
use crate::cell::habits;
use crate::cell::items::{Changes, Items};
use crate::cell::naming::{TypeAnswer, read_types};
use crate::cell::parse::{ParsedCell, SyntaxError};
use crate::cell::rustc::{Compilation, Message, RustcError};
use crate::cell::source::Source;
use crate::output::{CellFailure, Output, note};
use cuaderno_wire::FailureKind;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A cell, ready to run.
pub(super) struct Compiled {
    pub(super) library: PathBuf,
    pub(super) build: u32,
    pub(super) items: Items,
    /// The entries of the items that are compiled with it.
    pub(super) reached: Vec<u32>,
    pub(super) new: BTreeMap<String, Variable>,
    /// New variables that are not left for later cells; why is told already.
    pub(super) not_kept: BTreeSet<String>,
    /// New variables with unnameable types, and the reason shown. Each also shadows, and so removes, an earlier variable of the same name.
    pub(super) nameless: Vec<(String, String)>,
    pub(super) hidden: Vec<String>,
    /// Variables of types that the cell defines anew.
    pub(super) stale: Vec<String>,
    pub(super) started_anew: Vec<String>,
    pub(super) vanished: Vec<String>,
}

/// Why a cell was not compiled.
pub(super) enum NotCompiled {
    /// The compiler objects to it.
    Rejected(CellFailure),
    /// The compiler did not come to a verdict: it was interrupted, or is not there.
    Unfinished(CellFailure),
}

impl From<CellFailure> for NotCompiled {
    fn from(failure: CellFailure) -> Self {
        Self::Unfinished(failure)
    }
}

impl From<NotCompiled> for CellFailure {
    fn from(not_compiled: NotCompiled) -> Self {
        match not_compiled {
            NotCompiled::Rejected(failure) | NotCompiled::Unfinished(failure) => failure,
        }
    }
}

impl Session {
    /// Compiles the cell, and asks for the types of its new variables at the same time.
    pub(super) fn compile(
        &mut self,
        cell: u32,
        parsed: &ParsedCell,
        items: Items,
        changes: Changes,
        show: &mut dyn FnMut(Output),
    ) -> Result<Compiled, NotCompiled> {
        let mut attempt = Attempt::new(items, changes, self.expected(parsed));
        attempt.note_closures(parsed);
        loop {
            let stale = self.variables_of(&attempt.changes.changed);
            let mut variables = self.variables.clone();
            variables.retain(|name, _| !stale.contains(name));
            self.build += 1;
            let Attempt { items, exceptions, .. } = &attempt;
            let plan = Plan { parsed, items, variables: &variables, exceptions, build: self.build };
            let source = plan.source();
            let naming = plan.kept_bindings().next().is_some().then(|| plan.naming_source());
            let library = self.folder.join(format!("cell_{}.so", self.build));
            let (compilation, types) = self.call_rustc(&source, naming.as_ref(), &library)?;
            if !compilation.success {
                let blamed = blame(&compilation.messages, &source, cell);
                if matches!(blamed, Blame::OldItem(..)) && attempt.left_out.is_none() {
                    attempt.left_out = Some(self.compile_failure(&compilation, &source));
                }
                if self.learn(blamed, cell, parsed, &mut attempt) {
                    continue;
                }
                if source.attempts() {
                    // The student is to read about the code as written.
                    attempt.exceptions.in_one = true;
                    continue;
                }
                let ambiguous = compilation.messages.iter().filter_map(ambiguous_name);
                let undecided =
                    ambiguous.filter(|name| !attempt.exceptions.chosen.contains_key(*name)).map(str::to_owned);
                let undecided: Vec<String> = undecided.collect();
                attempt.student_names.extend(undecided);
                if attempt.take_back_choices() {
                    continue;
                }
                return Err(NotCompiled::Rejected(attempt.told(self.compile_failure(&compilation, &source))));
            }
            if let Some(failure) = self.missing_variable(cell, parsed, &variables, &attempt.items) {
                return Err(NotCompiled::Rejected(failure));
            }
            attempt.notes.iter().for_each(|text| note(show, text));
            attempt.lost.iter().for_each(|(name, reason)| self.gone.lost(name, reason.clone()));
            self.show_warnings(&compilation.messages, &source, parsed, show);
            let reached = plan.reached().iter().map(|entry| entry.id).collect();
            let bindings: Vec<_> = plan.kept_bindings().cloned().collect();
            let answers = types.map(|types| read_types(&types, bindings.len())).unwrap_or_default();
            let (mut new, mut nameless) = (BTreeMap::new(), Vec::new());
            for (binding, answer) in bindings.into_iter().zip(answers) {
                match answer {
                    Some(TypeAnswer::Named(type_name)) => {
                        new.insert(binding.name, Variable { type_name, is_mut: binding.is_mut });
                    }
                    answer => {
                        let reason = not_nameable(&binding.name, answer.as_ref());
                        note(show, &reason);
                        nameless.push((binding.name, reason));
                    }
                }
            }
            self.sources.insert(self.build, source);
            let Attempt { items, changes, exceptions, lost, .. } = attempt;
            let hidden = exceptions.loaded.iter().filter(|(_, loaded)| **loaded == Loaded::Hidden);
            let hidden = hidden.map(|(name, _)| name.clone()).filter(|name| !new.contains_key(name)).collect();
            self.chosen = exceptions.chosen;
            let Changes { started_anew, vanished, .. } = changes;
            return Ok(Compiled {
                library,
                build: self.build,
                items,
                reached,
                new,
                not_kept: lost.into_iter().map(|(name, _)| name).collect(),
                nameless,
                hidden,
                stale,
                started_anew,
                vanished,
            });
        }
    }

    /// A variable that is gone, and for which something else answers: a function of the prelude of the same name.
    fn missing_variable(
        &self,
        cell: u32,
        parsed: &ParsedCell,
        variables: &BTreeMap<String, Variable>,
        items: &Items,
    ) -> Option<CellFailure> {
        let is_defined = |name: &str| {
            let imported = items.imports().any(|import| import.name.as_deref() == Some(name));
            imported || items.names().any(|item| item == name)
        };
        let is_there = |name: &str| variables.contains_key(name) || is_defined(name);
        let (name, line) = parsed.used.iter().find(|(name, _)| !is_there(name) && self.gone.reason(name).is_some())?;
        let title = self.gone.reason(name)?;
        let shown = point_at(&title, cell, *line, &self.cells);
        Some(CellFailure {
            ename: "error[E0425]".to_owned(),
            evalue: format!("cell {cell}, line {line}: {title}"),
            traceback: vec![shown.map_or(title, |diagnostic| diagnostic.styled)],
        })
    }

    pub(super) fn call_rustc(
        &self,
        source: &Source,
        naming: Option<&Source>,
        library: &Path,
    ) -> Result<(Compilation, Option<Compilation>), CellFailure> {
        let folder = &self.folder;
        let path = folder.join(format!("{}.cell.rs", self.build));
        let naming_path = folder.join("naming.cell.rs");
        let written = std::fs::write(&path, source.text())
            .and_then(|()| naming.map_or(Ok(()), |naming| std::fs::write(&naming_path, naming.text())));
        written
            .map_err(|error| CellFailure::new(FailureKind::InputOutput, &format!("{}: {error}", folder.display())))?;
        let rustc = &self.rustc;
        let (compilation, types) = std::thread::scope(|scope| {
            let types = naming.map(|_| scope.spawn(|| rustc.name_types(&naming_path, &folder.join("naming.rmeta"))));
            let compilation = rustc.compile(&path, library, source.text().contains("#[link("));
            let types = types.map(|thread| thread.join().unwrap_or(Err(RustcError::Cancelled)));
            (compilation, types.transpose())
        });
        match (compilation, types) {
            (Ok(compilation), Ok(types)) => Ok((compilation, types)),
            (Err(error), _) | (_, Err(error)) => {
                let kind = match error {
                    RustcError::Cancelled => FailureKind::Interrupted,
                    RustcError::TooDeep => FailureKind::TooDeep,
                    RustcError::Killed { .. } => FailureKind::CompilerEnded,
                    RustcError::NotStarted { .. } => FailureKind::NoCompiler,
                };
                Err(CellFailure::new(kind, &format!("{error}; nothing was run, all variables are kept")))
            }
        }
    }

    /// What the compiler's parser has to say to a cell; `None` if it has no objection.
    pub(super) fn explain_syntax(&mut self, cell: u32, code: &str) -> Option<CellFailure> {
        let source = broken_source(cell, code);
        self.build += 1;
        let library = self.folder.join("broken.so");
        match self.call_rustc(&source, None, &library) {
            // Without a cell in it, the library cannot be linked in any case.
            Ok((compilation, _)) if compilation.messages.iter().any(|message| message.level == "error") => {
                Some(self.compile_failure(&compilation, &source))
            }
            Ok(_) => None,
            Err(failure) => Some(failure),
        }
    }

    /// A cell that only our own parser cannot read: the compiler reads more than it accepts, such as `pub` at a variant.
    pub(super) fn objection(&self, cell: u32, objection: &SyntaxError) -> CellFailure {
        let SyntaxError { message, line } = objection;
        let title = format!("syntax error: {message}");
        let shown = point_at(&title, cell, *line, &self.cells);
        CellFailure {
            ename: "error".to_owned(),
            evalue: format!("cell {cell}, line {line}: {title}"),
            traceback: vec![shown.map_or(title, |diagnostic| diagnostic.styled)],
        }
    }

    /// What the parser has to say, if it is the parser that objects: what the compiler makes of a text that it could not read is not true.
    pub(super) fn syntax_first(&mut self, cell: u32, code: &str, failed: NotCompiled) -> NotCompiled {
        match failed {
            NotCompiled::Rejected(failure) if failure.ename == "error" => {
                NotCompiled::Rejected(self.explain_syntax(cell, code).unwrap_or(failure))
            }
            failed => failed,
        }
    }

    fn compile_failure(&self, compilation: &Compilation, source: &Source) -> CellFailure {
        let mut errors = compilation.messages.clone();
        errors.retain(|message| message.level.starts_with("error"));
        let source_of = |build| if build == self.build { Some(source) } else { self.sources.get(&build) };
        errors.iter_mut().for_each(|message| {
            self.gone.explain(message);
            advise(message, source, &self.variables);
            message.rename(&|text| in_cells(without_modules(text), &source_of));
        });
        if let Some(damage) = errors.iter().find_map(|message| damaged_preload(message, &self.rustc)) {
            return CellFailure::new(FailureKind::Setup, &damage);
        }
        let mut found: Vec<Diagnostic> =
            errors.iter().filter_map(|message| explain(message, source, &self.cells)).collect();
        if found.iter().any(|diagnostic| diagnostic.place.is_some()) {
            found.retain(|diagnostic| diagnostic.place.is_some());
        }
        found.dedup();
        if let Some(known) = found.first().and_then(|first| habits::explain(first, &self.cells)) {
            return known;
        }
        match found.first() {
            Some(first) => CellFailure {
                ename: first.title.clone(),
                evalue: first.summary.clone(),
                traceback: found.iter().map(|diagnostic| diagnostic.styled.clone()).collect(),
            },
            None => CellFailure::new(FailureKind::CompilerError, compilation.other.trim()),
        }
    }

    fn show_warnings(&self, messages: &[Message], source: &Source, parsed: &ParsedCell, show: &mut dyn FnMut(Output)) {
        let this_cell = parsed.parts.first().map(|part| part.snippet().cell);
        for message in messages.iter().filter(|message| {
            message.level == "warning" && !is_idle_value(message) && ambiguous_name(message).is_none()
        }) {
            if let Some(found) = explain(message, source, &self.cells)
                && found.place.map(|(cell, _)| cell) == this_cell
            {
                note(show, &format!("warning: {}", found.summary));
            }
        }
    }
}

/// A text of the compiler's without the modules in which we put what cells define anew.
fn without_modules(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("__cell_") {
        shown += &rest[..at];
        let name = rest[at..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map_or("", |end| &rest[at + end..]);
        rest = name.strip_prefix("::").unwrap_or(name);
    }
    shown + rest
}

/// Whether a warning only says that a value, such as `a + 1;`, is not used: in a notebook the semicolon hides it on purpose.
fn is_idle_value(message: &Message) -> bool {
    ["arithmetic", "comparison", "logical", "unary", "bitwise"]
        .iter()
        .any(|kind| message.message.starts_with(&format!("unused {kind} operation")))
}

/// The name of which a warning says that two modules bring it, which are imported whole.
fn ambiguous_name(message: &Message) -> Option<&str> {
    message.message.strip_prefix('`')?.strip_suffix("` is ambiguous")
}
