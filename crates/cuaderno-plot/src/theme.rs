//! One look for all figures.

use std::fmt;

/// A colour: red, green, blue. Written as SVG wants it: `#0072B2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

impl Color {
    /// From `#e69f00` or `e69f00`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6)?;
        let [_, r, g, b] = value.to_be_bytes();
        Some(Self(r, g, b))
    }
}

/// Okabe and Ito's colours, which people with any common form of colour blindness can tell apart (Okabe and Ito 2008,
/// "Color Universal Design"; values as in R's `palette.colors("Okabe-Ito")`). Ordered so that neighbours also differ in
/// lightness: the first two are 39 and 71 % light, so a greyscale print keeps them apart.
pub(crate) const PALETTE: [Color; 8] = [
    Color(0, 114, 178),   // blue
    Color(230, 159, 0),   // orange
    Color(0, 158, 115),   // bluish green
    Color(204, 121, 167), // reddish purple
    Color(213, 94, 0),    // vermilion
    Color(86, 180, 233),  // sky blue
    Color(0, 0, 0),       // black
    Color(240, 228, 66),  // yellow
];

/// Dash patterns of lines in pixels, so that groups differ without colour too. The first is solid.
pub(crate) const DASHES: [&[u32]; 4] = [&[], &[7, 4], &[2, 3], &[9, 3, 2, 3]];

pub(crate) const INK: Color = Color(34, 34, 34);
pub(crate) const MUTED: Color = Color(89, 89, 89); // 7:1 on white
pub(crate) const GRID: Color = Color(228, 228, 228);
pub(crate) const PALE: Color = Color(190, 190, 190);
pub(crate) const AXIS: Color = Color(130, 130, 130);
pub(crate) const PAPER: Color = Color(255, 255, 255);

pub(crate) const TITLE_SIZE: f64 = 17.0;
pub(crate) const LABEL_SIZE: f64 = 13.0;
pub(crate) const TICK_SIZE: f64 = 12.0;
pub(crate) const CAPTION_SIZE: f64 = 11.0;

/// Width of a figure where nobody asks for another: fits a notebook's output.
pub(crate) const WIDTH: f64 = 720.0;

/// Free space around everything.
pub(crate) const MARGIN: f64 = 14.0;

/// The colour of the nth group; after eight they repeat, paler.
pub(crate) fn color(index: usize) -> Color {
    let base = PALETTE[index % PALETTE.len()];
    match index / PALETTE.len() {
        0 => base,
        round => mix(base, PAPER, (0.45 * round as f64).min(0.75)),
    }
}

/// The colour this far on the way between two.
pub(crate) fn mix(from: Color, to: Color, share: f64) -> Color {
    let blend = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round().clamp(0.0, 255.0) as u8;
    Color(blend(from.0, to.0), blend(from.1, to.1), blend(from.2, to.2))
}

/// The dash pattern of the nth group.
pub(crate) fn dash(index: usize) -> &'static [u32] {
    DASHES[index % DASHES.len()]
}
