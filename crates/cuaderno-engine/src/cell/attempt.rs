//! What of a statement may fail, and can be run so that what the cell has made before is kept if it does.

use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{SyntaxKind, SyntaxNode, SyntaxToken, TextRange};

/// The part of a statement, or of the expression at the end of a cell, that can be run in a closure without another meaning:
/// of `let` and of `x = …`, the value. `None` where nothing can fail, or `return` would return from the closure.
pub fn attempted(node: &SyntaxNode) -> Option<TextRange> {
    let assignment = || {
        let expression = ast::ExprStmt::cast(node.clone()).and_then(|statement| statement.expr());
        match expression.or_else(|| ast::Expr::cast(node.clone()))? {
            ast::Expr::BinExpr(it) if it.op_kind() == Some(ast::BinaryOp::Assignment { op: None }) => Some(it),
            _ => None,
        }
    };
    let tried = match ast::LetStmt::cast(node.clone()) {
        Some(statement) => value_that_may_fail(statement.initializer()?)?,
        None => match assignment() {
            Some(assignment) => value_that_may_fail(assignment.rhs()?)?,
            None => node.clone(),
        },
    };
    (!returns(&tried)).then(|| tried.text_range())
}

fn value_that_may_fail(value: ast::Expr) -> Option<SyntaxNode> {
    use ast::Expr::{ArrayExpr, ClosureExpr, FieldExpr, Literal, PathExpr, RefExpr};
    match value {
        // What `&` refers to may live as long as the variable, which a closure does not. An array may be large; out of a closure
        // it comes by way of several copies on the stack.
        ArrayExpr(_) | ClosureExpr(_) | FieldExpr(_) | Literal(_) | PathExpr(_) | RefExpr(_) => None,
        value => Some(value.syntax().clone()),
    }
}

/// Whether a `return` there may end the cell. What a macro makes of one among its arguments is not known.
fn returns(node: &SyntaxNode) -> bool {
    let ends_the_cell = |token: SyntaxToken| {
        let mut around = token.parent_ancestors().take_while(|outer| outer != node);
        !around.any(|outer| {
            let is_async = ast::BlockExpr::cast(outer.clone()).is_some_and(|block| block.async_token().is_some());
            let is_item = ast::Item::can_cast(outer.kind()) && !ast::MacroCall::can_cast(outer.kind());
            is_async || is_item || ast::ClosureExpr::can_cast(outer.kind())
        })
    };
    let tokens = node.descendants_with_tokens().filter_map(|element| element.into_token());
    tokens.filter(|token| token.kind() == SyntaxKind::RETURN_KW).any(ends_the_cell)
}

#[cfg(test)]
mod tests {
    use crate::cell::parse::parse_cell;

    /// What is attempted of the first part.
    fn attempted(code: &str) -> Option<String> {
        let parsed = parse_cell(1, code);
        let snippet = parsed.parts[0].snippet();
        Some(snippet.text[snippet.attempted.clone()?].to_owned())
    }

    #[test]
    fn the_value_of_a_let_and_whole_statements_are_attempted() {
        assert_eq!(attempted("let x: i32 = f(a)?;").as_deref(), Some("f(a)?"));
        assert_eq!(attempted("let Some(x) = f() else { return Ok(()) };").as_deref(), Some("f()"));
        assert_eq!(attempted("df = df.lazy().collect()?;").as_deref(), Some("df.lazy().collect()?"));
        for whole in ["x.push(f()?);", "for x in y { f(x) }", "println!(\"é\");", "x.len()", "x"] {
            assert_eq!(attempted(whole).as_deref(), Some(whole));
        }
    }

    #[test]
    fn what_cannot_fail_or_returns_is_not() {
        for code in [
            "let x = y;",
            "let x;",
            "let x = &f();",
            "let x = [0.0; 9];",
            "let f = |x| x + 1;",
            "if x { return Ok(()) }",
            "println!(\"{}\", if x { 1 } else { return Ok(()) });",
            "let v = vec![x.unwrap_or_else(f), { return Ok(()) }];",
            "f(dbg!(return Ok(())));",
        ] {
            assert_eq!(attempted(code), None, "{code}");
        }
        for own in
            ["f(|x| { return x + 1; });", "f(|x| dbg!(return x));", "let x = { fn f() -> i32 { return 1 } f() };"]
        {
            assert!(attempted(own).is_some(), "{own}");
        }
    }
}
