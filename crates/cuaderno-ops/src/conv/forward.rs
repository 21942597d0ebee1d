//! Forward convolution: unrolled windows times the kernel, tile by tile.

use super::{Conv2d, im2col};
use crate::matmul::{Matrix, matmul};
use crate::parallel::for_each_item;
use crate::scratch::with_tile;
use crate::{Activation, Scratch};

#[allow(clippy::too_many_arguments)] // mirrors `Conv2d::forward`
pub(super) fn forward(
    conv: &Conv2d,
    _scratch: &mut Scratch,
    batch: usize,
    size: [usize; 2],
    input: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    activation: Activation,
    output: &mut [f32],
) {
    let [out_height, out_width] = conv.output_size(size);
    let image_len = conv.input_len(1, size);
    let taps = conv.taps();
    let filters = conv.out_channels / conv.groups;
    let rows = im2col::rows_per_tile(conv, out_width).min(out_height.max(1));
    let row_len = out_width * conv.out_channels;
    if row_len == 0 || out_height == 0 {
        return;
    }
    let tiles = output
        .chunks_mut(out_height * row_len)
        .enumerate()
        .flat_map(|(n, image)| image.chunks_mut(rows * row_len).enumerate().map(move |(t, tile)| (n, t * rows, tile)))
        .collect();
    for_each_item(tiles, conv.flops(batch, size), |(n, first, tile)| {
        let image = &input[n * image_len..][..image_len];
        let rows = tile.len() / row_len;
        let pixels = rows * out_width;
        for group in 0..conv.groups {
            with_tile(pixels * taps, |windows| {
                im2col::unroll(conv, size, image, group, first..first + rows, windows);
                matmul(
                    Matrix::new(windows, pixels, taps, taps),
                    Matrix::new(&weight[group * filters..], taps, filters, conv.out_channels),
                    &mut tile[group * filters..],
                    conv.out_channels,
                    false,
                );
            });
        }
        crate::add_bias(tile, bias);
        activation.apply(tile);
    });
}
