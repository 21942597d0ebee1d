//! What is written at the cursor.

use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{Edition, SourceFile, SyntaxElement, SyntaxKind, SyntaxToken, TextSize};
use std::ops::Range;

/// What is to be completed or explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A kernel command, with its colon.
    Command,
    /// A file path in a string.
    File,
    /// What follows the dot after this expression of the code.
    Member(Range<usize>),
    /// What follows `::` after these names.
    Path(Vec<String>),
    /// A layer of `cnn!`, or what follows it after a dot.
    Layer,
    /// A name by itself.
    Name,
    /// Nothing that we know of: a comment, a number.
    Nothing,
}

/// The place of the cursor, and the bytes of the code that hold the word at it, as far as the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// What the word is.
    pub place: Place,
    /// From the word's first byte to the cursor.
    pub word: Range<usize>,
}

const PREFIX: &str = "fn cell() {\n";

/// The byte at which a number of characters ends.
pub fn byte_of(code: &str, characters: usize) -> usize {
    code.char_indices().nth(characters).map_or(code.len(), |(at, _)| at)
}

/// Where in the code the cursor, a byte, stands.
pub fn spot(code: &str, cursor: usize) -> Spot {
    let line_start = code[..cursor].rfind('\n').map_or(0, |at| at + 1);
    let line = &code[line_start..cursor];
    if line.starts_with(':') && !line.starts_with("::") && !line.contains(char::is_whitespace) {
        return Spot { place: Place::Command, word: line_start..cursor };
    }
    // What follows a command is code by itself.
    let code_start =
        if line.starts_with([':', '?']) { line_start + line.find(char::is_whitespace).unwrap_or(1) } else { 0 };
    let spot = spot_in_code(&code[code_start..], cursor - code_start);
    let moved = |range: Range<usize>| range.start + code_start..range.end + code_start;
    let place = match spot.place {
        Place::Member(receiver) => Place::Member(moved(receiver)),
        place => place,
    };
    Spot { place, word: moved(spot.word) }
}

fn spot_in_code(code: &str, cursor: usize) -> Spot {
    if let Some(spot) = in_string_or_comment(code, cursor) {
        return spot;
    }
    let start = code[..cursor].trim_end_matches(is_word).len();
    let before = code[..start].trim_end();
    let place = if code[start..cursor].starts_with(|c: char| c.is_ascii_digit()) {
        Place::Nothing
    } else if is_among_layers(before) {
        Place::Layer
    } else if before.ends_with("::") {
        path_before(before).map_or(Place::Nothing, Place::Path)
    } else if before.ends_with('.') && !before.ends_with("..") {
        receiver(&code[..start]).map_or(Place::Nothing, Place::Member)
    } else {
        match use_prefix(before) {
            Some(path) if !path.is_empty() => Place::Path(path),
            _ => Place::Name,
        }
    };
    Spot { place, word: start..cursor }
}

/// Whether what comes next stands in the list of `cnn!`, or of a `residual` in it.
fn is_among_layers(before: &str) -> bool {
    let Some(at) = before.rfind("cnn!") else { return false };
    let code = &before[at..];
    let mut open: Vec<&str> = Vec::new();
    for (at, bracket) in code.match_indices(['{', '[', '(', '}', ']', ')']) {
        match bracket {
            "{" | "[" | "(" => open.push(code[..at].trim_end()),
            _ => drop(open.pop()),
        }
    }
    // Braces of the macro, the list, and then blocks only.
    matches!(&open[..], [_, list, blocks @ ..] if list.ends_with("=>") && blocks.iter().all(|block| block.ends_with("residual")))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn in_string_or_comment(code: &str, cursor: usize) -> Option<Spot> {
    let parse = SourceFile::parse(&format!("{PREFIX}{code}"), Edition::Edition2024);
    let at = TextSize::try_from(PREFIX.len() + cursor).ok()?;
    let token = parse.syntax_node().token_at_offset(at).left_biased()?;
    let begin = usize::from(token.text_range().start()).checked_sub(PREFIX.len())?;
    match token.kind() {
        SyntaxKind::STRING if cursor > begin => {
            let is_closed = token.text().len() > 1 && token.text().ends_with('"');
            let is_behind = is_closed && cursor >= begin + token.text().len();
            let opening = token.text().find('"').unwrap_or(0) + 1;
            (!is_behind && cursor >= begin + opening)
                .then_some(Spot { place: Place::File, word: begin + opening..cursor })
        }
        SyntaxKind::COMMENT if cursor > begin => Some(Spot { place: Place::Nothing, word: cursor..cursor }),
        _ => None,
    }
}

/// The names in front of a `::` at the end of the text, generic arguments left out.
fn path_before(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(before) = rest.strip_suffix("::") {
        rest = without_generics(before.trim_end());
        // Vec::<f64>::new
        if let Some(before) = rest.strip_suffix("::") {
            rest = before.trim_end();
        }
        let start = rest.trim_end_matches(is_word).len();
        if start == rest.len() {
            break; // `::std`
        }
        names.push(rest[start..].to_owned());
        rest = rest[..start].trim_end();
    }
    names.reverse();
    let mut path = use_prefix(rest).unwrap_or_default();
    path.extend(names);
    (!path.is_empty()).then_some(path)
}

fn without_generics(text: &str) -> &str {
    if !text.ends_with('>') {
        return text;
    }
    let mut depth = 0;
    for (at, c) in text.char_indices().rev() {
        depth += i32::from(c == '>') - i32::from(c == '<');
        if depth == 0 {
            return text[..at].trim_end();
        }
    }
    text
}

/// In `use a::{b, c::{`, what stands before the braces: `a`, `c`. `None` outside of an import.
fn use_prefix(before: &str) -> Option<Vec<String>> {
    let statement = before.rsplit(';').next()?;
    let at = statement.rfind("use ").or_else(|| statement.ends_with("use").then(|| statement.len() - 3))?;
    let tree = statement[at..].get(4..).unwrap_or_default();
    if statement[..at].ends_with(is_word)
        || !tree.chars().all(|c| is_word(c) || c.is_whitespace() || ":{},*".contains(c))
    {
        return None;
    }
    let mut open = vec![Vec::new()];
    let mut current: Vec<String> = Vec::new();
    for piece in tree.split_inclusive(['{', '}', ',']) {
        let names = piece.trim_end_matches(['{', '}', ',']).split("::").map(str::trim).filter(|name| !name.is_empty());
        current.extend(names.map(str::to_owned));
        match piece.chars().last() {
            Some('{') => open.push(std::mem::take(&mut current)),
            Some('}') => drop(open.pop()),
            _ => {}
        }
        if piece.ends_with(['}', ',']) {
            current.clear();
        }
    }
    Some(open.into_iter().flatten().collect())
}

/// The expression whose member is wanted, given the text that ends in its dot.
fn receiver(text: &str) -> Option<Range<usize>> {
    const MEMBER: &str = "cuaderno_member";
    let parse = SourceFile::parse(&format!("{PREFIX}{text}{MEMBER}"), Edition::Edition2024);
    let at = TextSize::try_from(PREFIX.len() + text.len()).ok()?;
    let token = parse.syntax_node().token_at_offset(at).right_biased()?;
    if token.parent().is_some_and(|node| node.kind() == SyntaxKind::TOKEN_TREE) {
        // What a macro takes is no expression to the parser; each of its arguments is one to us.
        let start = argument_start(&token)?.checked_sub(PREFIX.len())?;
        let found = receiver(text.get(start..)?)?;
        return Some(found.start + start..found.end + start);
    }
    let expression = token.parent_ancestors().find_map(|node| {
        let field = ast::FieldExpr::cast(node.clone()).and_then(|node| node.expr());
        field.or_else(|| ast::MethodCallExpr::cast(node).and_then(|node| ast::MethodCallExpr::receiver(&node)))
    })?;
    let range = expression.syntax().text_range();
    Some(usize::from(range.start()) - PREFIX.len()..usize::from(range.end()) - PREFIX.len())
}

/// Where the argument of a macro begins that a token belongs to: behind a comma, a semicolon, a sign of a pattern, or the bracket.
fn argument_start(token: &SyntaxToken) -> Option<usize> {
    let tree = token.parent()?;
    let ends = [SyntaxKind::COMMA, SyntaxKind::SEMICOLON, SyntaxKind::EQ, SyntaxKind::FAT_ARROW, SyntaxKind::AMP];
    let is_before = |element: &SyntaxElement| element.text_range().end() <= token.text_range().start();
    let mut last = None;
    for (number, element) in tree.children_with_tokens().take_while(is_before).enumerate() {
        if number == 0 || ends.contains(&element.kind()) {
            last = Some(usize::from(element.text_range().end()));
        }
    }
    last
}

/// Names that code introduces by patterns: variables, parameters, loop variables.
pub fn bound_names(code: &str) -> Vec<String> {
    let parse = SourceFile::parse(&format!("{PREFIX}{code}\n}}"), Edition::Edition2024);
    let patterns = parse.syntax_node().descendants().filter_map(ast::IdentPat::cast);
    patterns.filter_map(|pattern| Some(ast::HasName::name(&pattern)?.text().to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place at the `|`.
    fn at(code: &str) -> Spot {
        let cursor = code.find('|').unwrap();
        spot(&code.replace('|', ""), cursor)
    }

    fn path(code: &str) -> Vec<String> {
        match at(code).place {
            Place::Path(path) => path,
            other => panic!("{code}: {other:?}"),
        }
    }

    #[test]
    fn places() {
        assert_eq!(at(":he|").place, Place::Command);
        assert_eq!(at("let x = fo|").place, Place::Name);
        assert_eq!(at("read(\"da|ta\")"), Spot { place: Place::File, word: 6..8 });
        assert_eq!(at("read(\"da|"), Spot { place: Place::File, word: 6..8 });
        assert_eq!(at("f(\"a\")|").place, Place::Name);
        assert_eq!(at("// fo|").place, Place::Nothing);
        assert_eq!(at(":doc Ve|"), Spot { place: Place::Name, word: 5..7 });
        assert_eq!(at("0..|").place, Place::Name);
    }

    #[test]
    fn paths() {
        assert_eq!(path("std::collections::BTreeM|"), ["std", "collections"]);
        assert_eq!(path("Vec::<f64>::ne|"), ["Vec"]);
        assert_eq!(path("use std::{fmt, io::|"), ["std", "io"]);
        assert_eq!(path("use polars::|"), ["polars"]);
        assert_eq!(path("use std::{fmt, i|"), ["std"]);
    }

    #[test]
    fn receivers() {
        for (code, expected) in [
            ("posts.he|", "posts"),
            ("f(a.b(1)?.c|", "a.b(1)?"),
            ("let y = \"é🦀\".le|;", "\"é🦀\""),
            ("for x in v { x.|", "x"),
            ("println!(\"{}\", person.|)", "person"),
            ("println!(\"{}\", a.b(1, 2).|", "a.b(1, 2)"),
            ("dbg!(&person.le|)", "person"),
            ("assert_eq!(a, f(x, y)[0].|)", "f(x, y)[0]"),
            ("println!(\"{}\", f(x.|))", "x"),
            ("vec![1, b.c.|]", "b.c"),
        ] {
            let Place::Member(range) = at(code).place else { panic!("{code}: {:?}", at(code)) };
            assert_eq!(&code.replace('|', "")[range], expected);
        }
    }

    #[test]
    fn names_of_patterns() {
        assert_eq!(bound_names("let (a, mut b) = c; for d in e { |f| f; }"), ["a", "b", "d", "f"]);
    }
}
