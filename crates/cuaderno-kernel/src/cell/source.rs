//! The source that is compiled for a cell, and where each of its lines comes from.

use super::parse::Snippet;
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
    /// Around what is attempted: the value of these new variables, or a whole statement.
    Attempt(Vec<String>),
    /// Takes this variable out of the store.
    Load(String),
    /// Anything else that we wrote.
    Generated,
}

/// The statement that puts a variable into the store.
pub fn put(name: &str) -> String {
    format!("__cuaderno_store.put({name:?}, {name});")
}

/// A generated source file.
#[derive(Clone, Debug, Default)]
pub struct Source {
    text: String,
    origins: Vec<Origin>,
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

    /// Adds text of the student's on lines of its own, in the columns where it was written. In the body of each loop a line
    /// of ours lets an interrupt end it.
    pub fn snippet(&mut self, snippet: &Snippet) {
        self.part_of(snippet, 0..snippet.text.len());
    }

    /// What is added here, the value of the variables `made`, ends the cell if it fails; then others are kept.
    pub fn attempt(&mut self, made: Vec<String>, rescued: &[&str], add: impl FnOnce(&mut Self)) {
        let (start, end) = (
            "(match ::cuaderno::rt::attempt(|| ::std::result::Result::Ok({",
            "})) { ::std::result::Result::Ok(value) => value, ::std::result::Result::Err(error) => { __cuaderno_store.rescue();",
        );
        let origin = Origin::Attempt(made);
        self.line(start, origin.clone());
        add(self);
        self.line(end, origin.clone());
        for name in rescued {
            self.line(&put(name), Origin::Rescue((*name).to_owned()));
        }
        self.line("return ::std::result::Result::Err(error) } })", origin);
    }

    /// Whether anything is attempted.
    pub fn attempts(&self) -> bool {
        self.origins.iter().any(|origin| matches!(origin, Origin::Attempt(_)))
    }

    /// Adds these bytes of a snippet's text.
    pub fn part_of(&mut self, snippet: &Snippet, range: Range<usize>) {
        let mut from = range.start;
        for &at in snippet.loop_bodies.iter().filter(|at| range.contains(at)) {
            self.student_text(snippet, from..at);
            self.generated("::cuaderno::rt::check_interrupt();");
            from = at;
        }
        self.student_text(snippet, from..range.end);
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
    fn loop_bodies_keep_their_columns() {
        let mut source = Source::default();
        let text = "loop { f(); }".to_owned();
        source.snippet(&Snippet { cell: 1, line: 1, column: 2, text, loop_bodies: vec![6], attempted: None });
        assert_eq!(source.text(), "  loop {\n::cuaderno::rt::check_interrupt();\n         f(); }\n");
        assert_eq!(source.origin(3), &Origin::Cell { cell: 1, line: 1 });
    }

    #[test]
    fn lines_lead_back_to_the_cell() {
        let mut source = Source::default();
        source.generated("fn cell() {");
        source.snippet(&Snippet {
            cell: 4,
            line: 2,
            column: 3,
            text: "let a =\n  1;".into(),
            loop_bodies: vec![],
            attempted: None,
        });
        source.generated("}");
        assert_eq!(source.text(), "fn cell() {\n   let a =\n  1;\n}\n");
        assert_eq!(source.origin(3), &Origin::Cell { cell: 4, line: 3 });
        assert_eq!(source.nearest_cell_line(4), Some((4, 3)));
        assert_eq!(source.nearest_cell_line(1), None);
    }
}
