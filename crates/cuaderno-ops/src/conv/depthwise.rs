//! Depthwise convolution: each input channel has its own filters, so there is no matrix product to use.

use pulp::{Simd, WithSimd};

use super::{Conv2d, ConvOperands};
use crate::Scratch;
use crate::parallel::{GROUP, for_each_chunk, parts_of, sum_parts};
use crate::scratch::with_block;
use crate::simd::arch;

/// Calls `visit(tap, output pixel, input pixel)` for every tap that falls inside the image, output row `i` only.
#[inline(always)]
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

pub(super) fn forward(conv: &Conv2d, operands: &ConvOperands, output: &mut [f32]) {
    let ConvOperands { batch, size, input, weight, bias, activation, .. } = *operands;
    let [out_height, out_width] = conv.output_size(size);
    let filters = conv.out_channels;
    let image_len = conv.input_len(1, size);
    let row_len = out_width * filters;
    for_each_chunk(output, row_len, conv.flops(batch, size), |index, row| {
        let (n, i) = (index / out_height, index % out_height);
        let input = &input[n * image_len..][..image_len];
        match bias {
            Some(bias) => row.chunks_exact_mut(filters).for_each(|pixel| pixel.copy_from_slice(bias)),
            None => row.fill(0.0),
        }
        arch().dispatch(ForwardRow { conv, size, i, input, weight, row });
        activation.apply(row);
    });
}

/// Adds what the windows of one output row see.
struct ForwardRow<'a> {
    conv: &'a Conv2d,
    size: [usize; 2],
    i: usize,
    input: &'a [f32],
    weight: &'a [f32],
    row: &'a mut [f32],
}

impl WithSimd for ForwardRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { conv, size, i, input, weight, row } = self;
        let (channels, filters) = (conv.in_channels, conv.out_channels);
        let (multiplier, out_width) = (filters / channels, conv.output_size(size)[1]);
        for_each_tap(conv, size, i, |tap, to, from| {
            let to = &mut row[(to - i * out_width) * filters..][..filters];
            let from = &input[from * channels..][..channels];
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
    }
}

/// Adds what one image contributes to the kernel's gradient, some rows at a time.
struct WeightGradient<'a> {
    conv: &'a Conv2d,
    size: [usize; 2],
    input: &'a [f32],
    d_output: &'a [f32],
    /// Room for the sums of these rows.
    group: &'a mut [f32],
    sums: &'a mut [f32],
}

impl WithSimd for WeightGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { conv, size, input, d_output, group, sums } = self;
        let (channels, filters) = (conv.in_channels, conv.out_channels);
        let multiplier = filters / channels;
        let [height, width] = conv.output_size(size);
        let rows = (GROUP / width.max(1)).max(1);
        for first in (0..height).step_by(rows) {
            group.fill(0.0);
            for i in first..(first + rows).min(height) {
                for_each_tap(conv, size, i, |tap, to, from| {
                    let d_to = &d_output[to * filters..][..filters];
                    let from = &input[from * channels..][..channels];
                    let group = &mut group[tap * filters..][..filters];
                    if multiplier == 1 {
                        for ((s, g), x) in group.iter_mut().zip(d_to).zip(from) {
                            *s += g * x;
                        }
                    } else {
                        for (o, (s, g)) in group.iter_mut().zip(d_to).enumerate() {
                            *s += g * from[o / multiplier];
                        }
                    }
                });
            }
            sums.iter_mut().zip(&*group).for_each(|(sum, x)| *sum += x);
        }
    }
}

/// Adds an image's output gradient to the pixels its windows saw.
struct InputGradient<'a> {
    conv: &'a Conv2d,
    size: [usize; 2],
    weight: &'a [f32],
    d_output: &'a [f32],
    d_input: &'a mut [f32],
}

impl WithSimd for InputGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { conv, size, weight, d_output, d_input } = self;
        let (channels, filters) = (conv.in_channels, conv.out_channels);
        let multiplier = filters / channels;
        for i in 0..conv.output_size(size)[0] {
            for_each_tap(conv, size, i, |tap, to, from| {
                let d_to = &d_output[to * filters..][..filters];
                let from = &mut d_input[from * channels..][..channels];
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
    }
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
    let (image_len, out_len) = (conv.input_len(1, size), conv.output_len(1, size));
    let (per_part, parts) = parts_of(batch, d_weight.len());
    let partial = scratch.take(parts * d_weight.len());
    for_each_chunk(partial, d_weight.len(), conv.flops(batch, size), |part, sums| {
        sums.fill(0.0);
        with_block(sums.len(), |group| {
            for n in part * per_part..((part + 1) * per_part).min(batch) {
                let input = &input[n * image_len..][..image_len];
                let d_output = &d_output[n * out_len..][..out_len];
                arch().dispatch(WeightGradient { conv, size, input, d_output, group: &mut *group, sums: &mut *sums });
            }
        });
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
    let (image_len, out_len) = (conv.input_len(1, size), conv.output_len(1, size));
    for_each_chunk(d_input, image_len, conv.flops(batch, size), |n, d_input| {
        d_input.fill(0.0);
        let d_output = &d_output[n * out_len..][..out_len];
        arch().dispatch(InputGradient { conv, size, weight, d_output, d_input });
    });
}
