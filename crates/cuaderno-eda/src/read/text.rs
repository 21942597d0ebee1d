//! The beginning of a text file, in UTF-8.

use crate::error::{EdaError, Result};
use std::io::{self, Cursor, Read};
use std::path::Path;

/// Bytes that are looked at to guess how a file is written.
const SAMPLE: u64 = 1 << 20;

/// The first bytes of a text file; the others are still to be read.
pub(super) struct Start {
    pub sample: Vec<u8>,
    /// Whether the sample is the whole file.
    pub is_all: bool,
    /// Lines that were left out before it.
    pub skipped: usize,
}

/// Takes the beginning from the bytes, and leaves what follows. A byte order mark and the lines to skip are left out; text in
/// UTF-16 or Windows-1252 is read to its end and replaced by UTF-8.
///
/// # Errors
/// The bytes cannot be read.
pub(super) fn as_utf8(path: &Path, bytes: &mut Box<dyn Read + Send>, latin1: bool, skip: usize) -> Result<Start> {
    let io = |source: io::Error| EdaError::Io { path: path.to_owned(), source };
    let mut sample = Vec::new();
    let mut take = |sample: &mut Vec<u8>, most| bytes.as_mut().take(most).read_to_end(sample).map_err(io);
    let mut is_all = (take(&mut sample, SAMPLE)? as u64) < SAMPLE;
    let utf16: Option<fn([u8; 2]) -> u16> = match &sample[..] {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ => None,
    };
    if latin1 || utf16.is_some() {
        take(&mut sample, u64::MAX)?;
        is_all = true;
        sample = match utf16 {
            Some(unit) => {
                let units = sample[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
                char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
            }
            None => sample.iter().map(|byte| windows_1252(*byte)).collect(),
        }
        .into_bytes();
    }
    if sample.starts_with(b"\xef\xbb\xbf") {
        sample.drain(..3);
    }
    let mut skipped = 0;
    while skipped < skip {
        match memchr::memchr(b'\n', &sample) {
            Some(end) => drop(sample.drain(..=end)),
            None => break,
        }
        skipped += 1;
    }
    // A sample ends where a line does, so that no character is cut.
    if !is_all {
        let end = memchr::memrchr(b'\n', &sample).map_or(sample.len(), |end| end + 1);
        let rest = sample.split_off(end);
        let others = std::mem::replace(bytes, Box::new(io::empty()));
        *bytes = Box::new(Cursor::new(rest).chain(others));
    }
    Ok(Start { sample, is_all, skipped })
}

/// A byte of Windows-1252, which is ISO 8859-1 but for the range that the latter leaves to control characters.
fn windows_1252(byte: u8) -> char {
    const UPPER: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => UPPER[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
