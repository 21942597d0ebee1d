//! Whether a cell is ready to run, for consoles that ask after every line.

use crate::text::nests_too_deeply;
use cuaderno_wire::Completeness;
use ra_ap_syntax::{Edition, SourceFile, SyntaxKind, SyntaxToken};

/// Finds out whether a cell is ready to run.
pub fn completeness(code: &str) -> Completeness {
    if code.trim_start().starts_with([':', '!', '?', '%']) || nests_too_deeply(code) {
        return Completeness::Complete;
    }
    let prefix = "fn cell() {\n";
    let parse = SourceFile::parse(&format!("{prefix}{code}\n}}"), Edition::Edition2024);
    let root = parse.syntax_node();
    let tokens: Vec<SyntaxToken> = root.descendants_with_tokens().filter_map(|element| element.into_token()).collect();
    let end = prefix.len() + code.len();
    let cell = || {
        tokens.iter().filter(|token| {
            let range = token.text_range();
            usize::from(range.start()) >= prefix.len() && usize::from(range.start()) < end
        })
    };
    let mut depth = 0_i32;
    let mut last = None;
    for token in cell() {
        match token.kind() {
            SyntaxKind::L_CURLY | SyntaxKind::L_BRACK | SyntaxKind::L_PAREN => depth += 1,
            SyntaxKind::R_CURLY | SyntaxKind::R_BRACK | SyntaxKind::R_PAREN => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return Completeness::Invalid;
        }
        // A string or comment that is not closed swallows our own closing brace.
        if usize::from(token.text_range().end()) > end + 1 {
            return Completeness::Incomplete { indent: String::new() };
        }
        if !token.kind().is_trivia() {
            last = Some(token.kind());
        }
    }
    let indent = "    ".repeat(depth.max(0) as usize);
    let goes_on = matches!(
        last,
        Some(
            SyntaxKind::EQ
                | SyntaxKind::COMMA
                | SyntaxKind::DOT
                | SyntaxKind::PLUS
                | SyntaxKind::MINUS
                | SyntaxKind::STAR
                | SyntaxKind::SLASH
                | SyntaxKind::COLON2
                | SyntaxKind::COLON
                | SyntaxKind::THIN_ARROW
                | SyntaxKind::FAT_ARROW
                | SyntaxKind::AMP2
                | SyntaxKind::PIPE2
                | SyntaxKind::LET_KW
        )
    );
    if depth > 0 || goes_on {
        let indent = if depth > 0 { indent } else { "    ".to_owned() };
        return Completeness::Incomplete { indent };
    }
    let ends_in_let = last.is_some_and(|kind| kind != SyntaxKind::SEMICOLON) && code.trim_start().starts_with("let ");
    if parse.errors().is_empty() {
        Completeness::Complete
    } else if ends_in_let && !code.contains('\n') {
        Completeness::Incomplete { indent: "    ".to_owned() }
    } else {
        Completeness::Invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        for code in ["1 + 1", "let x = 2;", "fn f() {\n}", ":help", "", "println!(\"é\")"] {
            assert_eq!(completeness(code), Completeness::Complete, "{code}");
        }
        for code in ["fn f() {", "let x =", "let x = 1", "vec![1,", "println!(\"abc", "x\n    .", "/* comment"] {
            assert!(matches!(completeness(code), Completeness::Incomplete { .. }), "{code}: {:?}", completeness(code));
        }
        for code in ["}", "let = 3;", "fn 5() {}"] {
            assert_eq!(completeness(code), Completeness::Invalid, "{code}");
        }
    }

    #[test]
    fn the_next_line_is_indented() {
        assert_eq!(completeness("for i in 0..3 {\n    if true {"), Completeness::Incomplete { indent: " ".repeat(8) });
    }
}
