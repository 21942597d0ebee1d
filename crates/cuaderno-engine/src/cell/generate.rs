//! The source of a cell: the student's text between lines of ours.
//!
//! Items and imports stand in modules, see [`Items`]; the innermost has the cell's function. It takes the variables that the cell mentions out
//! of the store, runs the statements (see [`body`](super::body)) and puts the variables back.

use super::body::write_body;
use super::entry::{Entry, What};
use super::exceptions::{Exceptions, Loaded, Made};
use super::items::{Items, symbol};
use super::parse::{Binding, Change, ParsedCell, Part, Snippet, shared, words_of};
use super::source::{Origin, Replacement, Source, put, put_back};
use std::collections::{BTreeMap, BTreeSet};

/// A variable that lives between cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its type, written with public paths.
    pub type_name: String,
    /// Whether it was declared `mut`.
    pub is_mut: bool,
}

/// All that decides a cell's source.
pub struct Plan<'a> {
    /// The cell.
    pub parsed: &'a ParsedCell,
    /// Items and imports of all cells, this one's included.
    pub items: &'a Items,
    /// Variables of earlier cells.
    pub variables: &'a BTreeMap<String, Variable>,
    /// What the compiler has objected to.
    pub exceptions: &'a Exceptions,
    /// The number of this compilation, in the symbols of statics.
    pub build: u32,
}

/// Lints that say nothing useful in a notebook, where a later cell may use what this one defines.
/// And room for `cnn!` to go through a network of any length that it takes, layer by layer.
const ALLOWED: &str = "#![recursion_limit = \"1024\"] #![allow(unused_imports, unused_variables, unused_assignments, unused_mut, unused_parens, unused_braces, redundant_semicolons, \
    unused_macros, unreachable_code, dead_code, non_snake_case, no_mangle_generic_items, improper_ctypes_definitions, private_interfaces, \
    mixed_script_confusables, confusable_idents, non_upper_case_globals, unused_labels, static_mut_refs)]";

/// What every cell sees.
pub const PRELUDE: &str = "use ::cuaderno::prelude::*;";

/// Types whose copies share what they hold: a copy costs nothing, and saves the value where a cell that moves it fails.
const SHARED_TYPES: [&str; 4] = ["DataFrame", "LazyFrame", "Series", "Expr"];

impl Plan<'_> {
    /// The variables of earlier cells that this one needs: it mentions them, and not only to make them anew.
    pub fn loaded(&self) -> Vec<(&str, &Variable)> {
        let statements: Vec<(usize, BTreeSet<&str>)> =
            self.statements().map(|(number, snippet)| (number, words_of(&snippet.text).collect())).collect();
        let is_needed = |name: &str| {
            let Some((first, _)) = statements.iter().find(|(_, words)| words.contains(name)) else { return false };
            let made_there = self.parsed.bindings.iter().any(|binding| binding.name == name && binding.part == *first);
            !made_there || words_of(&self.parsed.parts[*first].snippet().text).filter(|word| *word == name).count() > 1
        };
        let is_loaded = |name: &str| is_needed(plain(name)) && self.exceptions.loaded(name) != Loaded::Hidden;
        self.variables
            .iter()
            .map(|(name, variable)| (name.as_str(), variable))
            .filter(|(name, _)| is_loaded(name))
            .collect()
    }

    /// The new variables that are put into the store.
    pub fn kept_bindings(&self) -> impl Iterator<Item = &Binding> {
        let is_kept =
            |binding: &&Binding| self.exceptions.made(&binding.name) <= Made::KeptAtEnd && !binding.is_closure;
        self.parsed.bindings.iter().filter(is_kept)
    }

    /// Those that are kept, too, where the cell ends early behind them; of several with one name none is.
    pub fn rescued_bindings(&self) -> impl Iterator<Item = &Binding> {
        let is_kept = |binding: &&Binding| self.exceptions.made(&binding.name) == Made::Kept;
        self.kept_bindings().filter(|binding| binding.is_unique).filter(is_kept)
    }

    /// The statements and the expression at the end, with their numbers.
    pub fn statements(&self) -> impl Iterator<Item = (usize, &Snippet)> {
        self.parsed.parts.iter().enumerate().filter_map(|(number, part)| match part {
            Part::Statement(snippet) | Part::Tail(snippet) => Some((number, snippet)),
            Part::Use(..) | Part::Item(_) => None,
        })
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.parsed.parts.iter().flat_map(|part| words_of(&part.snippet().text))
    }

    /// The source that runs the cell.
    pub fn source(&self) -> Source {
        self.write(true, |source, _, name| source.line(&put(name), Origin::Keep(name.to_owned())))
    }

    /// The source whose compile errors name the types of new variables; see `cuaderno::rt::name_type`.
    pub fn naming_source(&self) -> Source {
        self.write(false, |source, number, name| {
            source.line(&format!("::cuaderno::rt::name_type::<{number}, _>(&{name});"), Origin::Keep(name.to_owned()));
        })
    }

    /// The imports, and the items that the cell can reach.
    pub fn reached(&self) -> Vec<&Entry> {
        let types = self.loaded();
        // What we write ourselves for a pasted program names `main`.
        let ours =
            self.parsed.parts.iter().flat_map(|part| &part.snippet().edits).filter_map(|edit| match &edit.change {
                Change::Text(text) => Some(text.as_str()),
                Change::Root | Change::File(_) | Change::Leave | Change::Left => None,
            });
        let words = self.words().chain(ours.flat_map(words_of));
        let words = words.chain(types.iter().flat_map(|(_, variable)| words_of(&variable.type_name)));
        self.items.reachable_from(&words.collect())
    }

    fn write(&self, rescue: bool, keep: impl Fn(&mut Source, usize, &str)) -> Source {
        let mut source = Source::default();
        source.generated(ALLOWED);
        let reached = self.reached();
        let modules = self.items.modules();
        // The nearest module outside that holds anything. What holds nothing imports nothing: a long chain of imports of whole modules is slow to resolve.
        let mut outside = 0;
        for module in 0..=modules.len() {
            if let Some(inner) = module.checked_sub(1) {
                source.generated(&format!("mod {} {{", modules[inner]));
            }
            if module > 0 && module < modules.len() && !reached.iter().any(|entry| entry.module == module) {
                continue;
            }
            let (globs, others): (Vec<&&Entry>, Vec<&&Entry>) =
                reached.iter().filter(|entry| entry.module == module).partition(|entry| entry.what.is_glob());
            // Of two globs that bring one name from other crates, the compiler takes the first: the student's.
            globs.into_iter().for_each(|entry| self.write_entry(&mut source, entry));
            let outer = match module - outside {
                0 => PRELUDE.to_owned(),
                up => format!("use {}*;", "super::".repeat(up)),
            };
            outside = module;
            source.glob(&outer, Origin::Generated);
            if module == 0 {
                self.exceptions.chosen.values().for_each(|declaration| source.generated(declaration));
            }
            others.into_iter().for_each(|entry| self.write_entry(&mut source, entry));
        }
        self.write_function(&mut source, rescue, keep);
        modules.iter().for_each(|_| source.generated("}"));
        source
    }

    fn write_entry(&self, source: &mut Source, entry: &Entry) {
        let root = self.items.root_of(entry.module);
        match &entry.what {
            What::Import(place, import) => {
                let declaration = import.declaration(&root);
                let origin = Origin::Cell { cell: place.cell, line: place.line };
                match import.is_glob() {
                    true => source.glob(&declaration, origin),
                    false => source.line(&declaration, origin),
                }
            }
            What::Item(item) => {
                let mut replacements = replacements(&item.snippet, &root);
                for edit in shared(&item.statics, |number| symbol(self.build, entry.id, number)) {
                    if let Change::Text(text) = edit.change {
                        let is_covered = |at: &std::ops::Range<usize>| {
                            !edit.at.is_empty() && edit.at.start <= at.start && at.end <= edit.at.end
                        };
                        replacements.retain(|(at, _)| !is_covered(at));
                        replacements.push((edit.at, text));
                    }
                }
                replacements.sort_by_key(|(at, _)| (at.start, at.end));
                source.snippet(&item.snippet, &replacements);
            }
        }
    }

    fn write_function(&self, source: &mut Source, rescue: bool, keep: impl Fn(&mut Source, usize, &str)) {
        let loaded = self.loaded();
        let is = |name: &str, treatment| self.exceptions.loaded(name) == treatment;
        source.generated("#[unsafe(no_mangle)]");
        source.generated("pub fn cuaderno_cell(__cuaderno_store: &mut ::cuaderno::rt::Store) {");
        for (name, variable) in &loaded {
            source.line(&load(name, variable), Origin::Load((*name).to_owned()));
            if is(name, Loaded::Assigned) && is_shared(variable) {
                source.generated(&format!(
                    "let __cuaderno_saved_{} = ::cuaderno::rt::Saved::saved(&{name});",
                    plain(name)
                ));
            }
        }
        source.generated("let __cuaderno_finished = ::cuaderno::rt::run(|| {");
        for (name, variable) in loaded.iter().filter(|(name, _)| is(name, Loaded::Assigned)) {
            let mutability = if variable.is_mut { "mut " } else { "" };
            source.line(&format!("let {mutability}{name} = {name};"), Origin::Load((*name).to_owned()));
        }
        write_body(self, source, rescue, &keep);
        source.generated("});");
        for (name, variable) in &loaded {
            match self.exceptions.loaded(name) {
                Loaded::Borrowed => source.line(&self.put_back(name), Origin::PutBack((*name).to_owned())),
                Loaded::Assigned if is_shared(variable) => source.generated(&format!(
                    "if !__cuaderno_finished && !__cuaderno_store.has({name:?}) {{ __cuaderno_store.put_back({name:?}, __cuaderno_saved_{}); }}", plain(name)
                )),
                _ => {}
            }
        }
        source.generated("}");
    }

    /// Variables of earlier cells that are variables of the cell while it runs.
    pub fn assigned(&self) -> Vec<&str> {
        let is_assigned = |(name, _): &(&str, &Variable)| self.exceptions.loaded(name) == Loaded::Assigned;
        let is_made = |name: &str| self.parsed.bindings.iter().any(|binding| binding.name == name);
        self.loaded().into_iter().filter(is_assigned).map(|(name, _)| name).filter(|name| !is_made(name)).collect()
    }

    /// A variable of the same name that the cell makes takes the old one's place, unless the cell failed.
    fn put_back(&self, name: &str) -> String {
        let put = put_back(name);
        if self.parsed.bindings.iter().any(|binding| binding.name == name) {
            format!("if __cuaderno_store.wants_back({name:?}, __cuaderno_finished) {{ {put} }}")
        } else {
            put
        }
    }
}

/// What is written into a snippet that stands in a module.
pub fn replacements(snippet: &Snippet, root: &str) -> Vec<Replacement> {
    let written = snippet.edits.iter().filter_map(|edit| match &edit.change {
        Change::Text(text) => Some((edit.at.clone(), text.clone())),
        Change::Root if root == "crate" => None,
        Change::Root => Some((edit.at.clone(), root.to_owned())),
        Change::File(path) => Some((edit.at.clone(), format!("{path:?}"))),
        Change::Leave | Change::Left => None,
    });
    written.collect()
}

/// A name as a word of the text, without the `r#` of a keyword.
pub fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

fn is_shared(variable: &Variable) -> bool {
    variable.type_name.strip_prefix("cuaderno::prelude::").is_some_and(|name| SHARED_TYPES.contains(&name))
}

fn load(name: &str, Variable { type_name, is_mut }: &Variable) -> String {
    let mutability = if *is_mut { "mut " } else { "" };
    format!(
        "let {mutability}{name}: {type_name} = match __cuaderno_store.take::<{type_name}>({name:?}) {{ \
         ::std::option::Option::Some(value) => value, \
         ::std::option::Option::None => return ::cuaderno::rt::lost({name:?}) }};"
    )
}

/// A source that only carries text with syntax errors to the compiler, for its explanation.
pub fn broken_source(cell: u32, code: &str) -> Source {
    let mut source = Source::default();
    // Read and thrown away: only the parser is to say something.
    source.generated("#[cfg(any())]");
    source.generated("fn cell() {");
    source.snippet(&Snippet::new(cell, 1, 0, code), &[]);
    source.generated("}");
    source
}

#[cfg(test)]
#[path = "generate_tests.rs"]
mod tests;
