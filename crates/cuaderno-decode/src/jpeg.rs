//! Whether a JPEG file goes on to its end. The decoder fills what is missing with grey and says nothing.

/// Whether the end-of-image marker stands behind the picture's data, going from marker to marker (ISO/IEC 10918-1, B.1.1):
/// a thumbnail inside a segment has an end of its own, and does not count.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let mut at = 2; // behind the start-of-image marker
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xff)) {
        at += found + 1;
        match bytes.get(at) {
            Some(0xd9) => return true,
            // A fill byte; a byte 0xff of the data, and markers between pieces of it, which stand alone.
            Some(0xff) => {}
            Some(0x00 | 0x01 | 0xd0..=0xd8) => at += 1,
            Some(_) => match bytes.get(at + 1..at + 3) {
                Some(&[high, low]) => at += 1 + usize::from(u16::from_be_bytes([high, low])),
                _ => return false,
            },
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_from_marker_to_marker() {
        let thumbnail = [0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 7, 7];
        let scan = [0xff, 0xda, 0, 4, 1, 1, 9, 0xff, 0, 9, 0xff, 0xd3, 8, 0xff, 0xff];
        let whole = [&thumbnail[..], &scan, &[0xd9]].concat();
        assert!(is_whole(&whole));
        assert!(is_whole(&[&whole[..], b"what some cameras write behind it"].concat()));
        assert!((0..whole.len()).all(|length| !is_whole(&whole[..length])));
    }
}
