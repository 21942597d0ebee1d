//! Zeros around an image, as a layer of its own.

use crate::parallel::for_each_chunk;
use crate::sizes::{product, sum};

/// Surrounds each image of `[batch, height, width, channels]` with zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZeroPad2d {
    /// Rows and columns added: `[top, bottom, left, right]`.
    pub padding: [usize; 4],
}

impl ZeroPad2d {
    /// `[height, width]` of the output for an input of `size`.
    pub const fn output_size(&self, size: [usize; 2]) -> [usize; 2] {
        let [top, bottom, left, right] = self.padding;
        [sum(&[size[0], top, bottom]), sum(&[size[1], left, right])]
    }

    /// Copies `input` into the middle of `output` and zeroes the rest.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn forward(&self, batch: usize, size: [usize; 2], channels: usize, input: &[f32], output: &mut [f32]) {
        self.check(batch, size, channels, input.len(), output.len());
        let (row, image) = (size[1] * channels, size[0] * size[1] * channels);
        let [out_height, out_width] = self.output_size(size);
        let [top, _, left, _] = self.padding;
        for_each_chunk(output, out_height * out_width * channels, input.len(), |n, output| {
            output.fill(0.0);
            for i in 0..size[0] {
                let at = ((i + top) * out_width + left) * channels;
                output[at..at + row].copy_from_slice(&input[n * image + i * row..][..row]);
            }
        });
    }

    /// Cuts the middle out of `d_output`.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn backward(&self, batch: usize, size: [usize; 2], channels: usize, d_output: &[f32], d_input: &mut [f32]) {
        self.check(batch, size, channels, d_input.len(), d_output.len());
        let row = size[1] * channels;
        let [out_height, out_width] = self.output_size(size);
        let [top, _, left, _] = self.padding;
        let cost = d_input.len();
        for_each_chunk(d_input, size[0] * row, cost, |n, image| {
            for (i, image) in image.chunks_exact_mut(row).enumerate() {
                let at = ((n * out_height + i + top) * out_width + left) * channels;
                image.copy_from_slice(&d_output[at..at + row]);
            }
        });
    }

    fn check(&self, batch: usize, size: [usize; 2], channels: usize, input: usize, output: usize) {
        let [height, width] = self.output_size(size);
        assert_eq!(input, product(&[batch, size[0], size[1], channels]), "zero padding: input length");
        assert_eq!(output, product(&[batch, height, width, channels]), "zero padding: output length");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_and_cuts() {
        let pad = ZeroPad2d { padding: [1, 0, 0, 1] };
        let input = [1.0, 2.0, 3.0, 4.0];
        let mut output = [9.0; 9];
        pad.forward(1, [2, 2], 1, &input, &mut output);
        assert_eq!(output, [0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 3.0, 4.0, 0.0]);
        let mut back = [0.0; 4];
        pad.backward(1, [2, 2], 1, &output, &mut back);
        assert_eq!(back, input);
    }
}
