//! Emojis as Unicode Technical Standard #51 defines them.
//!
//! The text is cut into what a reader sees as one character (extended grapheme clusters, which keep joined emojis, flags,
//! keycaps and skin tones together), and a piece counts when it is shown as an emoji: see [`is_emoji`].

use unicode_properties::UnicodeEmoji;
use unicode_properties::emoji::EmojiStatus;
use unicode_segmentation::UnicodeSegmentation;

/// Asks for the picture instead of the text form of a character.
const EMOJI_SIGN: char = '\u{FE0F}';
/// Asks for the text form.
const TEXT_SIGN: char = '\u{FE0E}';
/// Makes a keycap of the digit before.
const KEYCAP: char = '\u{20E3}';

/// The emojis in a stretch of a text, as [`stretches`] gives them.
pub(super) fn count(stretch: &str) -> u32 {
    // Cutting into clusters is slow; most accents and other scripts hold nothing that could be an emoji.
    if !stretch.chars().any(may_make_emoji) {
        return 0;
    }
    stretch.graphemes(true).filter(|cluster| is_emoji(cluster)).count() as u32
}

/// The stretches of a text outside ASCII, each with the ASCII character before it, to which its first signs may belong (a
/// keycap's digit). Clusters never reach across: every other ASCII character begins one.
pub(super) fn stretches(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(|byte| !byte.is_ascii())?;
        at = bytes[start..].iter().position(u8::is_ascii).map_or(bytes.len(), |length| start + length);
        Some(&text[start.saturating_sub(usize::from(start > 0 && bytes[start - 1].is_ascii()))..at])
    })
}

/// Whether this character alone, or what it does to its neighbours, can make an emoji. Every emoji holds one of these:
/// those of the lower ranges need one of the signs or are listed here.
fn may_make_emoji(character: char) -> bool {
    matches!(character, '\u{1F000}'..|'\u{231A}'..='\u{2BFF}'| EMOJI_SIGN | KEYCAP)
}

/// Whether a cluster is shown as an emoji: pairs of flag letters; keycaps; characters that are pictures by default, unless
/// the text sign follows; characters that are text by default when the emoji sign or a skin tone follows.
fn is_emoji(cluster: &str) -> bool {
    let mut characters = cluster.chars();
    let Some(first) = characters.next() else { return false };
    let second = characters.next();
    if is_flag_letter(first) {
        return second.is_some_and(is_flag_letter);
    }
    if matches!(first, '0'..='9' | '#' | '*') {
        // UTS #51 writes the emoji sign before the keycap; without it the sequence is the text form.
        return second == Some(EMOJI_SIGN) && characters.next() == Some(KEYCAP);
    }
    match first.emoji_status() {
        EmojiStatus::EmojiPresentation
        | EmojiStatus::EmojiPresentationAndModifierBase
        | EmojiStatus::EmojiPresentationAndEmojiComponent
        | EmojiStatus::EmojiPresentationAndModifierAndEmojiComponent => second != Some(TEXT_SIGN),
        EmojiStatus::EmojiModifierBase => second == Some(EMOJI_SIGN) || second.is_some_and(is_skin_tone),
        EmojiStatus::EmojiOther => second == Some(EMOJI_SIGN),
        _ => false,
    }
}

fn is_flag_letter(character: char) -> bool {
    matches!(character, '\u{1F1E6}'..='\u{1F1FF}')
}

fn is_skin_tone(character: char) -> bool {
    matches!(character, '\u{1F3FB}'..='\u{1F3FF}')
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn of(text: &str) -> u32 {
        stretches(text).map(count).sum()
    }

    /// Without the short cuts.
    pub fn obvious(text: &str) -> u32 {
        text.graphemes(true).filter(|cluster| is_emoji(cluster)).count() as u32
    }

    #[test]
    fn one_each() {
        let emojis = [
            "🙂",
            "🤣",
            "❤\u{fe0f}",
            "👍🏿",
            "👩‍💻",
            "👨‍👩‍👧‍👦",
            "🏳\u{fe0f}‍🌈",
            "🇺🇸",
            "🇪🇺",
            "1\u{fe0f}\u{20e3}",
            "#\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "☝🏽",
            "⌚",
            "⭐",
            "©\u{fe0f}",
            "㊙\u{fe0f}",
            "🫠",
        ];
        for emoji in emojis {
            assert_eq!(of(emoji), 1, "{emoji}");
            assert_eq!(of(&format!("a{emoji}b {emoji}")), 2, "{emoji}");
        }
        assert_eq!(of(&emojis.concat()), emojis.len() as u32);
    }

    #[test]
    fn none() {
        for text in [
            "",
            "abc 123",
            "❤",
            "☀\u{fe0e}",
            "⌚\u{fe0e}",
            "©",
            "™",
            "1",
            "#",
            "🇺",
            "é漢字",
            "\u{fe0f}",
            "\u{200d}",
            "→",
            "1\u{20e3}",
        ] {
            assert_eq!(of(text), 0, "{text}");
        }
    }

    #[test]
    fn flags_pair_from_the_left() {
        assert_eq!(of("🇺🇸🇫🇷"), 2);
        assert_eq!(of("🇺🇸🇫"), 1);
    }

    #[test]
    fn the_short_cut_misses_no_character() {
        for character in '\0'..=char::MAX {
            for text in [character.to_string(), format!("{character}\u{fe0f}"), format!("{character}🏽")] {
                assert_eq!(of(&text), obvious(&text), "U+{:04X}", character as u32);
            }
        }
    }
}
