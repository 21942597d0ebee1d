//! Whose fault it is when a cell does not compile: the student's, or that of lines of ours.

use super::exceptions::Question;
use super::source::{Origin, Source, put_back};
use crate::cell::rustc::{Message, Span};
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
    /// These variables of earlier cells cannot be put back wherever the cell may end.
    CannotPutBack(BTreeSet<String>),
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
    // A line of a library's source is none of the cell's, whatever its number.
    let own: Vec<Message> = messages.iter().map(Message::in_cells).collect();
    let errors: Vec<&Message> =
        own.iter().filter(|message| message.level == "error" && !message.spans.is_empty()).collect();
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
        | (Some(Blame::CannotPutBack(old)), Blame::CannotPutBack(new))
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
            (Origin::Attempt(..) | Origin::Generated, "E0382" | "E0381") if span.is_primary => {
                let name = message.message.split('`').nth(1)?;
                let line = self.source.text().lines().nth(span.line_start as usize - 1)?;
                line.contains(&put_back(name)).then(|| Blame::CannotPutBack(BTreeSet::from([name.to_owned()])))?
            }
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
            if let Some(declaration) = self.source.glob_at(span.line_start)
                && !declarations.contains(declaration)
            {
                declarations.push(declaration.clone());
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

#[cfg(test)]
mod tests {
    use super::super::parse::Snippet;
    use super::*;

    /// A source of cell 3 with lines of ours around it, and its lines by what they are.
    fn source() -> Source {
        let mut source = Source::default();
        source.glob("use std::cmp::*;", Origin::Cell { cell: 1, line: 1 }); // 1
        source.glob("use ::cuaderno::prelude::*;", Origin::Generated); // 2
        source.snippet(&Snippet::new(2, 1, 0, "impl Clone for P {}"), &[]); // 3
        source.line("let old = take();", Origin::Load("old".into())); // 4
        source.snippet(&Snippet::new(3, 1, 0, "let scale = |x| x * k;"), &[]); // 5
        source.line("(attempt", Origin::Attempt(1, vec![])); // 6
        source.snippet(&Snippet::new(3, 2, 0, "f(1)?"), &[]); // 7
        source.line("attempted)", Origin::Attempt(1, vec![])); // 8
        source.line("put(scale)", Origin::Keep("scale".into())); // 9
        source.line("put(k)", Origin::Keep("k".into())); // 10
        source.line("put_back(old)", Origin::PutBack("old".into())); // 11
        source
    }

    /// An error as rustc writes it: code, text, marked lines (the first is the primary one), lines of its notes.
    fn error(code: &str, text: &str, lines: &[(u32, &str)], notes: &[u32]) -> Message {
        let span = |line: u32, label: &str, is_primary: bool| {
            serde_json::json!({
                "file_name": "3.cell.rs", "line_start": line, "line_end": line, "column_start": 5, "column_end": 6,
                "is_primary": is_primary, "label": label, "suggested_replacement": null, "expansion": null
            })
        };
        let marked: Vec<_> = lines.iter().enumerate().map(|(at, (line, label))| span(*line, label, at == 0)).collect();
        let noted: Vec<_> = notes.iter().map(|line| span(*line, "", true)).collect();
        let note =
            serde_json::json!({ "message": "note", "code": null, "level": "note", "spans": noted, "children": [] });
        let message = serde_json::json!({
            "message": text, "code": { "code": code }, "level": "error", "spans": marked, "children": [note]
        });
        serde_json::from_value(message).unwrap()
    }

    fn judged(messages: &[Message]) -> Blame {
        blame(messages, &source(), 3)
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_closure_that_borrows_what_is_kept_goes_and_not_what_it_borrows() {
        let closure =
            error("E0373", "closure may outlive the current function", &[(5, "may outlive borrowed value `k`")], &[9]);
        let owner = error(
            "E0505",
            "cannot move out of `k` because it is borrowed",
            &[(10, "move out of `k` occurs here")],
            &[],
        );
        assert_eq!(judged(&[owner, closure]), Blame::CannotKeep(names(&["scale"])));
    }

    #[test]
    fn a_number_that_is_borrowed_is_held() {
        let held =
            error("E0503", "cannot use `k` because it was mutably borrowed", &[(10, "use of borrowed `k`")], &[]);
        assert_eq!(judged(&[held]), Blame::Held);
    }

    #[test]
    fn what_is_mended_first_comes_first() {
        let used_up = error("E0382", "use of moved value: `old`", &[(11, "value used here after move")], &[]);
        let moved =
            error("E0382", "use of moved value: `k`", &[(10, "value used here after move"), (7, "value moved")], &[]);
        assert_eq!(judged(&[moved.clone(), used_up]), Blame::UsedUp(names(&["old"])));
        assert_eq!(judged(&[moved]), Blame::Moved(names(&["k"]), BTreeSet::from([1])));
    }

    #[test]
    fn a_name_that_two_globs_bring() {
        let found = judged(&[error("E0659", "`max` is ambiguous", &[(7, "ambiguous name")], &[1, 2])]);
        let globs = vec!["use std::cmp::*;".to_owned(), "use ::cuaderno::prelude::*;".to_owned()];
        assert_eq!(found, Blame::Ambiguous(BTreeSet::from([("max".to_owned(), globs)])));
    }

    #[test]
    fn a_question_whose_error_our_result_does_not_take() {
        let text = "`?` couldn't convert the error to `cuaderno::rt::CellError`";
        assert_eq!(judged(&[error("E0277", text, &[(7, "")], &[])]), Blame::Asked(BTreeSet::from([(3, 2, 5, false)])));
        // In a function of the student's it is the student's.
        assert_eq!(
            judged(&[error("E0277", "`?` couldn't convert the error to `Mine`", &[(7, "")], &[])]),
            Blame::Student
        );
    }

    #[test]
    fn the_newer_of_two_implementations_stays() {
        let conflict =
            error("E0119", "conflicting implementations", &[(5, "conflicting"), (3, "first implementation here")], &[]);
        assert_eq!(judged(&[conflict]), Blame::OldItem(2, 1));
        assert_eq!(judged(&[error("E0308", "mismatched types", &[(3, "")], &[])]), Blame::OldItem(2, 1));
        assert_eq!(judged(&[error("E0308", "mismatched types", &[(5, "")], &[])]), Blame::Student);
    }

    #[test]
    fn a_variable_of_the_name_of_a_function_that_is_called() {
        let called = error(
            "E0618",
            "expected function, found `DataFrame`",
            &[(7, "call expression requires function"), (4, "`old` has type `DataFrame`")],
            &[],
        );
        assert_eq!(judged(&[called]), Blame::Hidden(names(&["old"])));
    }
}
