//! Bytes of another process as text, no character cut in two.

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

/// How many bytes can be shown without cutting a character in two.
pub(crate) fn complete_utf8(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}
