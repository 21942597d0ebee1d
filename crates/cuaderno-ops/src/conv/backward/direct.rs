//! The gradients of kernel and input by direct convolution.

use super::{Backward, GradientBlock};
use crate::conv::input_block::{InputBlock, Part, segment, segments_per_row};
use crate::conv::pack_gradient::PackGradient;
use crate::conv::packed::Packed;
use crate::micro_kernel::{
    Row, Segment, Taps, TransposedProduct, WindowProduct, add_products, depth_at_a_time, multiply, panel_width,
};
use crate::simd::{arch, lanes};

/// The most pixels whose gradients are packed side by side and summed over at a time: one panel of them fits the first-level
/// cache, and a sum of more terms in one go would lose digits.
pub(super) const PIXELS: usize = 256;

impl Backward<'_> {
    /// Adds what the rows of `part` contribute to the kernel's and the bias's gradient.
    pub(super) fn kernel_gradient(
        &self,
        part: &Part,
        input: &InputBlock,
        block: &GradientBlock,
        only_bias: bool,
        panel: &mut [f32],
        d_kernel: &mut [f32],
    ) {
        let conv = self.conv;
        let filters = conv.out_channels / conv.groups;
        let (d_weight, d_bias) = d_kernel.split_at_mut(conv.weight_len());
        let per_window = conv.kernel[0] * segments_per_row(conv);
        let count = conv.taps() / per_window;
        if block.width == 0 {
            return; // no window of the pooling fits
        }
        // whole rows of pixels, or pieces of a long one, of nearly equal length
        let piece = block.width.div_ceil(block.width.div_ceil(PIXELS));
        let rows = part.images.clone().flat_map(|n| part.rows.clone().map(move |i| (n, i)));
        let pieces: Vec<((usize, usize), usize)> =
            rows.flat_map(|row| (0..block.width).step_by(piece).map(move |first| (row, first))).collect();
        let per_panel = PIXELS / piece;
        let pixel_step = conv.stride[1] * conv.in_channels;
        let lanes = lanes();
        let (mut taps, mut segments, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        for pieces in pieces.chunks(per_panel) {
            let pixels = piece.min(block.width - pieces[0].1);
            for group in 0..conv.groups {
                // segments by segment of taps: the same pixels for each
                segments.clear();
                taps.clear();
                for index in 0..per_window {
                    let first = segments.len();
                    segments.extend(pieces.iter().enumerate().filter_map(|(n, (row, first))| {
                        let segment = segment(conv, self.size, input, *row, group, index)?;
                        Some(Segment { a: segment.a + first * pixel_step, b: n * pixels, len: pixels })
                    }));
                    taps.push(Taps { segments: first..segments.len(), count, out: index * count });
                }
                for first in (0..filters).step_by(panel_width(lanes)) {
                    let columns = (filters - first).min(panel_width(lanes));
                    let channel = group * filters + first;
                    let d_bias = &mut d_bias[channel..channel + columns];
                    let start = part.images.start;
                    starts.clear();
                    starts.extend(pieces.iter().map(|((n, i), first)| {
                        let row = (n - start) * block.rows.len() + i - block.rows.start;
                        row * block.row_len + (block.left + first) * conv.out_channels + channel
                    }));
                    arch().dispatch(PackGradient {
                        gradient: block.values,
                        rows: &starts,
                        pixels,
                        pixel_step: conv.out_channels,
                        columns,
                        panel,
                        sums: d_bias,
                    });
                    if only_bias {
                        continue;
                    }
                    add_products(TransposedProduct {
                        image: input.values,
                        pixel_step,
                        gradient: panel,
                        columns,
                        segments: &segments,
                        taps: &taps,
                        out: &mut d_weight[channel..],
                        out_step: conv.out_channels,
                    });
                }
            }
        }
    }

    /// Writes `input_rows` of the input's gradient: a convolution of the gradient with the mirrored kernel. With a stride,
    /// input columns of the same remainder form a convolution of their own.
    pub(super) fn input_gradient(
        &self,
        packed: Packed,
        (images, first_image): (std::ops::Range<usize>, usize),
        input_rows: std::ops::Range<usize>,
        block: &GradientBlock,
        memory: &mut [f32],
        d_input: &mut [f32],
    ) {
        let conv = self.conv;
        let [height, width] = self.size;
        let [top, _, left, _] = conv.zeros(self.size);
        let [down, right] = conv.stride;
        let (channels, filters) = (conv.in_channels / conv.groups, conv.out_channels / conv.groups);
        let [kernel_h, kernel_w] = conv.kernel;
        if let Some(winograd) = packed.winograd {
            let place = (images.len(), first_image, input_rows);
            return self.winograd_input_gradient(&winograd.backward(), packed.group(0), place, block, memory, d_input);
        }
        let merged = right == 1 && conv.dilation[1] == 1 && conv.groups == 1;
        let (mut segments, mut rows) = (Vec::new(), Vec::new());
        for group in 0..conv.groups {
            segments.clear();
            rows.clear();
            for (index, _) in images.clone().enumerate() {
                for y in input_rows.clone() {
                    for phase in 0..right.min(width) {
                        let first = segments.len();
                        for u in 0..kernel_h {
                            let i = (y + top).wrapping_sub(u * conv.dilation[0]);
                            if i > y + top || !i.is_multiple_of(down) || !block.rows.contains(&(i / down)) {
                                continue;
                            }
                            let row = (index * block.rows.len() + i / down - block.rows.start) * block.row_len;
                            if merged {
                                let a = row + (left + block.left + 1 - kernel_w) * filters;
                                segments.push(Segment { a, b: u * kernel_w * filters, len: kernel_w * filters });
                                continue;
                            }
                            for v in 0..kernel_w {
                                // in whole strides, counted from the block's first column
                                let x = phase + left + block.left * right - v * conv.dilation[1];
                                if x.is_multiple_of(right) {
                                    let a = row + x / right * conv.out_channels + group * filters;
                                    segments.push(Segment {
                                        a,
                                        b: (u * kernel_w + kernel_w - 1 - v) * filters,
                                        len: filters,
                                    });
                                }
                            }
                        }
                        let out = (((first_image + index) * height + y) * width + phase) * conv.in_channels;
                        let pixels = (width - phase).div_ceil(right);
                        rows.push(Row { segments: first..segments.len(), pixels, out: out + group * channels });
                    }
                }
            }
            multiply(WindowProduct {
                image: block.values,
                pixel_step: conv.out_channels,
                panels: packed.group(group),
                depth: kernel_h * kernel_w * filters,
                at_a_time: depth_at_a_time(if merged { kernel_w * filters } else { filters }),
                columns: channels,
                segments: &segments,
                rows: &rows,
                bias: None,
                floor: f32::NEG_INFINITY,
                out: &mut *d_input,
                out_step: right * conv.in_channels,
            });
        }
    }
}
