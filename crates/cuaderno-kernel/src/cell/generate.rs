//! The source of a cell: the student's text between lines of ours.

use super::items::{Items, words_of};
use super::parse::{Binding, ParsedCell, Part, Snippet};
use super::source::{Origin, Source, put};
use std::collections::BTreeMap;

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
}

/// What a cell cannot do that cells can otherwise. Found out by trying: the compiler's objections add to it.
#[derive(Debug, Default)]
pub struct Exceptions {
    /// New variables that cannot be kept.
    pub not_kept: Vec<String>,
    /// Those of them that borrow, as long as nobody minds.
    pub borrowing: Vec<String>,
    /// Those of them that have to end before what they borrow from can be kept, a lock's guard for example.
    pub ended: Vec<String>,
    /// New variables that cannot be kept where the cell fails.
    pub unrescued: Vec<String>,
    /// Nothing is attempted: the cell as a whole ends well or not.
    pub in_one: bool,
    /// Variables of earlier cells whose names mean something else now.
    pub hidden: Vec<String>,
    /// Variables of earlier cells that this one moves out of, and so uses up.
    pub used_up: Vec<String>,
}

/// Lints that say nothing useful in a notebook, where a later cell may use what this one defines.
/// And room for `cnn!` to go through a network of any length that it takes, layer by layer.
const ALLOWED: &str = "#![recursion_limit = \"1024\"] #![allow(unused_imports, unused_variables, unused_assignments, unused_mut, unused_parens, unused_braces, redundant_semicolons, \
    unused_macros, unreachable_code, dead_code, non_snake_case, no_mangle_generic_items, improper_ctypes_definitions)]";

impl Plan<'_> {
    /// The variables of earlier cells that this one mentions.
    pub fn loaded(&self) -> Vec<(&str, &Variable)> {
        let words: Vec<&str> = self.words().collect();
        let is_loaded = |name: &String| words.contains(&name.as_str()) && !self.exceptions.hidden.contains(name);
        self.variables.iter().filter(|(name, _)| is_loaded(name)).map(|(name, v)| (name.as_str(), v)).collect()
    }

    /// The new variables that are put into the store.
    pub fn kept_bindings(&self) -> impl Iterator<Item = &Binding> {
        self.parsed.bindings.iter().filter(|binding| !self.exceptions.not_kept.contains(&binding.name))
    }

    /// The new variables that are kept if this part of the cell fails: made before, there to the end of the cell (or keeping
    /// them at its end would be an error), and not confused with others of their name.
    fn rescued(&self, part: usize) -> Vec<&str> {
        let is_rescued = |binding: &&Binding| {
            let Binding { name, part: made, is_unique, .. } = binding;
            *made < part && *is_unique && !self.exceptions.in_one && !self.exceptions.unrescued.contains(name)
        };
        self.kept_bindings().filter(is_rescued).map(|binding| binding.name.as_str()).collect()
    }

    /// The new variables that this part of the cell makes.
    fn made(&self, part: usize) -> Vec<String> {
        let bindings = self.parsed.bindings.iter().filter(|binding| binding.part == part);
        bindings.map(|binding| binding.name.clone()).collect()
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

    fn write(&self, rescue: bool, keep: impl Fn(&mut Source, usize, &str)) -> Source {
        let loaded = self.loaded();
        let mut source = Source::default();
        source.generated(ALLOWED);
        source.generated("use ::cuaderno::prelude::*;");
        for (place, import) in self.items.imports() {
            source.line(&import.declaration, Origin::Cell { cell: place.cell, line: place.line });
        }
        let words = self.words().chain(loaded.iter().flat_map(|(_, variable)| words_of(&variable.type_name)));
        for item in self.items.reachable_from(&words.collect()) {
            source.snippet(item);
        }
        source.generated("#[unsafe(no_mangle)]");
        source.generated("pub fn cuaderno_cell(__cuaderno_store: &mut ::cuaderno::rt::Store) {");
        for (name, variable) in &loaded {
            source.line(&load(name, variable), Origin::Load((*name).to_owned()));
        }
        source.generated("let __cuaderno_finished = ::cuaderno::rt::run(|| {");
        let returning = self.items.names_of_returning_macros();
        for (number, part) in self.parsed.parts.iter().enumerate() {
            // A `return` of a macro's would return from the attempt only.
            let returns = words_of(&part.snippet().text).any(|word| returning.contains(word));
            let rescued = if rescue && !returns { self.rescued(number) } else { Vec::new() };
            write_part(&mut source, part, self.made(number), &rescued);
        }
        for Binding { name, .. } in
            self.parsed.bindings.iter().rev().filter(|binding| self.exceptions.ended.contains(&binding.name))
        {
            source.line(&format!("{{ let __cuaderno_ended = {name}; }}"), Origin::End(name.clone()));
        }
        for (number, binding) in self.kept_bindings().enumerate() {
            keep(&mut source, number, &binding.name);
        }
        source.generated("::std::result::Result::Ok(())");
        source.generated("});");
        for (name, _) in loaded.iter().filter(|(name, _)| !self.exceptions.used_up.iter().any(|gone| gone == name)) {
            source.line(&self.put_back(name), Origin::PutBack((*name).to_owned()));
        }
        source.generated("}");
        source
    }

    /// A variable of the same name that the cell makes takes the old one's place, unless the cell failed.
    fn put_back(&self, name: &str) -> String {
        let put = put(name);
        if self.parsed.bindings.iter().any(|binding| binding.name == name) {
            format!("if !__cuaderno_finished && !__cuaderno_store.has_rescued({name:?}) {{ {put} }}")
        } else {
            put
        }
    }
}

fn load(name: &str, Variable { type_name, is_mut }: &Variable) -> String {
    let mutability = if *is_mut { "mut " } else { "" };
    format!(
        "let {mutability}{name}: {type_name} = match __cuaderno_store.take::<{type_name}>({name:?}) {{ \
         ::std::option::Option::Some(value) => value, \
         ::std::option::Option::None => return ::cuaderno::rt::lost({name:?}) }};"
    )
}

fn write_part(source: &mut Source, part: &Part, made: Vec<String>, rescued: &[&str]) {
    let (Part::Statement(snippet) | Part::Tail(snippet)) = part else {
        // Items and imports stand at the root of the source.
        return;
    };
    let attempted = snippet.attempted.clone().filter(|_| !rescued.is_empty());
    match (part, attempted) {
        (Part::Tail(_), None) => write_shown(source, snippet),
        (Part::Tail(_), Some(_)) => {
            source.attempt(made, rescued, |source| write_shown(source, snippet));
            source.generated(";");
        }
        (_, None) => {
            mark(source, 1);
            source.snippet(snippet);
        }
        (_, Some(range)) => {
            mark(source, if range.start == 0 { 2 } else { 1 });
            source.part_of(snippet, 0..range.start);
            source.attempt(made, rescued, |source| source.part_of(snippet, range.clone()));
            source.part_of(snippet, range.end..snippet.text.len());
            source.generated(";");
        }
    }
}

/// Shows the value of the expression at a cell's end. A reference, so that showing a variable does not use it up; a match, so that
/// temporaries live long enough.
fn write_shown(source: &mut Source, snippet: &Snippet) {
    mark(source, 2);
    source.generated("match &(");
    source.snippet(snippet);
    source.generated(") { value => { use ::cuaderno::rt::show::{Peel as _, ShowDebug as _, ShowName as _, ShowPlain as _}; ({ value }).peeled().peeled().evcxr_display(); } }");
}

/// Notes at run time which statement begins, so many lines on, for panics inside libraries.
fn mark(source: &mut Source, lines: u32) {
    let line = source.next_line() + lines;
    source.generated(&format!("::cuaderno::rt::at({line});"));
}

impl Part {
    /// The text of the part.
    pub fn snippet(&self) -> &Snippet {
        match self {
            Part::Use(snippet, _) | Part::Item(snippet, _) | Part::Statement(snippet) | Part::Tail(snippet) => snippet,
        }
    }
}

/// A source that asks the runner for the sizes of variables.
pub fn sizes_source() -> Source {
    let mut source = Source::default();
    source.generated("#[unsafe(no_mangle)]");
    source.generated("pub fn cuaderno_cell(store: &mut ::cuaderno::rt::Store) {");
    source.generated("store.report_sizes();");
    source.generated("}");
    source
}

/// A source that only carries text with syntax errors to the compiler, for its explanation.
pub fn broken_source(cell: u32, code: &str) -> Source {
    let mut source = Source::default();
    // Read and thrown away: only the parser is to say something.
    source.generated("#[cfg(any())]");
    source.generated("fn cell() {");
    source.snippet(&Snippet {
        cell,
        line: 1,
        column: 0,
        text: code.to_owned(),
        loop_bodies: Vec::new(),
        attempted: None,
    });
    source.generated("}");
    source
}
