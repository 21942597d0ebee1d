//! One look for all figures.

use plotters::style::RGBColor;

/// Okabe and Ito's colours, which people with any common form of colour blindness can tell apart (Okabe and Ito 2008,
/// "Color Universal Design"; values as in R's `palette.colors("Okabe-Ito")`). Ordered so that neighbours also differ in
/// lightness: the first two are 39 and 71 % light, so a greyscale print keeps them apart.
pub(crate) const PALETTE: [RGBColor; 8] = [
    RGBColor(0, 114, 178),   // blue
    RGBColor(230, 159, 0),   // orange
    RGBColor(0, 158, 115),   // bluish green
    RGBColor(204, 121, 167), // reddish purple
    RGBColor(213, 94, 0),    // vermilion
    RGBColor(86, 180, 233),  // sky blue
    RGBColor(0, 0, 0),       // black
    RGBColor(240, 228, 66),  // yellow
];

/// Dash patterns of lines in pixels, so that groups differ without colour too. The first is solid.
pub(crate) const DASHES: [&[u32]; 4] = [&[], &[7, 4], &[2, 3], &[9, 3, 2, 3]];

pub(crate) const INK: RGBColor = RGBColor(34, 34, 34);
pub(crate) const MUTED: RGBColor = RGBColor(89, 89, 89); // 7:1 on white
pub(crate) const GRID: RGBColor = RGBColor(228, 228, 228);
pub(crate) const AXIS: RGBColor = RGBColor(130, 130, 130);
pub(crate) const PAPER: RGBColor = RGBColor(255, 255, 255);

pub(crate) const TITLE_SIZE: f64 = 17.0;
pub(crate) const LABEL_SIZE: f64 = 13.0;
pub(crate) const TICK_SIZE: f64 = 12.0;
pub(crate) const CAPTION_SIZE: f64 = 11.0;

/// Width of a figure where nobody asks for another: fits a notebook's output.
pub(crate) const WIDTH: f64 = 720.0;

/// Free space around everything.
pub(crate) const MARGIN: f64 = 14.0;

/// The colour of the nth group; after eight they repeat, paler.
pub(crate) fn color(index: usize) -> RGBColor {
    let base = PALETTE[index % PALETTE.len()];
    match index / PALETTE.len() {
        0 => base,
        round => mix(base, PAPER, (0.45 * round as f64).min(0.75)),
    }
}

/// The colour this far on the way between two.
pub(crate) fn mix(from: RGBColor, to: RGBColor, share: f64) -> RGBColor {
    let blend = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round().clamp(0.0, 255.0) as u8;
    RGBColor(blend(from.0, to.0), blend(from.1, to.1), blend(from.2, to.2))
}

/// The dash pattern of the nth group.
pub(crate) fn dash(index: usize) -> &'static [u32] {
    DASHES[index % DASHES.len()]
}
