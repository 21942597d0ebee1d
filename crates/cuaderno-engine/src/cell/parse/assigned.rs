//! Variables that get a new value made from their old one: `s = s + "b"`, `(a, b) = (b, a)`.
//!
//! Such a variable is moved and lives on. A closure around the statement would move it and assign to a copy of its own.

use super::tokens::mentions;
use ra_ap_syntax::SyntaxNode;
use ra_ap_syntax::ast::{self, AstNode};
use std::collections::BTreeSet;

/// The variables that any assignment in this code makes from themselves.
pub fn assigned(node: &SyntaxNode) -> BTreeSet<String> {
    let assignments = node.descendants().filter_map(ast::BinExpr::cast).filter(is_simple);
    let sides = assignments.filter_map(|assignment| {
        let (left, right) = (assignment.lhs()?, assignment.rhs()?);
        let used = mentions(right.syntax());
        Some(targets(&left).into_iter().filter(move |name| used.contains(name)))
    });
    let mut found: BTreeSet<String> = sides.flatten().collect();
    // In a loop, or behind `if let Some(b) = x`, the old value may be moved elsewhere.
    let nested = node.descendants().filter_map(ast::BinExpr::cast).filter(is_simple).filter(|assignment| {
        assignment.syntax().ancestors().skip(1).take_while(|outer| outer != node).any(|outer| {
            ast::ForExpr::can_cast(outer.kind())
                || ast::WhileExpr::can_cast(outer.kind())
                || ast::LoopExpr::can_cast(outer.kind())
                || ast::IfExpr::can_cast(outer.kind())
                || ast::MatchExpr::can_cast(outer.kind())
        })
    });
    found.extend(nested.filter_map(|assignment| Some(targets(&assignment.lhs()?))).flatten());
    found
}

/// The variables to which any assignment in this code gives a value.
pub fn reassigned(node: &SyntaxNode) -> BTreeSet<String> {
    let assignments = node.descendants().filter_map(ast::BinExpr::cast).filter(is_simple);
    assignments.filter_map(|assignment| Some(targets(&assignment.lhs()?))).flatten().collect()
}

/// The variables that stand on the left of `=`; an element of one, `v[0]`, is no variable.
fn targets(left: &ast::Expr) -> Vec<String> {
    match left {
        ast::Expr::PathExpr(path) => {
            let name = path.path().filter(|path| path.qualifier().is_none()).and_then(|path| path.as_single_name_ref());
            name.map(|name| name.text().to_string()).into_iter().collect()
        }
        ast::Expr::ParenExpr(inner) => inner.expr().iter().flat_map(targets).collect(),
        ast::Expr::FieldExpr(field) => field.expr().iter().flat_map(targets).collect(),
        ast::Expr::TupleExpr(tuple) => tuple.fields().flat_map(|field| targets(&field)).collect(),
        ast::Expr::ArrayExpr(array) => {
            array.syntax().children().filter_map(ast::Expr::cast).flat_map(|item| targets(&item)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an expression gives variables new values.
pub fn is_assignment(expression: &ast::Expr) -> bool {
    matches!(expression, ast::Expr::BinExpr(assignment) if is_simple(assignment))
}

fn is_simple(assignment: &ast::BinExpr) -> bool {
    matches!(assignment.op_kind(), Some(ast::BinaryOp::Assignment { op: None }))
}

#[cfg(test)]
mod tests {
    use super::super::parse_cell;

    #[test]
    fn variables_made_from_themselves() {
        let found = |code: &str| parse_cell(1, code).assigned.into_iter().collect::<Vec<_>>();
        assert_eq!(found("s = s + \"b\"; t = u; n += n;"), ["s"]);
        assert_eq!(found("(a, b) = (b, a);"), ["a", "b"]);
        assert_eq!(found("df = df.lazy().collect()?"), ["df"]);
        assert_eq!(found("for i in 0..3 { v = push(w, i) }"), ["v"]);
        assert!(found("for i in 0..3 { v[0] = i; }").is_empty());
    }
}
