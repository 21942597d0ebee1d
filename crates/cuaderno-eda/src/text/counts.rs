//! The counts of one text, in one pass over its bytes.

use super::emoji;

/// What a text holds, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextCounts {
    /// Exclamation marks, `!`.
    pub exclamations: u32,
    /// Capitals of the English alphabet, `[A-Z]`.
    pub capitals: u32,
    /// Digits, `[0-9]`.
    pub digits: u32,
    /// Characters in `[\u{1F300}-\u{1F6FF}]`, the range the Reddit report counts: pictographs, emoticons, transport. Misses
    /// everything newer or elsewhere (🤣, ❤️, flags) and counts each part of a joined emoji.
    pub emojis: u32,
    /// Emojis as Unicode defines them (UTS #51): a family joined by ZWJ, a flag, a keycap, a hand with its skin tone are
    /// one each; a character shown as text by default counts only with its emoji sign (U+FE0F).
    pub unicode_emojis: u32,
    /// The letters of the flag of the United States, `\u{1F1FA}|\u{1F1F8}`: two for each 🇺🇸, one for other flags with either.
    pub flag_letters: u32,
    /// Stretches between white space.
    pub words: u32,
    /// Characters (Unicode scalar values), as R's `nchar` and Python's `len` count them.
    pub length: u32,
}

/// How closely a text has to be looked at; each takes longer than the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    /// For what is ASCII, and the length.
    Bytes,
    /// For characters, among them those that separate words.
    Characters,
    /// For what a reader sees as one character: emojis as Unicode defines them.
    Clusters,
}

/// Bytes counted before the byte-wide counters are emptied: the compiler turns the inner loop into vector instructions
/// only if the counters are as narrow as the data.
const BLOCK: usize = 248;

impl TextCounts {
    /// Counts a text.
    pub fn of(text: &str) -> Self {
        Self::looking(text, Look::Clusters)
    }

    /// Counts what shows at a look so close; the other counts are too low.
    pub(super) fn looking(text: &str, look: Look) -> Self {
        let mut counts = Self::default();
        let mut non_ascii = false;
        let mut after_space = true;
        for block in text.as_bytes().chunks(BLOCK) {
            counts.add_block(block, after_space);
            after_space = is_ascii_space(block[block.len() - 1]);
            non_ascii |= !block.is_ascii();
        }
        if non_ascii && look > Look::Bytes {
            counts.add_non_ascii(text, look);
        }
        counts
    }

    /// What can be counted byte by byte; right for ASCII, and for the first three counts and the length in any UTF-8.
    #[inline]
    fn add_block(&mut self, block: &[u8], after_space: bool) {
        let [mut exclamations, mut capitals, mut digits, mut inner] = [0u8; 4];
        for &byte in block {
            exclamations += u8::from(byte == b'!');
            capitals += u8::from(byte.wrapping_sub(b'A') < 26);
            digits += u8::from(byte.wrapping_sub(b'0') < 10);
            inner += u8::from((byte as i8) < -0x40); // second and later bytes of a character
        }
        let mut words = u8::from(after_space && !is_ascii_space(block[0]));
        for (&before, &byte) in block.iter().zip(&block[1..]) {
            words += u8::from(is_ascii_space(before) & !is_ascii_space(byte));
        }
        self.exclamations += u32::from(exclamations);
        self.capitals += u32::from(capitals);
        self.digits += u32::from(digits);
        self.words += u32::from(words);
        self.length += block.len() as u32 - u32::from(inner);
    }

    /// What needs characters.
    fn add_non_ascii(&mut self, text: &str, look: Look) {
        let mut other_spaces = false;
        for stretch in emoji::stretches(text) {
            for character in stretch.chars().filter(|character| !character.is_ascii()) {
                self.emojis += u32::from(matches!(character, '\u{1F300}'..='\u{1F6FF}'));
                self.flag_letters += u32::from(matches!(character, '\u{1F1FA}' | '\u{1F1F8}'));
                other_spaces |= character.is_whitespace();
            }
            if look >= Look::Clusters {
                self.unicode_emojis += emoji::count(stretch);
            }
        }
        if other_spaces {
            self.words = text.split_whitespace().count() as u32;
        }
    }
}

/// White space as Unicode has it, within ASCII: tab to carriage return, and space.
#[inline]
fn is_ascii_space(byte: u8) -> bool {
    byte == b' ' || byte.wrapping_sub(b'\t') < 5
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Slow and obvious.
    fn obvious(text: &str) -> TextCounts {
        let count = |test: fn(char) -> bool| text.chars().filter(|character| test(*character)).count() as u32;
        TextCounts {
            exclamations: count(|c| c == '!'),
            capitals: count(|c| c.is_ascii_uppercase()),
            digits: count(|c| c.is_ascii_digit()),
            emojis: count(|c| ('\u{1F300}'..='\u{1F6FF}').contains(&c)),
            unicode_emojis: emoji::tests::obvious(text),
            flag_letters: count(|c| c == '\u{1F1FA}' || c == '\u{1F1F8}'),
            words: text.split_whitespace().count() as u32,
            length: text.chars().count() as u32,
        }
    }

    #[test]
    fn counts_of_a_title() {
        let counts = TextCounts::of("BREAKING!!! 2 more\tÁrboles \u{1F333}\u{1F333} in the \u{1F1FA}\u{1F1F8}");
        let expected = TextCounts {
            exclamations: 3,
            capitals: 8,
            digits: 1,
            emojis: 2,
            unicode_emojis: 3,
            flag_letters: 2,
            words: 8,
            length: 39,
        };
        assert_eq!(counts, expected);
    }

    #[test]
    fn nothing_in_nothing() {
        assert_eq!(TextCounts::of(""), TextCounts::default());
        assert_eq!(TextCounts::of(" \t\r\n\u{a0}\u{3000}").words, 0);
    }

    #[test]
    fn words_across_blocks() {
        for length in [BLOCK - 2, BLOCK - 1, BLOCK, BLOCK + 1] {
            for gap in [" ", ""] {
                let text = format!("{}{gap}end of it", "x".repeat(length));
                assert_eq!(TextCounts::of(&text), obvious(&text), "{length} {gap:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_counts_as_the_obvious_way(text in "\\PC*") {
            prop_assert_eq!(TextCounts::of(&text), obvious(&text));
        }

        #[test]
        fn texts_full_of_what_is_counted(parts in prop::collection::vec(prop::sample::select(vec![
            "!", "A", "z", "7", " ", "\n", "\u{a0}", "\u{2003}", "é", "漢", "🌍", "🙂", "🤣", "❤", "❤\u{fe0f}", "☀\u{fe0e}",
            "\u{200d}", "\u{fe0f}", "🇺", "🇸", "🇫", "👩", "💻", "🏽", "1\u{fe0f}\u{20e3}", "#\u{20e3}", "🏴", "\u{e0067}",
            "\u{e007f}", "©", "™\u{fe0f}", "👍🏿",
        ]), 0..400)) {
            let text = parts.concat();
            prop_assert_eq!(TextCounts::of(&text), obvious(&text));
        }
    }
}
