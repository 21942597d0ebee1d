//! Items and imports of all cells so far.

use super::parse::{Import, ItemKey, Snippet, tokens_of};
use std::collections::BTreeSet;

/// What cells have defined and imported, in the order of definition.
#[derive(Clone, Debug, Default)]
pub struct Items {
    imports: Vec<(Snippet, Import)>,
    items: Vec<(ItemKey, Snippet)>,
}

impl Items {
    /// Adds an import; an earlier one of the same name gives way.
    pub fn import(&mut self, place: &Snippet, import: &Import) {
        self.imports.retain(|(_, old)| match (&old.name, &import.name) {
            (Some(old), Some(new)) if new != "_" => old != new,
            _ => old.declaration != import.declaration,
        });
        self.imports.push((place.clone(), import.clone()));
    }

    /// Adds an item; what it replaces gives way. Returns its name if it was there before and decides how values lie in memory: a
    /// type, a trait, a constant, a macro.
    pub fn define(&mut self, key: &ItemKey, snippet: &Snippet) -> Option<String> {
        let differs = |text: &str| text != snippet.text && tokens_of(text) != tokens_of(&snippet.text);
        let is_changed = self.items.iter().any(|(old, text)| replaces(key, old) && differs(&text.text));
        self.items.retain(|(old, _)| !replaces(key, old));
        self.items.push((key.clone(), snippet.clone()));
        key.name().filter(|_| is_changed && decides_layout(key, &snippet.text)).map(str::to_owned)
    }

    /// These names, and those of all items whose definitions mention one of them: values of their types no longer fit.
    pub fn affected_by(&self, changed: Vec<String>) -> BTreeSet<String> {
        let mut affected: BTreeSet<String> = changed.into_iter().collect();
        if affected.is_empty() {
            return affected;
        }
        let definitions = self.items.iter().filter(|(key, snippet)| decides_layout(key, &snippet.text));
        let definitions: Vec<_> =
            definitions.filter_map(|(key, snippet)| Some((key.name()?, tokens_of(&snippet.text)))).collect();
        loop {
            let known = affected.len();
            for (name, tokens) in &definitions {
                if tokens.iter().any(|token| affected.contains(token)) {
                    affected.insert((*name).to_owned());
                }
            }
            if affected.len() == known {
                return affected;
            }
        }
    }

    /// Removes the item, or the imports, at a line of a cell; tells what they were.
    pub fn remove_at(&mut self, cell: u32, line: u32) -> Option<String> {
        let holds = |snippet: &Snippet| {
            let last = snippet.line + snippet.text.matches('\n').count() as u32;
            snippet.cell == cell && (snippet.line..=last).contains(&line)
        };
        if let Some(index) = self.items.iter().position(|(_, snippet)| holds(snippet)) {
            return Some(self.items.remove(index).0.to_string());
        }
        let removed = self.imports.extract_if(.., |(place, _)| holds(place)).last();
        removed.map(|(place, _)| place.text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// All imports.
    pub fn imports(&self) -> impl Iterator<Item = &(Snippet, Import)> {
        self.imports.iter()
    }

    /// The text of every item.
    pub fn snippets(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(|(_, snippet)| snippet.text.as_str())
    }

    /// Names of the models that `cnn!` made.
    pub fn names_of_models(&self) -> impl Iterator<Item = &str> {
        let is_model = |key: &&ItemKey| matches!(key, ItemKey::MacroCall(call) if call.contains("cnn!"));
        self.items.iter().map(|(key, _)| key).filter(is_model).filter_map(ItemKey::name)
    }

    /// Names of the macros in whose text there is a `return`, and of all that is made with them.
    pub fn names_of_returning_macros(&self) -> BTreeSet<String> {
        let macros = self.items.iter().filter(|(key, _)| matches!(key, ItemKey::Macro(_)));
        let returning = macros.filter(|(_, snippet)| words_of(&snippet.text).any(|word| word == "return"));
        self.affected_by(returning.filter_map(|(key, _)| key.name().map(str::to_owned)).collect())
    }

    /// Names of all items that have one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|(key, _)| key.name())
    }

    /// The items that code with these words can reach, macros first: the compiler reads a macro before its uses.
    ///
    /// Leaving out the others keeps the hundredth cell as quick as the first.
    pub fn reachable_from(&self, words: &BTreeSet<&str>) -> Vec<&Snippet> {
        let mut words: BTreeSet<&str> = words.clone();
        // Imports stand in every source, also those from a module of the student's.
        words.extend(self.imports.iter().flat_map(|(_, import)| words_of(&import.declaration)));
        let mut included = vec![false; self.items.len()];
        loop {
            let left_out: BTreeSet<&str> = self.left_out_types(&included).collect();
            let found =
                (0..self.items.len()).find(|&at| !included[at] && is_reached(&self.items[at], &words, &left_out));
            let Some(found) = found else { break };
            included[found] = true;
            words.extend(words_of(&self.items[found].1.text));
        }
        let chosen = || self.items.iter().zip(&included).filter(|(_, included)| **included).map(|(item, _)| item);
        let macros = chosen().filter(|(key, _)| matches!(key, ItemKey::Macro(_)));
        let others = chosen().filter(|(key, _)| !matches!(key, ItemKey::Macro(_)));
        macros.chain(others).map(|(_, snippet)| snippet).collect()
    }

    fn left_out_types(&self, included: &[bool]) -> impl Iterator<Item = &str> {
        self.items.iter().zip(included).filter(|(_, included)| !**included).filter_map(|((key, _), _)| match key {
            ItemKey::Type(name) => Some(name.as_str()),
            ItemKey::MacroCall(_) => key.name(),
            _ => None,
        })
    }
}

fn is_reached((key, _): &(ItemKey, Snippet), words: &BTreeSet<&str>, left_out: &BTreeSet<&str>) -> bool {
    match key {
        // A method of a trait is called without naming the trait.
        ItemKey::Trait(_) => true,
        ItemKey::Impl(header, _) => !words_of(header).any(|word| left_out.contains(word)),
        ItemKey::Macro(name) | ItemKey::Type(name) | ItemKey::Value(name) => {
            words.contains(name.as_str()) || !is_identifier(name)
        }
        ItemKey::MacroCall(_) => key.name().is_none_or(|name| words.contains(name)),
    }
}

/// Whether values in memory, or tables of methods, may depend on the definition. A function's body does not matter to them.
fn decides_layout(key: &ItemKey, text: &str) -> bool {
    match key {
        ItemKey::Type(_) | ItemKey::Trait(_) | ItemKey::Macro(_) | ItemKey::MacroCall(_) => true,
        ItemKey::Value(_) => tokens_of(text).iter().any(|token| token == "const"),
        ItemKey::Impl(..) => false,
    }
}

fn is_identifier(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The words of a text that may be names: also those in strings, where `println!("{x}")` names a variable.
pub fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

fn replaces(new: &ItemKey, old: &ItemKey) -> bool {
    match (new, old) {
        (ItemKey::Impl(new_header, new_methods), ItemKey::Impl(old_header, old_methods)) => {
            new_header == old_header
                && (old_methods.is_empty() || old_methods.iter().any(|method| new_methods.contains(method)))
        }
        // Types, traits and what item macros make share names.
        _ => match (new.type_name(), old.type_name()) {
            (Some(new), Some(old)) => new == old,
            _ => new == old,
        },
    }
}

impl ItemKey {
    /// The item's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Macro(name) | Self::Type(name) | Self::Trait(name) | Self::Value(name) => Some(name),
            Self::MacroCall(call) => call.rsplit_once("! ").map(|(_, name)| name).filter(|name| !name.is_empty()),
            Self::Impl(..) => None,
        }
    }

    fn type_name(&self) -> Option<&str> {
        match self {
            Self::Type(_) | Self::Trait(_) | Self::MacroCall(_) => self.name(),
            _ => None,
        }
    }
}

impl std::fmt::Display for ItemKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Impl(header, _) => f.write_str(header),
            Self::Macro(name) => write!(f, "{name}!"),
            other => f.write_str(other.name().unwrap_or("an item")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::{Part, parse_cell};
    use super::*;

    fn items(cells: &[&str]) -> Items {
        let mut items = Items::default();
        for (cell, code) in cells.iter().enumerate() {
            for part in parse_cell(cell as u32 + 1, code).parts {
                match part {
                    Part::Item(snippet, key) => drop(items.define(&key, &snippet)),
                    Part::Use(snippet, imports) => imports.iter().for_each(|import| items.import(&snippet, import)),
                    _ => {}
                }
            }
        }
        items
    }

    fn reached(items: &Items, code: &str) -> Vec<String> {
        items.reachable_from(&words_of(code).collect()).iter().map(|snippet| snippet.text.clone()).collect()
    }

    #[test]
    fn later_definitions_replace_earlier_ones() {
        let items = items(&["fn f() -> i32 { 1 }", "fn f() -> i32 { 2 }"]);
        assert_eq!(reached(&items, "f()"), ["fn f() -> i32 { 2 }"]);
    }

    #[test]
    fn only_what_a_cell_reaches_is_compiled() {
        let items = items(&["struct A;", "struct B;", "impl A { fn b(&self) -> B { B } }", "fn other() {}"]);
        assert_eq!(reached(&items, "A.b()"), ["struct A;", "struct B;", "impl A { fn b(&self) -> B { B } }"]);
        assert!(reached(&items, "1 + 1").is_empty());
    }

    #[test]
    fn traits_are_reached_through_their_methods() {
        let items = items(&[
            "trait Twice { fn twice(&self) -> f64; }",
            "impl Twice for f64 { fn twice(&self) -> f64 { 2.0 * self } }",
        ]);
        assert_eq!(reached(&items, "1.5.twice()").len(), 2);
    }

    #[test]
    fn inherent_impls_replace_those_that_share_a_method() {
        let items = items(&[
            "struct A;",
            "impl A { fn x(&self) {} }",
            "impl A { fn y(&self) {} }",
            "impl A { fn x(&self) -> i32 { 1 } }",
        ]);
        assert_eq!(
            reached(&items, "A"),
            ["struct A;", "impl A { fn y(&self) {} }", "impl A { fn x(&self) -> i32 { 1 } }"]
        );
    }

    #[test]
    fn a_changed_type_is_reported() {
        let mut items = items(&["struct A(i32);"]);
        let Part::Item(same, key) = parse_cell(2, "struct A(i32);").parts.remove(0) else { panic!() };
        assert_eq!(items.define(&key, &same), None);
        let Part::Item(changed, key) = parse_cell(3, "struct A(f32);").parts.remove(0) else { panic!() };
        assert_eq!(items.define(&key, &changed), Some("A".to_owned()));
    }

    #[test]
    fn what_is_built_from_a_changed_item_is_affected() {
        let items =
            items(&["const N: usize = 2;", "struct A([f32; N]);", "struct B { a: A }", "struct C { n: f32 } // N"]);
        let affected: Vec<_> = items.affected_by(vec!["N".to_owned()]).into_iter().collect();
        assert_eq!(affected, ["A", "B", "N"]);
        assert!(items.affected_by(Vec::new()).is_empty());
    }

    #[test]
    fn comments_and_spaces_change_nothing() {
        let mut items = items(&["struct A(i32); // degrees", "// shows it\nimpl Clone for A { }"]);
        for (code, left) in [("struct A( i32 );", 2), ("// another word\nimpl Clone for A {}", 2)] {
            let Part::Item(snippet, key) = parse_cell(2, code).parts.remove(0) else { panic!() };
            assert_eq!(items.define(&key, &snippet), None);
            assert_eq!(items.snippets().count(), left);
        }
    }

    #[test]
    fn imports_of_one_name_do_not_clash() {
        let items = items(&["use std::fmt::Result;", "use std::io::Result;", "use std::io::*;", "use std::io::*;"]);
        let declarations: Vec<_> = items.imports().map(|(_, import)| import.declaration.as_str()).collect();
        assert_eq!(declarations, ["use std::io::Result;", "use std::io::*;"]);
    }
}
