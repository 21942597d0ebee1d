//! Items and imports of all cells so far.
//!
//! All cells are one crate to the compiler, so a type is known by its path. That no value is ever read as another type rests on one rule: *a
//! path is never used for two meanings*. What a cell defines anew stands in a module of its own, inside the module of what was there
//! before, and so do all items that mention it. What stands outside of that module does not see it: its meaning stays.

use super::entry::{Entry, What};
use super::parse::{Import, Item, ItemKey, ParsedCell, Part, Snippet, item_macros_of, words_of};
use std::collections::BTreeSet;

/// A chain of so many modules is quick to compile. The next cell that would need another one starts anew.
const MOST_MODULES: usize = 400;

/// What cells have defined and imported, in the order of definition.
#[derive(Clone, Debug, Default)]
pub struct Items {
    entries: Vec<Entry>,
    /// Names of the modules inside the root, each inside the one before it.
    modules: Vec<String>,
    /// Macros whose calls are items.
    item_macros: BTreeSet<String>,
    next_id: u32,
}

/// What a cell changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Items whose values no longer fit.
    pub changed: BTreeSet<String>,
    /// Statics that start anew, though the cell does not define them.
    pub started_anew: Vec<String>,
    /// Methods and constants whose block was replaced by one without them.
    pub vanished: Vec<String>,
}

impl Items {
    /// Adds what a cell defines and imports.
    pub fn add(&mut self, parsed: &ParsedCell) -> Changes {
        let mut fresh = Vec::new();
        for part in &parsed.parts {
            match part {
                Part::Use(place, imports) => {
                    fresh.extend(imports.iter().map(|import| What::Import(place.clone(), import.clone())));
                }
                Part::Item(item) => fresh.push(What::Item((**item).clone())),
                Part::Statement(_) | Part::Tail(_) => {}
            }
        }
        self.item_macros.extend(item_macros_of(parsed).map(str::to_owned));
        let cell = parsed.parts.first().map_or(0, |part| part.snippet().cell);
        fresh.retain(|what| !self.is_there(what));
        let gives_way = |entry: &Entry| !entry.what.is_import() && fresh.iter().any(|what| what.replaces(&entry.what));
        let removed: Vec<bool> = self.entries.iter().map(gives_way).collect();
        let old = self
            .entries
            .iter()
            .zip(&removed)
            .filter(|(_, removed)| **removed)
            .filter_map(|(entry, _)| entry.what.item());
        let blocks = old.filter(|item| matches!(item.key, ItemKey::Impl(..)));
        let is_there = |name: &String| fresh.iter().any(|what| what.names().contains(&name.as_str()));
        let vanished = blocks
            .flat_map(|item| &item.names)
            .filter(|name| !name.starts_with('.') && !is_there(name))
            .cloned()
            .collect();
        Changes { vanished, ..self.place(cell, fresh, &removed) }
    }

    /// Whether the same thing is there already and means the same; an item then has the newer place.
    fn is_there(&mut self, what: &What) -> bool {
        let entries = &self.entries;
        let is_shadowed = |entry: &Entry| {
            let later = entries.iter().filter(|later| later.module > entry.module);
            let hides = |later: &Entry| later.what.names().into_iter().any(|name| entry.what.mentions(name));
            later.clone().any(hides) || later.clone().any(|later| what.replaces(&later.what))
        };
        let same = entries.iter().position(|entry| what.is_same(&entry.what) && !is_shadowed(entry));
        let Some(at) = same else { return false };
        if let (What::Item(new), What::Item(old)) = (what, &mut self.entries[at].what) {
            *old = new.clone();
        }
        true
    }

    /// Puts new entries in the place of others, and moves what depends on those.
    fn place(&mut self, cell: u32, fresh: Vec<What>, removed: &[bool]) -> Changes {
        let innermost = self.modules.len();
        let mut moved = vec![false; self.entries.len()];
        self.follow(removed, &mut moved, innermost);
        let has_new_value = |at: usize| {
            let Entry { module, what, .. } = &self.entries[at];
            (removed[at] || moved[at]) && *module == innermost && what.decides_layout()
        };
        let needs_module = (0..moved.len()).any(has_new_value) || self.is_seen(&fresh, removed, &moved);
        if needs_module {
            if innermost == MOST_MODULES {
                (0..moved.len()).for_each(|at| moved[at] = !removed[at]);
                self.modules.clear();
            } else {
                self.follow(removed, &mut moved, innermost + 1);
            }
            self.next_id += 1;
            let name = format!("__cell_{cell}");
            let is_taken = self.modules.contains(&name) || innermost == MOST_MODULES;
            self.modules.push(if is_taken { format!("{name}_{}", self.next_id) } else { name });
        }
        let target = self.modules.len();
        let mut changes = Changes::default();
        let entries = std::mem::take(&mut self.entries);
        let changes_values = |at: usize, entry: &Entry| (removed[at] || moved[at]) && entry.what.decides_layout();
        let changed = entries.iter().enumerate().filter(|(at, entry)| changes_values(*at, entry));
        changes.changed = changed.flat_map(|(_, entry)| entry.what.names().into_iter().map(str::to_owned)).collect();
        for (at, mut entry) in entries.into_iter().enumerate().filter(|(at, _)| !removed[*at]) {
            if moved[at] {
                entry.module = target;
                changes.started_anew.extend(entry.what.start_statics_anew(&changes.changed));
            }
            // An import outside of the module goes on serving those who stand there.
            let is_replaced = entry.module == target && entry.what.is_import();
            if !(is_replaced && fresh.iter().any(|what| what.replaces(&entry.what))) {
                self.entries.push(entry);
            }
        }
        for what in fresh {
            self.next_id += 1;
            self.entries.push(Entry { id: self.next_id, module: target, what });
        }
        changes
    }

    /// Marks what moves because of what is removed or moved: what values are made of, wherever it stands, and in modules before
    /// `module` all that mentions it, since a name's new meaning is not seen there.
    fn follow(&self, removed: &[bool], moved: &mut [bool], module: usize) {
        loop {
            let gone = || self.entries.iter().enumerate().filter(|(at, _)| removed[*at] || moved[*at]);
            let names: BTreeSet<String> = gone().flat_map(|(_, entry)| entry.what.causes()).collect();
            let of_values: BTreeSet<String> = gone()
                .filter(|(_, entry)| entry.what.decides_layout())
                .flat_map(|(_, entry)| entry.what.causes())
                .collect();
            // A type may be part of others through what is implemented for it: `Peekable<Mine>` holds `<Mine as Iterator>::Item`.
            let subjects: BTreeSet<&str> =
                gone().filter_map(|(_, entry)| entry.what.subject()).flat_map(words_of).collect();
            let follows = |entry: &Entry| {
                let Entry { what, .. } = entry;
                (what.decides_layout() && what.mentions_one_of(&of_values))
                    || (what.is_type() && what.names().iter().any(|name| subjects.contains(name)))
                    || (entry.module < module && what.mentions_one_of(&names))
            };
            let more: Vec<usize> =
                (0..moved.len()).filter(|at| !removed[*at] && !moved[*at] && follows(&self.entries[*at])).collect();
            if more.is_empty() {
                return;
            }
            more.into_iter().for_each(|at| moved[at] = true);
        }
    }

    /// Whether what stays in the innermost module mentions a name that would mean something else there.
    fn is_seen(&self, fresh: &[What], removed: &[bool], moved: &[bool]) -> bool {
        let innermost = self.modules.len();
        let stays = |at: &usize| !removed[*at] && !moved[*at] && self.entries[*at].module == innermost;
        let staying = || (0..moved.len()).filter(stays).map(|at| &self.entries[at]);
        let was_there = |what: &What| {
            let mut old = self.entries.iter().zip(removed).filter(|(_, removed)| **removed).map(|(entry, _)| entry);
            old.any(|entry| entry.module == innermost && what.replaces(&entry.what))
        };
        fresh.iter().any(|what| match what {
            _ if what.is_glob() => staying().any(|entry| !entry.what.is_import()),
            // Whoever calls a function finds the new one; values have nothing to do with it.
            What::Item(item) if !item.decides_layout && (item.key.name().is_none() || was_there(what)) => false,
            _ => {
                // An import that gives way names itself in its path.
                let mut others = staying().filter(|entry| !(entry.what.is_import() && what.replaces(&entry.what)));
                others.any(|entry| what.names().iter().any(|name| entry.what.mentions(name)))
            }
        })
    }

    /// Removes the item, or the imports, at a line of a cell. Returns what they were, and what that changes.
    pub fn remove_at(&mut self, now: u32, cell: u32, line: u32) -> Option<(String, Changes)> {
        let holds = |snippet: &Snippet| {
            let last = snippet.line + snippet.text.matches('\n').count() as u32;
            snippet.cell == cell && (snippet.line..=last).contains(&line)
        };
        let removed: Vec<bool> = self.entries.iter().map(|entry| holds(entry.what.snippet())).collect();
        let (entry, _) = self.entries.iter().zip(&removed).rfind(|(_, removed)| **removed)?;
        let name = match &entry.what {
            What::Item(Item { key: ItemKey::Impl(..), snippet, .. }) => {
                let header = snippet.text.split('{').next().unwrap_or_default();
                let header = header.find("impl").map_or(header, |at| &header[at..]);
                header.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            What::Item(item) => item.key.to_string(),
            What::Import(place, _) => place.text.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        let changes = self.place(now, Vec::new(), &removed);
        Some((name, changes))
    }

    /// Forgets where statics are: the process that had them has ended.
    pub fn forget_statics(&mut self) {
        for entry in &mut self.entries {
            if let What::Item(item) = &mut entry.what {
                item.statics.iter_mut().for_each(|found| found.home = None);
            }
        }
    }

    /// Notes that the library of this build holds the statics that had no home.
    pub fn settle_statics(&mut self, build: u32, ids: &[u32]) {
        for entry in self.entries.iter_mut().filter(|entry| ids.contains(&entry.id)) {
            if let What::Item(item) = &mut entry.what {
                for (number, found) in item.statics.iter_mut().enumerate().filter(|(_, found)| found.home.is_none()) {
                    found.home = Some(symbol(build, entry.id, number));
                }
            }
        }
    }

    /// The modules inside the root, each inside the one before it.
    pub fn modules(&self) -> &[String] {
        &self.modules
    }

    /// What `crate` means in a module.
    pub fn root_of(&self, module: usize) -> String {
        self.modules[..module].iter().fold("crate".to_owned(), |path, name| path + "::" + name)
    }

    /// Macros whose calls are items.
    pub fn item_macros(&self) -> &BTreeSet<String> {
        &self.item_macros
    }

    /// All imports.
    pub fn imports(&self) -> impl Iterator<Item = &Import> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Import(_, import) => Some(import),
            What::Item(_) => None,
        })
    }

    fn items(&self) -> impl Iterator<Item = &Item> {
        self.entries.iter().filter_map(|entry| entry.what.item())
    }

    /// The text of every item.
    pub fn snippets(&self) -> impl Iterator<Item = &str> {
        self.items().map(|item| item.snippet.text.as_str())
    }

    /// Names of the models that `cnn!` made.
    pub fn names_of_models(&self) -> impl Iterator<Item = &str> {
        let is_model = |item: &&Item| matches!(&item.key, ItemKey::MacroCall(call) if call.contains("cnn!"));
        self.items().filter(is_model).filter_map(|item| item.key.name())
    }

    /// Whether a cell has defined a macro of this name in whose text there is this word.
    pub fn macro_says(&self, name: &str, word: &str) -> bool {
        let is_it = |item: &Item| item.key == ItemKey::Macro(name.to_owned());
        self.items().any(|item| is_it(item) && words_of(&item.snippet.text).any(|found| found == word))
    }

    /// Names of the macros in whose text there is a `return`, and of all that is made with them.
    pub fn names_of_returning_macros(&self) -> BTreeSet<String> {
        let macros = |item: &&Item| matches!(item.key, ItemKey::Macro(_));
        let returning =
            self.items().filter(macros).filter(|item| words_of(&item.snippet.text).any(|word| word == "return"));
        let mut names: BTreeSet<String> = returning.filter_map(|item| item.key.name().map(str::to_owned)).collect();
        loop {
            let known = names.len();
            for item in self.items().filter(macros) {
                if words_of(&item.snippet.text).any(|word| names.contains(word)) {
                    names.extend(item.key.name().map(str::to_owned));
                }
            }
            if names.len() == known {
                return names;
            }
        }
    }

    /// Names of all items that have one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.items().filter_map(|item| item.key.name())
    }

    /// All imports, and the items that code with these words can reach; macros first: the compiler reads a macro before its uses.
    ///
    /// Leaving out the others keeps the hundredth cell as quick as the first.
    pub fn reachable_from(&self, words: &BTreeSet<&str>) -> Vec<&Entry> {
        let mut words: BTreeSet<&str> = words.clone();
        // Imports stand in every source, also those from a module of the student's.
        words.extend(self.imports().flat_map(Import::mentions));
        let mut included: Vec<bool> = self.entries.iter().map(|entry| entry.what.is_import()).collect();
        loop {
            let left_out: BTreeSet<&str> = self.left_out_types(&included).collect();
            let is_found = |at: &usize| {
                !included[*at]
                    && self.entries[*at].what.item().is_some_and(|item| self.is_reached(item, &words, &left_out))
            };
            let Some(found) = (0..self.entries.len()).find(is_found) else { break };
            included[found] = true;
            words.extend(words_of(&self.entries[found].what.snippet().text));
        }
        let chosen = || self.entries.iter().zip(&included).filter(|(_, included)| **included).map(|(entry, _)| entry);
        chosen().filter(|entry| entry.what.is_macro()).chain(chosen().filter(|entry| !entry.what.is_macro())).collect()
    }

    fn left_out_types(&self, included: &[bool]) -> impl Iterator<Item = &str> {
        let left_out = self.entries.iter().zip(included).filter(|(_, included)| !**included);
        left_out.filter_map(|(entry, _)| match &entry.what.item()?.key {
            key @ (ItemKey::Type(_) | ItemKey::MacroCall(_)) => key.name(),
            _ => None,
        })
    }

    fn is_reached(&self, item: &Item, words: &BTreeSet<&str>, left_out: &BTreeSet<&str>) -> bool {
        match &item.key {
            // A method of a trait is called without naming the trait.
            ItemKey::Trait(_) => true,
            ItemKey::Impl(header, _) => !words_of(header).any(|word| left_out.contains(word)),
            // What a student's own macro makes may have any name, and be an implementation.
            ItemKey::MacroCall(call) if call.split('!').next().is_some_and(|name| self.item_macros.contains(name)) => {
                true
            }
            key => {
                item.names.is_empty()
                    || key.name().is_some_and(|name| !is_identifier(name))
                    || item.names.iter().any(|name| words.contains(name.as_str()))
            }
        }
    }
}

/// The symbol of a static that this build makes.
pub fn symbol(build: u32, id: u32, number: usize) -> String {
    format!("cuaderno_static_{build}_{id}_{number}")
}

fn is_identifier(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
#[path = "items_tests.rs"]
mod tests;
