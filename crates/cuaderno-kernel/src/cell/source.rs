//! The source that is compiled for a cell, and where each of its lines comes from.

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
    /// Puts this variable of an earlier cell back into the store.
    PutBack(String),
    /// Takes this variable out of the store.
    Load(String),
    /// Anything else that we wrote.
    Generated,
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

    /// Adds text of the student's on lines of its own, in the columns where it was written.
    pub fn snippet(&mut self, snippet: &Snippet) {
        self.text.extend(std::iter::repeat_n(' ', snippet.column as usize));
        for (offset, line) in snippet.text.split('\n').enumerate() {
            self.line(line, Origin::Cell { cell: snippet.cell, line: snippet.line + offset as u32 });
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
    fn lines_lead_back_to_the_cell() {
        let mut source = Source::default();
        source.generated("fn cell() {");
        source.snippet(&Snippet { cell: 4, line: 2, column: 3, text: "let a =\n  1;".into() });
        source.generated("}");
        assert_eq!(source.text(), "fn cell() {\n   let a =\n  1;\n}\n");
        assert_eq!(source.origin(3), &Origin::Cell { cell: 4, line: 3 });
        assert_eq!(source.nearest_cell_line(4), Some((4, 3)));
        assert_eq!(source.nearest_cell_line(1), None);
    }
}
