//! Reading the types of new variables out of the compiler's messages.

use crate::cell::rustc::Compilation;

/// What the compiler said about a variable's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeAnswer {
    /// It can be written in the next cell.
    Named(String),
    /// It is a closure: it has no name.
    Closure,
    /// It is another type without a name, for example `impl Iterator`.
    Unnameable(String),
}

/// The types of variables `0..count`, in order; `None` where the compiler did not get that far.
pub fn read_types(compilation: &Compilation, count: usize) -> Vec<Option<TypeAnswer>> {
    let mut answers = vec![None; count];
    for message in &compilation.messages {
        let answer = message.message.strip_prefix("cuaderno-type:").and_then(|rest| rest.split_once(':'));
        if let Some((number, type_name)) = answer
            && let Some(slot) = number.parse::<usize>().ok().and_then(|number| answers.get_mut(number))
        {
            *slot = Some(classify(type_name));
        }
    }
    answers
}

fn classify(type_name: &str) -> TypeAnswer {
    if type_name.starts_with("{closure@") {
        TypeAnswer::Closure
    } else if type_name.contains("{closure@")
        || type_name.contains("impl ")
        || type_name.contains("{async ")
        // A type that is defined inside a block, or that the compiler does not know to the end.
        || type_name.contains("cuaderno_cell")
        || words(type_name).any(|word| word == "_")
        || is_function(type_name)
    {
        TypeAnswer::Unnameable(without_places(type_name))
    } else {
        // Literals without another hint become these two; see "integer literal expressions" in the Rust reference.
        TypeAnswer::Named(type_name.replace("{integer}", "i32").replace("{float}", "f64"))
    }
}

/// A type's name without the places of its closures, which lie in a source that nobody sees.
fn without_places(type_name: &str) -> String {
    let mut parts = type_name.split("{closure@");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + "{closure" + part.find('}').map_or("", |end| &part[end..]))
}

/// Names of types, with `_` where the compiler knows none; the lifetime `'_` has its apostrophe.
fn words(type_name: &str) -> impl Iterator<Item = &str> {
    type_name.split(|c: char| !(c.is_alphanumeric() || "_'".contains(c)))
}

/// A function's own type, `fn(i32) -> i32 {twice}`, has no name; the pointer in front of the brace has.
fn is_function(type_name: &str) -> bool {
    type_name.starts_with("fn(") && type_name.ends_with('}')
}

/// A type as a student writes it: names of the preludes need no path.
pub fn as_written(type_name: &str) -> String {
    const PATHS: [&str; 6] =
        ["cuaderno::prelude::", "std::vec::", "std::string::", "std::option::", "std::result::", "std::boxed::"];
    PATHS.iter().fold(type_name.to_owned(), |name, path| name.replace(path, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_get_their_default_type() {
        assert_eq!(classify("std::vec::Vec<{integer}>"), TypeAnswer::Named("std::vec::Vec<i32>".into()));
        assert_eq!(classify("{float}"), TypeAnswer::Named("f64".into()));
    }

    #[test]
    fn paths_of_the_preludes_are_left_out() {
        let written = as_written("std::collections::HashMap<std::string::String, cuaderno::prelude::DataFrame>");
        assert_eq!(written, "std::collections::HashMap<String, DataFrame>");
    }

    #[test]
    fn types_without_a_name_are_told_apart() {
        assert!(matches!(classify("std::thread::JoinHandle<_>"), TypeAnswer::Unnameable(_)));
        assert!(matches!(classify("cuaderno_cell::{closure#0}::Inner"), TypeAnswer::Unnameable(_)));
        assert!(matches!(classify("std::slice::Iter<'_, i32>"), TypeAnswer::Named(_)));
        assert_eq!(classify("{closure@1.cell.rs:3:9: 3:12}"), TypeAnswer::Closure);
        assert!(matches!(classify("impl std::iter::Iterator<Item = i32>"), TypeAnswer::Unnameable(_)));
    }
}
