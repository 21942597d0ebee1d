//! Types of expressions, and the members of types.

use super::index::Member;
use super::place::bound_names;
use super::scope::Scope;
use super::{Asked, Entity, Lookup};
use crate::cell::{Exceptions, Made, Plan, parse::parse_cell_after};
use std::ops::Range;
use std::sync::PoisonError;

/// Types that behave like what they hold.
const POINTERS: [&str; 7] = ["Box", "Rc", "Arc", "Ref", "RefMut", "MutexGuard", "Cow"];
/// What `cnn!` makes dereferences to this.
const MODEL_TARGET: &str = "cuaderno::nn::Network";
/// Marks our question among the compiler's answers.
const QUESTION: usize = 999;

impl Lookup {
    /// The type of an expression of the code, at these bytes; `word_end` is where the member's name ends.
    pub(super) fn type_of(&self, scope: &Scope, code: &str, receiver: Range<usize>, word_end: usize) -> Option<String> {
        let expression = code[receiver.clone()].trim();
        let before = &code[..receiver.start];
        if let Some(variable) = scope.variables.get(expression)
            && !bound_names(before).iter().any(|name| name == expression)
        {
            return Some(variable.type_name.clone());
        }
        if expression.starts_with('"')
            && expression.ends_with('"')
            && !expression[1..expression.len() - 1].contains('"')
        {
            return Some("&str".to_owned());
        }
        // The same question stands for every member that begins here.
        let question = format!(
            "({{ let __cuaderno_value = {expression}; ::cuaderno::rt::name_type::<{QUESTION}, _>(&__cuaderno_value); __cuaderno_value }})"
        );
        let asked = format!("{before}{question}");
        let mut last = self.last_type.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.as_ref().filter(|known| known.code == asked) {
            return known.type_name.clone();
        }
        let rest = &code[word_end.max(receiver.end)..];
        // With the rest of the cell, or as if the cell ended here.
        let answer =
            ask(scope, &format!("{asked}{rest}")).or_else(|| ask(scope, &format!("{asked}{}", closing(before))));
        *last = Some(Asked { code: asked, type_name: answer.clone() });
        answer
    }

    /// Members of a type that the compiler names.
    pub(super) fn members(&self, scope: &Scope, type_name: &str) -> Vec<Entity> {
        let type_name = without_references(type_name);
        if type_name.starts_with('[') {
            return self.index_members("primitives::slice").map(Member::entity).collect();
        }
        if let Some(elements) = type_name.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            let elements = split_arguments(elements).into_iter().enumerate();
            let field = |(number, element): (usize, &str)| Entity {
                name: number.to_string(),
                kind: "field".into(),
                declaration: element.to_owned(),
                doc: String::new(),
            };
            return elements.map(field).collect();
        }
        let type_name = type_name.strip_prefix("dyn ").or(type_name.strip_prefix("impl ")).unwrap_or(type_name);
        let (path, arguments) = type_name.split_once('<').unwrap_or((type_name, ""));
        let path = path.split([' ', '+']).next().unwrap_or(path).trim_end_matches("::");
        let name = path.rsplit("::").next().unwrap_or(path);
        if path == name || path.starts_with("ctx::") {
            if let Some(mut members) = scope.members(name) {
                if scope.items.names_of_models().any(|model| model == name) {
                    members.extend(model_members());
                    members.extend(self.index_members(MODEL_TARGET).filter(Member::follows_dot).map(Member::entity));
                }
                return members;
            }
            let primitive = format!("primitives::{name}");
            if self.index().contains(&primitive) {
                return self.index_members(&primitive).map(Member::entity).collect();
            }
        }
        let mut members: Vec<_> = self.index_members(path).map(Member::entity).collect();
        if POINTERS.contains(&name)
            && let Some(inner) = split_arguments(arguments.trim_end_matches('>')).first()
        {
            let inner = inner.trim_start_matches('\'').trim();
            members.extend(self.members(scope, inner));
        }
        members
    }

    fn index_members(&self, path: &str) -> impl Iterator<Item = Member> + use<> {
        let item = self.index().resolve(path).and_then(|path| self.index().item(path));
        item.map(|item| item.members).unwrap_or_default().into_iter()
    }
}

/// What `cnn!` writes beside what the network brings.
fn model_members() -> impl Iterator<Item = Entity> {
    [
        ("new", "method", "pub fn new(seed: u64) -> Self", "A model with random weights, the same for the same seed."),
        (
            "PARAMETERS",
            "constant",
            "pub const PARAMETERS: usize",
            "Values that are saved: trainable ones and running statistics.",
        ),
        ("TRAINABLE", "constant", "pub const TRAINABLE: usize", "Values that training changes."),
        ("SHAPES", "constant", "pub const SHAPES: &'static [Shape]", "The output of each layer."),
        ("STACK", "constant", "pub const STACK: &'static Stack", "The layers."),
    ]
    .into_iter()
    .map(|(name, kind, declaration, doc)| Entity {
        name: name.into(),
        kind: kind.into(),
        declaration: declaration.into(),
        doc: doc.into(),
    })
}

/// The compiler's answer to the question in a cell's code, if the code has no other mistakes that hide it.
fn ask(scope: &Scope, code: &str) -> Option<String> {
    let parsed = parse_cell_after(0, code, scope.items.item_macros());
    if parsed.syntax_error.is_some() {
        return None;
    }
    let mut items = scope.items.clone();
    items.add(&parsed);
    let mut exceptions = Exceptions::default();
    exceptions.make(parsed.bindings.iter().map(|binding| binding.name.clone()), Made::NotKept);
    let plan = Plan { parsed: &parsed, items: &items, variables: &scope.variables, exceptions: &exceptions, build: 0 };
    let source = scope.folder.join("lookup.cell.rs");
    std::fs::write(&source, plan.naming_source().text()).ok()?;
    let compilation = scope.rustc.name_types(&source, &scope.folder.join("lookup.rmeta")).ok()?;
    let marker = format!("cuaderno-type:{QUESTION}:");
    let answer = compilation.messages.iter().find_map(|message| message.message.strip_prefix(&*marker))?;
    Some(answer.replace("{integer}", "i32").replace("{float}", "f64"))
}

/// The brackets that the text leaves open, closed.
fn closing(text: &str) -> String {
    let mut open = Vec::new();
    for c in text.chars() {
        match c {
            '{' => open.push('}'),
            '(' => open.push(')'),
            '[' => open.push(']'),
            '}' | ')' | ']' => drop(open.pop()),
            _ => {}
        }
    }
    // A statement ends in a semicolon, an argument does not.
    let end = if matches!(open.last(), None | Some('}')) { ";" } else { "" };
    open.iter().rev().fold(end.to_owned(), |text, bracket| text + &bracket.to_string())
}

fn without_references(type_name: &str) -> &str {
    let mut rest = type_name.trim();
    while let Some(inner) = rest.strip_prefix('&') {
        let inner = match inner.strip_prefix('\'') {
            Some(lifetime) => lifetime.split_once(' ').map_or("", |(_, rest)| rest),
            None => inner,
        };
        rest = inner.strip_prefix("mut ").unwrap_or(inner).trim_start();
    }
    rest
}

/// Splits at commas that stand outside of brackets.
fn split_arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut start) = (0_i32, 0);
    let mut parts = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty() && !part.starts_with('\''));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_taken_apart() {
        assert_eq!(without_references("&'a mut std::vec::Vec<f64>"), "std::vec::Vec<f64>");
        assert_eq!(split_arguments("i32, Vec<(u8, u8)>, 'a"), ["i32", "Vec<(u8, u8)>"]);
        assert_eq!(closing("for x in f(a[0]) { g(x, "), ")}");
        assert_eq!(closing("for x in y {"), ";}");
    }
}
