//! The names that a cell's statements use as variables.

use ra_ap_syntax::ast::{self, AstNode, HasName};
use ra_ap_syntax::{SyntaxNode, TextSize};
use std::collections::BTreeSet;

/// Names that stand alone, and are not called, in the statements of a cell; those that a pattern of the cell binds are not among them.
/// `line` tells the line of a byte.
pub fn used(list: &ast::StmtList, line: impl Fn(TextSize) -> u32) -> Vec<(String, u32)> {
    let patterns = list.syntax().descendants().filter_map(ast::IdentPat::cast);
    let bound: BTreeSet<String> = patterns.filter_map(|pattern| Some(pattern.name()?.text().to_string())).collect();
    let statements = list
        .syntax()
        .children()
        .filter(|node| !ast::Item::can_cast(node.kind()) || ast::MacroCall::can_cast(node.kind()));
    let paths = statements.flat_map(|node| node.descendants()).filter_map(ast::PathExpr::cast);
    let alone = paths.filter(|path| !is_called(path.syntax())).filter_map(|path| {
        let path = path.path().filter(|path| path.qualifier().is_none())?;
        Some((path.segment()?.name_ref()?.text().to_string(), line(path.syntax().text_range().start())))
    });
    alone.filter(|(name, _)| !bound.contains(name)).collect()
}

fn is_called(path: &SyntaxNode) -> bool {
    let call = path.parent().and_then(ast::CallExpr::cast);
    call.and_then(|call| call.expr()).is_some_and(|called| called.syntax() == path)
}

#[cfg(test)]
mod tests {
    use super::super::parse_cell;

    #[test]
    fn names_that_stand_alone() {
        let used = parse_cell(1, "let a = b;\nf(c)?;\nlet d = a + count(&e, g);").used;
        let expected = [("b", 1), ("c", 2), ("e", 3), ("g", 3)];
        assert_eq!(used, expected.map(|(name, line)| (name.to_owned(), line)));
    }
}
