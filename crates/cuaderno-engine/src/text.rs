//! Text: of other processes, no character cut in two; of cells, no deeper than a parser can go.

use cuaderno_wire::complete_utf8;
use std::io::Read;

/// Reads to the end, and hands on text as it comes.
pub(crate) fn read_text(mut pipe: impl Read, mut on_text: impl FnMut(String)) {
    let (mut held, mut bytes) = (Vec::new(), vec![0; 16 << 10]);
    while let Ok(count @ 1..) = pipe.read(&mut bytes) {
        held.extend_from_slice(&bytes[..count]);
        let whole: Vec<u8> = held.drain(..complete_utf8(&held)).collect();
        on_text(String::from_utf8_lossy(&whole).into_owned());
    }
}

/// Brackets in brackets, signs before signs. Parsers, ours and the compiler's, need some stack for each.
const MAX_DEPTH: usize = 500;
/// Operators and dots of one expression.
const MAX_CHAIN: usize = 4000;

/// Whether code is nested more deeply than a parser's stack may allow. Strings and comments do not count.
pub(crate) fn nests_too_deeply(code: &str) -> bool {
    let bytes = code.as_bytes();
    let (mut depth, mut signs, mut chain, mut at) = (0_usize, 0_usize, 0_usize, 0);
    while at < bytes.len() {
        let skipped = skipped(&bytes[at..]);
        if skipped > 0 {
            (at, signs) = (at + skipped, 0);
            continue;
        }
        match bytes[at] {
            b'(' | b'[' | b'{' => (depth, signs) = (depth + 1, 0),
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'-' | b'!' | b'&' | b'*' => (signs, chain) = (signs + 1, chain + 1),
            b'+' | b'/' | b'%' | b'|' | b'^' | b'<' | b'>' | b'=' | b'.' => (chain, signs) = (chain + 1, 0),
            byte if !byte.is_ascii_whitespace() => signs = 0,
            _ => {}
        }
        if matches!(bytes[at], b';' | b',' | b'{' | b'}') {
            chain = 0;
        }
        if depth > MAX_DEPTH || signs > MAX_DEPTH || chain > MAX_CHAIN {
            return true;
        }
        at += 1;
    }
    false
}

/// How many bytes a string, a character or a comment takes that begins here; 0 where none does.
fn skipped(code: &[u8]) -> usize {
    let until = |end: &[u8], from: usize| {
        let found = code.get(from..).unwrap_or_default().windows(end.len()).position(|window| window == end);
        found.map_or(code.len(), |at| from + at + end.len())
    };
    match code {
        [b'/', b'/', ..] => until(b"\n", 2),
        [b'/', b'*', ..] => until(b"*/", 2),
        [b'r', b'"' | b'#', ..] => {
            let marks = code[1..].iter().take_while(|byte| **byte == b'#').count();
            let end: Vec<u8> = [b'"'].into_iter().chain(std::iter::repeat_n(b'#', marks)).collect();
            if code.get(1 + marks) == Some(&b'"') { until(&end, 2 + marks) } else { 0 }
        }
        [b'"', rest @ ..] => {
            let mut is_escaped = false;
            let end = rest.iter().position(|byte| {
                let ends = *byte == b'"' && !is_escaped;
                is_escaped = *byte == b'\\' && !is_escaped;
                ends
            });
            end.map_or(code.len(), |at| at + 2)
        }
        [b'\'', b'\\', ..] => until(b"'", 3),
        [b'\'', _, b'\'', ..] => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::nests_too_deeply;

    #[test]
    fn what_is_nested_deeply_is_seen_before_it_is_parsed() {
        for piece in ["(", "[", "{", "-", "1 + ", "a.b()", "!"] {
            assert!(nests_too_deeply(&piece.repeat(5000)), "{piece}");
        }
    }

    #[test]
    fn long_code_is_not() {
        let lines = "let x = vec![-1.0, 2.0 + 3.0];\n";
        let row = "1.5, -2.5, ";
        let text = "println!(\"{}((((((\", '(', \"\\\"(\", r#\"(\"(\"#); // ((\n";
        for piece in [lines, row, text, "/* ((( */ f(); "] {
            assert!(!nests_too_deeply(&piece.repeat(5000)), "{piece}");
        }
    }
}
