//! Global average pooling: one mean per image and channel.

use crate::elementwise::add_rows;
use crate::parallel::for_each_chunk;
use crate::sizes::product;

/// `output[n, c]` = mean over all pixels of `input[n, .., .., c]`; `input` is `[batch, pixels, channels]`.
///
/// # Panics
/// If a slice's length does not fit, or there is no pixel.
pub fn global_average_forward(batch: usize, pixels: usize, channels: usize, input: &[f32], output: &mut [f32]) {
    assert!(pixels > 0, "global average: image without pixels");
    assert_eq!(input.len(), product(&[batch, pixels, channels]), "global average: input length");
    assert_eq!(output.len(), product(&[batch, channels]), "global average: output length");
    for_each_chunk(output, channels, input.len(), |n, sums| {
        add_rows(&input[n * pixels * channels..][..pixels * channels], sums);
        sums.iter_mut().for_each(|s| *s /= pixels as f32);
    });
}

/// Shares each gradient equally among the pixels.
///
/// # Panics
/// If a slice's length does not fit, or there is no pixel.
pub fn global_average_backward(batch: usize, pixels: usize, channels: usize, d_output: &[f32], d_input: &mut [f32]) {
    assert!(pixels > 0, "global average: image without pixels");
    assert_eq!(d_input.len(), product(&[batch, pixels, channels]), "global average: input length");
    assert_eq!(d_output.len(), product(&[batch, channels]), "global average: output length");
    let cost = d_input.len();
    for_each_chunk(d_input, pixels * channels, cost, |n, image| {
        let from = &d_output[n * channels..][..channels];
        for pixel in image.chunks_exact_mut(channels) {
            pixel.iter_mut().zip(from).for_each(|(x, g)| *x = g / pixels as f32);
        }
    });
}
