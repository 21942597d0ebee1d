//! A cell that defines a program, and does nothing: what was pasted is to run. `fn main` is called, `#[test]` functions are tried.

use super::snippet::Edit;
use super::{Item, ItemKey, ParsedCell, Part, Snippet};
use ra_ap_syntax::ast::{self, AstNode, HasAttrs, HasName, HasVisibility};
use ra_ap_syntax::{Edition, SourceFile};

/// Adds the statements that run what a cell only defines.
pub fn run_what_is_defined(parsed: &mut ParsedCell) {
    let does_something = parsed.parts.iter().any(|part| matches!(part, Part::Statement(_) | Part::Tail(_)));
    let mut tests = Vec::new();
    for part in &mut parsed.parts {
        if let Part::Item(item) = part {
            tests.extend(open_tests(item));
        }
    }
    let main = parsed.parts.iter().find_map(|part| match part {
        Part::Item(item) if item.key == ItemKey::Value("main".to_owned()) => Some(item),
        _ => None,
    });
    if let Some(main) = main.filter(|_| !does_something) {
        let before = main.snippet.text.split("fn main").next().unwrap_or_default();
        // `#[tokio::main]` makes an ordinary function of it.
        let is_async = before.contains("async") && !before.contains("tokio::main");
        let call = if is_async { "::cuaderno::rt::block_on(main())" } else { "main()" };
        let place = Snippet::new(main.snippet.cell, main.snippet.line, main.snippet.column, "");
        parsed.parts.push(Part::Statement(written(place, &format!("::cuaderno::rt::finish({call})?;"))));
    }
    if let (Some(first), false) = (tests.first(), tests.is_empty()) {
        let place = Snippet::new(first.place.cell, first.place.line, first.place.column, "");
        let calls: Vec<String> = tests.iter().map(Test::call).collect();
        parsed
            .parts
            .push(Part::Statement(written(place, &format!("::cuaderno::rt::run_tests(&[{}])?;", calls.join(", ")))));
    }
}

/// A statement of ours, which stands for a place of the student's.
fn written(mut place: Snippet, text: &str) -> Snippet {
    place.edit([Edit::insert(0, text)]);
    place
}

struct Test {
    path: String,
    place: Snippet,
    should_panic: bool,
}

impl Test {
    fn call(&self) -> String {
        let Self { path, should_panic, .. } = self;
        format!("({path:?}, {should_panic}, &|| ::cuaderno::rt::finish({path}()))")
    }
}

/// Finds the `#[test]` functions in an item, and makes them ordinary functions that the cell can call.
fn open_tests(item: &mut Item) -> Vec<Test> {
    if !item.snippet.text.contains("test") {
        return Vec::new();
    }
    let file = SourceFile::parse(&item.snippet.text, Edition::Edition2024).tree();
    let mut tests = Vec::new();
    let mut edits = Vec::new();
    for function in file.syntax().descendants().filter_map(ast::Fn::cast) {
        let is_test = |attribute: &ast::Attr| name_of(attribute) == "test";
        if !function.attrs().any(|attribute| is_test(&attribute)) || function.attrs().any(|a| name_of(&a) == "ignore") {
            continue;
        }
        let modules = function.syntax().ancestors().filter_map(ast::Module::cast).collect::<Vec<_>>();
        let names = modules.iter().rev().filter_map(|module| Some(module.name()?.text().to_string()));
        let path: Vec<String> = names.chain(function.name().map(|name| name.text().to_string())).collect();
        let should_panic = function.attrs().any(|attribute| name_of(&attribute).starts_with("should_panic"));
        edits.extend(
            function.attrs().filter(|a| is_test(a) || name_of(a).starts_with("should_panic")).map(|a| taken(&a)),
        );
        if function.visibility().is_none() {
            edits.extend(
                function.fn_token().map(|token| Edit::insert(usize::from(token.text_range().start()), "pub(crate)")),
            );
        }
        for module in modules {
            edits.extend(module.attrs().filter(|attribute| name_of(attribute) == "cfg(test)").map(|a| taken(&a)));
            if module.visibility().is_none() {
                edits.extend(
                    module.mod_token().map(|token| Edit::insert(usize::from(token.text_range().start()), "pub(crate)")),
                );
            }
        }
        tests.push(Test { path: path.join("::"), place: item.snippet.clone(), should_panic });
    }
    edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
    edits.dedup();
    item.snippet.edit(edits);
    tests
}

fn taken(attribute: &ast::Attr) -> Edit {
    let range = attribute.syntax().text_range();
    Edit::replace(usize::from(range.start())..usize::from(range.end()), "")
}

/// What stands in the brackets of an attribute.
fn name_of(attribute: &ast::Attr) -> String {
    let text = attribute.syntax().text().to_string();
    text.trim_start_matches("#[").trim_end_matches(']').chars().filter(|c| !c.is_whitespace()).collect()
}
