//! Records of separated text with standard quotes: a field in quotes may hold separators, line breaks and doubled quotes;
//! a quote inside a field that does not begin with one is a character like any other.

use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// How fields are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The byte between two fields.
    pub separator: u8,
    /// The byte around fields that hold separators or line breaks; none where every byte is meant as it stands.
    pub quote: Option<u8>,
    /// Whether blanks may stand around quotes.
    pub blanks: bool,
}

impl Dialect {
    /// Tab-separated text.
    pub const TABS: Self = Self { separator: b'\t', quote: Some(b'"'), blanks: false };
}

/// Where the content of a field stands, without its quotes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
    /// The quote that is doubled inside, if one is.
    pub doubled: Option<u8>,
}

impl Span {
    /// The content as it stands, doubled quotes included.
    pub fn raw(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start..self.end]
    }

    /// The content as it is meant.
    pub fn content(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        let Some(quote) = self.doubled else { return Cow::Borrowed(self.raw(bytes)) };
        let mut content = Vec::with_capacity(self.end - self.start);
        let mut quotes = self.raw(bytes).split(|byte| *byte == quote);
        // Every second piece is the nothing between two doubled quotes.
        while let Some(piece) = quotes.next() {
            content.extend_from_slice(piece);
            if quotes.next().is_some() {
                content.push(quote);
            }
        }
        Cow::Owned(content)
    }
}

/// What [`split`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// A record with its line end; the next one begins here.
    Whole(usize),
    /// The text ends before the record's line end.
    Cut,
    /// The text ends before a quote is closed.
    OpenQuote,
    /// Text stands behind a closing quote, which is here.
    Trailing(usize),
}

/// Finds the fields of the record that begins at `start`.
pub(super) fn split(bytes: &[u8], start: usize, dialect: Dialect, spans: &mut Vec<Span>) -> Split {
    spans.clear();
    let mut at = start;
    loop {
        let mut span = Span { start: at, end: at, doubled: None };
        let opens = if dialect.blanks { behind_blanks(bytes, at) } else { at };
        match (bytes.get(opens), dialect.quote) {
            (Some(byte), Some(quote)) if *byte == quote => {
                (span.start, span.end) = (opens + 1, opens + 1);
                loop {
                    let Some(closes) = memchr(quote, &bytes[span.end..]) else {
                        return Split::OpenQuote;
                    };
                    span.end += closes;
                    if bytes.get(span.end + 1) != Some(&quote) {
                        break;
                    }
                    span.doubled = Some(quote);
                    span.end += 2;
                }
                at = span.end + 1;
                if dialect.blanks {
                    at = behind_blanks(bytes, at);
                }
                if bytes.get(at) == Some(&b'\r') && bytes.get(at + 1).is_none_or(|byte| *byte == b'\n') {
                    at += 1;
                }
            }
            _ => {
                let rest = &bytes[at..];
                at = memchr2(dialect.separator, b'\n', rest).map_or(bytes.len(), |length| at + length);
                let line_ends = bytes.get(at) != Some(&dialect.separator);
                span.end = if line_ends && at > span.start && bytes[at - 1] == b'\r' { at - 1 } else { at };
            }
        }
        spans.push(span);
        match bytes.get(at) {
            Some(byte) if *byte == dialect.separator => at += 1,
            Some(b'\n') => return Split::Whole(at + 1),
            None => return Split::Cut,
            Some(_) => return Split::Trailing(span.end),
        }
    }
}

fn behind_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at.min(bytes.len())..].iter().take_while(|byte| **byte == b' ').count()
}

/// Where the line that begins here ends, line end included.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> (Vec<String>, Split) {
        let mut spans = Vec::new();
        let split = split(text.as_bytes(), 0, Dialect::TABS, &mut spans);
        let content = |span: &Span| String::from_utf8(span.content(text.as_bytes()).into_owned()).unwrap();
        (spans.iter().map(content).collect(), split)
    }

    #[test]
    fn fields_and_quotes() {
        for (text, expected) in [
            ("a\tb\n", vec!["a", "b"]),
            ("\t\r\n", vec!["", ""]),
            ("\"a\tb\nc\"\t\"\"\n", vec!["a\tb\nc", ""]),
            ("\"say \"\"so\"\"\"\t\"\"\"\"\r\n", vec!["say \"so\"", "\""]),
            ("5\" pipe\tx\"\"\n", vec!["5\" pipe", "x\"\""]),
        ] {
            assert_eq!(fields(text), (expected.iter().map(ToString::to_string).collect(), Split::Whole(text.len())));
        }
    }

    #[test]
    fn other_dialects() {
        let fields = |text: &str, dialect| {
            let mut spans = Vec::new();
            split(text.as_bytes(), 0, dialect, &mut spans);
            let content = |span: &Span| String::from_utf8(span.content(text.as_bytes()).into_owned()).unwrap();
            spans.iter().map(content).collect::<Vec<_>>()
        };
        let commas = Dialect { separator: b',', quote: Some(b'"'), blanks: true };
        assert_eq!(fields("a, \"b, \"\"c\"\"\" ,d\r\n", commas), ["a", "b, \"c\"", "d"]);
        let apostrophes = Dialect { quote: Some(b'\''), ..commas };
        assert_eq!(fields("'it''s',\"x\n", apostrophes), ["it's", "\"x"]);
        let none = Dialect { separator: b';', quote: None, blanks: false };
        assert_eq!(fields("\"a;b\"\n", none), ["\"a", "b\""]);
    }

    #[test]
    fn records_without_an_end() {
        assert_eq!(fields("a\tb").1, Split::Cut);
        assert_eq!(fields("").1, Split::Cut);
        assert_eq!(fields("a\t\"b\n").1, Split::OpenQuote);
        assert_eq!(fields("\"a\"b\n").1, Split::Trailing(2));
    }
}
