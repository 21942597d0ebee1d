//! The generated source for each kind of cell, as a page of documentation. `INSTA_UPDATE=always cargo nextest run -p cuaderno-engine`
//! writes the snapshots anew; read what has changed.

use super::*;
use crate::cell::exceptions::Question;
use crate::cell::parse::parse_cell_after;

/// The source of the last of these cells; earlier ones have left their items, and these variables.
fn source(cells: &[&str], variables: &[(&str, &str)], exceptions: &Exceptions) -> String {
    let mut items = Items::default();
    let mut parsed = ParsedCell::default();
    for (number, code) in cells.iter().enumerate() {
        parsed = parse_cell_after(number as u32 + 1, code, items.item_macros());
        assert!(parsed.syntax_error.is_none(), "{code}");
        items.add(&parsed);
        if number + 1 < cells.len() {
            let ids: Vec<u32> = items.reachable_from(&BTreeSet::from(["COUNT"])).iter().map(|entry| entry.id).collect();
            items.settle_statics(number as u32 + 1, &ids);
        }
    }
    let variable = |type_name: &str| Variable { type_name: type_name.to_owned(), is_mut: true };
    let variables = variables.iter().map(|(name, type_name)| ((*name).to_owned(), variable(type_name))).collect();
    let plan = Plan { parsed: &parsed, items: &items, variables: &variables, exceptions, build: 9 };
    let text = plan.source().text().to_owned();
    // The lints are the same everywhere.
    text.split_once('\n').map_or(text.clone(), |(_, rest)| rest.to_owned())
}

fn plainly(cells: &[&str], variables: &[(&str, &str)]) -> String {
    source(cells, variables, &Exceptions::default())
}

#[test]
fn a_new_variable_and_a_value_that_is_shown() {
    insta::assert_snapshot!(plainly(&["let a = 1;\na + 1"], &[]));
}

#[test]
fn a_variable_of_an_earlier_cell() {
    insta::assert_snapshot!(plainly(&["words.push(\"b\");\nwords.len()"], &[("words", "std::vec::Vec<&str>")]));
}

#[test]
fn statements_after_new_variables_are_attempted() {
    insta::assert_snapshot!(plainly(
        &["let text = read()?;\nlet n: i32 = text.parse()?;\nfor i in 0..n { f(i); }"],
        &[]
    ));
}

#[test]
fn a_variable_that_is_moved_and_assigned() {
    let mut exceptions = Exceptions::default();
    exceptions.loaded.insert("df".to_owned(), Loaded::Assigned);
    exceptions.made.insert("df".to_owned(), Made::KeptAtEnd);
    let cell = "df = df.lazy().collect()?;";
    insta::assert_snapshot!(source(&[cell], &[("df", "cuaderno::prelude::DataFrame")], &exceptions));
}

#[test]
fn a_type_that_is_defined_anew_has_a_module_of_its_own() {
    let cells = ["struct A(u8);\nfn make() -> A { A(1) }", "struct A(String);", "crate::make().0"];
    insta::assert_snapshot!(plainly(&cells, &[]));
}

#[test]
fn a_static_of_this_cell_and_one_of_an_earlier_cell() {
    let counter = "static COUNT: AtomicU32 = AtomicU32::new(0);";
    insta::assert_snapshot!(plainly(&[&format!("{counter}\nCOUNT.load(Relaxed)")], &[]));
    insta::assert_snapshot!(plainly(&[counter, "COUNT.load(Relaxed)"], &[]));
}

#[test]
fn what_means_something_else_in_a_function_of_ours() {
    insta::assert_snapshot!(plainly(&["if done { return; }\nlet page = fetch().await;\ndbg!(line!());\nOk(())"], &[]));
}

#[test]
fn a_question_that_takes_the_text_of_its_error() {
    let exceptions = Exceptions {
        questions: [((1, 1, 5), Question::AnyError), ((1, 1, 17), Question::Option)].into(),
        ..Exceptions::default()
    };
    insta::assert_snapshot!(source(&["f(1)? + v.get(4)?"], &[], &exceptions));
}

#[test]
fn programs_that_are_pasted() {
    insta::assert_snapshot!(plainly(&["fn main() { println!(\"x\"); }"], &[]));
    insta::assert_snapshot!(plainly(&["#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {}\n}"], &[]));
}
