//! Checking a large file before polars reads it: every record is looked at once, none is kept.
//!
//! polars takes a wrong value anywhere for the end of the whole query, and fills short records up without a word. So this
//! pass finds the records that do not fit, names them, and leaves polars the bytes between them. It runs at the speed of
//! memory, on all cores: the file is cut at line ends that look like the end of a record, and where a cut turns out to be
//! inside a quoted text, the part behind it is scanned again from where the record really ends.

use super::field::Kind;
use memchr::{memchr, memchr_iter, memchr2};
use std::ops::Range;

/// Bytes a thread scans at once.
const PART: usize = 64 << 20;
/// Records that must fit behind a cut before it is believed to be the end of a record.
const BELIEVE: usize = 8;

/// What a scan found.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Scan {
    /// Records that fit.
    pub records: usize,
    /// Those that do not: the number of records and of line ends before each, and its reason.
    pub malformed: Vec<(usize, usize, String)>,
    /// Bytes to leave out: malformed records, blank lines.
    pub cuts: Vec<Range<usize>>,
    /// Line ends.
    lines: usize,
    /// Where the first record after the scanned part begins.
    end: usize,
}

/// Scans the records from `start` to the end of the text. `kinds` says what each field must hold.
pub(super) fn scan(bytes: &[u8], start: usize, kinds: &[Kind], threads: usize) -> Scan {
    scan_parts(bytes, start, kinds, threads, PART)
}

fn scan_parts(bytes: &[u8], start: usize, kinds: &[Kind], threads: usize, part: usize) -> Scan {
    let mut whole = Scan { end: start, ..Scan::default() };
    while whole.end < bytes.len() {
        // One round: a part for each thread.
        let mut borders = vec![whole.end];
        while borders.len() <= threads && borders[borders.len() - 1] < bytes.len() {
            let wanted = borders[borders.len() - 1] + part;
            borders.push(if wanted >= bytes.len() { bytes.len() } else { border(bytes, wanted, kinds) });
        }
        let parts: Vec<Scan> = std::thread::scope(|scope| {
            let spawn = |part: &[usize]| {
                let range = part[0]..part[1];
                scope.spawn(move || scan_range(bytes, range, kinds))
            };
            let handles: Vec<_> = borders.windows(2).map(spawn).collect();
            handles.into_iter().map(|handle| handle.join().unwrap_or_default()).collect()
        });
        for (part, from) in parts.into_iter().zip(borders) {
            // A wrong border, or a record that began before it: the next round goes on from the right place.
            if from != whole.end {
                break;
            }
            whole.add(part);
        }
    }
    whole
}

/// A place at or after `wanted` that looks like the beginning of a record.
fn border(bytes: &[u8], wanted: usize, kinds: &[Kind]) -> usize {
    let mut at = wanted;
    while let Some(line_end) = memchr(b'\n', &bytes[at..]) {
        at += line_end + 1;
        let mut next = at;
        let fits = (0..BELIEVE).all(|_| {
            if next >= bytes.len() {
                return true;
            }
            let (end, wrong) = record(bytes, next, kinds);
            next = end;
            wrong.is_none()
        });
        if fits {
            return at;
        }
    }
    bytes.len()
}

impl Scan {
    fn add(&mut self, part: Scan) {
        let seen = self.records + self.malformed.len();
        let lines = self.lines;
        self.malformed.extend(part.malformed.into_iter().map(|(row, line, reason)| (row + seen, line + lines, reason)));
        self.cuts.extend(part.cuts);
        self.records += part.records;
        self.lines += part.lines;
        self.end = part.end;
    }
}

/// Scans the records that begin in a range.
fn scan_range(bytes: &[u8], range: Range<usize>, kinds: &[Kind]) -> Scan {
    let mut scan = Scan::default();
    let mut at = range.start;
    while at < range.end {
        if matches!(bytes[at], b'\n' | b'\r') {
            scan.lines += usize::from(bytes[at] == b'\n');
            scan.cuts.push(at..at + 1);
            at += 1;
            continue;
        }
        let (mut end, wrong) = record(bytes, at, kinds);
        match wrong {
            None => scan.records += 1,
            Some(reason) => {
                // One stray quote may swallow many lines; only its own is lost.
                end = line_end(bytes, at);
                scan.malformed.push((scan.records + scan.malformed.len(), scan.lines, reason));
                scan.cuts.push(at..end);
            }
        }
        scan.lines += memchr_iter(b'\n', &bytes[at..end]).count();
        at = end;
    }
    scan.end = at;
    scan
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1)
}

/// Where the record that begins here ends, and what is wrong with it. Where something is wrong with its form, the end is that
/// of the field at fault.
fn record(bytes: &[u8], start: usize, kinds: &[Kind]) -> (usize, Option<String>) {
    let mut at = start;
    let mut wrong = None;
    for (place, kind) in kinds.iter().enumerate() {
        let (content, mut end) = match field(bytes, at) {
            Ok(field) => field,
            Err((end, reason)) => return (end, Some(reason.to_owned())),
        };
        let mut value = &bytes[content];
        let last = bytes.get(end).is_none_or(|byte| *byte == b'\n');
        if last && bytes.get(at) != Some(&b'"') {
            value = value.strip_suffix(b"\r").unwrap_or(value);
        }
        if wrong.is_none() && !fits(*kind, value) {
            let shown: String = String::from_utf8_lossy(value).chars().take(40).collect();
            wrong = Some(format!("field {} is \"{}\", not {}", place + 1, shown.escape_debug(), noun(*kind)));
        }
        if last != (place + 1 == kinds.len()) {
            let mut fields = place + 1;
            while bytes.get(end) == Some(&b'\t') {
                fields += 1;
                end = match field(bytes, end + 1) {
                    Ok((_, end)) => end,
                    Err((end, _)) => end,
                };
            }
            let word = if fields == 1 { "field" } else { "fields" };
            return ((end + 1).min(bytes.len()), Some(format!("{fields} {word} instead of {}", kinds.len())));
        }
        at = end + 1;
    }
    (at.min(bytes.len()), wrong)
}

/// The content of the field that begins here, and where its tab, line end or end of file stands.
fn field(bytes: &[u8], at: usize) -> Result<(Range<usize>, usize), (usize, &'static str)> {
    if bytes.get(at) != Some(&b'"') {
        let end = memchr2(b'\t', b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
        return match memchr(b'"', &bytes[at..end]) {
            // polars would take it for the beginning of a quoted text and lose the following rows.
            Some(_) => Err((end, "a quote inside a field that is not quoted")),
            None => Ok((at..end, end)),
        };
    }
    let mut close = at + 1;
    loop {
        let Some(quote) = memchr(b'"', &bytes[close..]) else {
            return Err((bytes.len(), "a quote opens and never closes"));
        };
        close += quote + 1;
        match bytes.get(close) {
            Some(b'"') => close += 1,
            Some(b'\t' | b'\n') | None => return Ok((at + 1..close - 1, close)),
            Some(b'\r') if matches!(bytes.get(close + 1), Some(b'\n') | None) => {
                return Ok((at + 1..close - 1, close + 1));
            }
            Some(_) => return Err((close, "text behind a closing quote")),
        }
    }
}

/// Whether polars will read this value, or take it for missing.
fn fits(kind: Kind, value: &[u8]) -> bool {
    match kind {
        _ if matches!(value, b"" | b"NA") => true,
        Kind::Text => value.is_ascii() || std::str::from_utf8(value).is_ok(),
        Kind::Logical => value.eq_ignore_ascii_case(b"true") || value.eq_ignore_ascii_case(b"false"),
        Kind::Whole => {
            let digits = value.strip_prefix(b"-").unwrap_or(value);
            (1..=18).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        }
        Kind::Real => {
            let digits = value.strip_prefix(b"-").unwrap_or(value);
            let simple = digits.first().is_some_and(u8::is_ascii_digit)
                && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
                && digits.iter().filter(|byte| **byte == b'.').count() <= 1;
            simple || std::str::from_utf8(value).is_ok_and(|text| text.parse::<f64>().is_ok())
        }
    }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text in UTF-8",
        Kind::Logical => "True or False",
        Kind::Whole => "a whole number",
        Kind::Real => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [Kind; 3] = [Kind::Whole, Kind::Text, Kind::Logical];

    fn found(text: &str) -> (usize, Vec<(usize, usize, String)>) {
        let scan = scan(text.as_bytes(), 0, &KINDS, 2);
        (scan.records, scan.malformed)
    }

    #[test]
    fn good_records() {
        assert_eq!(found(""), (0, vec![]));
        assert_eq!(found("1\ta\tTrue\n2\t\"tab\t \"\"x\"\"\n\"\tfalse\r\n\n\t\t\nNA\tb\tNA"), (4, vec![]));
        assert_eq!(found("1\t\"a\"\t\"True\"\r\n"), (1, vec![]));
    }

    #[test]
    fn bad_records_are_named() {
        let text = "1\ta\tTrue\n2\tb\n3\tc\tTrue\tmore\nx\td\tTrue\n4\te\tperhaps\n5\t6\" pipe\tTrue\n6\t\"open\tTrue\n7\tg\tTrue\n";
        let (records, malformed) = found(text);
        assert_eq!(records, 2);
        let reasons: Vec<&str> = malformed.iter().map(|bad| bad.2.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "2 fields instead of 3",
                "4 fields instead of 3",
                "field 1 is \"x\", not a whole number",
                "field 3 is \"perhaps\", not True or False",
                "a quote inside a field that is not quoted",
                "a quote opens and never closes",
            ]
        );
        assert_eq!(
            malformed.iter().map(|bad| (bad.0, bad.1)).collect::<Vec<_>>(),
            (1..7).map(|n| (n, n)).collect::<Vec<_>>()
        );
    }

    proptest! {
        #[test]
        fn parts_find_what_one_part_finds(pieces in prop::collection::vec(prop::sample::select(vec![
            "1\ta\tTrue\n", "22\t\"x\n1\ta\tTrue\n2\tb\"\tFalse\n", "1\tb\n", "\n", "3\t\"\"\"\"\tTrue\r\n", "4\t\"open\tTrue\n", "5\té\tNA\n",
        ]), 0..60), part in 1usize..80, threads in 1usize..4) {
            let text = pieces.concat();
            prop_assert_eq!(scan_parts(text.as_bytes(), 0, &KINDS, threads, part), scan_range(text.as_bytes(), 0..text.len(), &KINDS));
        }
    }
}
