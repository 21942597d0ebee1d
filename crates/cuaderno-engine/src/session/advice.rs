//! Advice where the compiler's own does not help a student.

use crate::cell::Variable;
use crate::cell::rustc::Message;
use crate::cell::source::Source;
use std::collections::BTreeMap;

const NUMBERS: [&str; 14] =
    ["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64"];

/// Adds what to write to a message that we know more about than the compiler.
pub fn advise(message: &mut Message, source: &Source, variables: &BTreeMap<String, Variable>) {
    number_types(message, source, variables);
    expressions(message);
    comparisons(message);
    powers(message, source);
    unknown_type(message);
}

/// Where nothing says which type a value has, edition 2024 takes `!`.
fn unknown_type(message: &mut Message) {
    if let Some(bound) = message.message.strip_prefix("the trait bound `!: ").and_then(|rest| rest.split('`').next()) {
        message.message = format!("nothing says which type this is; it has to be one with `{bound}`");
        message.spans.iter_mut().for_each(|span| span.label = None);
        message.children = vec![help("write the type: `let n: f64 = …`, or `.parse::<f64>()`")];
    }
}

/// Two expressions of polars are compared by methods.
fn comparisons(message: &mut Message) {
    const METHODS: [(&str, &str); 6] =
        [(">=", "gt_eq"), ("<=", "lt_eq"), ("==", "eq"), ("!=", "neq"), (">", "gt"), ("<", "lt")];
    let signs = message.message.strip_prefix("binary operation `").and_then(|rest| rest.split_once('`'));
    let sign = signs.filter(|(_, rest)| rest.contains("type `Expr`") || rest.contains("::Expr`")).map(|(sign, _)| sign);
    if let Some((sign, method)) = METHODS.into_iter().find(|(known, _)| Some(*known) == sign) {
        message.children =
            vec![help(&format!("columns are compared by a method: `col(\"a\").{method}(lit(22))` for `{sign}`"))];
    }
}

/// `x ** 2` reads as `x * (*2)`.
fn powers(message: &mut Message, source: &Source) {
    let is_code = message.code.as_ref().is_some_and(|code| code.code == "E0614");
    let Some(span) = message.spans.iter().find(|span| span.is_primary && is_code) else { return };
    if source.text().lines().nth(span.line_start as usize - 1).is_some_and(|line| line.contains(" ** ")) {
        message.children = vec![help("powers are `x.powi(2)`, `x.powf(0.5)` and `n.pow(2)` here")];
    }
}

/// A table's own methods take names and columns; expressions are for its lazy form.
fn expressions(message: &mut Message) {
    let labels = message.spans.iter().filter_map(|span| span.label.as_deref());
    let found_one = |label: &str| {
        label.ends_with("found `Expr`")
            && ["`&ChunkedArray<BooleanType>`", "`Column`"].iter().any(|wanted| label.contains(wanted))
    };
    if labels.into_iter().any(found_one) || message.message.contains("`Expr: AsRef<str>` is not satisfied") {
        message.children = vec![help(
            "expressions such as `col(…)` are for a lazy table: write `.clone().lazy()` before this method, and `.collect()?` after the last one",
        )];
    }
}

fn help(text: &str) -> Message {
    Message { message: text.to_owned(), code: None, level: "help".to_owned(), spans: Vec::new(), children: Vec::new() }
}

/// A number whose cell did not say its type: a program would have found it out from a later line, a cell has taken the usual one. What is to be
/// written there takes the place of the advice to convert it.
fn number_types(message: &mut Message, source: &Source, variables: &BTreeMap<String, Variable>) {
    let is_about_types = message.code.as_ref().is_some_and(|code| code.code == "E0308");
    let Some(span) = message.spans.iter().find(|span| span.is_primary && is_about_types) else { return };
    let named: Vec<&str> = span.label.as_deref().unwrap_or_default().split('`').collect();
    let ["expected ", expected, ", found ", found, ""] = named[..] else { return };
    let usual = ["i32", "f64"].contains(&found) && NUMBERS.contains(&expected);
    let line = source.text().lines().nth(span.line_start as usize - 1).unwrap_or_default();
    let width = span.column_end.saturating_sub(span.column_start) as usize;
    let name: String = line.chars().skip(span.column_start as usize - 1).take(width).collect();
    if !usual || span.line_start != span.line_end || variables.get(&name).is_none_or(|made| made.type_name != found) {
        return;
    }
    message.children = vec![help(&format!(
        "`{name}` is {found} because the cell that makes it does not say its type; write `let {name}: {expected} = …` there"
    ))];
}
