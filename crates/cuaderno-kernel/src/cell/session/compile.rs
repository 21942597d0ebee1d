//! From a cell's parts to a library: what the compiler objects to is mended, or told to the student.

use super::{Session, Variable};
use crate::cell::blame::{Blame, blame};
use crate::cell::diagnostics::{Diagnostic, damaged_preload, explain};
use crate::cell::generate::{Exceptions, Plan, broken_source};
use crate::cell::habits;
use crate::cell::items::Items;
use crate::cell::naming::{TypeAnswer, read_types};
use crate::cell::output::{CellFailure, Output, failure, note};
use crate::cell::parse::ParsedCell;
use crate::cell::rustc::{Compilation, Message, RustcError};
use crate::cell::source::Source;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A cell, ready to run.
pub(super) struct Compiled {
    pub(super) library: PathBuf,
    pub(super) items: Items,
    pub(super) new: BTreeMap<String, Variable>,
    /// New variables whose types have no name, and why they are not kept; one of that name from an earlier cell is hidden by it, and gone.
    pub(super) nameless: Vec<(String, String)>,
    pub(super) used_up: Vec<String>,
    pub(super) hidden: Vec<String>,
}

/// What is said of a cell that only the kernel's own parser objects to.
const UNREADABLE: &str = "syntax error";

/// Why a cell was not compiled.
pub(in crate::cell) enum NotCompiled {
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
        mut items: Items,
        stale: &[String],
        show: &mut dyn FnMut(Output),
    ) -> Result<Compiled, NotCompiled> {
        let mut variables = self.variables.clone();
        variables.retain(|name, _| !stale.contains(name));
        let mut exceptions = Exceptions::default();
        loop {
            let plan = Plan { parsed, items: &items, variables: &variables, exceptions: &exceptions };
            let source = plan.source();
            let naming = plan.kept_bindings().next().is_some().then(|| plan.naming_source());
            self.build += 1;
            let library = self.folder.join(format!("cell_{}.so", self.build));
            let (compilation, types) = self.call_rustc(&source, naming.as_ref(), &library)?;
            if !compilation.success {
                let blamed = blame(&compilation.messages, &source, cell);
                if self.learn(blamed, cell, &mut items, &mut exceptions, show) {
                    continue;
                }
                if source.attempts() {
                    // The student is to read about the code as written.
                    exceptions.in_one = true;
                    continue;
                }
                return Err(NotCompiled::Rejected(self.compile_failure(&compilation, &source)));
            }
            self.show_warnings(&compilation.messages, &source, parsed, show);
            let bindings: Vec<_> = plan.kept_bindings().cloned().collect();
            let answers = types.map(|types| read_types(&types, bindings.len())).unwrap_or_default();
            let mut new = BTreeMap::new();
            let mut nameless = Vec::new();
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
            let Exceptions { used_up, hidden, .. } = exceptions;
            return Ok(Compiled { library, items, new, nameless, used_up, hidden });
        }
    }

    /// What a failed compilation teaches for the next try; whether there is anything new in it.
    fn learn(
        &mut self,
        blamed: Blame,
        cell: u32,
        items: &mut Items,
        exceptions: &mut Exceptions,
        show: &mut dyn FnMut(Output),
    ) -> bool {
        let learnt = match blamed {
            Blame::Hidden(names) => extend(&mut exceptions.hidden, names),
            Blame::UsedUp(names) => extend(&mut exceptions.used_up, names),
            Blame::Moved(names) => {
                names.iter().for_each(|name| self.gone.used_up(name, cell));
                extend(&mut exceptions.not_kept, names)
            }
            Blame::CannotKeep(names) => {
                let new = extend(&mut exceptions.not_kept, names);
                exceptions.borrowing.extend(new.clone());
                for name in &new {
                    let reason = format!(
                        "`{name}` borrows from something that ends with its cell, so it is not kept; keep an owned value, for example with .to_owned() or .collect()"
                    );
                    note(show, &reason);
                    self.gone.lost(name, reason);
                }
                new
            }
            Blame::Held => {
                exceptions.ended.clone_from(&exceptions.borrowing);
                std::mem::take(&mut exceptions.borrowing)
            }
            Blame::CannotEnd(names) => exceptions.ended.extract_if(.., |name| names.contains(name)).collect(),
            Blame::CannotRescue(names) => extend(&mut exceptions.unrescued, names),
            Blame::OldItem(old_cell, line) => {
                let dropped: Vec<_> = items.remove_at(old_cell, line).into_iter().collect();
                dropped.iter().for_each(|item| note(show, &format!("`{item}` of cell {old_cell} no longer compiles and is dropped; run cell {old_cell} again once it does")));
                dropped
            }
            Blame::Student => Vec::new(),
        };
        !learnt.is_empty()
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
        written.map_err(|error| failure("input/output error", &format!("{}: {error}", folder.display())))?;
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
                let ename = match error {
                    RustcError::Cancelled => "interrupted",
                    RustcError::TooDeep => "nested too deeply",
                    RustcError::Killed { .. } => "compiler ended",
                    RustcError::NotStarted { .. } => "no compiler",
                };
                Err(failure(ename, &format!("{error}; nothing was run, all variables are kept")))
            }
        }
    }

    pub(super) fn explain_syntax(&mut self, cell: u32, code: &str) -> CellFailure {
        let source = broken_source(cell, code);
        self.build += 1;
        let library = self.folder.join("broken.so");
        match self.call_rustc(&source, None, &library) {
            Ok((compilation, _)) if !compilation.success => self.compile_failure(&compilation, &source),
            Ok(_) => failure(UNREADABLE, &format!("cell {cell}: the cell cannot be read as Rust")),
            Err(failure) => failure,
        }
    }

    /// What the parser has to say, if it is the parser that objects: what the compiler makes of a text that it could not read is not true.
    pub(super) fn syntax_first(&mut self, cell: u32, code: &str, failed: NotCompiled) -> NotCompiled {
        match failed {
            NotCompiled::Rejected(failure) if failure.ename == "error" => {
                let syntax = self.explain_syntax(cell, code);
                NotCompiled::Rejected(if syntax.ename == UNREADABLE { failure } else { syntax })
            }
            failed => failed,
        }
    }

    fn compile_failure(&self, compilation: &Compilation, source: &Source) -> CellFailure {
        let mut errors = compilation.messages.clone();
        errors.retain(|message| message.level.starts_with("error"));
        errors.iter_mut().for_each(|message| self.gone.explain(message));
        if let Some(damage) = errors.iter().find_map(|message| damaged_preload(message, &self.rustc)) {
            return failure("setup", &damage);
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
            None => failure("compiler error", compilation.other.trim()),
        }
    }

    fn show_warnings(&self, messages: &[Message], source: &Source, parsed: &ParsedCell, show: &mut dyn FnMut(Output)) {
        let this_cell = parsed.parts.first().map(|part| part.snippet().cell);
        for message in messages.iter().filter(|message| message.level == "warning" && !is_idle_value(message)) {
            if let Some(found) = explain(message, source, &self.cells)
                && found.place.map(|(cell, _)| cell) == this_cell
            {
                note(show, &format!("warning: {}", found.summary));
            }
        }
    }
}

/// Whether a warning only says that a value, such as `a + 1;`, is not used: in a notebook the semicolon hides it on purpose.
fn is_idle_value(message: &Message) -> bool {
    ["arithmetic", "comparison", "logical", "unary", "bitwise"]
        .iter()
        .any(|kind| message.message.starts_with(&format!("unused {kind} operation")))
}

/// Adds what is new; returns it.
fn extend(list: &mut Vec<String>, mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names.dedup();
    let new: Vec<String> = names.into_iter().filter(|name| !list.contains(name)).collect();
    list.extend(new.clone());
    new
}

fn not_nameable(name: &str, answer: Option<&TypeAnswer>) -> String {
    match answer {
        Some(TypeAnswer::Closure) => format!(
            "`{name}` is a closure and is not kept after its cell; write a fn, or `let {name}: Box<dyn Fn(_) -> _> = Box::new(…)` with its types"
        ),
        Some(TypeAnswer::Unnameable(type_name)) => format!(
            "`{name}` has a type without a name ({type_name}) and is not kept after its cell; collect it into a Vec, or box it"
        ),
        _ => format!("the type of `{name}` could not be found out, so it is not kept; write it: `let {name}: … = …`"),
    }
}
