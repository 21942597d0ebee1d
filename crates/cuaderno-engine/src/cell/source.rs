//! The source that is compiled for a cell, and where each of its lines comes from.

use super::parse::Snippet;
use std::collections::BTreeMap;
use std::ops::Range;

/// Where a line of generated source comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Written by the student: the same columns, in this cell and line.
    Cell {
        /// Execution count.
        cell: u32,
        /// Line in the cell, from 1.
        line: u32,
    },
    /// Keeps this new variable at the end of the cell.
    Keep(String),
    /// Ends this new variable, which borrows from others, before those are kept.
    End(String),
    /// Puts this variable of an earlier cell back into the store.
    PutBack(String),
    /// Keeps this new variable where the cell fails.
    Rescue(String),
    /// Around what is attempted: the part of the cell, and the new variables that it makes.
    Attempt(usize, Vec<String>),
    /// Takes this variable out of the store.
    Load(String),
    /// Anything else that we wrote.
    Generated,
}

/// The statement that puts a variable into the store.
pub fn put(name: &str) -> String {
    format!("__cuaderno_store.put({name:?}, {name});")
}

/// The statement that puts a variable of an earlier cell back.
pub fn put_back(name: &str) -> String {
    format!("__cuaderno_store.put_back({name:?}, {name});")
}

/// A text in place of some bytes of a snippet.
pub type Replacement = (Range<usize>, String);

/// A generated source file.
#[derive(Clone, Debug, Default)]
pub struct Source {
    text: String,
    origins: Vec<Origin>,
    /// Imports of all names of a module, by line.
    globs: BTreeMap<u32, String>,
}

impl Source {
    /// Adds a line of ours.
    pub fn generated(&mut self, line: &str) {
        self.line(line, Origin::Generated);
    }

    /// Adds a line that concerns a variable.
    pub fn line(&mut self, line: &str, origin: Origin) {
        debug_assert!(!line.contains('\n'));
        self.text.push_str(line);
        self.text.push('\n');
        self.origins.push(origin);
    }

    /// Adds an import of all names of a module.
    pub fn glob(&mut self, declaration: &str, origin: Origin) {
        self.globs.insert(self.next_line(), declaration.to_owned());
        self.line(declaration, origin);
    }

    /// The import of all names of a module that stands on a line.
    pub fn glob_at(&self, line: u32) -> Option<&String> {
        self.globs.get(&line)
    }

    /// Adds text of the student's on lines of its own, in the columns where it was written; each replacement stands on a line of ours.
    pub fn snippet(&mut self, snippet: &Snippet, replacements: &[Replacement]) {
        self.part_of(snippet, 0..snippet.text.len(), replacements);
    }

    /// Adds these bytes of a snippet's text.
    pub fn part_of(&mut self, snippet: &Snippet, range: Range<usize>, replacements: &[Replacement]) {
        let mut from = range.start;
        for (at, text) in replacements {
            if at.start < from || at.end > range.end {
                continue;
            }
            self.student_text(snippet, from..at.start);
            if !text.is_empty() {
                self.generated(text);
            }
            from = at.end;
        }
        self.student_text(snippet, from..range.end);
    }

    /// Whether anything is attempted.
    pub fn attempts(&self) -> bool {
        self.origins.iter().any(|origin| matches!(origin, Origin::Attempt(..)))
    }

    fn student_text(&mut self, snippet: &Snippet, range: Range<usize>) {
        let before = &snippet.text[..range.start];
        let mut line = snippet.line + before.matches('\n').count() as u32;
        let mut column = match before.rsplit_once('\n') {
            Some((_, beginning)) => beginning.chars().count(),
            None => snippet.column as usize + before.chars().count(),
        };
        for content in snippet.text[range].lines() {
            self.text.extend(std::iter::repeat_n(' ', column));
            self.line(content, Origin::Cell { cell: snippet.cell, line });
            (line, column) = (line + 1, 0);
        }
    }

    /// The number that the next line will have, from 1.
    pub fn next_line(&self) -> u32 {
        self.origins.len() as u32 + 1
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a line comes from; lines count from 1.
    pub fn origin(&self, line: u32) -> &Origin {
        let index = (line as usize).saturating_sub(1);
        self.origins.get(index).unwrap_or(&Origin::Generated)
    }

    /// The place in a cell that a line stands for: itself, or the nearest line of the student's above it.
    pub fn nearest_cell_line(&self, line: u32) -> Option<(u32, u32)> {
        (1..=line).rev().find_map(|line| match self.origin(line) {
            Origin::Cell { cell, line } => Some((*cell, *line)),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_between_keeps_columns() {
        let mut source = Source::default();
        source.snippet(&Snippet::new(1, 1, 2, "loop { f(); }"), &[(6..6, "::cuaderno::rt::check_interrupt();".into())]);
        assert_eq!(source.text(), "  loop {\n::cuaderno::rt::check_interrupt();\n         f(); }\n");
        assert_eq!(source.origin(3), &Origin::Cell { cell: 1, line: 1 });
    }

    #[test]
    fn what_is_replaced_keeps_lines_and_columns() {
        let mut source = Source::default();
        source.snippet(&Snippet::new(1, 4, 0, "a(\n  crate::b)"), &[(5..10, "crate::c".into())]);
        assert_eq!(source.text(), "a(\n  \ncrate::c\n       ::b)\n");
        assert_eq!(source.origin(4), &Origin::Cell { cell: 1, line: 5 });
    }

    #[test]
    fn lines_lead_back_to_the_cell() {
        let mut source = Source::default();
        source.generated("fn cell() {");
        source.snippet(&Snippet::new(4, 2, 3, "let a =\n  1;"), &[]);
        source.generated("}");
        assert_eq!(source.text(), "fn cell() {\n   let a =\n  1;\n}\n");
        assert_eq!(source.origin(3), &Origin::Cell { cell: 4, line: 3 });
        assert_eq!(source.nearest_cell_line(4), Some((4, 3)));
        assert_eq!(source.nearest_cell_line(1), None);
    }
}
