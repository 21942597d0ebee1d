//! Where lines of ours belong inside the student's text: in loops, which an interrupt can end there, and around what a `?` follows.

use ra_ap_syntax::ast::{self, AstNode, HasLoopBody};
use ra_ap_syntax::{SyntaxNode, TextRange};

/// What lines of ours inside the student's text are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Insertion {
    /// At the beginning of a loop's body: an interrupt can stop it there.
    LoopBody,
    /// Before an expression that `?` follows, where that `?` ends the cell.
    TryStart,
    /// After it.
    TryEnd,
}

/// Where lines of ours belong in the wrapped text, in order: a loop in the head of another one begins before it.
pub fn insertions(node: &SyntaxNode) -> Vec<(usize, Insertion)> {
    let mut found: Vec<_> = loop_bodies(node).map(|at| (at, Insertion::LoopBody)).collect();
    for range in tries(node) {
        found.push((range.start().into(), Insertion::TryStart));
        found.push((range.end().into(), Insertion::TryEnd));
    }
    found.sort();
    found
}

/// What is before each `?` that ends the cell.
fn tries(node: &SyntaxNode) -> impl Iterator<Item = TextRange> {
    let ends_the_cell = |node: &SyntaxNode| {
        // The last four are the statements of the cell, the body and the function around them, and the file.
        let around: Vec<_> = node.ancestors().collect();
        !around[..around.len() - 4].iter().any(|node| {
            let of_its_own = ast::BlockExpr::cast(node.clone()).is_some_and(|block| block.modifier().is_some());
            of_its_own || ast::ClosureExpr::can_cast(node.kind()) || ast::Item::can_cast(node.kind())
        })
    };
    let tried = node.descendants().filter_map(ast::TryExpr::cast).filter(move |tried| ends_the_cell(tried.syntax()));
    tried.filter_map(|tried| Some(tried.expr()?.syntax().text_range()))
}

/// Where the bodies of loops begin. A loop that runs while compiling cannot be interrupted there.
fn loop_bodies(node: &SyntaxNode) -> impl Iterator<Item = usize> {
    let body = |node: SyntaxNode| {
        let body = loop_body_of(&node)?;
        let is_const = node.ancestors().any(|node| match ast::Item::cast(node) {
            Some(ast::Item::Fn(item)) => item.const_token().is_some(),
            Some(ast::Item::Const(_) | ast::Item::Static(_)) => true,
            _ => false,
        });
        let brace = body.stmt_list()?.l_curly_token()?;
        (!is_const).then(|| usize::from(brace.text_range().end()))
    };
    node.descendants().filter_map(body)
}

fn loop_body_of(node: &SyntaxNode) -> Option<ast::BlockExpr> {
    let for_loop = ast::ForExpr::cast(node.clone()).and_then(|expression| expression.loop_body());
    let while_loop = || ast::WhileExpr::cast(node.clone()).and_then(|expression| expression.loop_body());
    let endless_loop = || ast::LoopExpr::cast(node.clone()).and_then(|expression| expression.loop_body());
    for_loop.or_else(while_loop).or_else(endless_loop)
}

#[cfg(test)]
mod tests {
    use super::Insertion;
    use crate::cell::parse::parse_cell;

    #[test]
    fn loops_can_be_interrupted_but_not_while_compiling() {
        let parsed = parse_cell(1, "for i in 0..3 { while a() {} }\nconst fn f() { loop {} }");
        let insertions: Vec<_> = parsed.parts.iter().map(|part| part.snippet().insertions.clone()).collect();
        assert_eq!(insertions, [vec![(15, Insertion::LoopBody), (27, Insertion::LoopBody)], vec![]]);
    }

    #[test]
    fn only_a_question_mark_of_the_cell_itself_ends_it() {
        use Insertion::{TryEnd, TryStart};
        let of = |code| parse_cell(1, code).parts[0].snippet().insertions.clone();
        assert_eq!(of("let x = f(a()?)?;"), [(8, TryStart), (10, TryStart), (13, TryEnd), (15, TryEnd)]);
        assert_eq!(of("a()?.b()?"), [(0, TryStart), (0, TryStart), (3, TryEnd), (8, TryEnd)]);
        assert_eq!(of("if a { { b? } }"), [(9, TryStart), (10, TryEnd)]);
        for nested in [
            "let f = |x| g(x)?;",
            "fn f() -> Option<i32> { None? }",
            "let a = async { b()? };",
            "mod m { const A: i32 = b()?; }",
        ] {
            assert_eq!(of(nested), [], "{nested}");
        }
    }
}
