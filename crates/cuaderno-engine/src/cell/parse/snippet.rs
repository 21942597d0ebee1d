//! A piece of a cell's text, with its place and with what has to be changed in it.

use std::ops::Range;

/// A piece of a cell's text, with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// Execution count of the cell it comes from.
    pub cell: u32,
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 0, in characters.
    pub column: u32,
    /// The text itself.
    pub text: String,
    /// What is written into the text, or in place of some of it, in order.
    pub edits: Vec<Edit>,
    /// Bytes at which a `?` may end the cell, in order.
    pub questions: Vec<usize>,
    /// The bytes that can be attempted, so that variables made before are kept if they fail.
    pub attempted: Option<Range<usize>>,
}

/// A change of a text. What is written stands on a line of ours, so that the student's text keeps its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that are replaced; none where something is only added.
    pub at: Range<usize>,
    /// What is written there.
    pub change: Change,
}

/// What an [`Edit`] writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This text.
    Text(String),
    /// The path of the module that the code stands in: what `crate` means to a student.
    Root,
    /// In place of a file's path: that of the file as it was when the cell was run.
    File(String),
    /// In place of `return`: the value that follows is the cell's end.
    Leave,
    /// After that value.
    Left,
}

impl Edit {
    /// Writes a text at this byte.
    pub fn insert(at: usize, text: &str) -> Self {
        Self::replace(at..at, text)
    }

    /// Writes a text in place of these bytes.
    pub fn replace(at: Range<usize>, text: &str) -> Self {
        Self { at, change: Change::Text(text.to_owned()) }
    }
}

impl Snippet {
    /// A text as it stands.
    pub fn new(cell: u32, line: u32, column: u32, text: &str) -> Self {
        Self { cell, line, column, text: text.to_owned(), ..Self::default() }
    }

    /// The byte at a line of the cell, from 1, and a column, from 1 and in characters; `None` outside of this text.
    pub fn byte_at(&self, line: u32, column: u32) -> Option<usize> {
        let down = line.checked_sub(self.line)?;
        let content = self.text.split('\n').nth(down as usize)?;
        let column = column.checked_sub(1)?.checked_sub(if down == 0 { self.column } else { 0 })?;
        let start = content.as_ptr() as usize - self.text.as_ptr() as usize;
        let within = content.char_indices().map(|(at, _)| at).chain([content.len()]).nth(column as usize)?;
        Some(start + within)
    }

    /// The files that are read into the code.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.edits.iter().filter_map(|edit| match &edit.change {
            Change::File(path) => Some(path.as_str()),
            _ => None,
        })
    }

    /// Whether a `return` there may end the cell.
    pub fn may_leave(&self) -> bool {
        self.edits.iter().any(|edit| edit.change == Change::Leave)
    }

    /// Adds edits and keeps their order.
    pub fn edit(&mut self, edits: impl IntoIterator<Item = Edit>) {
        self.edits.extend(edits);
        self.edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
    }
}

/// The words of a text that may be names: also those in strings, where `println!("{x}")` names a variable.
pub fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_to_bytes() {
        let snippet = Snippet::new(1, 3, 4, "é? +\n  b?");
        assert_eq!(snippet.byte_at(3, 6), Some(2));
        assert_eq!(snippet.byte_at(4, 4), Some(9));
        assert_eq!((snippet.byte_at(2, 1), snippet.byte_at(3, 2), snippet.byte_at(5, 1)), (None, None, None));
    }
}
