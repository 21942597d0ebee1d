//! Replies that need no cell to run.

use super::executor::History;
use super::executor::media;
use super::outgoing::PROTOCOL_VERSION;
use crate::lookup::{Completion, Lookup};
use jupyter_protocol::{
    CodeMirrorMode, CompleteReply, CompleteRequest, HelpLink, HistoryEntry, HistoryReply, HistoryRequest, InspectReply,
    InspectRequest, KernelInfoReply, LanguageInfo, ReplyStatus,
};
use serde_json::json;
use std::sync::PoisonError;

/// Who we are and which language we speak.
pub fn kernel_info(rust_version: &str) -> KernelInfoReply {
    let link = |text: &str, url: &str| HelpLink { text: text.to_owned(), url: url.to_owned() };
    KernelInfoReply {
        status: ReplyStatus::Ok,
        protocol_version: PROTOCOL_VERSION.to_owned(),
        implementation: "cuaderno".to_owned(),
        implementation_version: env!("CARGO_PKG_VERSION").to_owned(),
        language_info: LanguageInfo {
            name: "rust".to_owned(),
            version: rust_version.to_owned(),
            mimetype: Some("text/rust".to_owned()),
            file_extension: Some(".rs".to_owned()),
            pygments_lexer: Some("rust".to_owned()),
            codemirror_mode: Some(CodeMirrorMode::Simple("rust".to_owned())),
            nbconvert_exporter: Some("script".to_owned()),
        },
        banner: "cuaderno: Rust for deep-learning coursework. `:help` lists the commands.".to_owned(),
        help_links: vec![
            link("polars", "https://docs.rs/polars/0.55.2/polars/"),
            link("dfdx", "https://docs.rs/dfdx/0.13.0/dfdx/"),
            link("The Rust book", "https://doc.rust-lang.org/book/"),
        ],
        debugger: false,
        error: None,
    }
}

/// What could stand at the cursor, with types and signatures in the form that JupyterLab reads.
pub fn complete(request: &CompleteRequest, lookup: Option<&Lookup>) -> CompleteReply {
    let nothing = || Completion { start: request.cursor_pos, end: request.cursor_pos, ..Completion::default() };
    let Completion { matches, start, end } =
        lookup.map_or_else(nothing, |lookup| lookup.complete(&request.code, request.cursor_pos));
    let types = matches.iter().map(|found| {
        json!({ "text": found.text, "type": found.kind, "signature": found.signature, "start": start, "end": end })
    });
    let metadata = [("_jupyter_types_experimental".to_owned(), types.collect())].into_iter().collect();
    CompleteReply {
        matches: matches.into_iter().map(|found| found.text).collect(),
        cursor_start: start,
        cursor_end: end,
        metadata,
        ..CompleteReply::default()
    }
}

/// What is known about what stands at the cursor.
pub fn inspect(request: &InspectRequest, lookup: Option<&Lookup>) -> InspectReply {
    let detail_level = request.detail_level.unwrap_or(0);
    let found = lookup.and_then(|lookup| lookup.inspect(&request.code, request.cursor_pos, detail_level));
    InspectReply {
        found: found.is_some(),
        data: found.map(|data| media(&data)).unwrap_or_default(),
        ..InspectReply::default()
    }
}

/// What was executed. Every kernel process is one session, numbered 0 like ipykernel's current one.
pub fn history(request: &HistoryRequest, history: &History) -> HistoryReply {
    let inputs = history.lock().unwrap_or_else(PoisonError::into_inner);
    let with_output = |output: bool, (line, code): &(u32, String)| match output {
        true => HistoryEntry::InputOutput(0, *line as usize, (code.clone(), String::new())),
        false => HistoryEntry::Input(0, *line as usize, code.clone()),
    };
    let last = |n: i32| inputs.len().saturating_sub(usize::try_from(n).unwrap_or(0));
    let entries = match request {
        HistoryRequest::Range { start, stop, output, .. } => inputs
            .iter()
            .filter(|(line, _)| *line as i32 >= *start && (*stop <= 0 || (*line as i32) < *stop))
            .map(|entry| with_output(*output, entry))
            .collect(),
        HistoryRequest::Tail { n, output, .. } => {
            inputs[last(*n)..].iter().map(|entry| with_output(*output, entry)).collect()
        }
        HistoryRequest::Search { pattern, output, n, unique, .. } => {
            let mut found: Vec<_> = inputs.iter().filter(|(_, code)| glob_matches(pattern, code)).collect();
            if *unique {
                let mut seen = std::collections::BTreeSet::new();
                found.reverse();
                found.retain(|(_, code)| seen.insert(code.clone()));
                found.reverse();
            }
            let skip = if *n > 0 { found.len().saturating_sub(*n as usize) } else { 0 };
            found[skip..].iter().map(|entry| with_output(*output, entry)).collect()
        }
    };
    HistoryReply::new(entries)
}

/// Whether a text matches a pattern with `*` for any text and `?` for any character.
fn glob_matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // reachable[j]: the pattern so far matches the first j characters.
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        let mut any = false;
        for at in 0..=text.len() {
            any |= reachable[at];
            next[at] = match symbol {
                '*' => any,
                '?' => at > 0 && reachable[at - 1],
                symbol => at > 0 && reachable[at - 1] && text[at - 1] == symbol,
            };
        }
        reachable = next;
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use super::glob_matches;

    #[test]
    fn patterns() {
        assert!(glob_matches("let*", "let x = 1;"));
        assert!(glob_matches("*x ?= 1*", "let x += 1"));
        assert!(!glob_matches("x", "let x"));
    }
}
