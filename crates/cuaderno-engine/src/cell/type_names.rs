//! What the name of a type tells.

/// Whether a value of this type is copied where it is used: numbers, truth values, characters, borrowed text.
pub fn is_copied(type_name: &str) -> bool {
    const COPIED: [&str; 19] = [
        "bool",
        "char",
        "&str",
        "&'static str",
        "()",
        "f32",
        "f64",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
    ];
    let parts = type_name.trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
    parts
        .split([',', ';'])
        .map(str::trim)
        .all(|part| COPIED.contains(&part) || part.parse::<usize>().is_ok() || part.is_empty())
}

/// The names in a type with which its paths begin; the modules of cells do not count.
pub fn heads_of(type_name: &str) -> impl Iterator<Item = &str> {
    let mut before = "";
    let mut inside = false;
    type_name.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_')).filter_map(move |piece| {
        let word = piece.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '_'));
        let is_head = !word.is_empty() && (!inside || before != "::");
        if word.is_empty() {
            before = if piece == ":" && before == ":" { "::" } else { piece };
        } else {
            inside = !word.starts_with("__cell_") && word != "crate";
            before = piece.strip_prefix(word).unwrap_or_default();
        }
        (is_head && inside).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_begin_with_names() {
        let heads = |type_name: &'static str| heads_of(type_name).collect::<Vec<_>>();
        assert_eq!(heads("std::vec::Vec<__cell_2::tools::Pair>"), ["std", "tools"]);
        assert_eq!(heads("(Pair, &'static [u8; 3])"), ["Pair", "static", "u8", "3"]);
        assert_eq!(heads("Map<__cell_1::__cell_4::Key, dyn Shape>"), ["Map", "Key", "dyn", "Shape"]);
    }

    #[test]
    fn numbers_are_copied() {
        assert!(["f64", "(i32, f64)", "[u8; 3]", "&str"].iter().all(|name| is_copied(name)));
        assert!(!["std::string::String", "(i32, Pair)", "std::vec::Vec<i32>"].iter().any(|name| is_copied(name)));
    }
}
