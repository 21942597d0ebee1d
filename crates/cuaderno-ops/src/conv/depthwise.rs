//! Depthwise convolution: each input channel has its own filters, so there is no matrix product to use.

use super::Conv2d;
use crate::parallel::{PARTS, for_each_chunk, sum_parts};
use crate::{Activation, Scratch};

/// Calls `visit(tap, output pixel, input pixel)` for every tap that falls inside the image, output row `i` only.
fn for_each_tap(conv: &Conv2d, size: [usize; 2], i: usize, mut visit: impl FnMut(usize, usize, usize)) {
    let [height, width] = size;
    let [_, out_width] = conv.output_size(size);
    let [top, _, left, _] = conv.zeros(size);
    for u in 0..conv.kernel[0] {
        let y = (i * conv.stride[0] + u * conv.dilation[0]).wrapping_sub(top);
        if y >= height {
            continue;
        }
        for v in 0..conv.kernel[1] {
            for j in 0..out_width {
                let x = (j * conv.stride[1] + v * conv.dilation[1]).wrapping_sub(left);
                if x < width {
                    visit(u * conv.kernel[1] + v, i * out_width + j, y * width + x);
                }
            }
        }
    }
}

#[allow(clippy::too_many_arguments)] // mirrors `Conv2d::forward`
pub(super) fn forward(
    conv: &Conv2d,
    batch: usize,
    size: [usize; 2],
    input: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    activation: Activation,
    output: &mut [f32],
) {
    let [out_height, out_width] = conv.output_size(size);
    let (channels, filters) = (conv.in_channels, conv.out_channels);
    let multiplier = filters / channels;
    let image_len = conv.input_len(1, size);
    let row_len = out_width * filters;
    for_each_chunk(output, row_len, conv.flops(batch, size), |index, row| {
        let (n, i) = (index / out_height, index % out_height);
        let image = &input[n * image_len..][..image_len];
        match bias {
            Some(bias) => row.chunks_exact_mut(filters).for_each(|pixel| pixel.copy_from_slice(bias)),
            None => row.fill(0.0),
        }
        for_each_tap(conv, size, i, |tap, to, from| {
            let to = &mut row[(to - i * out_width) * filters..][..filters];
            let from = &image[from * channels..][..channels];
            let weight = &weight[tap * filters..][..filters];
            if multiplier == 1 {
                for ((y, x), w) in to.iter_mut().zip(from).zip(weight) {
                    *y += x * w;
                }
            } else {
                for (o, (y, w)) in to.iter_mut().zip(weight).enumerate() {
                    *y += from[o / multiplier] * w;
                }
            }
        });
        activation.apply(row);
    });
}

pub(super) fn weight_gradient(
    conv: &Conv2d,
    scratch: &mut Scratch,
    batch: usize,
    size: [usize; 2],
    input: &[f32],
    d_output: &[f32],
    d_weight: &mut [f32],
) {
    let [out_height, _] = conv.output_size(size);
    let (channels, filters) = (conv.in_channels, conv.out_channels);
    let multiplier = filters / channels;
    let (image_len, out_len) = (conv.input_len(1, size), conv.output_len(1, size));
    let per_part = batch.div_ceil(PARTS).max(1);
    let parts = batch.div_ceil(per_part);
    let partial = scratch.take(parts * d_weight.len());
    for_each_chunk(partial, d_weight.len(), conv.flops(batch, size), |part, sums| {
        sums.fill(0.0);
        for n in part * per_part..((part + 1) * per_part).min(batch) {
            let image = &input[n * image_len..][..image_len];
            let d_image = &d_output[n * out_len..][..out_len];
            for i in 0..out_height {
                for_each_tap(conv, size, i, |tap, to, from| {
                    let d_to = &d_image[to * filters..][..filters];
                    let from = &image[from * channels..][..channels];
                    let sums = &mut sums[tap * filters..][..filters];
                    if multiplier == 1 {
                        for ((s, g), x) in sums.iter_mut().zip(d_to).zip(from) {
                            *s += g * x;
                        }
                    } else {
                        for (o, (s, g)) in sums.iter_mut().zip(d_to).enumerate() {
                            *s += g * from[o / multiplier];
                        }
                    }
                });
            }
        }
    });
    if parts == 0 {
        d_weight.fill(0.0);
    } else {
        sum_parts(partial, d_weight);
    }
}

pub(super) fn input_gradient(
    conv: &Conv2d,
    batch: usize,
    size: [usize; 2],
    weight: &[f32],
    d_output: &[f32],
    d_input: &mut [f32],
) {
    let [out_height, _] = conv.output_size(size);
    let (channels, filters) = (conv.in_channels, conv.out_channels);
    let multiplier = filters / channels;
    let (image_len, out_len) = (conv.input_len(1, size), conv.output_len(1, size));
    for_each_chunk(d_input, image_len, conv.flops(batch, size), |n, image| {
        image.fill(0.0);
        let d_image = &d_output[n * out_len..][..out_len];
        for i in 0..out_height {
            for_each_tap(conv, size, i, |tap, to, from| {
                let d_to = &d_image[to * filters..][..filters];
                let from = &mut image[from * channels..][..channels];
                let weight = &weight[tap * filters..][..filters];
                if multiplier == 1 {
                    for ((x, g), w) in from.iter_mut().zip(d_to).zip(weight) {
                        *x += g * w;
                    }
                } else {
                    for (o, (g, w)) in d_to.iter().zip(weight).enumerate() {
                        from[o / multiplier] += g * w;
                    }
                }
            });
        }
    });
}
