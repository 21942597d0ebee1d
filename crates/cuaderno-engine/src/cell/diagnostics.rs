//! The compiler's messages as a teacher would say them: at the student's cell and line, without a trace of generated code.

mod terms;

use super::source::{Origin, Source};
use crate::cell::rustc::{Message, Rustc, Span};
use annotate_snippets::renderer::{Effects, Style};
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use std::collections::BTreeMap;
use std::ops::Range;

/// Texts of all cells so far, by execution count.
pub type CellTexts = BTreeMap<u32, String>;

/// A message in the forms that Jupyter wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// For example `error[E0308]`.
    pub title: String,
    /// One line: place and message.
    pub summary: String,
    /// With source lines, in colour.
    pub styled: String,
    /// With source lines, without escape codes.
    pub plain: String,
    /// Where it is, if in a cell.
    pub place: Option<(u32, u32)>,
}

/// A range of a cell's text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    cell: u32,
    line: u32,
    range: Range<usize>,
}

/// Explains a message about `source`; `None` for one that only sums up others.
pub fn explain(message: &Message, source: &Source, cells: &CellTexts) -> Option<Diagnostic> {
    if message.message.starts_with("aborting due to") || message.level == "failure-note" {
        return None;
    }
    let map = Map { source, cells };
    let message = &terms::of_the_cell(message, source, cells);
    let primary = message.spans.iter().filter(|span| span.is_primary).find_map(|span| Some((span, map.place(span)?)));
    let place = primary.as_ref().map(|(_, place)| (place.cell, place.line));
    let code = message.code.as_ref().map(|code| code.code.clone());
    let title = match &code {
        Some(code) => format!("{}[{code}]", message.level),
        None => message.level.clone(),
    };
    let at = place.map(|(cell, line)| format!("cell {cell}, line {line}: ")).unwrap_or_default();
    let label = primary.as_ref().and_then(|(span, _)| span.label.as_deref()).filter(|label| *label != message.message);
    let label = label.map(|label| format!(" ({label})")).unwrap_or_default();
    let text = &message.message;
    let report = map.report(message);
    Some(Diagnostic {
        title,
        summary: format!("{at}{text}{label}").replace('\n', " "),
        styled: styled().render(&report),
        plain: Renderer::plain().render(&report),
        place,
    })
}

/// Without colours: Jupyter draws errors on a light red ground in one theme and on a dark one in the other, and no colour of its palette is read well
/// on both. Bold and plain letters have the theme's own.
fn styled() -> Renderer {
    let (plain, bold) = (Style::new(), Style::new().effects(Effects::BOLD));
    Renderer::styled()
        .hyperlink(false)
        .error(bold)
        .warning(bold)
        .info(bold)
        .note(bold)
        .help(bold)
        .emphasis(bold)
        .addition(bold)
        .removal(plain)
        .context(plain)
        .line_num(plain)
}

/// What to do when the compiler cannot read the libraries that cells are compiled against; `None` for a message about anything else.
pub fn damaged_preload(message: &Message, rustc: &Rustc) -> Option<String> {
    // crate not found, found twice, of another compiler, or not readable; without a file of ours at fault there is no place
    const CODES: [&str; 8] = ["E0459", "E0460", "E0461", "E0462", "E0463", "E0464", "E0514", "E0786"];
    // `extern crate` of a crate that is nowhere is the student's mistake.
    let named = message.message.split('`').nth(1).unwrap_or_default();
    let is_about_ours = rustc.is_in_preload(named) || message.message.contains(" which ");
    let is_code = is_about_ours && message.code.as_ref().is_some_and(|code| CODES.contains(&&*code.code));
    let is_ours = message.spans.iter().all(|span| !span.is_in_cell()) || is_code;
    let words = ["metadata", "rmeta", "mmap", "failed to load"];
    let is_damage = is_code || (message.code.is_none() && words.iter().any(|word| message.message.contains(word)));
    (is_ours && is_damage).then(|| {
        let first = message.message.lines().next().unwrap_or_default();
        format!("the compiler cannot read the libraries of this kernel: {first}; install cuaderno again (in a clone: `cargo xtask setup`), then restart the kernel")
    })
}

/// Shows the line of a cell where it failed while running.
pub fn point_at(title: &str, cell: u32, line: u32, cells: &CellTexts) -> Option<Diagnostic> {
    let text = cells.get(&cell)?;
    let range = line_range(text, line)?;
    let snippet = Snippet::source(text.as_str()).path(format!("cell {cell}"));
    let first_line = title.lines().next().unwrap_or_default();
    let report = [Level::ERROR.primary_title(title).element(snippet.annotation(AnnotationKind::Primary.span(range)))];
    Some(Diagnostic {
        title: "error".to_owned(),
        summary: format!("cell {cell}, line {line}: {first_line}"),
        styled: styled().render(&report),
        plain: Renderer::plain().render(&report),
        place: Some((cell, line)),
    })
}

struct Map<'a> {
    source: &'a Source,
    cells: &'a CellTexts,
}

impl<'a> Map<'a> {
    fn report(&self, message: &'a Message) -> Vec<Group<'a>> {
        let level = if message.level.starts_with("warning") { Level::WARNING } else { Level::ERROR };
        let title = match &message.code {
            Some(code) => level.primary_title(&message.message).id(&code.code),
            None => level.primary_title(&message.message),
        };
        let mut group = Group::with_title(title).elements(self.snippets(&message.spans));
        let mut fixes = Vec::new();
        for child in &message.children {
            let level = if child.level == "help" { Level::HELP } else { Level::NOTE };
            let patches = self.patches(&child.spans);
            let imports = imports_in(child);
            if !patches.is_empty() {
                fixes.push(Group::with_title(level.secondary_title(&child.message)).elements(patches));
            } else if !imports.is_empty() {
                // They would stand at the root of our source.
                group = group.element(level.message(format!("{}: {}", child.message, imports.join(" or "))));
            } else if child.spans.is_empty() || child.spans.iter().any(|span| self.place(span).is_some()) {
                group = group.element(level.message(&child.message));
            }
        }
        let mut groups = vec![group];
        groups.extend(fixes);
        groups
    }

    /// The marked source lines, one snippet a cell; the cell of the primary span first.
    fn snippets(&self, spans: &'a [Span]) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
        let mut ordered: Vec<&Span> = spans.iter().collect();
        ordered.sort_by_key(|span| !span.is_primary);
        let mut by_cell: Vec<(u32, Snippet<'a, _>)> = Vec::new();
        for span in ordered {
            let Some(place) = self.place(span) else { continue };
            let kind = if span.is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(place.range).label(span.label.as_deref());
            match by_cell.iter().position(|(cell, _)| *cell == place.cell) {
                Some(index) => {
                    let (cell, snippet) = by_cell.remove(index);
                    by_cell.insert(index, (cell, snippet.annotation(annotation)));
                }
                None => {
                    let snippet =
                        Snippet::source(self.cells[&place.cell].as_str()).path(format!("cell {}", place.cell));
                    by_cell.push((place.cell, snippet.annotation(annotation)));
                }
            }
        }
        by_cell.into_iter().map(|(_, snippet)| snippet).collect()
    }

    /// Suggested replacements, where they lie in a cell: one snippet for each alternative, however many parts it has. The compiler lists the
    /// parts of all alternatives in one row; where one lies on another, the next alternative begins.
    fn patches(&self, spans: &'a [Span]) -> Vec<Snippet<'a, Patch<'a>>> {
        let mut alternatives: Vec<Vec<&Span>> = Vec::new();
        for span in spans.iter().filter(|span| span.suggested_replacement.is_some()) {
            let is_another = |other: &&Span| !is_before(other, span) && !is_before(span, other);
            match alternatives.last_mut() {
                Some(parts) if !parts.iter().any(is_another) => parts.push(span),
                _ => alternatives.push(vec![span]),
            }
        }
        alternatives.into_iter().filter_map(|parts| self.patch(&parts)).collect()
    }

    /// One alternative; `None` if a part of it lies in no cell, for half a suggestion is none.
    fn patch(&self, parts: &[&'a Span]) -> Option<Snippet<'a, Patch<'a>>> {
        let is_ours = |line| !matches!(self.source.origin(line), Origin::Cell { .. });
        // One that reaches into lines of ours would take them away, too.
        let is_exact = |span: &Span| !is_ours(span.line_start) && !is_ours(span.line_end);
        let mut snippet = None;
        let mut of_cell = None;
        for span in parts {
            let place =
                self.place(span).filter(|place| is_exact(span) && of_cell.is_none_or(|cell| cell == place.cell))?;
            let cell = *of_cell.insert(place.cell);
            let text = self.cells[&cell].as_str();
            let (range, replacement) = trimmed(text, place.range, span.suggested_replacement.as_deref()?);
            let patch = Patch::new(range, replacement);
            snippet = Some(snippet.unwrap_or_else(|| Snippet::source(self.cells[&cell].as_str())).patch(patch));
        }
        snippet
    }

    /// Where in a cell a span lies: through the macro calls that led to it, and for generated code at the line before it.
    fn place(&self, span: &Span) -> Option<Place> {
        if !span.is_in_cell() {
            return self.place(&span.expansion.as_deref()?.span);
        }
        match self.source.origin(span.line_start) {
            Origin::Cell { cell, line } => {
                let text = self.cells.get(cell)?;
                let whole_line = line_range(text, *line)?;
                let start = offset(text, *line, span.column_start).unwrap_or(whole_line.start);
                let end = match self.source.origin(span.line_end) {
                    Origin::Cell { cell: end_cell, line: end_line } if end_cell == cell => {
                        offset(text, *end_line, span.column_end).unwrap_or(whole_line.end)
                    }
                    _ => whole_line.end,
                };
                Some(Place { cell: *cell, line: *line, range: start..end.max(start) })
            }
            _ if span.is_primary => {
                let (cell, line) = self.source.nearest_cell_line(span.line_start)?;
                let range = line_range(self.cells.get(&cell)?, line)?;
                Some(Place { cell, line, range })
            }
            _ => None,
        }
    }
}

/// A replacement without what it has in common with what it replaces.
fn trimmed<'a>(text: &str, range: Range<usize>, replacement: &'a str) -> (Range<usize>, &'a str) {
    let Some(replaced) = text.get(range.clone()) else { return (range, replacement) };
    let same = |one: &str, other: &str, from_end: bool| -> usize {
        let pairs: Vec<(char, char)> = match from_end {
            true => one.chars().rev().zip(other.chars().rev()).collect(),
            false => one.chars().zip(other.chars()).collect(),
        };
        pairs.iter().take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
    };
    let start = same(replaced, replacement, false);
    let end = same(&replaced[start..], &replacement[start..], true);
    (range.start + start..range.end - end, &replacement[start..replacement.len() - end])
}

/// The imports that an advice suggests.
fn imports_in(child: &Message) -> Vec<String> {
    let suggested = child.spans.iter().filter_map(|span| span.suggested_replacement.as_deref());
    suggested.map(str::trim).filter(|text| text.starts_with("use ")).map(|text| format!("`{text}`")).collect()
}

/// Whether a span ends before another begins.
fn is_before(one: &Span, other: &Span) -> bool {
    let (end, start) = ((one.line_end, one.column_end), (other.line_start, other.column_start));
    // Two insertions at one place are two alternatives.
    end < start || (end == start && (one.line_start, one.column_start) < end)
}

/// The bytes of a line, without its indentation and line end.
fn line_range(text: &str, line: u32) -> Option<Range<usize>> {
    let content = text.split('\n').nth(line.checked_sub(1)? as usize)?;
    let start = content.as_ptr() as usize - text.as_ptr() as usize;
    let indent = content.len() - content.trim_start().len();
    Some(start + indent..start + content.trim_end().len().max(indent))
}

/// The byte at a line and column, both from 1; columns count characters.
fn offset(text: &str, line: u32, column: u32) -> Option<usize> {
    let content = text.split('\n').nth(line.checked_sub(1)? as usize)?;
    let start = content.as_ptr() as usize - text.as_ptr() as usize;
    let column = column.checked_sub(1)? as usize;
    let within = content.char_indices().map(|(at, _)| at).chain([content.len()]).nth(column)?;
    Some(start + within)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn span(line: u32, columns: Range<u32>, label: &str) -> Span {
        Span {
            file_name: "/tmp/3.cell.rs".into(),
            line_start: line,
            line_end: line,
            column_start: columns.start,
            column_end: columns.end,
            is_primary: true,
            label: Some(label.into()),
            suggested_replacement: None,
            expansion: None,
        }
    }

    fn cell_seven() -> (Source, CellTexts) {
        let text = "let a = 1;\n  let é: i32 = \"x\";";
        let mut source = Source::default();
        source.generated("fn f() {");
        source.snippet(&parse::Snippet::new(7, 1, 0, text), &[]);
        source.generated("}");
        (source, CellTexts::from([(7, text.to_owned())]))
    }

    fn message(spans: Vec<Span>) -> Message {
        let code = Some(super::super::rustc::Code { code: "E0308".into() });
        Message { message: "mismatched types".into(), code, level: "error".into(), spans, children: vec![] }
    }

    #[test]
    fn a_message_points_to_cell_and_line() {
        let (source, cells) = cell_seven();
        let found = explain(&message(vec![span(3, 16..19, "expected `i32`, found `&str`")]), &source, &cells).unwrap();
        assert_eq!(found.summary, "cell 7, line 2: mismatched types (expected `i32`, found `&str`)");
        assert_eq!(found.title, "error[E0308]");
        assert!(found.plain.contains("--> cell 7:2:16"), "{}", found.plain);
        assert!(found.plain.contains("^^^ expected `i32`, found `&str`"), "{}", found.plain);
    }

    #[test]
    fn generated_lines_lead_to_the_line_before_them() {
        let (source, cells) = cell_seven();
        let found = explain(&message(vec![span(4, 1..2, "here")]), &source, &cells).unwrap();
        assert_eq!(found.place, Some((7, 2)));
    }

    #[test]
    fn what_stays_is_no_part_of_a_replacement() {
        assert_eq!(trimmed("len(names)", 3..10, "()"), (4..9, ""));
        assert_eq!(trimmed("f(é)", 2..4, "é, x"), (4..4, ", x"));
        assert_eq!(trimmed("aa", 0..2, "aaa"), (2..2, "a"));
    }

    #[test]
    fn running_errors_show_the_line() {
        let (_, cells) = cell_seven();
        let found = point_at("index out of bounds", 7, 1, &cells).unwrap();
        assert!(found.plain.contains("let a = 1;"), "{}", found.plain);
    }
}
