//! Channels last to channels first, and back.

use crate::parallel::for_each_chunk;
use crate::sizes::product;

/// `[batch, height, width, channels]` to `[batch, channels, height, width]`; `pixels` is height × width.
///
/// # Panics
/// If a slice's length does not fit.
pub fn nhwc_to_nchw(batch: usize, pixels: usize, channels: usize, input: &[f32], output: &mut [f32]) {
    transpose_each(batch, pixels, channels, input, output);
}

/// `[batch, channels, height, width]` to `[batch, height, width, channels]`; `pixels` is height × width.
///
/// # Panics
/// If a slice's length does not fit.
pub fn nchw_to_nhwc(batch: usize, pixels: usize, channels: usize, input: &[f32], output: &mut [f32]) {
    transpose_each(batch, channels, pixels, input, output);
}

/// Transposes each of `batch` matrices of `rows` by `cols`, in blocks that stay in the first-level cache.
fn transpose_each(batch: usize, rows: usize, cols: usize, input: &[f32], output: &mut [f32]) {
    const BLOCK: usize = 32;
    assert_eq!(input.len(), product(&[batch, rows, cols]), "layout: input length");
    assert_eq!(output.len(), input.len(), "layout: output length");
    for_each_chunk(output, rows * cols, 4 * input.len(), |n, output| {
        let input = &input[n * rows * cols..][..rows * cols];
        for r0 in (0..rows).step_by(BLOCK) {
            for c0 in (0..cols).step_by(BLOCK) {
                for c in c0..(c0 + BLOCK).min(cols) {
                    for r in r0..(r0 + BLOCK).min(rows) {
                        output[c * rows + r] = input[r * cols + c];
                    }
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let input: Vec<f32> = (0..2 * 35 * 3).map(|i| i as f32).collect();
        let (mut first, mut back) = (vec![0.0; input.len()], vec![0.0; input.len()]);
        nhwc_to_nchw(2, 35, 3, &input, &mut first);
        assert_eq!(&first[..3], &[0.0, 3.0, 6.0]);
        assert_eq!(first[35], 1.0);
        nchw_to_nhwc(2, 35, 3, &first, &mut back);
        assert_eq!(input, back);
    }
}
