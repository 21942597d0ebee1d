//! The statements of a cell, so that what it has made is kept where it fails.
//!
//! A statement that follows a new variable is attempted: it runs in a closure that catches `?`, panics and interrupts. Where it fails, it leaves
//! the block that began after the newest variable; behind each such block one variable is kept, and so on outwards:
//!
//! ```text
//! 'cuaderno_1: {
//!     let a = 1;
//!     'cuaderno_2: {
//!         let b = (attempt …, else break 'cuaderno_2);
//!         keep a, keep b; return Ok(());
//!     }
//!     keep a;
//! }
//! return the error;
//! ```
//!
//! A `return` of the cell's own leaves its block in the same way.
//!
//! Each variable is written twice, however long the cell is.

use super::exceptions::{Loaded, Made, Question};
use super::generate::{Plan, plain, replacements};
use super::parse::{Binding, Change, Part, Snippet, words_of};
use super::source::{Origin, Replacement, Source, put, put_back};

/// So many blocks inside one another are quick to compile; of longer cells several variables share one.
const MOST_BLOCKS: usize = 64;

/// Writes the statements, and what keeps the variables.
pub fn write_body(plan: &Plan<'_>, source: &mut Source, rescue: bool, keep: &dyn Fn(&mut Source, usize, &str)) {
    let mut body = Body {
        plan,
        blocks: Vec::new(),
        waiting: Vec::new(),
        moved: moved_variables(plan),
        rescue: rescue && !plan.exceptions.in_one,
    };
    let shared = plan.kept_bindings().count().div_ceil(MOST_BLOCKS);
    let returning = plan.items.names_of_returning_macros();
    let root = plan.items.root_of(plan.items.modules().len());
    body.waiting.extend(plan.assigned().into_iter().map(str::to_owned));
    for (number, part) in plan.parsed.parts.iter().enumerate() {
        let (Part::Statement(snippet) | Part::Tail(snippet)) = part else { continue };
        // A `return` of a macro's would return from the attempt only.
        let returns = words_of(&snippet.text).any(|word| returning.contains(word));
        let may_end = snippet.attempted.is_some() || snippet.may_leave();
        if !returns && may_end && !plan.exceptions.plain.contains(&number) {
            body.open_block(source, number, shared, snippet.may_leave());
        }
        let attempts = !returns && !body.blocks.is_empty() && !plan.exceptions.plain.contains(&number);
        let replacements = body.replacements(snippet, number, &root);
        let is_tail = matches!(part, Part::Tail(_)) && !plan.exceptions.tail_is_statement;
        body.write_part(source, number, (snippet, is_tail), &replacements, attempts);
        body.hide_older(source, number);
        let rescued = plan.rescued_bindings().filter(|binding| binding.part == number);
        body.waiting.extend(rescued.map(|binding| binding.name.clone()));
    }
    body.end(source, keep);
}

/// A variable that is moved away cannot be mentioned behind that, so the last part that mentions it is the one that moves it; or the first that makes
/// another of its name.
fn moved_variables(plan: &Plan<'_>) -> Vec<(String, usize)> {
    let is_moved = |name: &str| plan.exceptions.loaded(name) == Loaded::UsedUp;
    let moved = plan.loaded().into_iter().map(|(name, _)| name).filter(|name| is_moved(name));
    let last = |name: &str| {
        if let Some((part, _)) = plan.parsed.made.iter().find(|(_, made)| made == name) {
            return Some(*part);
        }
        let mentions = plan.statements().filter(|(_, snippet)| words_of(&snippet.text).any(|word| word == plain(name)));
        mentions.map(|(number, _)| number).last()
    };
    moved.filter_map(|name| Some((name.to_owned(), last(name)?))).collect()
}

struct Body<'a> {
    plan: &'a Plan<'a>,
    /// The variables that are kept behind each block where what is in it fails.
    blocks: Vec<Vec<String>>,
    /// Variables made since the last block began.
    waiting: Vec<String>,
    /// Variables of earlier cells that the cell moves away, and the part of the cell that does.
    moved: Vec<(String, usize)>,
    rescue: bool,
}

impl Body<'_> {
    /// A statement that may `return` has a block around it also where there is nothing to keep yet: what is made anew behind it is not.
    fn open_block(&mut self, source: &mut Source, number: usize, shared: usize, may_leave: bool) {
        let is_full = self.waiting.len() >= shared.max(1);
        self.waiting.retain(|name| self.plan.exceptions.made(name) == Made::Kept);
        let is_needed = match self.blocks.is_empty() {
            true => may_leave || !self.waiting.is_empty() || !self.put_back(number).is_empty(),
            false => is_full && !self.waiting.is_empty(),
        };
        if !self.rescue || !is_needed {
            return;
        }
        if self.blocks.is_empty() {
            source.generated("let __cuaderno_end: ::std::result::Result<(), ::cuaderno::rt::CellError>;");
        }
        self.blocks.push(std::mem::take(&mut self.waiting));
        source.generated(&format!("'cuaderno_{}: {{", self.blocks.len()));
    }

    /// Puts back what this part does not touch: variables of earlier cells that the cell would have moved behind it, and those that it moves and assigns again.
    fn put_back(&self, number: usize) -> String {
        let later = self.moved.iter().filter(|(_, part)| *part > number).map(|(name, _)| name.as_str());
        let text = &self.plan.parsed.parts[number].snippet().text;
        let is_touched = |name: &str| words_of(text).any(|word| word == plain(name));
        // Others are put back behind the blocks.
        let only_at_end = |name: &&str| self.plan.exceptions.made(name) != Made::Kept;
        let assigned = self.plan.assigned().into_iter().filter(only_at_end).filter(|name| !is_touched(name));
        let names = later.chain(assigned).filter(|name| !self.plan.exceptions.not_put_back.contains(*name));
        names.map(|name| put_back(name) + " ").collect()
    }

    /// What is written into a statement: also what `?` does with errors that a cell cannot carry as they are.
    fn replacements(&self, snippet: &Snippet, number: usize, root: &str) -> Vec<Replacement> {
        let exceptions = self.plan.exceptions;
        let mut written = replacements(snippet, root);
        written.extend(self.leaving(snippet, number));
        let mut ask = |at: usize, question: Question| {
            let text = match question {
                Question::AnyError => {
                    ".map_err(|error| { use ::cuaderno::rt::tried::{ByDebug as _, ByDisplay as _, ByError as _}; (&&&::cuaderno::rt::tried::Tried(&error)).cell_error() })"
                }
                Question::Option => ".ok_or_else(::cuaderno::rt::tried::no_value)",
            };
            written.push((at..at, text.to_owned()));
        };
        let at_places = exceptions.questions.iter().filter(|((cell, ..), _)| *cell == snippet.cell);
        let at_places: Vec<(usize, Question)> = at_places
            .filter_map(|((_, line, column), question)| Some((snippet.byte_at(*line, *column)?, *question)))
            .collect();
        at_places.iter().for_each(|(at, question)| ask(*at, *question));
        if exceptions.asks_for_text {
            let others = snippet.questions.iter().filter(|at| !at_places.iter().any(|(known, _)| known == *at));
            others.for_each(|at| ask(*at, Question::AnyError));
        }
        // Of several that begin at one place, those that only add come in the order in which they were asked for.
        written.sort_by_key(|(at, _)| at.start);
        written
    }

    /// What `return` becomes in a block: there is something to do yet.
    fn leaving(&self, snippet: &Snippet, number: usize) -> Vec<Replacement> {
        let (block, put_back) = (self.blocks.len(), self.put_back(number));
        let written = snippet.edits.iter().filter_map(|edit| match edit.change {
            Change::Leave => Some((edit.at.clone(), "{ __cuaderno_end =".to_owned())),
            Change::Left => Some((edit.at.clone(), format!("; {put_back}break 'cuaderno_{block} }}"))),
            Change::Text(_) | Change::Root | Change::File(_) => None,
        });
        written.filter(|_| block > 0).collect()
    }

    fn write_part(
        &self,
        source: &mut Source,
        number: usize,
        (snippet, is_tail): (&Snippet, bool),
        replacements: &[Replacement],
        attempts: bool,
    ) {
        let attempted = snippet.attempted.clone().filter(|_| attempts);
        match (is_tail, attempted) {
            (true, None) => write_shown(source, snippet, replacements),
            (true, Some(_)) => self.attempt(source, number, |source| write_shown(source, snippet, replacements)),
            (false, None) => {
                mark(source, snippet);
                source.snippet(snippet, replacements);
            }
            (false, Some(range)) => {
                mark(source, snippet);
                let before: Vec<Replacement> =
                    replacements.iter().filter(|(at, _)| at.start < range.start).cloned().collect();
                source.part_of(snippet, 0..range.start, &before);
                let inside: Vec<Replacement> = replacements
                    .iter()
                    .filter(|(at, _)| range.start <= at.start && at.end <= range.end)
                    .cloned()
                    .collect();
                self.attempt(source, number, |source| source.part_of(snippet, range.clone(), &inside));
                let after: Vec<Replacement> = replacements
                    .iter()
                    .filter(|(at, _)| at.start >= range.end && at.end > range.end)
                    .cloned()
                    .collect();
                source.part_of(snippet, range.end..snippet.text.len(), &after);
            }
        }
        source.generated(";");
    }

    /// Whoever makes a variable anew means the new one from there on, also where that is moved, or is not kept if the cell ends early: the older one goes.
    fn hide_older(&self, source: &mut Source, number: usize) {
        let Plan { parsed, variables, .. } = self.plan;
        let names = parsed.made.iter().filter(|(part, _)| *part == number).map(|(_, name)| name);
        for name in names.filter(|name| variables.contains_key(*name)) {
            if !self.rescue || !self.plan.rescued_bindings().any(|binding| binding.name == *name) {
                source.generated(&format!("__cuaderno_store.hide({name:?});"));
            }
        }
    }

    /// What is added here ends the cell if it fails; then what was made before is kept.
    fn attempt(&self, source: &mut Source, number: usize, add: impl FnOnce(&mut Source)) {
        let bindings = self.plan.parsed.bindings.iter().filter(|binding| binding.part == number);
        let origin = Origin::Attempt(number, bindings.map(|binding| binding.name.clone()).collect());
        source.line("(match ::cuaderno::rt::attempt(|| ::std::result::Result::Ok({", origin.clone());
        add(source);
        let end = format!(
            "}})) {{ ::std::result::Result::Ok(value) => value, ::std::result::Result::Err(error) => {{ __cuaderno_end = ::std::result::Result::Err(error); {}break 'cuaderno_{} }} }})",
            self.put_back(number),
            self.blocks.len()
        );
        source.line(&end, origin);
    }

    fn end(&self, source: &mut Source, keep: &dyn Fn(&mut Source, usize, &str)) {
        let plan = self.plan;
        for Binding { name, .. } in
            plan.parsed.bindings.iter().rev().filter(|binding| plan.exceptions.made(&binding.name) == Made::Ends)
        {
            source.line(&format!("{{ let __cuaderno_ended = {name}; }}"), Origin::End(name.clone()));
        }
        for (number, binding) in plan.kept_bindings().enumerate() {
            keep(source, number, &binding.name);
        }
        for name in plan.assigned() {
            source.line(&put_back(name), Origin::Keep(name.to_owned()));
        }
        if self.blocks.is_empty() {
            return source.generated("::std::result::Result::Ok(())");
        }
        source.generated("return ::std::result::Result::Ok(());");
        let assigned = plan.assigned();
        for (number, names) in self.blocks.iter().enumerate().rev() {
            source.generated("}");
            if number + 1 == self.blocks.len() {
                source.generated("__cuaderno_store.rescue();");
            }
            for name in names {
                let line = match assigned.contains(&name.as_str()) {
                    true => put_back(name),
                    false => put(name),
                };
                source.line(&line, Origin::Rescue(name.clone()));
            }
        }
        source.generated("return __cuaderno_end;");
    }
}

/// Shows the value of the expression at a cell's end. A reference, so that showing a variable does not use it up; a match, so that
/// temporaries live long enough.
fn write_shown(source: &mut Source, snippet: &Snippet, replacements: &[Replacement]) {
    mark(source, snippet);
    source.generated("match &(");
    source.snippet(snippet, replacements);
    source.generated(") { value => { use ::cuaderno::rt::show::{Peel as _, ShowDebug as _, ShowName as _, ShowPlain as _}; ({ value }).peeled().peeled().evcxr_display(); } }");
}

/// Notes at run time which statement begins, for panics inside libraries: the line behind the note stands for the statement's.
fn mark(source: &mut Source, snippet: &Snippet) {
    source.generated(&format!("::cuaderno::rt::at({});", source.next_line() + 1));
    source.line("", Origin::Cell { cell: snippet.cell, line: snippet.line });
}
