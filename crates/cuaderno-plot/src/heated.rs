//! Amounts over a picture.

use crate::theme::{self, Color};
use crate::{Picture, PlotError};

/// From dark violet to pale yellow, lightness rising evenly, so that a greyscale print shows the same order; values near
/// matplotlib's "inferno" (van der Walt and Smith, 2015).
const STOPS: [Color; 5] =
    [Color(40, 11, 84), Color(120, 28, 109), Color(201, 62, 76), Color(248, 149, 64), Color(252, 240, 150)];

/// How much of the picture the greatest amount covers.
const COVERED: f32 = 0.8;

/// How light white is below it, so that pale yellow stands out.
const WHITE: f32 = 0.8;

impl Picture {
    /// The picture in grey, a little darker, with amounts `[height, width]` from 0 to 1 over it, as heat: nothing where they are 0, pale yellow at 1.
    /// What is not finite counts as 0.
    ///
    /// # Errors
    /// If there is not one amount for each pixel.
    pub fn heated(self, amounts: &[f32]) -> Result<Self, PlotError> {
        let other = format!("{} x {} pixels", self.width, self.height);
        PlotError::check_lengths("amounts", amounts.len(), &other, self.width * self.height)?;
        let pixel = |(rgb, amount): (&[u8; 3], &f32)| {
            let amount = if amount.is_finite() { amount.clamp(0.0, 1.0) } else { 0.0 };
            // Rec. 601, as Pillow's conversion to grey
            let grey = WHITE * (0.299 * f32::from(rgb[0]) + 0.587 * f32::from(rgb[1]) + 0.114 * f32::from(rgb[2]));
            let place = f64::from(amount) * (STOPS.len() - 1) as f64;
            let stop = (place as usize).min(STOPS.len() - 2);
            let Color(red, green, blue) = theme::mix(STOPS[stop], STOPS[stop + 1], place - stop as f64);
            [red, green, blue].map(|heat| {
                let covered = COVERED * amount;
                (grey * (1.0 - covered) + f32::from(heat) * covered).round() as u8
            })
        };
        let rgb = self.rgb.as_chunks().0.iter().zip(amounts).flat_map(pixel).collect();
        Ok(Self { rgb, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heat_lies_over_a_grey_picture() {
        let picture = Picture::rgb(3, 1, [100, 200, 50, 100, 200, 50, 100, 200, 50]).unwrap();
        // grey 0.8 · 153; at 1 four fifths of the last stop
        let heated = picture.heated(&[0.0, 1.0, f32::NAN]).unwrap();
        assert_eq!(heated.rgb, [122, 122, 122, 226, 216, 144, 122, 122, 122]);
        assert!(heated.heated(&[0.0]).is_err());
    }
}
