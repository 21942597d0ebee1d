//! The gradients of kernel and input as sums of products, term by term.

use super::{Backward, GradientTile};
use crate::conv::pack_gradient::PackGradient;
use crate::conv::packed::Packed;
use crate::conv::tile::{Part, Tile, stretch, stretches_per_row};
use crate::micro_kernel::{
    Row, Run, Taps, TransposedProduct, WindowProduct, add_products, depth_at_a_time, multiply, panel_width,
};
use crate::simd::{arch, lanes};

/// Pixels whose gradients are packed side by side at a time: one panel of them fits the first-level cache.
pub(super) const PIXELS: usize = 256;

impl Backward<'_> {
    /// Adds what the rows of `part` contribute to the kernel's and the bias's gradient.
    pub(super) fn kernel_gradient(
        &self,
        part: &Part,
        input: &Tile,
        tile: &GradientTile,
        only_bias: bool,
        panel: &mut [f32],
        d_kernel: &mut [f32],
    ) {
        let conv = self.conv;
        let filters = conv.out_channels / conv.groups;
        let (d_weight, d_bias) = d_kernel.split_at_mut(conv.weight_len());
        let stretches = conv.kernel[0] * stretches_per_row(conv);
        let count = conv.taps() / stretches;
        let rows: Vec<(usize, usize)> =
            part.images.clone().flat_map(|n| part.rows.clone().map(move |i| (n, i))).collect();
        if tile.width == 0 {
            return; // no window of the pooling fits
        }
        let per_panel = (PIXELS / tile.width).max(1);
        let lanes = lanes();
        let (mut taps, mut runs, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        for rows in rows.chunks(per_panel) {
            for group in 0..conv.groups {
                // runs by stretch of taps: the same rows' pixels for each
                runs.clear();
                taps.clear();
                for index in 0..stretches {
                    let first = runs.len();
                    runs.extend(rows.iter().enumerate().filter_map(|(row, at)| {
                        let run = stretch(conv, self.size, input, *at, group, index)?;
                        Some(Run { a: run.a, b: row * tile.width, len: tile.width })
                    }));
                    taps.push(Taps { runs: first..runs.len(), count, out: index * count });
                }
                for first in (0..filters).step_by(panel_width(lanes)) {
                    let columns = (filters - first).min(panel_width(lanes));
                    let channel = group * filters + first;
                    let d_bias = &mut d_bias[channel..channel + columns];
                    let start = part.images.start;
                    starts.clear();
                    starts.extend(rows.iter().map(|(n, i)| {
                        let row = (n - start) * tile.rows.len() + i - tile.rows.start;
                        row * tile.row_len + tile.left * conv.out_channels + channel
                    }));
                    arch().dispatch(PackGradient {
                        gradient: tile.values,
                        rows: &starts,
                        pixels: tile.width,
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
                        pixel_step: conv.stride[1] * conv.in_channels,
                        gradient: panel,
                        columns,
                        runs: &runs,
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
        tile: &GradientTile,
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
            return self.input_squares(&winograd.backward(), packed.group(0), place, tile, memory, d_input);
        }
        let merged = right == 1 && conv.dilation[1] == 1 && conv.groups == 1;
        let (mut runs, mut rows) = (Vec::new(), Vec::new());
        for group in 0..conv.groups {
            runs.clear();
            rows.clear();
            for (index, _) in images.clone().enumerate() {
                for y in input_rows.clone() {
                    for phase in 0..right.min(width) {
                        let first = runs.len();
                        for u in 0..kernel_h {
                            let i = (y + top).wrapping_sub(u * conv.dilation[0]);
                            if i > y + top || !i.is_multiple_of(down) || !tile.rows.contains(&(i / down)) {
                                continue;
                            }
                            let row = (index * tile.rows.len() + i / down - tile.rows.start) * tile.row_len;
                            if merged {
                                let a = row + (left + tile.left + 1 - kernel_w) * filters;
                                runs.push(Run { a, b: u * kernel_w * filters, len: kernel_w * filters });
                                continue;
                            }
                            for v in 0..kernel_w {
                                // in whole strides, counted from the tile's first column
                                let x = phase + left + tile.left * right - v * conv.dilation[1];
                                if x.is_multiple_of(right) {
                                    let a = row + x / right * conv.out_channels + group * filters;
                                    runs.push(Run { a, b: (u * kernel_w + kernel_w - 1 - v) * filters, len: filters });
                                }
                            }
                        }
                        let out = (((first_image + index) * height + y) * width + phase) * conv.in_channels;
                        let pixels = (width - phase).div_ceil(right);
                        rows.push(Row { runs: first..runs.len(), pixels, out: out + group * channels });
                    }
                }
            }
            multiply(WindowProduct {
                image: tile.values,
                pixel_step: conv.out_channels,
                panels: packed.group(group),
                depth: kernel_h * kernel_w * filters,
                at_a_time: depth_at_a_time(if merged { kernel_w * filters } else { filters }),
                columns: channels,
                runs: &runs,
                rows: &rows,
                bias: None,
                floor: f32::NEG_INFINITY,
                out: &mut *d_input,
                out_step: right * conv.in_channels,
            });
        }
    }
}
