//! Places in generated sources, as a program prints them, told in the terms of cells.

use crate::cell::source::Source;

/// What stands between the number of a source and a place in it: `35.cell.rs:17:5`.
const MARK: &str = ".cell.rs:";

/// The text with `cell 3:2:5` for each place in a source that stands for one in a cell. Such places come from `Location::caller()`, from threads that panic, and from
/// the names of closures, `{closure@35.cell.rs:17:5: 17:8}`, of which the end is left out.
pub fn in_cells<'a>(text: String, source_of: &dyn Fn(u32) -> Option<&'a Source>) -> String {
    let mut told = String::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(MARK).map(|at| from + at) {
        let after = at + MARK.len();
        let number = text[from..at].trim_end_matches(|c: char| c.is_ascii_digit()).len() + from;
        let digits = text[after..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |end| after + end);
        let place = text[number..at].parse().ok().and_then(source_of).zip(text[after..digits].parse().ok());
        match place.and_then(|(source, line)| source.nearest_cell_line(line)) {
            Some((cell, line)) => told += &format!("{}cell {cell}:{line}", &text[from..number]),
            None => told += &text[from..digits],
        }
        from = digits;
        let is_closure = text[..number].ends_with("{closure@");
        if let Some((start, end)) = text[from..].split_once('}').and_then(|(inner, _)| inner.split_once(": "))
            && is_closure
        {
            told += start;
            from += start.len() + ": ".len() + end.len();
        }
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
        let told = |text: &str| in_cells(text.to_owned(), &|build| (build == 35).then_some(&source));
        assert_eq!(told("at 35.cell.rs:2:5, and at 35.cell.rs:2"), "at cell 3:2:5, and at cell 3:2");
        assert_eq!(told("{closure@35.cell.rs:2:5: 2:8} and {closure}"), "{closure@cell 3:2:5} and {closure}");
        for other in ["no place", "36.cell.rs:2:5", "35.cell.rs:1:1", "x.cell.rs:2:5", "35.cell.rs:", "é.cell.rs:9"] {
            assert_eq!(told(other), other);
        }
    }
}
