//! The bodies of loops, which an interrupt can end.

use ra_ap_syntax::ast::{self, AstNode, HasLoopBody};
use ra_ap_syntax::{SyntaxNode, TextSize};

/// Where the bodies of loops begin, in order: a loop in the head of another one begins before it. A loop that runs while
/// compiling cannot be interrupted there.
pub fn loop_bodies(node: &SyntaxNode) -> Vec<TextSize> {
    let body = |node: SyntaxNode| {
        let body = loop_body_of(&node)?;
        let is_const = node.ancestors().any(|node| match ast::Item::cast(node) {
            Some(ast::Item::Fn(item)) => item.const_token().is_some(),
            Some(ast::Item::Const(_) | ast::Item::Static(_)) => true,
            _ => false,
        });
        let brace = body.stmt_list()?.l_curly_token()?;
        (!is_const).then(|| brace.text_range().end())
    };
    let mut found: Vec<_> = node.descendants().filter_map(body).collect();
    found.sort();
    found
}

fn loop_body_of(node: &SyntaxNode) -> Option<ast::BlockExpr> {
    let for_loop = ast::ForExpr::cast(node.clone()).and_then(|expression| expression.loop_body());
    let while_loop = || ast::WhileExpr::cast(node.clone()).and_then(|expression| expression.loop_body());
    let endless_loop = || ast::LoopExpr::cast(node.clone()).and_then(|expression| expression.loop_body());
    for_loop.or_else(while_loop).or_else(endless_loop)
}

#[cfg(test)]
mod tests {
    use crate::cell::parse::parse_cell;

    #[test]
    fn loops_can_be_interrupted_but_not_while_compiling() {
        let parsed = parse_cell(1, "for i in 0..3 { while a() {} }\nconst fn f() { loop {} }");
        let edits = parsed.parts.iter().map(|part| &part.snippet().edits);
        let bodies: Vec<Vec<usize>> = edits.map(|edits| edits.iter().map(|edit| edit.at.start).collect()).collect();
        assert_eq!(bodies, [vec![15, 27], vec![]]);
    }
}
