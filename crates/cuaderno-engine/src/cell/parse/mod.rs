//! Taking a cell apart: items, imports, statements, and the last expression.

mod assigned;
mod import;
mod item;
mod programs;
mod rewrite;
mod snippet;
mod statics;
mod tokens;
mod used;

pub use import::Import;
pub use item::{Item, ItemKey};
pub use snippet::{Change, Edit, Snippet, words_of};
pub use statics::{Static, shared};
pub use tokens::tokens_of;

use super::attempt::attempted;
use ra_ap_syntax::ast::{self, AstNode, HasName};
use ra_ap_syntax::{Edition, SourceFile, SyntaxNode, TextSize};
use std::collections::BTreeSet;

/// A part of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A `use` declaration, taken apart into single imports.
    Use(Snippet, Vec<Import>),
    /// Any other item: lives at the root of the generated source, in this cell and all later ones.
    Item(Box<Item>),
    /// A statement.
    Statement(Snippet),
    /// The expression at the end, to be shown.
    Tail(Snippet),
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
    /// Whether no other `let` of the cell has its name.
    pub is_unique: bool,
    /// Whether its value is written as a closure, which has no type that a later cell could name.
    pub is_closure: bool,
}

/// A cell, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedCell {
    /// Parts in the order written.
    pub parts: Vec<Part>,
    /// Variables that its top-level `let` statements introduce; of several with one name the last.
    pub bindings: Vec<Binding>,
    /// The part and the name of every variable that its top-level `let` statements make, also of those that a later one hides.
    pub made: Vec<(usize, String)>,
    /// Names that the cell gives a new value made from the old one: `s = s + "b"`.
    pub assigned: BTreeSet<String>,
    /// Names to which the cell gives any new value.
    pub reassigned: BTreeSet<String>,
    /// Names that its statements use as variables, with the line in the cell, but not those that they bind.
    pub used: Vec<(String, u32)>,
    /// The parser's first objection; then `parts` is empty and the compiler is to explain it.
    pub syntax_error: Option<SyntaxError>,
}

/// What the parser objects to, and in which line of the cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub message: String,
    pub line: u32,
}

/// Macros that make items. A call of any other macro is a statement, unless a cell has defined the macro so that it makes items.
const ITEM_MACROS: [&str; 4] = ["cnn", "thread_local", "lazy_static", "bitflags"];

const PREFIX: &str = "fn cell() {\n";

/// Takes a cell apart.
#[cfg(test)]
pub fn parse_cell(cell: u32, code: &str) -> ParsedCell {
    parse_cell_after(cell, code, &BTreeSet::new())
}

/// Takes a cell apart; earlier cells have defined these macros, which make items.
pub fn parse_cell_after(cell: u32, code: &str, item_macros: &BTreeSet<String>) -> ParsedCell {
    let parse = SourceFile::parse(&format!("{PREFIX}{code}\n}}"), Edition::Edition2024);
    let file = parse.tree();
    let functions: Vec<ast::Item> = ast::HasModuleItem::items(&file).collect();
    let body = match functions.as_slice() {
        [ast::Item::Fn(function)] if parse.errors().is_empty() => function.body(),
        _ => None,
    };
    let Some(list) = body.and_then(|body| body.stmt_list()) else {
        let first = parse.errors().into_iter().min_by_key(|error| error.range().start());
        let at = first.as_ref().map_or(0, |error| usize::from(error.range().start()).saturating_sub(PREFIX.len()));
        let message = first.map_or_else(|| "this is not one function's body".to_owned(), |error| error.to_string());
        let syntax_error = Some(SyntaxError { message, line: line_at(code, at) });
        return ParsedCell { syntax_error, ..ParsedCell::default() };
    };
    let mut reader = Reader { cell, code, item_macros: item_macros.clone(), parsed: ParsedCell::default() };
    let own_macros = list.syntax().children().filter_map(ast::MacroRules::cast).filter(item::makes_items);
    reader.item_macros.extend(own_macros.filter_map(|own| Some(own.name()?.text().to_string())));
    for statement in list.statements() {
        reader.add_statement(&statement);
    }
    if let Some(tail) = list.tail_expr() {
        reader.add_expression(&tail, tail.syntax(), true);
    }
    let mut parsed = reader.parsed;
    for binding in &mut parsed.bindings {
        binding.is_unique = parsed.made.iter().filter(|(_, name)| *name == binding.name).count() == 1;
    }
    parsed.used = used::used(&list, |at| line_at(code, usize::from(at) - PREFIX.len()));
    parsed.assigned = assigned::assigned(list.syntax());
    parsed.reassigned = assigned::reassigned(list.syntax());
    programs::run_what_is_defined(&mut parsed);
    parsed
}

/// The line of a place in a cell, from 1; the end of the cell lies in its last line.
fn line_at(code: &str, at: usize) -> u32 {
    let at = at.min(code.trim_end().len());
    code.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() as u32 + 1
}

/// The macros of a cell that make items.
pub fn item_macros_of(parsed: &ParsedCell) -> impl Iterator<Item = &str> {
    parsed.parts.iter().filter_map(|part| match part {
        Part::Item(item) if item.makes_items() => item.key.name(),
        _ => None,
    })
}

impl Part {
    /// The names it defines that a pattern takes for themselves: constants, statics, structs.
    pub fn constants(&self) -> Vec<&str> {
        match self {
            Self::Use(_, imports) => {
                let names = imports.iter().filter_map(|import| import.name.as_deref());
                names.filter(|name| name.starts_with(char::is_uppercase)).collect()
            }
            Self::Item(item) if item.is_pattern => item.key.name().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The text of the part.
    pub fn snippet(&self) -> &Snippet {
        match self {
            Self::Use(snippet, _) | Self::Statement(snippet) | Self::Tail(snippet) => snippet,
            Self::Item(item) => &item.snippet,
        }
    }

    /// The same, to be changed.
    pub fn snippet_mut(&mut self) -> &mut Snippet {
        match self {
            Self::Use(snippet, _) | Self::Statement(snippet) | Self::Tail(snippet) => snippet,
            Self::Item(item) => &mut item.snippet,
        }
    }
}

struct Reader<'a> {
    cell: u32,
    code: &'a str,
    item_macros: BTreeSet<String>,
    parsed: ParsedCell,
}

impl Reader<'_> {
    fn add(&mut self, part: Part) {
        self.parsed.parts.push(part);
    }

    fn add_statement(&mut self, statement: &ast::Stmt) {
        match statement {
            ast::Stmt::LetStmt(declared) => {
                let is_refutable = declared.let_else().is_some();
                // With a type it is a pointer to a function, or a box.
                let is_closure =
                    declared.ty().is_none() && matches!(declared.initializer(), Some(ast::Expr::ClosureExpr(_)));
                declared.pat().into_iter().for_each(|pattern| self.add_bindings(&pattern, is_refutable, is_closure));
                self.add(Part::Statement(self.statement(declared.syntax())));
            }
            ast::Stmt::Item(ast::Item::Use(import)) => {
                self.add(Part::Use(self.code(import.syntax()), import::imports_of(import)));
            }
            ast::Stmt::Item(ast::Item::MacroCall(call)) => self.add_macro(call.syntax(), call, false),
            ast::Stmt::Item(item) => match Item::read(item, self.code(item.syntax()), self.byte(item.syntax())) {
                Some(item) => self.add(Part::Item(Box::new(item))),
                None => self.add(Part::Statement(self.statement(item.syntax()))),
            },
            ast::Stmt::ExprStmt(statement) => match statement.expr() {
                Some(expression) => self.add_expression(&expression, statement.syntax(), false),
                None => self.add(Part::Statement(self.statement(statement.syntax()))),
            },
        }
    }

    fn add_expression(&mut self, expression: &ast::Expr, node: &SyntaxNode, is_tail: bool) {
        if let ast::Expr::MacroExpr(expression) = expression
            && let Some(call) = expression.macro_call()
        {
            return self.add_macro(node, &call, is_tail);
        }
        let mut snippet = self.statement(node);
        match rewrite::argument_of(expression, "Ok").filter(|_| is_tail) {
            // The last line of a function that returns a `Result`: what its errors would be, nothing says.
            Some(value) => {
                snippet.edit([Edit::insert("Ok".len(), "::<_, ::cuaderno::rt::CellError>")]);
                if value.syntax().text() == "()" {
                    snippet.edit([Edit::insert(0, "let _ =")]);
                    return self.add(Part::Statement(snippet));
                }
                self.add(Part::Tail(snippet));
            }
            // It has no value to show, and may be attempted as a statement.
            None if assigned::is_assignment(expression) || matches!(expression, ast::Expr::ReturnExpr(_)) => {
                self.add(Part::Statement(snippet));
            }
            None => self.add(if is_tail { Part::Tail(snippet) } else { Part::Statement(snippet) }),
        }
    }

    fn add_macro(&mut self, node: &SyntaxNode, call: &ast::MacroCall, is_tail: bool) {
        let name = call.path().map(|path| path.syntax().text().to_string()).unwrap_or_default();
        let is_known = ITEM_MACROS.iter().any(|known| name == *known || name.ends_with(&format!("::{known}")));
        let is_model = name == "cnn" || name.ends_with("::cnn");
        let is_own = self.item_macros.contains(&name);
        self.add(if is_known || is_own {
            let mut snippet = self.code(node);
            if !snippet.text.ends_with([';', '}']) {
                let end = snippet.text.len();
                snippet.edit([Edit::insert(end, ";")]);
            }
            Part::Item(Box::new(Item::of_macro(&name, is_model && !is_own, call, snippet, self.byte(node))))
        } else if is_tail {
            Part::Tail(self.statement(node))
        } else {
            Part::Statement(self.statement(node))
        });
    }

    fn add_bindings(&mut self, pattern: &ast::Pat, is_refutable: bool, is_closure: bool) {
        for pattern in pattern.syntax().descendants().filter_map(ast::IdentPat::cast) {
            let Some(name) = pattern.name().map(|name| name.text().to_string()) else { continue };
            // `None` in a pattern is a constant, not a variable; where a pattern must match, only a variable makes sense.
            if is_refutable && name.starts_with(char::is_uppercase) {
                continue;
            }
            self.parsed.bindings.retain(|binding| binding.name != name);
            let (is_mut, part) = (pattern.mut_token().is_some(), self.parsed.parts.len());
            self.parsed.made.push((part, name.clone()));
            self.parsed.bindings.push(Binding { name, is_mut, part, is_unique: true, is_closure });
        }
    }

    /// The byte of the cell's code at which a node of the wrapped text begins, counted in the wrapped text.
    fn byte(&self, node: &SyntaxNode) -> usize {
        usize::from(node.text_range().start())
    }

    /// The text of a node.
    fn code(&self, node: &SyntaxNode) -> Snippet {
        let in_code = |at: TextSize| usize::from(at) - PREFIX.len();
        let (start, end) = (in_code(node.text_range().start()), in_code(node.text_range().end()));
        let before = &self.code[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let (line, column) = (before.matches('\n').count() as u32 + 1, before[line_start..].chars().count() as u32);
        let mut snippet = Snippet::new(self.cell, line, column, &self.code[start..end]);
        let place = |byte: usize| {
            let before = &snippet.text[..byte];
            let down = before.matches('\n').count() as u32;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32;
            (self.cell, line + down, if down == 0 { snippet.column + column } else { column } + 1)
        };
        let edits = rewrite::edits_of_code(node, self.byte(node), place);
        snippet.edit(edits);
        snippet
    }

    /// The text of a statement, or of the expression at the end.
    fn statement(&self, node: &SyntaxNode) -> Snippet {
        let (mut snippet, start) = (self.code(node), self.byte(node));
        snippet.edit(rewrite::edits_of_statement(node, start));
        snippet.questions = rewrite::questions_of(node, start);
        snippet.attempted =
            attempted(node).map(|range| usize::from(range.start()) - start..usize::from(range.end()) - start);
        snippet
    }
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
        assert_eq!(unique, [("a", 0, true), ("b", 1, true), ("d", 2, true), ("c", 3, false)]);
    }

    #[test]
    fn broken_text_is_left_to_the_compiler() {
        assert!(parse_cell(1, "let x = (1 + ;").syntax_error.is_some());
        assert!(parse_cell(1, "} fn f() {").syntax_error.is_some());
    }
}
