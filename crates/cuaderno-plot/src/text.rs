//! How wide text is, and where to break it.

use std::sync::OnceLock;
use ttf_parser::Face;

/// DejaVu Sans: wider than Arial, Helvetica, Roboto or Segoe UI, so what fits when measured with it fits in any browser.
pub(crate) static FONT: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");

/// Width of letters the font lacks (Chinese, many emojis), in em.
const UNKNOWN_WIDTH: f64 = 1.3;

/// Width of one line of text in pixels at this font size.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// Width of the widest line.
pub(crate) fn block_width(lines: &[String], size: f64) -> f64 {
    lines.iter().map(|line| width(line, size)).fold(0.0, f64::max)
}

/// Distance between two baselines.
pub(crate) fn line_height(size: f64) -> f64 {
    (size * 1.3).round()
}

/// Text without what XML forbids or SVG cannot show on one line: control characters become spaces.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { ' ' } else { c }).collect()
}

/// Breaks text into lines no wider than `max_width`, between words where possible, inside a word only if the word alone is
/// too wide. Nothing is left out. At least one line, possibly empty.
pub(crate) fn wrap(text: &str, size: f64, max_width: f64) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(&clean(line), size, max_width)).collect()
}

fn wrap_line(text: &str, size: f64, max_width: f64) -> Vec<String> {
    if width(text, size) <= max_width {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        if width(&line, size) + width(word.trim_end(), size) > max_width && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for letter in word.chars() {
            if width(&line, size) + advance(letter) * size > max_width && !line.is_empty() && letter != ' ' {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
            }
            line.push(letter);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// Pieces of a line that stay together: up to a space, or another separator that is not inside a number as in `0.66` or `2026-11-29`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut letters = rest.char_indices().peekable();
        let mut end = rest.len();
        while let Some((_, letter)) = letters.next() {
            let next = letters.peek();
            let number = next.is_some_and(|(_, next)| next.is_ascii_digit());
            if letter == ' ' || matches!(letter, '-' | '_' | '/' | '.') && !number {
                end = next.map_or(rest.len(), |(at, _)| *at);
                break;
            }
        }
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Width of a letter in em.
fn advance(letter: char) -> f64 {
    static ASCII: OnceLock<[f64; 128]> = OnceLock::new();
    let ascii = ASCII.get_or_init(|| std::array::from_fn(|code| measure(char::from(code as u8))));
    ascii.get(letter as usize).copied().unwrap_or_else(|| measure(letter))
}

fn measure(letter: char) -> f64 {
    // Joiners and variation selectors take no room.
    if matches!(letter, '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}') {
        return 0.0;
    }
    static FACE: OnceLock<Option<Face<'static>>> = OnceLock::new();
    let face = FACE.get_or_init(|| Face::parse(FONT, 0).ok());
    let measured = face.as_ref().and_then(|face| {
        let advance = face.glyph_hor_advance(face.glyph_index(letter)?)?;
        Some(f64::from(advance) / f64::from(face.units_per_em()))
    });
    measured.unwrap_or(UNKNOWN_WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Pillow: ImageFont.truetype("DejaVuSans.ttf", 100, layout_engine=Layout.BASIC).getlength("Hello, world") -> 593
    #[test]
    fn width_is_the_fonts() {
        assert!((width("Hello, world", 100.0) - 593.0).abs() < 1.0);
    }

    #[test]
    fn wrapping_keeps_every_letter_and_the_width() {
        let text = "a_very_long_author_name_without_spaces and some words 日本語日本語";
        let lines = wrap(text, 12.0, 90.0);
        assert!(lines.iter().all(|line| width(line, 12.0) <= 90.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }

    #[test]
    fn numbers_stay_whole() {
        for text in ["accuracy (0.66 on 2026-11-29)", "train/0001.png of sports"] {
            let pieces: Vec<&str> = words(text).collect();
            assert_eq!(pieces.concat(), text);
            assert!(pieces.iter().all(|piece| !["0.", "2026-", "/"].contains(piece)), "{pieces:?}");
        }
        let pieces: Vec<&str> = words("a-b_c d/e.f").collect();
        assert_eq!(pieces, ["a-", "b_", "c ", "d/", "e.", "f"]);
        assert_eq!(wrap("mean (0.66)", 10.0, width("mean (0.", 10.0)), ["mean", "(0.66)"]);
    }

    #[test]
    fn forbidden_characters_become_spaces() {
        assert_eq!(clean("a\u{0}b\u{1b}c\u{FFFF}d"), "a b c d");
    }
}
