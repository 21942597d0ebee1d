//! A message of the compiler's in the terms of a cell, which knows no file, no Cargo.toml, and no crates that the student never named.

use super::super::rustc::{Message, Span};
use super::super::source::{Origin, Source};
use super::CellTexts;

/// Crates that an advice may name in any case.
const KNOWN: [&str; 9] = ["std", "core", "alloc", "crate", "self", "super", "ctx", "cuaderno", "polars"];

/// The message without what is ours in it, and with advice that can be followed here.
pub fn of_the_cell(message: &Message, source: &Source, cells: &CellTexts) -> Message {
    let mut message = message.clone();
    end_of_cell(&mut message, source);
    error_without_form(&mut message);
    macro_for_value(&mut message);
    let before = message.children.len();
    message.children.retain_mut(|child| {
        !is_foreign(child, cells) && !only_foreign_imports(child, cells) && !is_about_files(child) && !is_endless(child)
    });
    if message.children.len() < before {
        // What is left of an advice to import a trait.
        message.children.retain(|child| child.message != "items from traits can only be used if the trait is in scope");
    }
    for child in &mut message.children {
        if let Some((advice, _)) = child.message.split_once(" attribute to your crate (`") {
            child.message = format!("{advice} attribute to a crate of your own, outside of the notebook");
        }
        if let Some(name) = child.message.strip_prefix("you might be missing a crate named `") {
            let name = name.trim_end_matches('`');
            child.message = format!("if `{name}` is a crate, write `:dep {name}` at the head of the cell");
        }
    }
    message
}

/// `?` with an error that has neither `Display` nor `Debug` meets a method of ours.
fn error_without_form(message: &mut Message) {
    if message.message.contains("`cell_error`")
        && let Some(name) = message.message.split("Tried<'_, ").nth(1).and_then(|rest| rest.split(">`").next())
    {
        message.message = format!(
            "`?` cannot show this error: `{name}` has neither `Debug` nor `Display`; write `#[derive(Debug)]` over it"
        );
        message.spans.retain(|span| span.is_primary);
        message.spans.iter_mut().for_each(|span| span.label = None);
        message.children.clear();
    }
}

/// A variable that is not there, called like a macro: `df`.
fn macro_for_value(message: &mut Message) {
    let name = message.message.strip_prefix("expected value, found macro `").and_then(|rest| rest.strip_suffix('`'));
    if let Some(name) = name.map(str::to_owned) {
        message.message = format!("cannot find value `{name}` in this scope; `{name}!` is a macro");
        message.spans.iter_mut().for_each(|span| span.label = None);
        message.children.clear();
    }
}

/// A list of so many types that only its beginning is shown says nothing.
fn is_endless(child: &Message) -> bool {
    child.message.starts_with("the following other types implement trait") && child.message.ends_with(" others")
}

/// Whether an advice leads to a file beside the library, which is gone with it.
fn is_about_files(child: &Message) -> bool {
    child.message.contains(" has been written to '") || child.message.starts_with("consider using `--verbose`")
}

/// A cell that lacks something at its end meets our closing brace, which the student never wrote.
fn end_of_cell(message: &mut Message, source: &Source) {
    let is_ours = |line| line >= source.next_line() || !matches!(source.origin(line), Origin::Cell { .. });
    let is_at_end = |span: &Span| span.is_primary && (is_ours(span.line_end) || is_ours(span.line_end + 1));
    if let Some(start) = message.message.strip_suffix("found `}`")
        && message.spans.iter().any(is_at_end)
    {
        message.message = format!("{start}found the end of the cell");
    }
    let is_open = |span: &Span| span.label.as_deref() == Some("unclosed delimiter") && !is_ours(span.line_start);
    let about_delimiters = message.message == "mismatched closing delimiter: `}`"
        || message.message == "this file contains an unclosed delimiter";
    let ends_there = message.spans.iter().any(|span| span.is_primary && is_ours(span.line_start));
    if about_delimiters && ends_there && message.spans.iter().any(is_open) {
        message.spans.retain(is_open);
        // The innermost, for the others may be closed by what is missing to it.
        message.spans.truncate(1);
        message
            .spans
            .iter_mut()
            .for_each(|span| (span.is_primary, span.label) = (true, Some("opened here".to_owned())));
        message.message = "unclosed delimiter".to_owned();
        message.children.clear();
    } else if about_delimiters && ends_there {
        // A brace of the cell's was closed by ours, and ours is open.
        message.message = "a brace is still open at the end of the cell".to_owned();
        message.spans.retain(|span| span.is_primary);
        message.children.clear();
    }
}

/// Takes away the imports from crates that the student never named, for a library's library is none of theirs; tells whether nothing is left.
fn only_foreign_imports(child: &mut Message, cells: &CellTexts) -> bool {
    let before = child.spans.len();
    child.spans.retain(|span| {
        let import = span.suggested_replacement.as_deref().and_then(|text| text.trim_start().strip_prefix("use "));
        import.is_none_or(|path| is_named(path, cells))
    });
    child.spans.is_empty() && before > 0
}

/// Whether an advice speaks of such a crate.
fn is_foreign(child: &Message, cells: &CellTexts) -> bool {
    let quoted = child.message.split('`').skip(1).step_by(2);
    let mut paths = quoted.filter(|text| text.contains("::") && text.starts_with(|c: char| c.is_ascii_lowercase()));
    child.level == "help" && paths.any(|path| !is_named(path, cells))
}

/// Whether the crate at the head of a path is known, or in the text of a cell.
fn is_named(path: &str, cells: &CellTexts) -> bool {
    let name = path.trim_start_matches("::").split([':', ' ', ';', '<']).next().unwrap_or_default();
    let is_word = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    KNOWN.contains(&name) || cells.values().any(|text| is_word(text))
}
