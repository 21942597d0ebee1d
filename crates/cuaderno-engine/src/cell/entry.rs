//! An import or an item of a cell: what it is called, what it depends on, and what it replaces.

use super::parse::{Import, Item, ItemKey, Snippet, Static, tokens_of, words_of};
use std::collections::BTreeSet;

/// An import or an item, and the module that it stands in: 0 for the root.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which entry it is, for ever.
    pub id: u32,
    /// The module.
    pub module: usize,
    /// What it is.
    pub what: What,
}

/// What cells leave for later ones.
#[derive(Clone, Debug)]
pub enum What {
    /// An import, with the declaration that it was part of.
    Import(Snippet, Import),
    /// An item.
    Item(Item),
}

impl What {
    /// Where it was written.
    pub fn snippet(&self) -> &Snippet {
        match self {
            Self::Import(place, _) => place,
            Self::Item(item) => &item.snippet,
        }
    }

    pub(crate) fn item(&self) -> Option<&Item> {
        match self {
            Self::Import(..) => None,
            Self::Item(item) => Some(item),
        }
    }

    /// The one name by which it is known, if it has one.
    pub(crate) fn key_name(&self) -> Option<&str> {
        match self {
            Self::Import(_, import) => import.name.as_deref(),
            Self::Item(item) => item.key.name(),
        }
    }

    pub(crate) fn is_import(&self) -> bool {
        matches!(self, Self::Import(..))
    }

    /// Whether it imports a module whole.
    pub fn is_glob(&self) -> bool {
        matches!(self, Self::Import(_, import) if import.is_glob())
    }

    pub(crate) fn is_type(&self) -> bool {
        self.item().is_some_and(|item| matches!(item.key, ItemKey::Type(_) | ItemKey::MacroCall(_)))
    }

    /// The header of an implementation that decides what values are made of.
    pub(crate) fn subject(&self) -> Option<&str> {
        match self.item()? {
            Item { key: ItemKey::Impl(header, _), decides_layout: true, .. } => Some(header),
            _ => None,
        }
    }

    pub(crate) fn is_macro(&self) -> bool {
        self.item().is_some_and(|item| matches!(item.key, ItemKey::Macro(_)))
    }

    pub(crate) fn decides_layout(&self) -> bool {
        match self {
            Self::Import(..) => true,
            Self::Item(item) => item.decides_layout,
        }
    }

    /// The names it defines.
    pub(crate) fn names(&self) -> Vec<&str> {
        match self {
            Self::Import(_, import) => import.name.as_deref().into_iter().filter(|name| *name != "_").collect(),
            Self::Item(item) => item.names.iter().map(String::as_str).collect(),
        }
    }

    /// The names whose meaning changes with it: also those that an implementation is about.
    pub(crate) fn causes(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.names().into_iter().map(str::to_owned).collect();
        let about = self.subject().into_iter().flat_map(words_of);
        names.extend(about.filter(|word| word.starts_with(char::is_uppercase)).map(str::to_owned));
        names
    }

    pub(crate) fn mentions(&self, name: &str) -> bool {
        match self {
            Self::Import(_, import) => import.mentions().any(|word| word == name),
            Self::Item(item) => item.mentions.contains(name),
        }
    }

    pub(crate) fn mentions_one_of(&self, names: &BTreeSet<String>) -> bool {
        names.iter().any(|name| self.mentions(name))
    }

    /// Whether it is the very same declaration.
    pub(crate) fn is_same(&self, old: &Self) -> bool {
        match (self, old) {
            (Self::Import(_, new), Self::Import(_, old)) => new == old,
            (Self::Item(new), Self::Item(old)) => {
                let (new_text, old_text) = (&new.snippet.text, &old.snippet.text);
                new.key == old.key
                    && new.snippet.files().eq(old.snippet.files())
                    && (new_text == old_text || tokens_of(new_text) == tokens_of(old_text))
            }
            _ => false,
        }
    }

    /// Whether the other gives way to it.
    pub(crate) fn replaces(&self, old: &Self) -> bool {
        match (self, old) {
            (Self::Import(place, new), Self::Import(old_place, old)) => {
                let are_alternatives = new.is_conditional() && old.is_conditional() && place.cell == old_place.cell;
                !are_alternatives && new.name.is_some() && new.name == old.name && new.name.as_deref() != Some("_")
            }
            (Self::Import(..), Self::Item(item)) | (Self::Item(item), Self::Import(..)) => {
                !matches!(item.key, ItemKey::Macro(_)) && self.key_name().is_some() && self.key_name() == old.key_name()
            }
            (Self::Item(new), Self::Item(old)) => {
                // `#[cfg(unix)] fn os` and `#[cfg(windows)] fn os` of one cell are one function.
                let are_alternatives = new.is_conditional && old.is_conditional && new.snippet.cell == old.snippet.cell;
                !are_alternatives && key_replaces(&new.key, &old.key)
            }
        }
    }

    /// Statics of a moved item that begin again: their type has changed. Returns their names.
    pub(crate) fn start_statics_anew(&mut self, changed: &BTreeSet<String>) -> Vec<String> {
        let Self::Item(item) = self else { return Vec::new() };
        let is_stale = |found: &&mut Static| found.home.is_some() && found.type_mentions(changed);
        let stale = item.statics.iter_mut().filter(is_stale);
        stale
            .map(|found| {
                found.home = None;
                found.name.clone()
            })
            .collect()
    }
}

fn key_replaces(new: &ItemKey, old: &ItemKey) -> bool {
    match (new, old) {
        (ItemKey::Impl(new_header, new_names), ItemKey::Impl(old_header, old_names)) => {
            new_header == old_header && (old_names.is_empty() || old_names.iter().any(|name| new_names.contains(name)))
        }
        (ItemKey::Impl(..), _) | (_, ItemKey::Impl(..)) => false,
        (ItemKey::Macro(new), ItemKey::Macro(old)) => new == old,
        (ItemKey::Macro(_), _) | (_, ItemKey::Macro(_)) => false,
        // Functions, types, traits and what macros make share names, but for a type and a function of one name.
        _ => new.name().is_some() && new.name() == old.name() || new == old,
    }
}
