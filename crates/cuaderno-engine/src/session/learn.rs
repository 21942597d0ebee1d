//! What a failed compilation teaches for the next try.

use super::Session;
use super::gone::moved_away;
use crate::cell::blame::Blame;
use crate::cell::exceptions::{Exceptions, Loaded, Made};
use crate::cell::generate::PRELUDE;
use crate::cell::items::{Changes, Items};
use crate::cell::naming::TypeAnswer;
use crate::cell::parse::ParsedCell;
use crate::output::CellFailure;
use std::collections::BTreeSet;

/// What a try to compile a cell goes by.
pub(super) struct Attempt {
    pub(super) items: Items,
    pub(super) changes: Changes,
    pub(super) exceptions: Exceptions,
    /// Names that several modules bring, for which this cell has taken what the student imports.
    pub(super) student_names: BTreeSet<String>,
    /// What is to be said if the cell compiles: of one that does not, nothing is kept or dropped in any case.
    pub(super) notes: Vec<String>,
    /// The new variables that will not be there then, and why.
    pub(super) lost: Vec<(String, String)>,
    /// What the compiler said when an item of an earlier cell was first left out: where the cell needs it, that is what is wrong.
    pub(super) left_out: Option<CellFailure>,
}

impl Attempt {
    /// Goes by this at first.
    pub(super) fn new(items: Items, changes: Changes, exceptions: Exceptions) -> Self {
        Self {
            items,
            changes,
            exceptions,
            student_names: BTreeSet::new(),
            notes: Vec::new(),
            lost: Vec::new(),
            left_out: None,
        }
    }

    /// The failure to tell: a name that is missing because an earlier item was left out is explained by what is wrong with that.
    pub(super) fn told(self, failure: CellFailure) -> CellFailure {
        const MISSING: [&str; 7] = ["E0277", "E0412", "E0423", "E0425", "E0432", "E0433", "E0599"];
        let is_missing = MISSING.iter().any(|code| failure.ename == format!("error[{code}]"));
        self.left_out.filter(|_| is_missing).unwrap_or(failure)
    }

    /// A new variable is not kept, which the student is told.
    fn not_kept(&mut self, name: &str, reason: String) {
        self.notes.push(reason.clone());
        self.lost.push((name.to_owned(), reason));
    }

    /// Closures are not kept, which is known before the compiler is asked.
    pub(super) fn note_closures(&mut self, parsed: &ParsedCell) {
        for binding in parsed.bindings.iter().filter(|binding| binding.is_closure) {
            self.not_kept(&binding.name, not_nameable(&binding.name, Some(&TypeAnswer::Closure)));
            self.exceptions.made.insert(binding.name.clone(), Made::NotKept);
        }
    }

    /// What a student imports whole comes before our own names. Where a cell compiles only with ours, it means those.
    pub(super) fn take_back_choices(&mut self) -> bool {
        let names = std::mem::take(&mut self.student_names);
        for name in &names {
            self.exceptions.chosen.insert(name.clone(), format!("use ::cuaderno::prelude::{name};"));
        }
        self.exceptions.in_one = false;
        !names.is_empty()
    }
}

/// The declaration that decides what a name means that several modules bring: the student's before ours.
fn chosen(name: &str, globs: &[String]) -> Option<String> {
    let student = globs.iter().find(|glob| *glob != PRELUDE && !glob.starts_with("use super::"))?;
    let at = student.rfind("*;")?;
    Some(format!("{}{name};", &student[..at]))
}

impl Session {
    /// What a failed compilation teaches for the next try; whether there is anything new in it.
    pub(super) fn learn(&mut self, blamed: Blame, cell: u32, parsed: &ParsedCell, attempt: &mut Attempt) -> bool {
        let Attempt { items, changes, exceptions, student_names, notes, lost, .. } = attempt;
        let learnt = match blamed {
            Blame::TypeIsGone(names) => {
                names
                    .iter()
                    .for_each(|name| self.gone.lost(name, format!("the type of `{name}` is not there any more")));
                exceptions.load(names, Loaded::Hidden)
            }
            Blame::Hidden(names) => exceptions.load(names, Loaded::Hidden),
            Blame::Ambiguous(names) => {
                let decided = names.into_iter().filter(|(name, _)| !exceptions.chosen.contains_key(name));
                let decided: Vec<(String, String)> =
                    decided.filter_map(|(name, by)| Some((name.clone(), chosen(&name, &by)?))).collect();
                exceptions.chosen.extend(decided.clone());
                student_names.extend(decided.iter().map(|(name, _)| name.clone()));
                decided.into_iter().map(|(name, _)| name).collect()
            }
            Blame::Asked(places) => {
                let mut ask = |(cell, line, column, is_option)| {
                    let question = Blame::question(is_option);
                    exceptions.questions.insert((cell, line, column), question) != Some(question)
                };
                let news = places.into_iter().filter(|place| ask(*place)).count();
                vec!["?".to_owned(); news]
            }
            Blame::UsedUp(names) => {
                // What a cell moves in one place it may give a new value in another.
                let lives_on =
                    |name: &String| parsed.reassigned.contains(name) && exceptions.loaded(name) == Loaded::Borrowed;
                let (assigned, gone): (Vec<String>, Vec<String>) = names.into_iter().partition(lives_on);
                let mut learnt = exceptions.load(assigned, Loaded::Assigned);
                learnt.extend(exceptions.load(gone, Loaded::UsedUp));
                learnt
            }
            Blame::Moved(names, attempts) => {
                // In an attempt's closure the variable is a copy, to which a new value is given in vain.
                let is_assigned = names.iter().any(|name| parsed.reassigned.contains(name));
                let attempts = attempts.into_iter().filter(|_| is_assigned && !exceptions.in_one);
                if attempts.filter(|part| exceptions.plain.insert(*part)).count() > 0 {
                    return true;
                }
                let (old, new): (Vec<String>, Vec<String>) =
                    names.into_iter().partition(|name| exceptions.loaded(name) == Loaded::Assigned);
                lost.extend(new.iter().map(|name| (name.clone(), moved_away(name, cell))));
                let mut learnt = exceptions.load(old, Loaded::UsedUp);
                learnt.extend(exceptions.make(new, Made::NotKept));
                learnt
            }
            Blame::CannotKeep(names) => {
                let names =
                    names.into_iter().filter(|name| exceptions.made(name) <= Made::KeptAtEnd).collect::<Vec<_>>();
                let new = exceptions.make(names, Made::Borrows);
                for name in &new {
                    let reason = format!(
                        "`{name}` borrows from something that ends with its cell, so it is not kept; keep an owned value, for example with .to_owned() or .collect()"
                    );
                    notes.push(reason.clone());
                    lost.push((name.clone(), reason));
                }
                new
            }
            Blame::CannotRescue(names) => {
                let names = names.into_iter().filter(|name| exceptions.made(name) == Made::Kept).collect::<Vec<_>>();
                exceptions.make(names, Made::KeptAtEnd)
            }
            Blame::CannotPutBack(names) => {
                let news = names.into_iter().filter(|name| exceptions.not_put_back.insert(name.clone()));
                news.collect()
            }
            Blame::CannotEnd(names) => {
                let names = names.into_iter().filter(|name| exceptions.made(name) == Made::Ends).collect::<Vec<_>>();
                exceptions.make(names, Made::NotKept)
            }
            Blame::Held => {
                let borrowing = exceptions.made.iter().filter(|(_, made)| **made == Made::Borrows);
                let borrowing: Vec<String> = borrowing.map(|(name, _)| name.clone()).collect();
                exceptions.make(borrowing, Made::Ends)
            }
            Blame::TailIsStatement => {
                return !std::mem::replace(&mut exceptions.tail_is_statement, true);
            }
            Blame::Borrowed => {
                return !std::mem::replace(&mut exceptions.asks_for_text, true);
            }
            Blame::OldItem(old_cell, line) => match items.remove_at(cell, old_cell, line) {
                Some((item, more)) => {
                    changes.changed.extend(more.changed);
                    changes.started_anew.extend(more.started_anew);
                    notes.push(format!(
                        "`{item}` of cell {old_cell} no longer compiles and is dropped; run cell {old_cell} again once it does"
                    ));
                    vec![item]
                }
                None => Vec::new(),
            },
            Blame::Student => Vec::new(),
        };
        !learnt.is_empty()
    }
}

pub(super) fn not_nameable(name: &str, answer: Option<&TypeAnswer>) -> String {
    match answer {
        Some(TypeAnswer::Closure) => format!(
            "`{name}` is a closure and is not kept after its cell; write a fn, or `let {name}: Box<dyn Fn(_) -> _> = Box::new(…)` with its types"
        ),
        Some(TypeAnswer::Unnameable(type_name)) => unnameable(name, type_name),
        _ => format!("the type of `{name}` could not be found out, so it is not kept; write it: `let {name}: … = …`"),
    }
}

fn unnameable(name: &str, type_name: &str) -> String {
    // `fn(f64) -> f64 {sqrt}`: a function as such, not a pointer to it.
    if let Some((pointer, _)) = type_name.split_once(" {").filter(|_| type_name.starts_with("fn(")) {
        return format!("`{name}` is a function and is not kept after its cell; write `let {name}: {pointer} = …`");
    }
    if let Some((_, local)) = type_name.rsplit_once("cuaderno_cell::") {
        let local = local.rsplit("::").next().unwrap_or(local);
        return format!(
            "`{name}` is not kept after its cell: its type, {local}, is defined inside a block; define {local} outside of it"
        );
    }
    if type_name.contains("<_") || type_name.contains(", _") {
        return format!(
            "the type of `{name}` is known in part only ({type_name}), so it is not kept; write it: `let {name}: … = …`"
        );
    }
    format!(
        "`{name}` has a type without a name ({type_name}) and is not kept after its cell; collect it into a Vec, or box it"
    )
}
