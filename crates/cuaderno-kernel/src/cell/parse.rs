//! Taking a cell apart: items, imports, statements, and the last expression.

use super::attempt::attempted;
use super::loops::loop_bodies;
use ra_ap_syntax::ast::{self, AstNode, HasName};
use ra_ap_syntax::{Edition, SourceFile, SyntaxKind, SyntaxNode, TextSize};
use std::ops::Range;

/// A piece of a cell's text, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// Execution count of the cell it comes from.
    pub cell: u32,
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 0, in characters.
    pub column: u32,
    /// The text itself.
    pub text: String,
    /// Bytes of the text where bodies of loops begin, in order.
    pub loop_bodies: Vec<usize>,
    /// The bytes that can be attempted, so that variables made before are kept if they fail.
    pub attempted: Option<Range<usize>>,
}

/// A part of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A `use` declaration, taken apart into single imports.
    Use(Snippet, Vec<Import>),
    /// Any other item: lives at the root of the generated source, in this cell and all later ones.
    Item(Snippet, ItemKey),
    /// A statement.
    Statement(Snippet),
    /// The expression at the end, to be shown.
    Tail(Snippet),
}

/// One imported name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name it is known by afterwards; `None` for a glob or `_`.
    pub name: Option<String>,
    /// The declaration of this import alone.
    pub declaration: String,
}

/// What an item replaces when it is defined again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKey {
    /// A macro: its definition has to come before its uses.
    Macro(String),
    /// A trait, by name.
    Trait(String),
    /// A type or module, by name.
    Type(String),
    /// A function, constant or static, by name.
    Value(String),
    /// An implementation: its header, and the methods if it is an inherent one.
    Impl(String, Vec<String>),
    /// A call of a macro that makes items.
    MacroCall(String),
}

/// A new variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Its name.
    pub name: String,
    /// Whether it is declared `mut`.
    pub is_mut: bool,
    /// The part of the cell that makes it.
    pub part: usize,
    /// Whether nothing else in the cell has its name.
    pub is_unique: bool,
}

/// A cell, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedCell {
    /// Parts in the order written.
    pub parts: Vec<Part>,
    /// Variables that its top-level `let` statements introduce; of several with one name the last.
    pub bindings: Vec<Binding>,
    /// Whether the parser found mistakes; then `parts` is empty and the compiler is to explain them.
    pub has_syntax_errors: bool,
}

/// Macros that make items. A call of any other macro is a statement.
const ITEM_MACROS: [&str; 4] = ["cnn", "thread_local", "lazy_static", "bitflags"];

const PREFIX: &str = "fn cell() {\n";

/// Takes a cell apart.
pub fn parse_cell(cell: u32, code: &str) -> ParsedCell {
    let parse = SourceFile::parse(&format!("{PREFIX}{code}\n}}"), Edition::Edition2024);
    let file = parse.tree();
    let functions: Vec<ast::Item> = ast::HasModuleItem::items(&file).collect();
    let body = match functions.as_slice() {
        [ast::Item::Fn(function)] if parse.errors().is_empty() => function.body(),
        _ => None,
    };
    let Some(list) = body.and_then(|body| body.stmt_list()) else {
        return ParsedCell { has_syntax_errors: true, ..ParsedCell::default() };
    };
    let mut parsed = ParsedCell::default();
    let places = Places { cell, code };
    for statement in list.statements() {
        parsed.add_statement(&places, &statement);
    }
    if let Some(tail) = list.tail_expr() {
        parsed.add_expression(&places, &tail, tail.syntax(), true);
    }
    let patterns = list.syntax().descendants().filter_map(ast::IdentPat::cast);
    let names: Vec<String> = patterns.filter_map(|pattern| Some(pattern.name()?.text().to_string())).collect();
    for binding in &mut parsed.bindings {
        binding.is_unique = names.iter().filter(|name| **name == binding.name).count() == 1;
    }
    parsed
}

impl ParsedCell {
    fn add_statement(&mut self, places: &Places<'_>, statement: &ast::Stmt) {
        let snippet = places.snippet(statement.syntax());
        match statement {
            ast::Stmt::LetStmt(statement) => {
                let is_refutable = statement.let_else().is_some();
                statement.pat().into_iter().for_each(|pattern| self.add_bindings(&pattern, is_refutable));
                self.parts.push(Part::Statement(snippet));
            }
            ast::Stmt::Item(ast::Item::Use(import)) => {
                let imports = import.use_tree().map(|tree| expand(&tree)).unwrap_or_default();
                self.parts.push(Part::Use(snippet, imports));
            }
            ast::Stmt::Item(ast::Item::MacroCall(call)) => self.add_macro(snippet, call, false),
            ast::Stmt::Item(item) => match item_key(item) {
                Some(key) => self.parts.push(Part::Item(snippet, key)),
                None => self.parts.push(Part::Statement(snippet)),
            },
            ast::Stmt::ExprStmt(statement) => match statement.expr() {
                Some(expression) => self.add_expression(places, &expression, statement.syntax(), false),
                None => self.parts.push(Part::Statement(snippet)),
            },
        }
    }

    fn add_expression(&mut self, places: &Places<'_>, expression: &ast::Expr, node: &SyntaxNode, is_tail: bool) {
        let snippet = places.snippet(node);
        if let ast::Expr::MacroExpr(expression) = expression
            && let Some(call) = expression.macro_call()
        {
            return self.add_macro(snippet, &call, is_tail);
        }
        self.parts.push(if is_tail { Part::Tail(snippet) } else { Part::Statement(snippet) });
    }

    fn add_macro(&mut self, snippet: Snippet, call: &ast::MacroCall, is_tail: bool) {
        let name = call.path().map(|path| path.syntax().text().to_string()).unwrap_or_default();
        let makes_items = ITEM_MACROS.iter().any(|known| name == *known || name.ends_with(&format!("::{known}")));
        self.parts.push(if makes_items {
            let subject = call.token_tree().and_then(|tree| first_name(tree.syntax())).unwrap_or_default();
            Part::Item(snippet, ItemKey::MacroCall(format!("{name}! {subject}")))
        } else if is_tail {
            Part::Tail(snippet)
        } else {
            Part::Statement(snippet)
        });
    }

    fn add_bindings(&mut self, pattern: &ast::Pat, is_refutable: bool) {
        for pattern in pattern.syntax().descendants().filter_map(ast::IdentPat::cast) {
            let Some(name) = pattern.name().map(|name| name.text().to_string()) else { continue };
            // `None` in a pattern is a constant, not a variable; where a pattern must match, only a variable makes sense.
            if is_refutable && name.starts_with(char::is_uppercase) {
                continue;
            }
            self.bindings.retain(|binding| binding.name != name);
            let (is_mut, part) = (pattern.mut_token().is_some(), self.parts.len());
            self.bindings.push(Binding { name, is_mut, part, is_unique: true });
        }
    }
}

/// Where in the cell a node of the wrapped text stands.
struct Places<'a> {
    cell: u32,
    code: &'a str,
}

impl Places<'_> {
    fn snippet(&self, node: &SyntaxNode) -> Snippet {
        let in_code = |at: TextSize| usize::from(at) - PREFIX.len();
        let (start, end) = (in_code(node.text_range().start()), in_code(node.text_range().end()));
        let before = &self.code[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Snippet {
            cell: self.cell,
            line: before.matches('\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32,
            text: self.code[start..end].to_owned(),
            loop_bodies: loop_bodies(node).into_iter().map(|at| in_code(at) - start).collect(),
            attempted: attempted(node).map(|range| in_code(range.start()) - start..in_code(range.end()) - start),
        }
    }
}

fn item_key(item: &ast::Item) -> Option<ItemKey> {
    let name = |item: &dyn Fn() -> Option<ast::Name>| item().map(|name| name.text().to_string());
    Some(match item {
        ast::Item::MacroRules(item) => ItemKey::Macro(name(&|| item.name())?),
        ast::Item::MacroDef(item) => ItemKey::Macro(name(&|| item.name())?),
        ast::Item::Struct(item) => ItemKey::Type(name(&|| item.name())?),
        ast::Item::Enum(item) => ItemKey::Type(name(&|| item.name())?),
        ast::Item::Union(item) => ItemKey::Type(name(&|| item.name())?),
        ast::Item::Trait(item) => ItemKey::Trait(name(&|| item.name())?),
        ast::Item::TypeAlias(item) => ItemKey::Type(name(&|| item.name())?),
        ast::Item::Module(item) => ItemKey::Type(name(&|| item.name())?),
        ast::Item::Fn(item) => ItemKey::Value(name(&|| item.name())?),
        ast::Item::Const(item) => match item.name() {
            Some(name) => ItemKey::Value(name.text().to_string()),
            None => ItemKey::Value(item.syntax().text().to_string()), // `const _: () = assert!(…)`
        },
        ast::Item::Static(item) => ItemKey::Value(name(&|| item.name())?),
        ast::Item::Impl(item) => impl_key(item),
        ast::Item::ExternCrate(item) => ItemKey::Type(item.name_ref()?.text().to_string()),
        _ => ItemKey::MacroCall(item.syntax().text().to_string()),
    })
}

fn impl_key(item: &ast::Impl) -> ItemKey {
    let code: Vec<String> = code_tokens(item.syntax()).collect();
    let header = code.iter().take_while(|token| *token != "{").map(String::as_str).collect::<Vec<_>>().join(" ");
    let methods = match (item.trait_(), item.assoc_item_list()) {
        (None, Some(list)) => list
            .assoc_items()
            .filter_map(|item| match item {
                ast::AssocItem::Fn(item) => item.name(),
                ast::AssocItem::Const(item) => item.name(),
                _ => None,
            })
            .map(|name| name.text().to_string())
            .collect(),
        _ => Vec::new(),
    };
    ItemKey::Impl(header, methods)
}

/// What the compiler sees of a piece of code: its tokens, without comments and space.
fn code_tokens(node: &SyntaxNode) -> impl Iterator<Item = String> {
    let tokens = node.descendants_with_tokens().filter_map(|element| element.into_token());
    tokens.filter(|token| !token.kind().is_trivia()).map(|token| token.text().to_owned())
}

/// The tokens of an item's text.
pub fn tokens_of(item: &str) -> Vec<String> {
    code_tokens(SourceFile::parse(item, Edition::Edition2024).tree().syntax()).collect()
}

/// The first capitalised word in a macro's arguments: `cnn! { pub Model1: … }` is about `Model1`.
fn first_name(tree: &SyntaxNode) -> Option<String> {
    tree.descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| token.kind() == SyntaxKind::IDENT)
        .map(|token| token.text().to_owned())
        .find(|word| word.starts_with(char::is_uppercase))
}

/// Takes `use a::{b, c as d}` apart into `use a::b;` and `use a::c as d;`, so that each can be replaced on its own.
fn expand(tree: &ast::UseTree) -> Vec<Import> {
    let mut imports = Vec::new();
    expand_under("", tree, &mut imports);
    imports
}

fn expand_under(prefix: &str, tree: &ast::UseTree, imports: &mut Vec<Import>) {
    // From tokens: a declaration takes one line, wherever the student breaks it.
    let path: String =
        tree.path().into_iter().flat_map(|path| code_tokens(path.syntax()).collect::<Vec<_>>()).collect();
    let full = match (prefix.is_empty(), path.is_empty()) {
        (true, _) => path,
        (false, true) => prefix.to_owned(),
        (false, false) => format!("{prefix}::{path}"),
    };
    if let Some(list) = tree.use_tree_list() {
        return list.use_trees().for_each(|tree| expand_under(&full, &tree, imports));
    }
    if tree.star_token().is_some() {
        return imports.push(Import { name: None, declaration: format!("use {full}::*;") });
    }
    let full = full.strip_suffix("::self").unwrap_or(&full);
    let import = match tree.rename() {
        Some(rename) => Import {
            name: rename.name().map(|name| name.text().to_string()),
            declaration: format!("use {full} {};", code_tokens(rename.syntax()).collect::<Vec<_>>().join(" ")),
        },
        None => Import { name: full.rsplit("::").next().map(str::to_owned), declaration: format!("use {full};") },
    };
    imports.push(import);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(code: &str) -> Vec<&'static str> {
        parse_cell(1, code)
            .parts
            .iter()
            .map(|part| match part {
                Part::Use(..) => "use",
                Part::Item(..) => "item",
                Part::Statement(..) => "statement",
                Part::Tail(..) => "tail",
            })
            .collect()
    }

    #[test]
    fn parts_come_in_order() {
        let code = "use std::fmt;\nstruct A;\nlet x = 1;\nprintln!(\"{x}\");\nfor i in 0..3 {}\nx + 1";
        assert_eq!(kinds(code), ["use", "item", "statement", "statement", "statement", "tail"]);
    }

    #[test]
    fn a_macro_that_makes_items_is_an_item() {
        assert_eq!(kinds("cnn! { Model: [3, 64, 64] => [flatten] }"), ["item"]);
        assert_eq!(kinds("vec![1]"), ["tail"]);
        assert_eq!(kinds("df! { \"a\" => [1] }"), ["tail"]);
    }

    #[test]
    fn patterns_introduce_variables() {
        let parsed =
            parse_cell(1, "let (mut a, [b, ..]) = f(); let Some(c) = d else { panic!() }; let None = e else { f() };");
        let names: Vec<_> = parsed.bindings.iter().map(|binding| (binding.name.as_str(), binding.is_mut)).collect();
        assert_eq!(names, [("a", true), ("b", false), ("c", false)]);
    }

    #[test]
    fn a_variable_may_begin_with_a_capital_letter() {
        let parsed = parse_cell(1, "let X = 1; let (X_train, mut Y) = f(); let Some(x) = g() else { h() };");
        let names: Vec<_> = parsed.bindings.iter().map(|binding| binding.name.as_str()).collect();
        assert_eq!(names, ["X", "X_train", "Y", "x"]);
    }

    #[test]
    fn snippets_know_their_place() {
        let parsed = parse_cell(7, "let é = 1; let b =\n  2;\n   b");
        let Part::Statement(second) = &parsed.parts[1] else { panic!("{parsed:?}") };
        assert_eq!((second.cell, second.line, second.column), (7, 1, 11));
        let Part::Tail(tail) = &parsed.parts[2] else { panic!("{parsed:?}") };
        assert_eq!((tail.line, tail.column), (3, 3));
    }

    #[test]
    fn names_used_twice_are_known() {
        let parsed = parse_cell(1, "let a = 1;\nlet (b, c) = (2, 3);\nlet d = |b| b;\nlet c = 4;");
        let unique: Vec<_> = parsed.bindings.iter().map(|b| (b.name.as_str(), b.part, b.is_unique)).collect();
        assert_eq!(unique, [("a", 0, true), ("b", 1, false), ("d", 2, true), ("c", 3, false)]);
    }

    #[test]
    fn imports_are_taken_apart() {
        let parsed = parse_cell(1, "use std::{fmt::{self, Write as W}, io::*};");
        let Part::Use(_, imports) = &parsed.parts[0] else { panic!("{parsed:?}") };
        let declarations: Vec<_> = imports.iter().map(|import| import.declaration.as_str()).collect();
        assert_eq!(declarations, ["use std::fmt;", "use std::fmt::Write as W;", "use std::io::*;"]);
    }

    #[test]
    fn an_import_takes_one_line() {
        let parsed = parse_cell(1, "use std::{ // two\n  collections::\n  HashMap as\n  Map, io::\n  Write as _};");
        let Part::Use(_, imports) = &parsed.parts[0] else { panic!("{parsed:?}") };
        let declarations: Vec<_> = imports.iter().map(|import| import.declaration.as_str()).collect();
        assert_eq!(declarations, ["use std::collections::HashMap as Map;", "use std::io::Write as _;"]);
    }

    #[test]
    fn broken_text_is_left_to_the_compiler() {
        assert!(parse_cell(1, "let x = (1 + ;").has_syntax_errors);
        assert!(parse_cell(1, "} fn f() {").has_syntax_errors);
    }
}
