//! `user_expressions`: what a front end asks beside a cell, for example for numbers in its prose.

use super::executor::media;
use crate::Language;
use cuaderno_wire::{CellFailure, Event, Output};
use jupyter_protocol::{ExpressionResult, Media};
use std::collections::HashMap;

/// Evaluates each expression on its own; one that fails is an answer, too. `execute` runs code that is not counted.
pub fn evaluate(
    expressions: &HashMap<String, String>,
    mut execute: impl FnMut(&str, &mut dyn FnMut(Output)) -> Result<(), CellFailure>,
    language: &dyn Language,
) -> HashMap<String, ExpressionResult> {
    let mut result_of = |code: &str| {
        let mut data = Media::default();
        let mut show = |output| match output {
            Output::Event(Event::ExecuteResult { data: shown }) => data = media(&shown),
            Output::Event(Event::InputRequest { .. }) => language.answer(None),
            _ => {}
        };
        match execute(code, &mut show) {
            Ok(()) => ExpressionResult::Ok { data, metadata: serde_json::Map::default() },
            Err(CellFailure { ename, evalue, traceback }) => ExpressionResult::Error {
                ename,
                evalue: evalue.trim_start_matches("cell 0, line 1: ").to_owned(),
                traceback,
            },
        }
    };
    expressions.iter().map(|(name, code)| (name.clone(), result_of(code))).collect()
}
