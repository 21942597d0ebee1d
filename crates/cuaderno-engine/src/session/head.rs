//! The head of a cell: lines that speak to the kernel instead of the compiler stand before the first line of code.

use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{Edition, SourceFile, SyntaxKind, SyntaxNode};

/// Takes the commands off the head of a cell, each with its line. What is left keeps its lines; so do comments between commands.
/// `is_known` tells whether a name is a variable or an item: with it `!name` is an expression, without it the shell's.
pub fn split_commands(code: &str, is_known: impl Fn(&str) -> bool) -> (Vec<(u32, &str)>, String) {
    let (mut commands, mut rest) = (Vec::new(), String::new());
    let (mut at_head, mut start) = (true, 0);
    for (index, line) in code.split('\n').enumerate() {
        if index > 0 {
            rest.push('\n');
        }
        let text = line.trim();
        let is_command = at_head && is_command(text, &code[start..], &is_known);
        at_head &= is_command || is_blank(text);
        match is_command {
            true => commands.push((index as u32 + 1, text)),
            false => rest.push_str(line),
        }
        start += line.len() + 1;
    }
    (commands, rest)
}

fn is_blank(line: &str) -> bool {
    line.is_empty() || line.starts_with("//") || (line.starts_with("/*") && line.find("*/") == Some(line.len() - 2))
}

fn is_command(line: &str, rest: &str, is_known: &impl Fn(&str) -> bool) -> bool {
    match line.split_at_checked(1) {
        Some((":", name)) => name.starts_with(char::is_alphabetic),
        Some(("?", _)) => true,
        Some(("!", _)) => ![line, rest].iter().any(|text| is_negation(text, is_known)),
        _ => false,
    }
}

/// Whether a text begins with an expression that begins with `!`. Much that is meant for the shell can be read as one, `!ls` for example: there has to be a
/// call, a path or a truth value in it, or the name is one that the notebook has.
fn is_negation(text: &str, is_known: &impl Fn(&str) -> bool) -> bool {
    let parse = SourceFile::parse(&format!("fn cell() {{\n{text}\n}}"), Edition::Edition2024);
    if !parse.errors().is_empty() {
        return false;
    }
    let Some(list) = parse.syntax_node().descendants().find_map(ast::StmtList::cast) else { return false };
    let first: Option<SyntaxNode> = match list.statements().next() {
        Some(statement) => Some(statement.syntax().clone()),
        None => list.tail_expr().map(|tail| tail.syntax().clone()),
    };
    let Some(first) = first else { return false };
    let is_call = |node: SyntaxNode| {
        matches!(node.kind(), SyntaxKind::CALL_EXPR | SyntaxKind::METHOD_CALL_EXPR | SyntaxKind::MACRO_CALL)
    };
    let mut tokens = first.descendants_with_tokens().filter_map(|element| element.into_token());
    let word = tokens.find(|token| token.kind() == SyntaxKind::IDENT || token.kind().is_keyword(Edition::Edition2024));
    first.descendants().any(is_call)
        || first.descendants_with_tokens().any(|element| element.kind() == SyntaxKind::COLON2)
        || word.is_some_and(|word| word.kind() != SyntaxKind::IDENT || is_known(word.text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(code: &str) -> (Vec<(u32, &str)>, String) {
        split_commands(code, |name| name == "seen")
    }

    #[test]
    fn commands_come_off_and_lines_stay() {
        let (commands, rest) = split(":vars\n!ls -l\nlet x = 1;\n:not_one");
        assert_eq!(commands, [(1, ":vars"), (2, "!ls -l")]);
        assert_eq!(rest, "\n\nlet x = 1;\n:not_one");
    }

    #[test]
    fn comments_and_spaces_stand_before_commands() {
        let (commands, rest) = split("// deps\n\n  :dep rand\n/* more */\n:vars\n1");
        assert_eq!(commands, [(3, ":dep rand"), (5, ":vars")]);
        assert_eq!(rest, "// deps\n\n\n/* more */\n\n1");
    }

    #[test]
    fn code_is_no_command() {
        for code in [
            "::std::process::id()",
            "!seen",
            "!seen.len() == 2",
            "!true",
            "!(seen)",
            "!seen\n    && true",
            "!f(1)",
            "!i32::MAX",
        ] {
            assert_eq!(split(code), (vec![], code.to_owned()));
        }
    }

    #[test]
    fn the_shells_lines_are_the_shells() {
        for code in [
            "!ls",
            "!echo hello",
            "!cargo --version",
            "!(cd / && ls)",
            "!ls | wc",
            "!git status",
            "!./run.sh",
            "!a && b",
        ] {
            assert_eq!(split(code).0, [(1, code)]);
        }
    }
}
