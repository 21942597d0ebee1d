//! Gradients of a convolution with respect to its kernel and its input.

use super::{Conv2d, im2col};
use crate::Scratch;
use crate::matmul::{Matrix, matmul};
use crate::parallel::{PARTS, for_each_chunk, sum_parts};
use crate::scratch::with_tile;

/// `dW = windowsᵀ dY`, summed over fixed parts of the batch and then over the parts.
pub(super) fn weight_gradient(
    conv: &Conv2d,
    scratch: &mut Scratch,
    batch: usize,
    size: [usize; 2],
    input: &[f32],
    d_output: &[f32],
    d_weight: &mut [f32],
) {
    let [out_height, out_width] = conv.output_size(size);
    let (image_len, out_len) = (conv.input_len(1, size), conv.output_len(1, size));
    let taps = conv.taps();
    let filters = conv.out_channels / conv.groups;
    let tile_rows = im2col::rows_per_tile(conv, out_width);
    let per_part = batch.div_ceil(PARTS).max(1);
    let parts = batch.div_ceil(per_part);
    let partial = scratch.take(parts * d_weight.len());
    for_each_chunk(partial, d_weight.len(), conv.flops(batch, size), |part, sums| {
        let images = part * per_part..((part + 1) * per_part).min(batch);
        sums.fill(0.0);
        for n in images {
            let image = &input[n * image_len..][..image_len];
            for first in (0..out_height).step_by(tile_rows) {
                let rows = tile_rows.min(out_height - first);
                let pixels = rows * out_width;
                let d_tile = &d_output[n * out_len + first * out_width * conv.out_channels..];
                for group in 0..conv.groups {
                    with_tile(pixels * taps, |windows| {
                        im2col::unroll(conv, size, image, group, first..first + rows, windows);
                        matmul(
                            Matrix::new(windows, pixels, taps, taps).transposed(),
                            Matrix::new(&d_tile[group * filters..], pixels, filters, conv.out_channels),
                            &mut sums[group * filters..],
                            conv.out_channels,
                            true,
                        );
                    });
                }
            }
        }
    });
    if parts == 0 {
        d_weight.fill(0.0);
    } else {
        sum_parts(partial, d_weight);
    }
}

/// `dX`: the windows' gradients `dY Wᵀ`, added to the pixels they came from.
pub(super) fn input_gradient(
    conv: &Conv2d,
    _scratch: &mut Scratch,
    batch: usize,
    size: [usize; 2],
    weight: &[f32],
    d_output: &[f32],
    d_input: &mut [f32],
) {
    let [out_height, out_width] = conv.output_size(size);
    let (image_len, out_len) = (conv.input_len(1, size), conv.output_len(1, size));
    let taps = conv.taps();
    let filters = conv.out_channels / conv.groups;
    let tile_rows = im2col::rows_per_tile(conv, out_width);
    for_each_chunk(d_input, image_len, conv.flops(batch, size), |n, image| {
        image.fill(0.0);
        for first in (0..out_height).step_by(tile_rows) {
            let rows = tile_rows.min(out_height - first);
            let pixels = rows * out_width;
            let d_tile = &d_output[n * out_len + first * out_width * conv.out_channels..];
            for group in 0..conv.groups {
                with_tile(pixels * taps, |windows| {
                    matmul(
                        Matrix::new(&d_tile[group * filters..], pixels, filters, conv.out_channels),
                        Matrix::new(&weight[group * filters..], taps, filters, conv.out_channels).transposed(),
                        windows,
                        taps,
                        false,
                    );
                    im2col::roll_add(conv, size, windows, group, first..first + rows, image);
                });
            }
        }
    });
}
