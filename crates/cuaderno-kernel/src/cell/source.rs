//! The source that is compiled for a cell, and where each of its lines comes from.

use super::insertions::Insertion;
use super::parse::Snippet;

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
    /// Keeps this new variable where `?` ends the cell.
    Rescue(String),
    /// Around an expression that `?` follows.
    Try,
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
        self.snippet_rescuing(snippet, &[]);
    }

    /// The same; a `?` that ends the cell keeps these variables before it does.
    pub fn snippet_rescuing(&mut self, snippet: &Snippet, names: &[&str]) {
        let mut place = (snippet.line, snippet.column);
        let mut from = 0;
        for &(at, what) in &snippet.insertions {
            if what != Insertion::LoopBody && names.is_empty() {
                continue;
            }
            place = self.student_text(snippet.cell, place, &snippet.text[from..at]);
            from = at;
            match what {
                Insertion::LoopBody => self.generated("::cuaderno::rt::check_interrupt();"),
                Insertion::TryStart => self.line("(match (", Origin::Try),
                Insertion::TryEnd => self.rescue(names),
            }
        }
        self.student_text(snippet.cell, place, &snippet.text[from..]);
    }

    /// What stands between an expression and its `?`: a failure is made one that borrows nothing, then variables can be kept.
    fn rescue(&mut self, names: &[&str]) {
        let check = ") { result => match ::cuaderno::rt::Fallible::check(result) { \
            ::std::result::Result::Ok(result) => result, ::std::result::Result::Err(error) => {";
        self.line(check, Origin::Try);
        for name in names {
            self.line(&put(name), Origin::Rescue((*name).to_owned()));
        }
        self.line("return ::std::result::Result::Err(error) } } })", Origin::Try);
    }

    /// Adds text that begins at this line and column of a cell; returns where it ends.
    fn student_text(&mut self, cell: u32, (mut line, mut column): (u32, u32), text: &str) -> (u32, u32) {
        for (index, content) in text.split('\n').enumerate() {
            if index > 0 {
                (line, column) = (line + 1, 0);
            }
            self.text.extend(std::iter::repeat_n(' ', column as usize));
            self.line(content, Origin::Cell { cell, line });
            column += content.chars().count() as u32;
        }
        (line, column)
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
        source.snippet(&Snippet { cell: 1, line: 1, column: 2, text, insertions: vec![(6, Insertion::LoopBody)] });
        assert_eq!(source.text(), "  loop {\n::cuaderno::rt::check_interrupt();\n         f(); }\n");
        assert_eq!(source.origin(3), &Origin::Cell { cell: 1, line: 1 });
    }

    #[test]
    fn lines_lead_back_to_the_cell() {
        let mut source = Source::default();
        source.generated("fn cell() {");
        source.snippet(&Snippet { cell: 4, line: 2, column: 3, text: "let a =\n  1;".into(), insertions: vec![] });
        source.generated("}");
        assert_eq!(source.text(), "fn cell() {\n   let a =\n  1;\n}\n");
        assert_eq!(source.origin(3), &Origin::Cell { cell: 4, line: 3 });
        assert_eq!(source.nearest_cell_line(4), Some((4, 3)));
        assert_eq!(source.nearest_cell_line(1), None);
    }
}
