//! Gradients of a convolution (and of the max pooling after it) in one pass over the batch.
//!
//! A task goes through its images block by block: the gradient of the convolution's own output is written into a block that
//! stays in the cache (through activation and pooling, which thus never exist in memory at full size), and while it is
//! there all three gradients are taken from it.

mod direct;
mod gradient_block;
mod winograd;

use super::input_block::{BLOCK, Part, input_block, input_block_len};
use super::packed::Packed;
use super::winograd::Winograd;
use super::{Conv2d, Gradients};
use crate::micro_kernel::panel_width;
use crate::parallel::{for_each_item, parts_of, sum_parts};
use crate::scratch::with_block;
use crate::simd::lanes;
use crate::{Activation, Pool2d, Scratch};
use direct::PIXELS;
use gradient_block::GradientBlock;
use std::ops::Range;

/// What a backward pass works on.
pub(super) struct Backward<'a> {
    pub conv: &'a Conv2d,
    pub batch: usize,
    pub size: [usize; 2],
    pub input: &'a [f32],
    pub weight: &'a [f32],
    pub output: &'a [f32],
    pub activation: Activation,
    pub d_output: &'a [f32],
    pub pool: Option<(&'a Pool2d, &'a [u16])>,
}

/// The images of one task, and where its share of the gradients goes.
struct Task<'a> {
    images: Range<usize>,
    d_kernel: &'a mut [f32],
    d_input: Option<&'a mut [f32]>,
}

impl Backward<'_> {
    pub fn run(&self, scratch: &mut Scratch, gradients: Gradients) {
        let conv = self.conv;
        let Gradients { input: mut d_input, weight: d_weight, bias: d_bias } = gradients;
        let (weight_len, filters) = (conv.weight_len(), conv.out_channels);
        let wants_kernel = d_weight.is_some() || d_bias.is_some();
        let kernel_len = if wants_kernel { weight_len + filters } else { 1 };
        let (per_part, parts) = parts_of(self.batch, kernel_len);
        let packed_len = if d_input.is_some() { Packed::backward_len(conv, self.size) } else { 0 };
        let memory = scratch.take(packed_len + (parts + 1) * kernel_len);
        let (packed, partial) = memory.split_at_mut(packed_len);
        let packed = match d_input {
            Some(_) => Packed::backward(conv, self.size, self.weight, packed),
            None => Packed::nothing(conv, self.size),
        };
        let (partial, sums) = partial.split_at_mut(parts * kernel_len);
        let image_len = conv.input_len(1, self.size);
        let mut d_inputs = d_input.as_mut().map(|d| d.chunks_mut(per_part * image_len));
        let tasks = partial
            .chunks_exact_mut(kernel_len)
            .enumerate()
            .map(|(part, d_kernel)| Task {
                images: part * per_part..((part + 1) * per_part).min(self.batch),
                d_kernel,
                d_input: d_inputs.as_mut().and_then(Iterator::next),
            })
            .collect();
        let only_bias = d_weight.is_none();
        for_each_item(tasks, 2 * conv.flops(self.batch, self.size), |mut task| {
            task.d_kernel.fill(0.0);
            if image_len > 0 {
                self.task(packed, wants_kernel, only_bias, &mut task);
            }
        });
        if !wants_kernel {
            return;
        }
        if parts == 0 {
            sums.fill(0.0);
        } else {
            sum_parts(partial, sums);
        }
        if let Some(d_weight) = d_weight {
            d_weight.copy_from_slice(&sums[..weight_len]);
        }
        if let Some(d_bias) = d_bias {
            d_bias.copy_from_slice(&sums[weight_len..]);
        }
    }

    fn task(&self, packed: Packed, wants_kernel: bool, only_bias: bool, task: &mut Task) {
        let points_len = match packed.winograd {
            Some(winograd) if wants_kernel && !only_bias => winograd.gradient_len(),
            _ => 0,
        };
        with_block(points_len, |transformed| {
            transformed.fill(0.0);
            self.bands(packed, wants_kernel, only_bias, task, transformed);
            if let Some(winograd) = packed.winograd.filter(|_| points_len > 0) {
                winograd.add_filter_gradient(transformed, task.d_kernel);
            }
        });
    }

    /// Goes through a task's images; the kernel's gradient in Winograd's transform domain is added to `transformed`.
    fn bands(&self, packed: Packed, wants_kernel: bool, only_bias: bool, task: &mut Task, transformed: &mut [f32]) {
        let conv = self.conv;
        let inner = conv.output_size(self.size);
        let [height, width] = self.region_used();
        let wants_input = task.d_input.is_some();
        let (left, padded) = if wants_input { self.side_zeros(width) } else { (0, width) };
        let row_len = padded * conv.out_channels;
        let halo = if wants_input { self.halo() } else { 0 };
        let together = (BLOCK / (height * row_len).max(1)).clamp(1, task.images.len().max(1));
        let band = self.band_height(packed.winograd.is_some(), height, row_len, halo, together);
        let bands = height.div_ceil(band).max(1);
        let first_image = task.images.start;
        let last_image = task.images.end;
        for first in (first_image..last_image).step_by(together) {
            let images = first..(first + together).min(last_image);
            for index in 0..bands {
                let own = (index * band).min(height)..((index + 1) * band).min(height);
                let rows = own.start.saturating_sub(halo)..own.end;
                let input_rows = self.input_rows(&own, index + 1 == bands);
                let part = Part { images: images.clone(), rows: own, width };
                let block_len = images.len() * rows.len() * row_len;
                let small_len = self.pool.map_or(0, |(pool, _)| {
                    pool.rows_touching(inner, &rows).len() * pool.output_size(inner)[1] * conv.out_channels
                });
                let winograd = packed.winograd.filter(|_| !only_bias);
                let input_len = if winograd.is_none() { input_block_len(conv, self.size, &part) } else { 0 };
                let for_kernel = match winograd {
                    _ if !wants_kernel => 0,
                    Some(winograd) => winograd.memory_len(images.len() * Winograd::tiles([part.rows.len(), width])),
                    None => PIXELS * panel_width(lanes()),
                };
                let for_input = packed.winograd.filter(|_| wants_input).map_or(0, |winograd| {
                    let tiles = images.len() * Winograd::tiles([input_rows.len(), self.size[1]]);
                    winograd.backward().memory_len(tiles)
                });
                let panel_len = for_kernel.max(for_input);
                with_block(block_len + small_len + input_len + panel_len, |memory| {
                    let (block, memory) = memory.split_at_mut(block_len);
                    let (small, memory) = memory.split_at_mut(small_len);
                    let (input, panel) = memory.split_at_mut(input_len);
                    self.fill(images.clone(), &rows, width, left * conv.out_channels, row_len, small, block);
                    let block = GradientBlock { values: block, rows: rows.clone(), row_len, width, left };
                    if let (true, Some(winograd)) = (wants_kernel, winograd) {
                        self.winograd_filter_gradient(&winograd, &part, &block, panel, transformed, task.d_kernel);
                    } else if wants_kernel {
                        let input = input_block(conv, self.size, &part, self.input, input);
                        self.kernel_gradient(&part, &input, &block, only_bias, panel, task.d_kernel);
                    }
                    if let Some(d_input) = &mut task.d_input {
                        let images = (images.clone(), images.start - first_image);
                        self.input_gradient(packed, images, input_rows, &block, panel, d_input);
                    }
                });
            }
        }
    }

    /// The rows and columns of the convolution's output that have a gradient: pooling may leave some out.
    fn region_used(&self) -> [usize; 2] {
        let inner = self.conv.output_size(self.size);
        self.pool.map_or(inner, |(pool, _)| pool.region_used(inner))
    }

    /// Output rows above a band that its part of the input's gradient looks at.
    fn halo(&self) -> usize {
        ((self.conv.kernel[0] - 1) * self.conv.dilation[0]).div_ceil(self.conv.stride[0])
    }

    /// Rows of a band: all of them if several images fit the block, otherwise bands of nearly equal height, with Winograd's
    /// method of whole tiles.
    fn band_height(&self, winograd: bool, height: usize, row_len: usize, halo: usize, together: usize) -> usize {
        if together > 1 {
            return height.max(1);
        }
        let most = (BLOCK / row_len.max(1)).max(2 * halo).clamp(1, height.max(1));
        let equal = height.div_ceil(height.div_ceil(most).max(1));
        let whole = if winograd { Winograd::whole_tiles(equal, 1) } else { equal };
        whole.min(height).max(1)
    }

    /// The rows of the input's gradient that belong to the band of output rows `own`: each to the band with the last output
    /// row that looks at it. Behind the last band come rows that no output looks at, if a pooling leaves some out.
    fn input_rows(&self, own: &Range<usize>, is_last: bool) -> Range<usize> {
        let (down, top, height) = (self.conv.stride[0], self.conv.zeros(self.size)[0], self.size[0]);
        let row = |output: usize| (output * down).saturating_sub(top).min(height);
        let start = if own.start == 0 { 0 } else { row(own.start) };
        start..if is_last { height } else { row(own.end) }
    }
}
