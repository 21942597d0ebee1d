//! Small pictures inside a figure.

use crate::PlotError;
use base64::{Engine, engine::general_purpose::STANDARD};

/// A picture of 8-bit RGB pixels with the words under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgb: Vec<u8>,
    pub(crate) label: String,
}

impl Picture {
    /// A picture from pixels `[height, width, 3]`, row after row from the top.
    ///
    /// # Errors
    /// If there are not `width × height × 3` bytes.
    pub fn rgb(width: usize, height: usize, rgb: impl Into<Vec<u8>>) -> Result<Self, PlotError> {
        let rgb = rgb.into();
        let other = format!("{width} x {height} pixels in red, green and blue");
        PlotError::check_lengths("picture", rgb.len(), &other, width.saturating_mul(height).saturating_mul(3))?;
        Ok(Self { width, height, rgb, label: String::new() })
    }

    /// A grey picture from numbers `[height, width]`, the least black and the greatest white: for feature maps and filters.
    /// What is not finite is black.
    ///
    /// # Errors
    /// If there are not `width × height` numbers.
    pub fn grey(width: usize, height: usize, values: &[f32]) -> Result<Self, PlotError> {
        let other = format!("{width} x {height} pixels");
        PlotError::check_lengths("picture", values.len(), &other, width.saturating_mul(height))?;
        let finite = values.iter().copied().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let range = if high > low { high - low } else { 1.0 };
        // Numbers out of range saturate, NaN becomes 0.
        let shade = |value: &f32| ((value - low) / range * 255.0).round() as u8;
        Self::rgb(width, height, values.iter().flat_map(|value| [shade(value); 3]).collect::<Vec<u8>>())
    }

    /// Sets the words under the picture.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// The picture, no wider than this, as base64 of a PNG; none if it has no pixels.
    pub(crate) fn png_base64(&self, widest: usize) -> Option<String> {
        let Self { width, height, rgb, .. } = self.shrunk(self.width.div_ceil(widest.max(1)));
        Pixels { width, height, channels: 3, bytes: rgb }.png_base64()
    }

    /// Each square of `factor × factor` pixels averaged into one; what is left over at the edges is averaged too.
    fn shrunk(&self, factor: usize) -> Self {
        if factor <= 1 {
            return self.clone();
        }
        let (width, height) = (self.width.div_ceil(factor), self.height.div_ceil(factor));
        let mut rgb = Vec::with_capacity(width * height * 3);
        for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
            let rows = row * factor..((row + 1) * factor).min(self.height);
            let columns = column * factor..((column + 1) * factor).min(self.width);
            let pixels = (rows.len() * columns.len()) as u32;
            for channel in 0..3 {
                let in_row = |y: usize| columns.clone().map(move |x| (y * self.width + x) * 3 + channel);
                let sum: u32 = rows.clone().flat_map(in_row).map(|at| u32::from(self.rgb[at])).sum();
                rgb.push(((sum + pixels / 2) / pixels) as u8);
            }
        }
        Self { width, height, rgb, label: String::new() }
    }
}

/// Pixels of three (RGB) or four (RGBA) bytes.
pub(crate) struct Pixels {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) bytes: Vec<u8>,
}

impl Pixels {
    /// Base64 of a PNG; none if there are no pixels.
    pub(crate) fn png_base64(&self) -> Option<String> {
        let mut file = Vec::new();
        let mut encoder =
            png::Encoder::new(&mut file, u32::try_from(self.width).ok()?, u32::try_from(self.height).ok()?);
        encoder.set_color(if self.channels == 4 { png::ColorType::Rgba } else { png::ColorType::Rgb });
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.bytes).ok()?;
        writer.finish().ok()?;
        Some(STANDARD.encode(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_are_averaged() {
        let picture = Picture::rgb(3, 2, [0, 0, 0, 100, 0, 0, 9, 9, 9, 0, 40, 0, 100, 0, 0, 9, 9, 9]).unwrap();
        assert_eq!(picture.shrunk(2).rgb, [50, 10, 0, 9, 9, 9]);
    }

    #[test]
    fn grey_runs_from_the_least_to_the_greatest() {
        assert_eq!(
            Picture::grey(4, 1, &[-1.0, 1.0, 0.0, f32::NAN]).unwrap().rgb,
            [0, 0, 0, 255, 255, 255, 128, 128, 128, 0, 0, 0]
        );
        assert_eq!(Picture::grey(1, 1, &[7.0]).unwrap().rgb, [0, 0, 0]);
    }
}
