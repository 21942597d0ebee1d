//! The index of the preload and the standard library that setup made: one line of JSON for each item.
//!
//! Only paths stay in memory; an item is read from its file when it is asked for.

use super::Entity;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// Where to find items by path.
#[derive(Debug, Default)]
pub struct Index {
    files: Vec<File>,
    /// Paths of all items. A module and a macro may share one.
    places: BTreeMap<Box<str>, Vec<Place>>,
}

#[derive(Clone, Debug)]
struct Place {
    kind: Kind,
    file: u8,
    start: u32,
    length: u32,
}

/// What an item is, in rustdoc's words: `struct`, `fn`, `mod` …
type Kind = &'static str;

const KINDS: [Kind; 14] = [
    "mod",
    "struct",
    "enum",
    "union",
    "trait",
    "fn",
    "macro",
    "constant",
    "static",
    "type",
    "primitive",
    "derive",
    "attr",
    "traitalias",
];

/// What is read of a line at first.
#[derive(Deserialize)]
struct Head<'a> {
    kind: &'a str,
    #[serde(borrow)]
    paths: Vec<std::borrow::Cow<'a, str>>,
}

/// An item.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Item {
    /// `struct`, `fn` …
    pub kind: String,
    /// As written in its source, without bodies.
    pub declaration: String,
    /// Markdown.
    pub doc: String,
    /// Fields, variants, methods, also those of the traits it implements and of what it dereferences to.
    pub members: Vec<Member>,
}

/// A member of a type or trait.
#[derive(Clone, Debug, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// `method`, `field`, `variant`, `constant`, `type`.
    pub kind: String,
    /// As written in its source.
    pub signature: String,
    /// Markdown.
    pub doc: String,
}

impl Member {
    /// Whether it is written after a dot, not after `::`.
    pub fn follows_dot(&self) -> bool {
        let takes_self = || {
            let arguments = self.signature.split_once('(').map_or("", |(_, arguments)| arguments);
            let first = arguments.split([',', ')']).next().unwrap_or_default();
            first.split(|c: char| !c.is_alphanumeric()).any(|word| word == "self")
        };
        match self.kind.as_str() {
            "field" => true,
            "method" => takes_self(),
            _ => false,
        }
    }

    /// The member as something to show.
    pub fn entity(self) -> Entity {
        Entity { name: self.name, kind: self.kind, declaration: self.signature, doc: self.doc }
    }
}

impl Index {
    /// Reads the paths. A file that is not there leaves its items unknown: completion is no reason to fail.
    pub fn load(files: &[PathBuf]) -> Self {
        let mut index = Self::default();
        for path in files {
            if let (Ok(text), Ok(file)) = (std::fs::read_to_string(path), File::open(path)) {
                index.add(&text);
                index.files.push(file);
            }
        }
        index
    }

    fn add(&mut self, text: &str) {
        let file = self.files.len() as u8;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if let Ok(head) = serde_json::from_str::<Head<'_>>(line)
                && let Some(kind) = KINDS.iter().copied().find(|kind| *kind == head.kind)
            {
                let place = Place { kind, file, start, length: line.len() as u32 };
                for path in head.paths {
                    self.places.entry(path.as_ref().into()).or_default().push(place.clone());
                }
            }
            start += line.len() as u32;
        }
    }

    /// The item with this path, a macro only if there is nothing else.
    pub fn item(&self, path: &str) -> Option<Item> {
        let places = self.places.get(path)?;
        self.read(places.iter().find(|place| place.kind != "macro").or(places.first())?)
    }

    /// The macro with this path.
    pub fn macro_item(&self, path: &str) -> Option<Item> {
        self.read(self.places.get(path)?.iter().find(|place| place.kind == "macro")?)
    }

    /// Whether there is anything with this path.
    pub fn contains(&self, path: &str) -> bool {
        self.places.contains_key(path)
    }

    /// Names directly below a module, with their kinds.
    pub fn children<'a>(&'a self, module: &str) -> impl Iterator<Item = (&'a str, Kind)> + use<'a> {
        let prefix = if module.is_empty() { String::new() } else { format!("{module}::") };
        let from = self.places.range::<str, _>((std::ops::Bound::Included(&*prefix), std::ops::Bound::Unbounded));
        let length = prefix.len();
        from.take_while(move |(path, _)| path.starts_with(&*prefix))
            .map(move |(path, places)| (&path[length..], places))
            .filter(|(name, _)| !name.contains("::"))
            .flat_map(|(name, places)| places.iter().map(move |place| (name, place.kind)))
    }

    /// The path under which the index knows a type that the compiler names: the one that has most words in common.
    pub fn resolve(&self, path: &str) -> Option<&str> {
        if let Some((known, _)) = self.places.get_key_value(path) {
            return Some(known);
        }
        let words: Vec<_> = path.split("::").collect();
        let ending = format!("::{}", words.last()?);
        let is_type = |place: &Place| ["struct", "enum", "union", "trait", "type"].contains(&place.kind);
        let shared = |known: &str| known.split("::").filter(|word| words.contains(word)).count();
        let candidates =
            self.places.iter().filter(|(known, places)| known.ends_with(&ending) && places.iter().any(is_type));
        candidates.map(|(known, _)| &**known).max_by_key(|known| (shared(known), std::cmp::Reverse(known.len())))
    }

    fn read(&self, place: &Place) -> Option<Item> {
        let mut line = vec![0; place.length as usize];
        self.files.get(usize::from(place.file))?.read_exact_at(&mut line, u64::from(place.start)).ok()?;
        serde_json::from_slice(&line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn items_are_found_by_path_and_by_what_the_compiler_calls_them() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let vec =
            r#"{"kind":"struct","declaration":"pub struct Vec<T>","doc":"","members":[],"paths":["std::vec::Vec"]}"#;
        let module = r#"{"kind":"mod","declaration":"","doc":"Vectors.","members":[],"paths":["std::vec"]}"#;
        writeln!(file, "{vec}\n{module}").unwrap();
        let index = Index::load(&[file.path().to_owned()]);
        assert_eq!(index.item("std::vec").unwrap().doc, "Vectors.");
        assert_eq!(index.children("std::vec").collect::<Vec<_>>(), [("Vec", "struct")]);
        assert_eq!(index.resolve("alloc::vec::Vec"), Some("std::vec::Vec"));
        assert_eq!(index.resolve("Nothing"), None);
    }

    #[test]
    fn only_methods_with_self_follow_a_dot() {
        let method = |signature: &str| Member {
            name: "x".into(),
            kind: "method".into(),
            signature: signature.into(),
            doc: String::new(),
        };
        assert!(method("pub fn push(&mut self, value: T)").follows_dot());
        assert!(!method("pub fn new() -> Self").follows_dot());
        assert!(!method("pub fn from(other: Self) -> Self").follows_dot());
    }
}
