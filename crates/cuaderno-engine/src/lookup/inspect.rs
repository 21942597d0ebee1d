//! What is known about what stands at the cursor.

use super::complete::PRELUDES;
use super::place::{Place, byte_of, spot};
use super::scope::{Scope, entities_of};
use super::{Entity, Lookup};
use crate::cell::as_written;
use crate::text::nests_too_deeply;
use cuaderno_display::counted;
use cuaderno_wire::{MimeBundle, TableShape};

impl Lookup {
    /// Declaration and documentation of what stands at the cursor, which counts code points; from level 1 on with the
    /// members of a type. Inside the parentheses of a call it is about the function.
    pub fn inspect(&self, code: &str, cursor: usize, detail_level: usize) -> Option<MimeBundle> {
        if nests_too_deeply(code) {
            return None;
        }
        let at = byte_of(code, cursor);
        let end = word_end(code, at);
        let scope = self.scope();
        let found = self.entity_at(&scope, code, end).or_else(|| {
            let callee = callee_end(&code[..at])?;
            self.entity_at(&scope, code, callee)
        })?;
        let members = if detail_level > 0 { self.listed_members(&scope, &found) } else { String::new() };
        Some(bundle(&found, &members))
    }

    /// The same for a name as `:doc` takes it: `Vec`, `std::fs::read`, `DataFrame::height`, `posts`.
    pub fn document(&self, name: &str) -> Option<MimeBundle> {
        self.inspect(name, name.chars().count(), 1)
    }

    fn entity_at(&self, scope: &Scope, code: &str, end: usize) -> Option<Entity> {
        let spot = spot(code, end);
        let word = code[spot.word.clone()].trim_end_matches('!');
        if word.is_empty() {
            return None;
        }
        let named = |entities: Vec<Entity>| entities.into_iter().find(|entity| entity.name == word);
        let is_macro = code[end..].starts_with('!') && !code[end..].starts_with("!=");
        match &spot.place {
            Place::Command => self.commands.iter().find(|command| command.name == word).cloned(),
            Place::Member(receiver) => {
                let type_name = self.type_of(scope, code, receiver.clone(), end)?;
                named(self.after_dot(scope, &type_name))
            }
            Place::Path(path) => {
                let mut path = path.clone();
                path.push(word.to_owned());
                self.item(scope, &path, is_macro).or_else(|| named(self.below(scope, &path[..path.len() - 1])))
            }
            Place::Layer => named(self.layers(scope)),
            Place::Name => self
                .variable(scope, word)
                .or_else(|| named(entities_of(code)))
                .or_else(|| named(scope.entities()))
                .or_else(|| self.item(scope, &[word.to_owned()], is_macro)),
            Place::File | Place::Nothing => None,
        }
    }

    fn variable(&self, scope: &Scope, name: &str) -> Option<Entity> {
        let variable = scope.variables.get(name)?;
        let mutability = if variable.is_mut { "mut " } else { "" };
        let declaration = format!("let {mutability}{name}: {}", as_written(&variable.type_name));
        let type_path = variable.type_name.split('<').next().unwrap_or_default();
        let doc = self.index().resolve(type_path).and_then(|path| self.index().item(path)).map(|item| item.doc);
        let shape = scope.tables.get(name).map(shape);
        let doc = [shape, doc].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        Some(Entity { name: name.into(), kind: "variable".into(), declaration, doc })
    }

    fn item(&self, scope: &Scope, path: &[String], is_macro: bool) -> Option<Entity> {
        let index = self.index();
        let mut paths = self.full_paths(scope, path);
        // `println` and other names of the standard library's root.
        if let [name] = path {
            paths.push(format!("std::{name}"));
        }
        let macros = || paths.iter().find_map(|path| index.macro_item(path));
        let item = if is_macro { macros() } else { paths.iter().find_map(|path| index.item(path)) };
        let item = item.or_else(|| macros().filter(|_| !is_macro))?;
        let declaration = match item.declaration.is_empty() {
            true => format!("{} {}", item.kind, paths.first().map_or("", |path| readable(path))),
            false => item.declaration,
        };
        Some(Entity { name: path.last()?.clone(), kind: item.kind, declaration, doc: item.doc })
    }

    fn listed_members(&self, scope: &Scope, entity: &Entity) -> String {
        let type_name = match &*entity.kind {
            "struct" | "enum" | "trait" | "type" => &entity.name,
            "variable" => entity.declaration.split_once(": ").map_or("", |(_, type_name)| type_name),
            _ => return String::new(),
        };
        self.members(scope, type_name)
            .iter()
            .map(|member| format!("\n{}", member.declaration.replace('\n', " ")))
            .collect()
    }
}

fn readable(path: &str) -> &str {
    PRELUDES.iter().find_map(|prelude| path.strip_prefix(prelude)?.strip_prefix("::")).unwrap_or(path)
}

fn word_end(code: &str, at: usize) -> usize {
    code[at..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(code.len(), |length| at + length)
}

/// Where the name of the function ends whose call is open at the end of the text.
fn callee_end(text: &str) -> Option<usize> {
    let (mut depth, mut in_string) = (0, false);
    for (at, c) in text.char_indices().rev() {
        in_string ^= c == '"';
        match c {
            _ if in_string => {}
            ')' => depth += 1,
            '(' if depth == 0 => return Some(text[..at].trim_end_matches('!').trim_end().len()),
            '(' => depth -= 1,
            ';' | '{' | '}' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn bundle(entity: &Entity, members: &str) -> MimeBundle {
    let Entity { declaration, doc, .. } = entity;
    let mut markdown = format!("```rust\n{declaration}\n```");
    let mut text = declaration.clone();
    if !doc.is_empty() {
        markdown += &format!("\n\n{doc}");
        text += &format!("\n\n{doc}");
    }
    if !members.is_empty() {
        markdown += &format!("\n\n```rust{members}\n```");
        text += &format!("\n{members}");
    }
    MimeBundle::text(text).with("text/markdown", markdown)
}

/// Rows and columns of a table, in words.
fn shape(table: &TableShape) -> String {
    let columns = table.columns.iter().map(|(name, dtype)| format!("- `{name}`: {dtype}"));
    let columns: Vec<String> = columns.collect();
    format!("{}, {}\n\n{}", counted(table.rows, "row"), counted(columns.len(), "column"), columns.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_of_an_open_call() {
        assert_eq!(callee_end("let x = f(a, g(b), "), Some(9));
        assert_eq!(callee_end("println!(\"{}\", "), Some(7));
        assert_eq!(callee_end("f(a); b"), None);
    }
}
