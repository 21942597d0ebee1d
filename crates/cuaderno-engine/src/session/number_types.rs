//! Numbers whose cell did not say their type: where a program would have found it out from a later line, a cell has taken the usual one.

use crate::cell::Variable;
use crate::cell::rustc::Message;
use crate::cell::source::Source;
use std::collections::BTreeMap;

const NUMBERS: [&str; 14] =
    ["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64"];

/// Adds where the type is to be written, in place of the advice to convert the number.
pub fn explain(message: &mut Message, source: &Source, variables: &BTreeMap<String, Variable>) {
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
    let text = format!(
        "`{name}` is {found} because the cell that makes it does not say its type; write `let {name}: {expected} = …` there"
    );
    message.children =
        vec![Message { message: text, code: None, level: "help".to_owned(), spans: Vec::new(), children: Vec::new() }];
}
