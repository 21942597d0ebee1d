//! What means something else in a cell than in `fn main`, and how it is written so that it does not.
//!
//! A cell's statements stand in a function of ours that returns a `Result`, and is not async.

use super::snippet::{Change, Edit};
use crate::cell::checks::checks;
use ra_ap_syntax::ast::{self, AstNode, AstToken, HasArgList};
use ra_ap_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};
use std::ops::Range;

const OK: &str = "::std::result::Result::Ok(())";

/// Whether a node in a statement belongs to the cell itself, and not to a function, a closure or an async block in it.
fn is_the_cells(node: &SyntaxNode, statement: &SyntaxNode) -> bool {
    let mut outer = node.ancestors().take_while(|outer| outer != statement).skip(1);
    node == statement || (!outer.any(|outer| is_function(&outer)) && !is_function(statement))
}

fn is_function(node: &SyntaxNode) -> bool {
    let is_async = ast::BlockExpr::cast(node.clone()).is_some_and(|block| block.async_token().is_some());
    let is_item = ast::Item::can_cast(node.kind()) && !ast::MacroCall::can_cast(node.kind());
    is_async || is_item || ast::ClosureExpr::can_cast(node.kind())
}

/// The edits that any piece of code needs: it can be interrupted, `crate` is the module that the code stands in, and macros that tell
/// where they stand tell the cell's lines. `place` tells cell, line and column of a byte.
pub fn edits_of_code(node: &SyntaxNode, start: usize, place: impl Fn(usize) -> (u32, u32, u32)) -> Vec<Edit> {
    let crates = node.descendants_with_tokens().filter_map(|element| element.into_token()).filter(is_root_of_path);
    let roots = crates.map(|token| Edit { at: bytes(&token, start), change: Change::Root });
    let tokens = || node.descendants_with_tokens().filter_map(|element| element.into_token());
    let places = tokens().filter_map(|token| tells_its_place(&token, start, &place));
    let files = tokens().filter_map(|token| included(&token, start));
    let mut edits: Vec<Edit> = checks(node, start).into_iter().chain(roots).chain(places).chain(files).collect();
    edits.sort_by_key(|edit| edit.at.start);
    edits
}

/// `line!()`, `column!()`, `file!()` and `dbg!(…)`, written with the place in the cell.
fn tells_its_place(token: &SyntaxToken, start: usize, place: &impl Fn(usize) -> (u32, u32, u32)) -> Option<Edit> {
    let name = token.text();
    if token.kind() != SyntaxKind::IDENT || !["line", "column", "file", "dbg"].contains(&name) {
        return None;
    }
    let bang = token.next_token().filter(|bang| bang.kind() == SyntaxKind::BANG)?;
    let open = bang.next_token().filter(|open| open.kind() == SyntaxKind::L_PAREN)?;
    let is_path = token
        .prev_token()
        .is_some_and(|before| [SyntaxKind::COLON, SyntaxKind::COLON2, SyntaxKind::DOLLAR].contains(&before.kind()));
    if is_path {
        return None;
    }
    let from = bytes(token, start).start;
    let (cell, line, column) = place(from);
    let mut end = bytes(&open, start).end;
    if name != "dbg" {
        end = bytes(&open.next_token().filter(|close| close.kind() == SyntaxKind::R_PAREN)?, start).end;
    }
    let text = match name {
        "line" => format!("{line}_u32"),
        "column" => format!("{column}_u32"),
        "file" => format!("\"cell {cell}\""),
        _ => format!("::cuaderno::__dbg!(\"cell {cell}:{line}:{column}\","),
    };
    Some(Edit::replace(from..end, &text))
}

/// The file of `include_str!("…")` and its like: it is looked for in the notebook's folder, not beside our sources, and read once.
fn included(token: &SyntaxToken, start: usize) -> Option<Edit> {
    if !["include_str", "include_bytes", "include"].contains(&token.text()) {
        return None;
    }
    let open = token.next_token().filter(|bang| bang.kind() == SyntaxKind::BANG)?.next_token()?;
    let file = ast::String::cast(open.next_token()?)?;
    let path = file.value().ok()?.into_owned();
    Some(Edit { at: bytes(file.syntax(), start), change: Change::File(path) })
}

/// `crate` before `::`, not that of a macro's `$crate` or of `pub(crate)`.
fn is_root_of_path(token: &SyntaxToken) -> bool {
    let is_after_dollar = token.prev_token().is_some_and(|before| before.kind() == SyntaxKind::DOLLAR);
    let next = token.next_token().filter(|next| !next.kind().is_trivia()).map(|next| next.kind());
    token.kind() == SyntaxKind::CRATE_KW
        && !is_after_dollar
        && matches!(next, Some(SyntaxKind::COLON2 | SyntaxKind::COLON))
}

/// The edits that a statement of the cell needs: what `return` and `.await` mean.
pub fn edits_of_statement(node: &SyntaxNode, start: usize) -> Vec<Edit> {
    let mut edits = Vec::new();
    for inner in node.descendants().filter(|inner| is_the_cells(inner, node)) {
        if let Some(returned) = ast::ReturnExpr::cast(inner.clone()) {
            edits.extend(returns(&returned, start));
        } else if let Some(awaited) = ast::AwaitExpr::cast(inner) {
            let Some(future) = awaited.expr() else { continue };
            let (from, to) =
                (usize::from(future.syntax().text_range().start()), usize::from(future.syntax().text_range().end()));
            edits.push(Edit::insert(from - start, "::cuaderno::rt::block_on("));
            edits.push(Edit::replace(to - start..usize::from(awaited.syntax().text_range().end()) - start, ")"));
        }
    }
    edits
}

/// `return;` ends the cell well, `return Err(e)` as `?` would.
fn returns(returned: &ast::ReturnExpr, start: usize) -> Vec<Edit> {
    let end = usize::from(returned.syntax().text_range().end()) - start;
    let keyword = returned.return_token().map(|keyword| Edit { at: bytes(&keyword, start), change: Change::Leave });
    let mut edits: Vec<Edit> = keyword.into_iter().collect();
    match returned.expr() {
        None => edits.push(Edit::insert(end, &format!(" {OK}"))),
        Some(value) if is_unit(&value) => {
            edits.push(Edit::insert(usize::from(value.syntax().text_range().start()) - start, "{"));
            edits.push(Edit::insert(end, &format!("; {OK} }}")));
        }
        Some(value) => edits.extend(converted(&value, start)),
    }
    edits.push(Edit { at: end..end, change: Change::Left });
    edits
}

/// Whether an expression certainly has no value, as `fn main` may return it: `return println!("done");`
fn is_unit(value: &ast::Expr) -> bool {
    match value {
        ast::Expr::TupleExpr(tuple) => tuple.fields().next().is_none(),
        ast::Expr::MacroExpr(call) => {
            let path = call.macro_call().and_then(|call| call.path()).map(|path| path.syntax().text().to_string());
            path.is_some_and(|path| ["print", "println", "eprint", "eprintln"].contains(&path.as_str()))
        }
        value => argument_of(value, "drop").is_some(),
    }
}

/// The error of `return Err(e)` becomes a cell's, unless the student has seen to that.
fn converted(value: &ast::Expr, start: usize) -> Vec<Edit> {
    let Some(argument) = argument_of(value, "Err") else { return Vec::new() };
    if argument.syntax().text().to_string().ends_with(".into()") {
        return Vec::new();
    }
    let range = argument.syntax().text_range();
    let (from, to) = (usize::from(range.start()) - start, usize::from(range.end()) - start);
    vec![Edit::insert(from, "::std::convert::From::from("), Edit::insert(to, ")")]
}

/// The argument of a call like `Ok(…)`.
pub fn argument_of(value: &ast::Expr, function: &str) -> Option<ast::Expr> {
    let ast::Expr::CallExpr(call) = value else { return None };
    let is_it = call.expr().is_some_and(|called| called.syntax().text() == function);
    let mut arguments = call.arg_list()?.args();
    let argument = arguments.next().filter(|_| is_it)?;
    arguments.next().is_none().then_some(argument)
}

/// Where a `?` may end the cell.
pub fn questions_of(node: &SyntaxNode, start: usize) -> Vec<usize> {
    let tries = node.descendants().filter_map(ast::TryExpr::cast);
    let mine = tries.filter(|tried| is_the_cells(tried.syntax(), node));
    let mut found: Vec<usize> =
        mine.filter_map(|tried| Some(bytes(&tried.question_mark_token()?, start).start)).collect();
    found.sort_unstable();
    found
}

fn bytes(token: &SyntaxToken, start: usize) -> Range<usize> {
    usize::from(token.text_range().start()) - start..usize::from(token.text_range().end()) - start
}
