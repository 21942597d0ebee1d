//! Tokens of code, and the names that code mentions.

use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{Edition, SourceFile, SyntaxKind, SyntaxNode, SyntaxToken};
use std::collections::BTreeSet;

/// What the compiler sees of a piece of code: its tokens, without comments and space.
pub fn code_tokens(node: &SyntaxNode) -> impl Iterator<Item = String> {
    tokens(node).filter(|token| !token.kind().is_trivia()).map(|token| token.text().to_owned())
}

/// The tokens of an item's text.
pub fn tokens_of(item: &str) -> Vec<String> {
    code_tokens(SourceFile::parse(item, Edition::Edition2024).tree().syntax()).collect()
}

/// All tokens.
pub fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> {
    node.descendants_with_tokens().filter_map(|element| element.into_token())
}

/// The names that code may refer to: those in paths, methods that are called, and all names in the arguments of macros and attributes,
/// where a string may name one in braces. A method that is called has a dot before its name. Names of fields and of variables are not
/// among them: they cannot change what the code means.
pub fn mentions(node: &SyntaxNode) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for inner in node.descendants() {
        if let Some(segment) = ast::PathSegment::cast(inner.clone()) {
            names.extend(segment.name_ref().map(|name| name.text().to_string()));
        } else if let Some(call) = ast::MethodCallExpr::cast(inner.clone()) {
            names.extend(call.name_ref().map(|name| format!(".{}", name.text())));
        } else if ast::RecordExprField::can_cast(inner.kind()) || ast::IdentPat::can_cast(inner.kind()) {
            // A field without a value, `Post { LIMIT }`, or a pattern may be a variable, or a constant, which begins with a capital letter.
            let first = inner.first_token().map(|token| token.text().to_owned());
            names.extend(first.filter(|name| name.starts_with(char::is_uppercase)));
        } else if ast::TokenTree::can_cast(inner.kind()) {
            for token in inner.children_with_tokens().filter_map(|element| element.into_token()) {
                match token.kind() {
                    SyntaxKind::IDENT => drop(names.insert(token.text().to_owned())),
                    SyntaxKind::STRING => names.extend(named_in_braces(token.text()).map(str::to_owned)),
                    _ => {}
                }
            }
        }
    }
    for word in ["self", "super", "crate", "Self"] {
        names.remove(word);
    }
    names
}

/// The names that a format string shows, and the whole string where it is a path: serde's `default = "f"`.
fn named_in_braces(text: &str) -> impl Iterator<Item = &str> {
    let in_braces = text.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next());
    let whole = text.trim_matches('"');
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    in_braces.chain(whole.split("::")).filter(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str) -> Vec<String> {
        mentions(SourceFile::parse(code, Edition::Edition2024).tree().syntax()).into_iter().collect()
    }

    #[test]
    fn names_that_code_refers_to() {
        assert_eq!(found("struct S { score: f64, map: Map<u8> }"), ["Map", "f64", "u8"]);
        assert_eq!(found("fn f(a: &A) -> usize { a.len() + N + a.width }"), [".len", "A", "N", "a", "usize"]);
        assert_eq!(found("fn f() { println!(\"{NAME} {0:?}\", g(x)) }"), ["0", "NAME", "g", "println", "x"]);
        assert_eq!(found("#[derive(Clone)] struct B([u64; A::N]);"), ["A", "Clone", "N", "derive", "u64"]);
    }
}
