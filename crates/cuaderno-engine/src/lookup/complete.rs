//! What could stand at the cursor.

use super::index::Member;
use super::place::{Place, bound_names, byte_of, spot};
use super::scope::{Scope, entities_of};
use super::{Entity, Lookup, files};
use crate::cell::as_written;
use crate::cell::parse::words_of;
use crate::text::nests_too_deeply;
use cuaderno_wire::{Completion, Match};
use std::collections::HashSet;

/// Modules whose names need no import, in the order in which they are searched.
pub(super) const PRELUDES: [&str; 3] = ["cuaderno::prelude", "std::prelude::v1", "primitives"];
/// Crates that a cell may name.
pub(super) const CRATES: [&str; 8] = ["cuaderno", "std", "polars", "plotters", "dfdx", "image", "serde", "serde_json"];

const KEYWORDS: [&str; 27] = [
    "as", "break", "const", "continue", "crate", "else", "enum", "false", "fn", "for", "if", "impl", "in", "let",
    "loop", "match", "mod", "move", "mut", "pub", "return", "static", "struct", "trait", "true", "use", "while",
];

impl Lookup {
    /// What could stand before the cursor, which counts code points.
    pub fn complete(&self, code: &str, cursor: usize) -> Completion {
        if nests_too_deeply(code) {
            return Completion { matches: Vec::new(), start: cursor, end: cursor };
        }
        let byte = byte_of(code, cursor);
        let spot = spot(code, byte);
        let scope = self.scope();
        let word = &code[spot.word.clone()];
        let mut start = spot.word.start;
        let found = match &spot.place {
            Place::Command => {
                self.commands.iter().map(|command| plain(&command.name, &command.kind, &command.doc)).collect()
            }
            Place::File => {
                let in_data = code[..start].trim_end_matches('"').trim_end().ends_with("data(");
                let base = if in_data { scope.data() } else { scope.working_directory.clone() };
                let matches = files::matching(word, &base);
                let files = matches.into_iter().map(|name| plain(&name, "path", ""));
                let columns = columns(&scope, &code[..start]);
                if columns.iter().any(|column| column.name.starts_with(word)) {
                    columns.into_iter().chain(files).collect()
                } else {
                    // Folders are there already.
                    start += word.rfind('/').map_or(0, |at| at + 1);
                    files.collect()
                }
            }
            Place::Member(receiver) => {
                let word_end = byte
                    + code[byte..]
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .map(char::len_utf8)
                        .sum::<usize>();
                let type_name = self.type_of(&scope, code, receiver.clone(), word_end);
                type_name.map(|type_name| self.after_dot(&scope, &type_name)).unwrap_or_default()
            }
            Place::Path(path) => self.below(&scope, path),
            Place::Layer => self.layers(&scope),
            Place::Name => self.names(&scope, code, spot.word.start, word),
            Place::Nothing => Vec::new(),
        };
        let matches = matching(found, &code[start..byte]);
        let characters = |byte: usize| code[..byte].chars().count();
        Completion { matches, start: characters(start), end: characters(byte) }
    }

    /// What `cnn!` takes: layers, and the settings that follow them after a dot.
    pub(super) fn layers(&self, scope: &Scope) -> Vec<Entity> {
        let paths = self.full_paths(scope, &["cuaderno", "nn", "Stack"].map(str::to_owned));
        let stack = paths.iter().find_map(|path| self.index().item(path));
        let steps = stack.map(|item| item.members).unwrap_or_default();
        let is_written = |name: &str| !name.starts_with("residual_") && name != "shortcut";
        let takes_and_gives =
            |member: &&Member| member.signature.contains("self") && member.signature.ends_with("-> Stack");
        let steps = steps.iter().filter(takes_and_gives).filter(|member| is_written(&member.name));
        let mut layers: Vec<Entity> = steps.map(|member| member.clone().entity()).collect();
        layers.push(plain("residual", "method", "residual(layers…; layers of the shortcut…)"));
        layers
    }

    /// Fields and methods of a type.
    pub(super) fn after_dot(&self, scope: &Scope, type_name: &str) -> Vec<Entity> {
        let is_associated = |entity: &Entity| entity.kind == "method" && !entity.declaration.contains("self");
        self.members(scope, type_name)
            .into_iter()
            .filter(|entity| matches!(&*entity.kind, "field" | "method") && !is_associated(entity))
            .collect()
    }

    /// What a module holds, or a type has, by these names.
    pub(super) fn below(&self, scope: &Scope, path: &[String]) -> Vec<Entity> {
        let mut found = Vec::new();
        if let [name] = path
            && scope.entities().iter().any(|entity| entity.name == *name)
        {
            found.extend(self.members(scope, name));
        }
        for full in self.full_paths(scope, path) {
            found.extend(self.index().children(&full).map(|(name, kind)| plain(name, kind, "")));
            if let Some(item) = self.index().item(&full) {
                found.extend(
                    item.members.into_iter().filter(|member| member.kind != "field").map(|member| member.entity()),
                );
            }
        }
        if path.is_empty() {
            found.extend(CRATES.iter().map(|name| plain(name, "mod", "")));
        }
        found
    }

    /// The paths in the index that names in a cell may stand for.
    pub(super) fn full_paths(&self, scope: &Scope, path: &[String]) -> Vec<String> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let join = |first: &str| rest.iter().fold(first.to_owned(), |path, name| format!("{path}::{name}"));
        let mut candidates: Vec<String> = scope.imported(first).map(|path| join(&path)).into_iter().collect();
        candidates.extend(scope.globs().map(|module| join(&format!("{module}::{first}"))));
        if CRATES.contains(&&**first) {
            candidates.push(join(first));
        }
        candidates.extend(PRELUDES.iter().map(|prelude| join(&format!("{prelude}::{first}"))));
        let mut known = HashSet::new();
        candidates
            .into_iter()
            // The facade's modules are indexed where every cell sees them.
            .flat_map(|path| {
                let in_prelude = path.strip_prefix("cuaderno::").map(|rest| format!("cuaderno::prelude::{rest}"));
                [Some(path), in_prelude].into_iter().flatten()
            })
            .filter(|path| self.index().contains(path) && known.insert(path.clone()))
            .collect()
    }

    fn names(&self, scope: &Scope, code: &str, start: usize, word: &str) -> Vec<Entity> {
        let mut found: Vec<Entity> =
            bound_names(&code[..start]).iter().map(|name| plain(name, "variable", "")).collect();
        found.extend(scope.variables.iter().map(|(name, variable)| Entity {
            name: name.clone(),
            kind: "variable".into(),
            declaration: as_written(&variable.type_name),
            doc: String::new(),
        }));
        found.extend(entities_of(code));
        found.extend(scope.entities());
        found.extend(
            scope
                .items
                .imports()
                .filter_map(|import| Some(plain(import.name.as_deref()?, "import", &import.declaration("crate")))),
        );
        if word.is_empty() {
            // Everything would be too much.
            return found;
        }
        for module in scope.globs().map(str::to_owned).chain(PRELUDES.map(str::to_owned)) {
            found.extend(self.index().children(&module).map(|(name, kind)| plain(name, kind, "")));
        }
        found.extend(
            self.index().children("std").filter(|(_, kind)| *kind == "macro").map(|(name, kind)| plain(name, kind, "")),
        );
        found.extend(CRATES.iter().map(|name| plain(name, "mod", "")));
        found.extend(KEYWORDS.iter().map(|name| plain(name, "keyword", "")));
        found
    }
}

/// Columns of the tables that the statement before the cursor names; of all, where it names none.
fn columns(scope: &Scope, before: &str) -> Vec<Entity> {
    let statement = before.rfind(';').map_or(before, |at| &before[at..]);
    let named = |name: &str| words_of(statement).any(|word| word == name);
    let any_is_named = scope.tables.keys().any(|name| named(name));
    let tables = scope.tables.iter().filter(|(name, _)| !any_is_named || named(name));
    tables.flat_map(|(_, table)| &table.columns).map(|(name, dtype)| plain(name, "column", dtype)).collect()
}

fn plain(name: &str, kind: &str, declaration: &str) -> Entity {
    Entity { name: name.to_owned(), kind: kind.to_owned(), declaration: declaration.to_owned(), doc: String::new() }
}

/// Those that begin with a word, in its own case if any do; each name once.
fn matching(found: Vec<Entity>, word: &str) -> Vec<Match> {
    let lower = word.to_lowercase();
    let exact = found.iter().any(|entity| entity.name.starts_with(word));
    let begins = |name: &str| if exact { name.starts_with(word) } else { name.to_lowercase().starts_with(&lower) };
    let mut seen = HashSet::new();
    found
        .into_iter()
        .filter(|entity| begins(&entity.name) && seen.insert(entity.name.clone()))
        .map(|Entity { name, kind, declaration, .. }| Match {
            text: if kind == "macro" { format!("{name}!") } else { name },
            kind,
            signature: declaration,
        })
        .collect()
}
