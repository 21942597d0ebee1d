//! What cells define: what replaces what, what is reached, and that no path ever has two meanings.

use super::*;
use crate::cell::parse::parse_cell_after;
use std::collections::BTreeMap;

/// The items after these cells, and what the last one changed.
fn after(cells: &[&str]) -> (Items, Changes) {
    let mut items = Items::default();
    let mut changes = Changes::default();
    for (cell, code) in cells.iter().enumerate() {
        let parsed = parse_cell_after(cell as u32 + 1, code, items.item_macros());
        assert!(parsed.syntax_error.is_none(), "{code}");
        changes = items.add(&parsed);
    }
    (items, changes)
}

fn reached(items: &Items, code: &str) -> Vec<String> {
    let entries = items.reachable_from(&words_of(code).collect());
    entries.iter().filter_map(|entry| entry.what.item()).map(|item| item.snippet.text.clone()).collect()
}

#[test]
fn later_definitions_replace_earlier_ones() {
    let (items, _) = after(&["fn f() -> i32 { 1 }", "fn f() -> i32 { 2 }"]);
    assert_eq!(reached(&items, "f()"), ["fn f() -> i32 { 2 }"]);
    assert!(items.modules().is_empty());
}

#[test]
fn only_what_a_cell_reaches_is_compiled() {
    let (items, _) = after(&["struct A;", "struct B;", "impl A { fn b(&self) -> B { B } }", "fn other() {}"]);
    assert_eq!(reached(&items, "A.b()"), ["struct A;", "struct B;", "impl A { fn b(&self) -> B { B } }"]);
    assert!(reached(&items, "1 + 1").is_empty());
}

#[test]
fn traits_are_reached_through_their_methods() {
    let cells =
        ["trait Twice { fn twice(&self) -> f64; }", "impl Twice for f64 { fn twice(&self) -> f64 { 2.0 * self } }"];
    assert_eq!(reached(&after(&cells).0, "1.5.twice()").len(), 2);
}

#[test]
fn inherent_impls_replace_those_that_share_a_method_and_tell_what_vanishes() {
    let (items, changes) =
        after(&["struct A;", "impl A { fn x(&self) {} fn z(&self) {} }", "impl A { fn x(&self) -> i32 { 1 } }"]);
    assert_eq!(reached(&items, "A"), ["struct A;", "impl A { fn x(&self) -> i32 { 1 } }"]);
    assert_eq!(changes.vanished, ["z"]);
}

#[test]
fn what_is_built_from_a_changed_item_moves_with_it() {
    let first = "const N: usize = 2;\nstruct A([f32; N]);\nstruct B { a: A }\nstruct C { n: f32 } // N\nfn f() -> B { B { a: A([0.0; N]) } }";
    let (items, changes) = after(&[first, "const N: usize = 3;"]);
    assert_eq!(changes.changed.into_iter().collect::<Vec<_>>(), ["A", "B", "N"]);
    let inside: Vec<&str> =
        items.entries.iter().filter(|entry| entry.module == 1).flat_map(|entry| entry.what.names()).collect();
    assert_eq!(inside, ["A", "B", "f", "N"]);
    assert_eq!(items.root_of(1), "crate::__cell_2");
}

#[test]
fn comments_and_spaces_change_nothing() {
    let (items, changes) = after(&["struct A(i32); // degrees", "struct A( i32 );"]);
    assert_eq!((items.entries.len(), changes), (1, Changes::default()));
}

#[test]
fn imports_of_one_name_do_not_clash() {
    let (items, _) = after(&["use std::fmt::Result;", "use std::io::Result;", "use std::io::*;", "use std::io::*;"]);
    let declarations: Vec<_> = items.imports().map(|import| import.declaration("crate")).collect();
    assert_eq!(declarations, ["use std::io::Result;", "use std::io::*;"]);
}

#[test]
fn an_import_that_a_type_was_made_with_stays_for_it() {
    let (items, changes) = after(&["use a::Map;\nstruct S(Map);", "use b::Map;", "struct T(Map);"]);
    assert!(changes.changed.is_empty());
    let modules: Vec<(usize, Vec<&str>)> =
        items.entries.iter().map(|entry| (entry.module, entry.what.names())).collect();
    assert_eq!(modules, [(0, vec!["Map"]), (0, vec!["S"]), (1, vec!["Map"]), (1, vec!["T"])]);
}

#[test]
fn a_field_of_the_name_of_a_function_is_no_use_of_it() {
    let (items, changes) =
        after(&["struct Post { score: f64 }", "fn score() -> f64 { 1.0 }", "fn score() -> f64 { 2.0 }"]);
    assert_eq!((items.modules().len(), changes), (0, Changes::default()));
}

/// The same numbers for the same seed (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// A cell that defines or imports one to three names out of a few, so that they meet.
fn cell(numbers: &mut Numbers) -> String {
    const NAMES: [&str; 6] = ["A", "B", "C", "D", "Map", "Set"];
    let mut lines: Vec<String> = Vec::new();
    let mut defined: BTreeSet<String> = BTreeSet::new();
    for _ in 0..=numbers.below(3) {
        let (name, one, other) =
            (numbers.one_of(&NAMES), numbers.one_of(&NAMES), numbers.one_of(&["u8", "A", "Map", "N"]));
        let line = match numbers.below(12) {
            0 | 1 => format!("struct {name}({one}, {other});"),
            2 => format!("enum {name} {{ X({one}), Y }}"),
            3 => format!("type {name} = Vec<{one}>;"),
            4 => format!("const N: usize = {};", numbers.below(4)),
            5 => format!("struct {name}([u8; N]);"),
            6 => {
                format!("struct {name}([u8; {one}::SIZE]);\nimpl {one} {{ const SIZE: usize = {}; }}", numbers.below(4))
            }
            7 => format!("trait Kind {{ type Out; fn f{}(&self); }}", numbers.below(3)),
            8 => format!(
                "impl Kind for {name} {{ type Out = {one}; }}\nstruct {other}W(<{name} as Kind>::Out);",
                other = numbers.one_of(&NAMES)
            ),
            9 => format!("use std::{} as {name};", numbers.one_of(&["x::P", "x::Q", "x::R"])),
            10 => format!(
                "mod m{} {{ pub struct Inner(pub super::{one}); }}\nuse m{}::Inner;",
                numbers.below(2),
                numbers.below(2)
            ),
            _ => format!("fn f{}(a: {name}) -> {one} {{ g(a) }}", numbers.below(3)),
        };
        // A name that one cell defines twice is a mistake, which the compiler refuses.
        let parsed = parse_cell_after(1, &line, &BTreeSet::new());
        let names = parsed.parts.iter().flat_map(|part| match part {
            Part::Item(item) => item.names.clone(),
            Part::Use(_, imports) => imports.iter().filter_map(|import| import.name.clone()).collect(),
            _ => Vec::new(),
        });
        let names: Vec<String> = names.collect();
        if names.iter().all(|name| defined.insert(name.clone())) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// What an item means, as facts: the text of everything that it is made of, by the names that lead there. Written without regard to how
/// items are placed. Names that are not a cell's are facts, too.
fn facts(items: &Items, at: usize, key: &str, open: &mut Vec<usize>, found: &mut BTreeMap<String, String>) {
    const DEEPEST: usize = 5;
    if let Some(depth) = open.iter().position(|known| *known == at) {
        found.insert(key.to_owned(), format!("number {depth} around it"));
        return;
    }
    if open.len() == DEEPEST {
        return;
    }
    open.push(at);
    let entry = &items.entries[at];
    let (text, names) = match &entry.what {
        What::Import(_, import) => (import.path.clone(), import.mentions().map(str::to_owned).collect::<BTreeSet<_>>()),
        What::Item(item) => (item.snippet.text.clone(), item.mentions.clone()),
    };
    found.insert(key.to_owned(), text);
    for name in names.iter().filter(|name| !name.starts_with('.')) {
        // The innermost module around the item that has the name.
        let visible = items.entries.iter().enumerate().filter(|(_, other)| other.module <= entry.module);
        let named = visible.filter(|(_, other)| other.what.key_name() == Some(name.as_str()));
        let key = format!("{key}/{name}");
        match named.max_by_key(|(_, other)| other.module) {
            Some((other, _)) => facts(items, other, &key, open, found),
            None => drop(found.insert(key, "outside".to_owned())),
        }
    }
    // Constants and types of implementations, wherever they stand, are part of the types that they are about.
    for (other, block) in items.entries.iter().enumerate().filter(|_| entry.what.is_type()) {
        if let Some(header) = block.what.subject()
            && words_of(header).any(|word| entry.what.key_name() == Some(word))
        {
            facts(items, other, &format!("{key}/<{header}>"), open, found);
        }
    }
    open.pop();
}

/// Runs a sequence of cells; tells the first path that has a second meaning.
fn two_meanings(seed: u64) -> Option<String> {
    let mut numbers = Numbers(seed);
    let mut items = Items::default();
    let mut meanings: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut cells = String::new();
    for number in 1..=12 {
        let code = cell(&mut numbers);
        cells += &format!("--- {number}\n{code}\n");
        items.add(&parse_cell_after(number, &code, items.item_macros()));
        for (at, entry) in items.entries.iter().enumerate() {
            let (Some(name), true) = (entry.what.key_name(), entry.what.is_type()) else { continue };
            let path = format!("{}::{name}", items.root_of(entry.module));
            let mut now = BTreeMap::new();
            facts(&items, at, "", &mut Vec::new(), &mut now);
            // An implementation that is new says more of a type, and nothing else.
            let before = meanings.entry(path.clone()).or_insert_with(|| now.clone());
            if let Some((fact, text)) = before.iter().find(|(fact, text)| now.get(*fact) != Some(text)) {
                return Some(format!("seed {seed}: {path}{fact}\nbefore: {text}\nnow: {:?}\n{cells}", now.get(fact)));
            }
            *before = now;
        }
    }
    None
}

#[test]
fn no_path_has_two_meanings_in_a_thousand_sequences_of_cells() {
    for seed in 0..1000 {
        if let Some(found) = two_meanings(seed) {
            panic!("{found}");
        }
    }
}

/// `cargo xtask fuzz cells --minutes N`.
#[test]
#[ignore = "as long as one likes"]
fn no_path_has_two_meanings() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (minutes, first) = (number("CUADERNO_FUZZ_MINUTES").unwrap_or(1), number("CUADERNO_FUZZ_SEED").unwrap_or(1000));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60 * minutes);
    let mut seed = first;
    while std::time::Instant::now() < end {
        if let Some(found) = two_meanings(seed) {
            panic!("{found}");
        }
        seed += 1;
    }
    eprintln!("{} sequences of cells, no path with two meanings", seed - first);
}
