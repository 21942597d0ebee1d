//! Where a record ends that its quotes do not end.
//!
//! A quote that does not close where a field ends is one of two things: opened by mistake (`"never closed`), and then the next
//! line is the next record; or the end of a quoted text that holds a quote which should have been doubled
//! (`"she said "no" to↵all"`), and then the lines in it are no records. What the lines look like decides.

use super::block::{LONGEST, Layout, Open, whole};
use super::record::{Split, line_end};

/// Records behind an open quote that must fit before it is believed to be a mistake, and the most that are looked at.
const BELIEVE: usize = 8;
const MOST: usize = 64;

/// Where to go on behind a malformed record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Goes {
    /// That cannot be told before more bytes are there.
    Further,
    /// Here, with what is wrong.
    To(usize, &'static str),
    /// Behind the bytes.
    Beyond(Open, &'static str),
}

const OPEN: &str = "a quote opens and does not close";
const TRAILING: &str = "text behind a closing quote";
const LONG: &str = "longer than 16 MB";

/// Where the next record begins, behind one that [`split`](super::record::split) did not find whole or that is too long.
pub(super) fn behind_quote(bytes: &[u8], at: usize, found: Split, layout: &Layout<'_>, last: bool) -> Goes {
    let next = line_end(bytes, at);
    let seen = match found {
        Split::Whole(end) | Split::Trailing(end) => end,
        Split::Cut | Split::OpenQuote => bytes.len(),
    };
    if seen - at > LONGEST {
        // Decided by the first bytes alone, so that it does not depend on how many are there.
        return match (chain(&bytes[..at + LONGEST], next, layout, false, |_, records| records >= BELIEVE), found) {
            (Chain::Fits, _) => Goes::To(next, OPEN),
            (_, Split::Whole(end)) => Goes::To(end, LONG),
            (_, Split::Trailing(quote)) if has_line_end(bytes, quote) || last => Goes::To(line_end(bytes, quote), LONG),
            (_, Split::Trailing(_) | Split::Cut) => Goes::Beyond(Open::Line, LONG),
            (_, Split::OpenQuote) => Goes::Beyond(Open::Quote, LONG),
        };
    }
    match found {
        Split::Trailing(quote) if quote < next => to(bytes, next, last, TRAILING),
        Split::Trailing(quote) => {
            // A quote at the beginning of a field opens one: the quote before it was the mistake.
            if matches!(bytes[quote - 1], b'\n') || bytes[quote - 1] == layout.dialect.separator {
                return Goes::To(next, TRAILING);
            }
            match chain(bytes, next, layout, last, |at, records| at > quote || records >= MOST) {
                Chain::Fits => Goes::To(next, TRAILING),
                Chain::Cut if !last => Goes::Further,
                _ => to(bytes, line_end(bytes, quote), last, TRAILING),
            }
        }
        Split::OpenQuote if last => {
            let mut at = next;
            while at < bytes.len() && !matches!(whole(bytes, at, layout, true), Split::Whole(_)) {
                at = line_end(bytes, at);
            }
            Goes::To(at, OPEN)
        }
        _ => Goes::Further,
    }
}

/// A line end, if the line has one or is the last.
fn to(bytes: &[u8], end: usize, last: bool, reason: &'static str) -> Goes {
    if last || bytes[end - 1] == b'\n' { Goes::To(end, reason) } else { Goes::Further }
}

fn has_line_end(bytes: &[u8], at: usize) -> bool {
    memchr::memchr(b'\n', &bytes[at..]).is_some()
}

#[derive(Debug, PartialEq, Eq)]
enum Chain {
    /// As many as needed do.
    Fits,
    /// One does not.
    Breaks,
    /// They fit as far as the bytes go.
    Cut,
}

/// Whether records fit from here on, one behind the other, until there are enough.
fn chain(bytes: &[u8], mut at: usize, layout: &Layout<'_>, last: bool, enough: impl Fn(usize, usize) -> bool) -> Chain {
    let mut records = 0;
    while !enough(at, records) {
        if at >= bytes.len() {
            return Chain::Cut;
        }
        if matches!(bytes[at], b'\n' | b'\r') {
            at += 1;
            continue;
        }
        match whole(bytes, at, layout, last) {
            Split::Whole(end) => (at, records) = (end, records + 1),
            Split::Cut | Split::OpenQuote => return Chain::Cut,
            Split::Trailing(_) => return Chain::Breaks,
        }
    }
    Chain::Fits
}
