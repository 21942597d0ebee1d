//! Replies that need no cell to run.

use super::executor::History;
use super::executor::media;
use super::outgoing::PROTOCOL_VERSION;
use crate::{About, Language};
use cuaderno_wire::{Completeness, Completion};
use jupyter_protocol::{
    CodeMirrorMode, CompleteReply, CompleteRequest, HelpLink, HistoryEntry, HistoryReply, HistoryRequest, InspectReply,
    InspectRequest, IsCompleteReply, IsCompleteRequest, KernelInfoReply, LanguageInfo, ReplyStatus,
};
use serde_json::json;
use std::sync::PoisonError;

/// [`kernel_info_request`](https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info): who we are and which language we speak.
pub fn kernel_info(about: About) -> KernelInfoReply {
    let About { implementation, language, mime_type, file_extension, banner, help_links } = about;
    KernelInfoReply {
        status: ReplyStatus::Ok,
        protocol_version: PROTOCOL_VERSION.to_owned(),
        implementation: implementation.0,
        implementation_version: implementation.1,
        language_info: LanguageInfo {
            version: language.1,
            mimetype: Some(mime_type),
            file_extension: Some(file_extension),
            pygments_lexer: Some(language.0.clone()),
            codemirror_mode: Some(CodeMirrorMode::Simple(language.0.clone())),
            name: language.0,
            nbconvert_exporter: Some("script".to_owned()),
        },
        banner,
        help_links: help_links.into_iter().map(|(text, url)| HelpLink { text, url }).collect(),
        debugger: false,
        error: None,
    }
}

/// [`is_complete_request`](https://jupyter-client.readthedocs.io/en/stable/messaging.html#code-completeness): whether code is ready to run.
pub fn is_complete(request: &IsCompleteRequest, language: &dyn Language) -> IsCompleteReply {
    match language.completeness(&request.code) {
        Completeness::Complete => IsCompleteReply::complete(),
        Completeness::Incomplete { indent } => IsCompleteReply::incomplete(indent),
        Completeness::Invalid => IsCompleteReply::invalid(),
    }
}

/// [`complete_request`](https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion): what could stand at the cursor, with types and
/// signatures in the form that JupyterLab reads.
pub fn complete(request: &CompleteRequest, language: &dyn Language) -> CompleteReply {
    let Completion { matches, start, end } = language.complete(&request.code, request.cursor_pos);
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

/// [`inspect_request`](https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection): what is known about what stands at the cursor.
pub fn inspect(request: &InspectRequest, language: &dyn Language) -> InspectReply {
    let found = language.inspect(&request.code, request.cursor_pos, request.detail_level.unwrap_or(0));
    InspectReply {
        found: found.is_some(),
        data: found.map(|data| media(&data)).unwrap_or_default(),
        ..InspectReply::default()
    }
}

/// [`history_request`](https://jupyter-client.readthedocs.io/en/stable/messaging.html#history): what was executed. Every kernel process is one
/// session, numbered 0 like ipykernel's current one.
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
