//! Places in generated sources, as a program prints them, told in the terms of cells.

use crate::cell::source::Source;
use std::collections::BTreeMap;

/// What stands between the number of a source and a place in it: `35.cell.rs:17:5`.
const MARK: &str = ".cell.rs:";

/// The text with `cell 3:2:5` for each place in a source that stands for one in a cell. Such places come from `Location::caller()`, and from threads that panic.
pub fn in_cells(text: String, sources: &BTreeMap<u32, Source>) -> String {
    let mut told = String::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(MARK).map(|at| from + at) {
        let after = at + MARK.len();
        let number = text[from..at].trim_end_matches(|c: char| c.is_ascii_digit()).len() + from;
        let digits = text[after..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |end| after + end);
        let place =
            text[number..at].parse().ok().and_then(|build| sources.get(&build)).zip(text[after..digits].parse().ok());
        match place.and_then(|(source, line)| source.nearest_cell_line(line)) {
            Some((cell, line)) => told += &format!("{}cell {cell}:{line}", &text[from..number]),
            None => told += &text[from..digits],
        }
        from = digits;
    }
    if told.is_empty() { text } else { told + &text[from..] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::source::Origin;

    #[test]
    fn places_in_sources_are_told_in_cells() {
        let mut source = Source::default();
        source.generated("// ours");
        source.line("f();", Origin::Cell { cell: 3, line: 2 });
        let sources = BTreeMap::from([(35, source)]);
        let told = |text: &str| in_cells(text.to_owned(), &sources);
        assert_eq!(told("at 35.cell.rs:2:5, and at 35.cell.rs:2"), "at cell 3:2:5, and at cell 3:2");
        for other in ["no place", "36.cell.rs:2:5", "35.cell.rs:1:1", "x.cell.rs:2:5", "35.cell.rs:", "é.cell.rs:9"] {
            assert_eq!(told(other), other);
        }
    }
}
