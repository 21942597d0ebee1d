//! Where code looks whether the user wants it to stop: where a loop, a function or a closure begins.

use super::parse::Edit;
use ra_ap_syntax::ast::{self, AstNode, HasLoopBody};
use ra_ap_syntax::{SyntaxKind, SyntaxNode};

const CHECK: &str = "::cuaderno::rt::check_interrupt();";

/// The edits of code that begins at byte `start`. What runs while compiling cannot be interrupted there.
pub fn checks(node: &SyntaxNode, start: usize) -> Vec<Edit> {
    node.descendants().flat_map(|inner| checks_of(&inner, start)).collect()
}

fn checks_of(node: &SyntaxNode, start: usize) -> Vec<Edit> {
    if node.ancestors().filter_map(ast::Fn::cast).any(|outer| outer.abi().is_some()) {
        // Another language may call it, which knows no unwinding.
        return Vec::new();
    }
    let body = if let Some(closure) = ast::ClosureExpr::cast(node.clone()) {
        match closure.body() {
            Some(ast::Expr::BlockExpr(block)) if block.modifier().is_none() && block.label().is_none() => Some(block),
            // A chain of iterators has no loop of the cell's, but closures. In parentheses, a macro stays an expression.
            Some(body) if !runs_while_compiling(node) => {
                let range = body.syntax().text_range();
                let (from, to) = (usize::from(range.start()) - start, usize::from(range.end()) - start);
                return vec![Edit::insert(from, &format!("{{ {CHECK} (")), Edit::insert(to, ") }")];
            }
            _ => None,
        }
    } else if let Some(function) = ast::Fn::cast(node.clone()) {
        function.body()
    } else {
        loop_body_of(node)
    };
    let statements = body.filter(|_| !runs_while_compiling(node)).and_then(|body| body.stmt_list());
    // Attributes of a body come before everything else in it.
    let has_attributes = |list: &ast::StmtList| list.syntax().children().any(|child| ast::Attr::can_cast(child.kind()));
    let brace = statements.filter(|list| !has_attributes(list)).and_then(|list| list.l_curly_token());
    brace.map(|brace| Edit::insert(usize::from(brace.text_range().end()) - start, CHECK)).into_iter().collect()
}

fn loop_body_of(node: &SyntaxNode) -> Option<ast::BlockExpr> {
    let for_loop = ast::ForExpr::cast(node.clone()).and_then(|expression| expression.loop_body());
    let while_loop = || ast::WhileExpr::cast(node.clone()).and_then(|expression| expression.loop_body());
    let endless_loop = || ast::LoopExpr::cast(node.clone()).and_then(|expression| expression.loop_body());
    for_loop.or_else(while_loop).or_else(endless_loop)
}

fn runs_while_compiling(node: &SyntaxNode) -> bool {
    node.ancestors().any(|outer| match ast::Item::cast(outer.clone()) {
        Some(ast::Item::Fn(item)) => item.const_token().is_some(),
        Some(ast::Item::Const(_) | ast::Item::Static(_)) => true,
        _ => {
            let block = ast::BlockExpr::cast(outer.clone());
            block.is_some_and(|block| block.const_token().is_some())
                || [SyntaxKind::CONST_ARG, SyntaxKind::ARRAY_TYPE].contains(&outer.kind())
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::cell::parse::parse_cell;

    /// The code with a mark wherever something is written into it.
    fn marked(code: &str) -> String {
        let parsed = parse_cell(1, code);
        let snippet = parsed.parts[0].snippet();
        let (mut text, mut from) = (String::new(), 0);
        for edit in &snippet.edits {
            text += &format!("{}·", &snippet.text[from..edit.at.start]);
            from = edit.at.start;
        }
        text + &snippet.text[from..]
    }

    #[test]
    fn loops_functions_and_closures_can_be_interrupted() {
        assert_eq!(marked("for i in 0..3 { while a() {} }"), "for i in 0..3 {· while a() {·} }");
        assert_eq!(marked("fn f(n: u64) -> u64 { f(n - 1) }"), "fn f(n: u64) -> u64 {· f(n - 1) }");
        assert_eq!(
            marked("x.map(|a| a + 1).fold(0, |a, b| { a ^ b })"),
            "x.map(|a| ·a + 1·).fold(0, |a, b| {· a ^ b })"
        );
        assert_eq!(marked("f(|x| move |y| x + y)"), "f(|x| ·move |y| ·x + y··)");
        assert_eq!(marked("impl A { fn g(&self) { loop {} } }"), "impl A { fn g(&self) {· loop {·} } }");
    }

    #[test]
    fn but_not_while_compiling_or_below_another_language() {
        for code in [
            "const fn f() { loop {} }",
            "const F: fn(i32) -> i32 = |x| x + 1;",
            "static L: LazyLock<u8> = LazyLock::new(|| { loop {} });",
            "let n = const { let mut n = 0; while n < 9 { n += 1 } n };",
            "extern \"C\" fn compare(a: u8) -> u8 { loop { f(|| a) } }",
            "fn f() { #![allow(unused)] }",
        ] {
            assert_eq!(marked(code), code);
        }
    }
}
