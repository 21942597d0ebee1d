//! Whose fault it is when a cell does not compile: the student's, or that of lines of ours.

use super::rustc::{Message, Span};
use super::source::{Origin, Source};

/// Whose fault a failed compilation is.
pub enum Blame {
    /// These variables of earlier cells are moved out of, so they cannot be put back.
    UsedUp(Vec<String>),
    /// These new variables are moved out of again, so there is nothing to keep.
    Moved(Vec<String>),
    /// These new variables borrow.
    CannotKeep(Vec<String>),
    /// These new variables cannot be ended before others are kept.
    CannotEnd(Vec<String>),
    /// A new variable cannot be kept while another borrows from it.
    Held,
    /// These new variables cannot be kept where the cell fails.
    CannotRescue(Vec<String>),
    /// These variables of earlier cells have names that mean something else now, a constant for example.
    Hidden(Vec<String>),
    /// An item of an earlier cell, at this line.
    OldItem(u32, u32),
    /// The cell's own, or it has to run in one piece.
    Student,
}

fn asks_for_static(span: &Span) -> bool {
    span.label.as_ref().is_some_and(|label| label.contains("`'static`"))
}

/// Whose fault it is that `cell` does not compile. Mistakes in the lines that keep variables are no mistakes of the student's.
pub fn blame(messages: &[Message], source: &Source, cell: u32) -> Blame {
    let errors = || messages.iter().filter(|message| message.level == "error" && !message.spans.is_empty());
    let (mut used_up, mut moved, mut cannot_keep, mut cannot_end) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut cannot_rescue, mut held, mut hidden) = (Vec::new(), false, Vec::new());
    for message in errors() {
        let code = message.code.as_ref().map_or("", |code| &code.code);
        for span in &message.spans {
            match (source.origin(span.line_start), code) {
                // In a pattern it is the constant, struct or static of that name.
                (Origin::Load(name), "E0005" | "E0308" | "E0530") if span.is_primary => hidden.push(name.clone()),
                (Origin::PutBack(name), "E0382") if span.is_primary => used_up.push(name.clone()),
                (Origin::Keep(name), "E0382") if span.is_primary => moved.push(name.clone()),
                // The owner's line conflicts with the borrower's; the borrower goes.
                (Origin::Keep(_), "E0505") if span.is_primary => held = true,
                (Origin::Rescue(name), _) => cannot_rescue.push(name.clone()),
                // What an attempt gives back and what a variable holds that is kept is one and the same.
                (Origin::Attempt(made), "E0505" | "E0597") if asks_for_static(span) => cannot_keep.extend(made.clone()),
                (Origin::End(name), _) => cannot_end.push(name.clone()),
                (Origin::Keep(name), _) if code != "E0382" => cannot_keep.push(name.clone()),
                _ => {}
            }
        }
    }
    if !hidden.is_empty() {
        return Blame::Hidden(hidden);
    }
    if !used_up.is_empty() {
        return Blame::UsedUp(used_up);
    }
    if !moved.is_empty() {
        return Blame::Moved(moved);
    }
    if !cannot_keep.is_empty() {
        return Blame::CannotKeep(cannot_keep);
    }
    if !cannot_rescue.is_empty() {
        return Blame::CannotRescue(cannot_rescue);
    }
    if !cannot_end.is_empty() {
        return Blame::CannotEnd(cannot_end);
    }
    if held {
        return Blame::Held;
    }
    let places = errors().map(|message| {
        message.spans.iter().find(|span| span.is_primary).and_then(|span| match source.origin(span.line_start) {
            Origin::Cell { cell, line } => Some((*cell, *line)),
            _ => None,
        })
    });
    let places: Vec<_> = places.collect();
    match places.first() {
        Some(Some((old, line))) if places.iter().all(|place| place.is_some_and(|(old, _)| old != cell)) => {
            Blame::OldItem(*old, *line)
        }
        _ => Blame::Student,
    }
}
