//! Whose fault it is when a cell does not compile: the student's, or that of lines of ours.

use super::exceptions::Question;
use super::rustc::{Message, Span};
use super::source::{Origin, Source};
use std::collections::BTreeSet;

/// What a failed compilation is about. What comes first is mended first: it may be the cause of what comes later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blame {
    /// The types of these variables of earlier cells are not there any more.
    TypeIsGone(BTreeSet<String>),
    /// These variables of earlier cells have names that mean something else now, a constant or a function for example.
    Hidden(BTreeSet<String>),
    /// Several modules that are imported whole bring these names; with the declarations that do.
    Ambiguous(BTreeSet<(String, Vec<String>)>),
    /// At these places (cell, line, column), `?` follows something that a cell cannot carry out as it is.
    Asked(BTreeSet<(u32, u32, u32, IsOption)>),
    /// These variables of earlier cells are moved out of, so they cannot be put back.
    UsedUp(BTreeSet<String>),
    /// These variables are moved out of again, so there is nothing to keep; with the attempts that move them.
    Moved(BTreeSet<String>, BTreeSet<usize>),
    /// These new variables borrow.
    CannotKeep(BTreeSet<String>),
    /// These variables cannot be kept where the cell fails.
    CannotRescue(BTreeSet<String>),
    /// These new variables cannot be ended before others are kept.
    CannotEnd(BTreeSet<String>),
    /// A new variable cannot be kept while another borrows from it.
    Held,
    /// The macro at the end of the cell makes statements.
    TailIsStatement,
    /// An error that borrows cannot be carried out of the cell by `?` as it is, only its text.
    Borrowed,
    /// An item of an earlier cell, at this line.
    OldItem(u32, u32),
    /// The cell's own, or it has to run in one piece.
    Student,
}

/// Whether a `?` follows an `Option`.
pub type IsOption = bool;

impl Blame {
    /// What `?` is to do with what it follows.
    pub fn question(is_option: IsOption) -> Question {
        if is_option { Question::Option } else { Question::AnyError }
    }
}

/// Whose fault it is that `cell` does not compile. Mistakes in the lines that keep variables are no mistakes of the student's.
pub fn blame(messages: &[Message], source: &Source, cell: u32) -> Blame {
    let errors: Vec<&Message> =
        messages.iter().filter(|message| message.level == "error" && !message.spans.is_empty()).collect();
    let reader = Reader { source, cell };
    let found = errors.iter().flat_map(|message| reader.of_message(message));
    let merged = found.fold(Vec::new(), merge);
    merged.into_iter().min().or_else(|| reader.old_item(&errors)).unwrap_or(Blame::Student)
}

/// Several mistakes of one kind are mended together.
fn merge(mut all: Vec<Blame>, new: Blame) -> Vec<Blame> {
    let same = all.iter_mut().find(|old| std::mem::discriminant(*old) == std::mem::discriminant(&new));
    match (same, new) {
        (Some(Blame::TypeIsGone(old)), Blame::TypeIsGone(new))
        | (Some(Blame::Hidden(old)), Blame::Hidden(new))
        | (Some(Blame::UsedUp(old)), Blame::UsedUp(new))
        | (Some(Blame::CannotKeep(old)), Blame::CannotKeep(new))
        | (Some(Blame::CannotRescue(old)), Blame::CannotRescue(new))
        | (Some(Blame::CannotEnd(old)), Blame::CannotEnd(new)) => old.extend(new),
        (Some(Blame::Ambiguous(old)), Blame::Ambiguous(new)) => old.extend(new),
        (Some(Blame::Asked(old)), Blame::Asked(new)) => old.extend(new),
        (Some(Blame::Moved(old, old_attempts)), Blame::Moved(new, attempts)) => {
            old.extend(new);
            old_attempts.extend(attempts);
        }
        (Some(_), _) => {}
        (None, new) => all.push(new),
    }
    all
}

struct Reader<'a> {
    source: &'a Source,
    cell: u32,
}

impl Reader<'_> {
    fn of_message(&self, message: &Message) -> Vec<Blame> {
        let code = message.code.as_ref().map_or("", |code| &code.code);
        let text = &message.message;
        if code == "E0659" {
            return self.ambiguous(message).into_iter().collect();
        }
        if code == "E0277"
            && let Some(asked) = self.asked(message)
        {
            return vec![asked];
        }
        // A macro that makes statements, where an expression stands.
        if text.starts_with("macro expansion ignores")
            || code == "semicolon_in_expressions_from_macros"
            || text == "expected expression, found `let` statement"
        {
            return vec![Blame::TailIsStatement];
        }
        let notes = message.children.iter().flat_map(|child| &child.spans);
        let in_notes = notes.filter_map(|span| self.of_note(span, code));
        message.spans.iter().filter_map(|span| self.of_span(span, code, message)).chain(in_notes).collect()
    }

    fn of_span(&self, span: &Span, code: &str, message: &Message) -> Option<Blame> {
        let one = |name: &String| BTreeSet::from([name.clone()]);
        Some(match (self.source.origin(span.line_start), code) {
            (Origin::Load(name), "E0412" | "E0425" | "E0433" | "E0432" | "E0603" | "E0107" | "E0573")
                if span.is_primary =>
            {
                Blame::TypeIsGone(one(name))
            }
            // In a pattern it is the constant, struct or static of that name.
            (Origin::Load(name), "E0005" | "E0308" | "E0530") if span.is_primary => Blame::Hidden(one(name)),
            // A call of the function from which the variable has its name.
            (Origin::Load(name), "E0618") => Blame::Hidden(one(name)),
            (Origin::PutBack(name), "E0382") if span.is_primary => Blame::UsedUp(one(name)),
            (Origin::Keep(name), "E0382" | "E0381") if span.is_primary => {
                Blame::Moved(one(name), self.attempts(message))
            }
            // The owner's line conflicts with the borrower's; the borrower goes.
            (Origin::Keep(_), "E0499" | "E0502" | "E0503" | "E0505" | "E0506") if span.is_primary => Blame::Held,
            (Origin::Rescue(name), _) => Blame::CannotRescue(one(name)),
            // What an attempt gives back and what a variable holds that is kept is one and the same.
            (Origin::Attempt(_, made), "E0505" | "E0597") if asks_for_static(span) && !made.is_empty() => {
                Blame::CannotKeep(made.iter().cloned().collect())
            }
            (Origin::End(name), _) => Blame::CannotEnd(one(name)),
            (Origin::Cell { cell, .. }, "E0505" | "E0597" | "E0716" | "E0521")
                if *cell == self.cell && asks_for_static(span) =>
            {
                Blame::Borrowed
            }
            (Origin::Keep(name), code) if !["E0382", "E0381"].contains(&code) => Blame::CannotKeep(one(name)),
            _ => return None,
        })
    }

    /// A closure that borrows is marked itself; that our line asks it not to is said below.
    fn of_note(&self, span: &Span, code: &str) -> Option<Blame> {
        match (self.source.origin(span.line_start), code) {
            (Origin::Keep(name), "E0373" | "E0521" | "E0597" | "E0716") => {
                Some(Blame::CannotKeep(BTreeSet::from([name.clone()])))
            }
            _ => None,
        }
    }

    /// The attempts that the message speaks of.
    fn attempts(&self, message: &Message) -> BTreeSet<usize> {
        let parts = message.spans.iter().filter_map(|span| match self.source.origin(span.line_start) {
            Origin::Attempt(part, _) => Some(*part),
            _ => self.attempt_around(span.line_start),
        });
        parts.collect()
    }

    /// The attempt that a line stands in.
    fn attempt_around(&self, line: u32) -> Option<usize> {
        let mut open = None;
        for before in 1..line {
            if let Origin::Attempt(part, _) = self.source.origin(before) {
                open = if open == Some(*part) { None } else { Some(*part) };
            }
        }
        open
    }

    /// A name that two globs bring.
    fn ambiguous(&self, message: &Message) -> Option<Blame> {
        let name = message.message.split('`').nth(1)?;
        let mut declarations = Vec::new();
        for span in message.children.iter().flat_map(|child| &child.spans) {
            match self.source.origin(span.line_start) {
                Origin::Glob(declaration) if !declarations.contains(declaration) => {
                    declarations.push(declaration.clone())
                }
                _ => {}
            }
        }
        (!declarations.is_empty()).then(|| Blame::Ambiguous(BTreeSet::from([(name.to_owned(), declarations)])))
    }

    /// A `?` in the cell's own statements whose error our result does not take.
    fn asked(&self, message: &Message) -> Option<Blame> {
        let text = format!(
            "{} {}",
            message.message,
            message.spans.iter().filter_map(|span| span.label.clone()).collect::<Vec<_>>().join(" ")
        );
        let notes: String = message.children.iter().map(|child| child.message.as_str()).collect();
        let is_option = text.contains("the `?` operator on `Result`s")
            || text.contains("operator can only be used on `Result`s, not `Option`s");
        let is_ours = text.contains("CellError") || notes.contains("CellError");
        if !is_ours || !(is_option || text.contains("`?` couldn't convert the error")) {
            return None;
        }
        let span = message.spans.iter().find(|span| span.is_primary)?;
        match self.source.origin(span.line_start) {
            Origin::Cell { cell, line } if *cell == self.cell => {
                Some(Blame::Asked(BTreeSet::from([(*cell, *line, span.column_start, is_option)])))
            }
            _ => None,
        }
    }

    /// The code of an earlier cell that all errors are about, or that a new definition replaces.
    fn old_item(&self, errors: &[&Message]) -> Option<Blame> {
        let of_earlier = |span: &Span| match self.source.origin(span.line_start) {
            Origin::Cell { cell, line } if *cell != self.cell => Some(Blame::OldItem(*cell, *line)),
            _ => None,
        };
        let replaced = errors.iter().find_map(|message| {
            let code = message.code.as_ref().map_or("", |code| &code.code);
            // Conflicting implementations, and names that are there twice: the newer definition replaces the older.
            let is_conflict = ["E0119", "E0428", "E0255", "E0252", "E0592", "E0201"].contains(&code);
            let spans = message.spans.iter().chain(message.children.iter().flat_map(|child| &child.spans));
            spans.filter(|_| is_conflict).find_map(of_earlier)
        });
        let primary = |message: &&Message| message.spans.iter().find(|span| span.is_primary).and_then(of_earlier);
        let places: Vec<Option<Blame>> = errors.iter().map(primary).collect();
        let all = places.first().cloned().flatten().filter(|_| places.iter().all(Option::is_some));
        replaced.or(all)
    }
}

fn asks_for_static(span: &Span) -> bool {
    span.label.as_ref().is_some_and(|label| label.contains("`'static`"))
}
