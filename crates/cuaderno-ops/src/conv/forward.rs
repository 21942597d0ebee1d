//! Forward convolution, optionally with the max pooling that follows it.

use super::Conv2d;
use super::input_block::{BLOCK, Part, input_block, input_block_len, segment, segments_per_row};
use super::packed::Packed;
use super::winograd::{Picture, Plane, SIDE, Target, Tiles, Winograd};
use crate::micro_kernel::{Row, WindowProduct, depth_at_a_time, multiply};
use crate::parallel::{PARTS, for_each_item};
use crate::scratch::with_block;
use crate::{Activation, Pool2d, Scratch};

/// What a forward pass works on.
pub(super) struct Forward<'a> {
    pub conv: &'a Conv2d,
    pub batch: usize,
    pub size: [usize; 2],
    pub input: &'a [f32],
    pub weight: &'a [f32],
    pub bias: Option<&'a [f32]>,
    pub activation: Activation,
    pub pool: Option<&'a Pool2d>,
}

/// A share of the work: whole images, or rows of one image.
struct Task<'a> {
    images: std::ops::Range<usize>,
    rows: std::ops::Range<usize>,
    out: &'a mut [f32],
    argmax: Option<&'a mut [u16]>,
}

impl Forward<'_> {
    pub fn run(&self, scratch: &mut Scratch, output: &mut [f32], argmax: Option<&mut [u16]>) {
        let conv = self.conv;
        let inner = conv.output_size(self.size);
        let [out_height, out_width] = self.pool.map_or(inner, |pool| pool.output_size(inner));
        let row_len = out_width * conv.out_channels;
        if row_len == 0 || out_height == 0 || self.batch == 0 {
            return;
        }
        let memory = scratch.take(Packed::forward_len(conv, self.size));
        let packed = Packed::forward(conv, self.size, self.weight, memory);
        let tasks = self.tasks(packed.winograd, out_height, row_len, output, argmax);
        for_each_item(tasks, conv.flops(self.batch, self.size), |task| self.task(packed, task));
    }

    /// Splits the output so that each task's input fits the cache; whole images where possible.
    fn tasks<'a>(
        &self,
        winograd: Option<Winograd>,
        out_height: usize,
        row_len: usize,
        output: &'a mut [f32],
        argmax: Option<&'a mut [u16]>,
    ) -> Vec<Task<'a>> {
        let image_len = self.conv.input_len(1, self.size);
        // with pooling the convolution's own output lies in the block as well, and is often much larger than the input
        let block_len = self.pool.map_or(0, |_| self.conv.output_len(1, self.size));
        let image_cost = (2 * image_len).max(image_len + block_len);
        let images = (2 * BLOCK / image_cost.max(1)).clamp(1, self.batch.div_ceil(PARTS));
        let row_cost = image_cost.div_ceil(out_height).max(1);
        let rows = if images > 1 { out_height } else { (2 * BLOCK / row_cost).clamp(1, out_height) };
        // tasks of equal height rather than a short last one
        let rows = out_height.div_ceil(out_height.div_ceil(rows));
        let (images, rows) = match winograd {
            None => (images, rows),
            Some(_) => {
                let stride = self.pool.map_or(1, |pool| pool.stride[0]);
                let images = images.max(Winograd::fewest_images(self.conv.output_size(self.size), self.batch));
                let whole = if images > 1 { out_height } else { Winograd::whole_tiles(rows, stride) };
                (images, whole.min(out_height))
            }
        };
        let chunk = images * out_height * row_len;
        let mut argmax = argmax.map(|w| w.chunks_mut(chunk));
        let mut tasks = Vec::new();
        for (index, out) in output.chunks_mut(chunk).enumerate() {
            let first = index * images;
            let argmax = argmax.as_mut().and_then(Iterator::next);
            let count = out.len() / (out_height * row_len);
            if rows == out_height {
                tasks.push(Task { images: first..first + count, rows: 0..out_height, out, argmax });
                continue;
            }
            let mut argmax = argmax.map(|w| w.chunks_mut(rows * row_len));
            for (band, out) in out.chunks_mut(rows * row_len).enumerate() {
                let argmax = argmax.as_mut().and_then(Iterator::next);
                let rows = band * rows..band * rows + out.len() / row_len;
                tasks.push(Task { images: first..first + 1, rows, out, argmax });
            }
        }
        tasks
    }

    fn task(&self, packed: Packed, task: Task) {
        let conv = self.conv;
        let inner = conv.output_size(self.size);
        // the convolution's rows and columns that are used: pooling may leave some out
        let (rows, width) = match self.pool {
            Some(pool) => (pool.rows_used(inner, &task.rows), pool.width_used(inner)),
            None => (task.rows.clone(), inner[1]),
        };
        let part = Part { images: task.images.clone(), rows, width };
        let values = part.images.len() * part.rows.len() * width * conv.out_channels;
        let tiles = packed.winograd.map(|winograd| self.tiles(&winograd, &part));
        let input_len = match (packed.winograd, &tiles) {
            (Some(winograd), Some(tiles)) => winograd.memory_len(tiles.len()),
            _ => input_block_len(conv, self.size, &part),
        };
        with_block(input_len + if self.pool.is_some() { values } else { 0 }, |memory| {
            let (memory, pooled) = memory.split_at_mut(input_len);
            match self.pool {
                None => {
                    self.convolve(packed, &part, tiles.as_ref(), memory, task.out);
                    self.rest_of_activation(task.out);
                }
                Some(pool) => {
                    self.convolve(packed, &part, tiles.as_ref(), memory, pooled);
                    let block_len = part.rows.len() * width * conv.out_channels;
                    let out_len = task.out.len() / part.images.len();
                    let mut argmax = task.argmax.map(|w| w.chunks_mut(out_len));
                    for (block, out) in pooled.chunks_exact(block_len).zip(task.out.chunks_mut(out_len)) {
                        let argmax = argmax.as_mut().and_then(Iterator::next);
                        let block = crate::pool::Rows { first: part.rows.start, width, values: block };
                        pool.max_rows(inner, conv.out_channels, &block, task.rows.clone(), out, argmax);
                    }
                    // after pooling there are fewer values, and an increasing function does not move the maximum
                    self.rest_of_activation(task.out);
                }
            }
        });
    }

    /// The tiles of `part`. They are counted from the picture's first row, so that bits do not depend on where a part begins.
    fn tiles(&self, winograd: &Winograd, part: &Part) -> Tiles {
        let conv = self.conv;
        let [top, _, left, _] = conv.zeros(self.size);
        let inputs = Plane::of(self.size[1], conv.in_channels);
        let outputs = Plane::of(part.width, conv.out_channels);
        let mut tiles = Tiles::new(inputs, outputs);
        for (index, n) in part.images.clone().enumerate() {
            let source = Picture::whole(n, self.size, inputs);
            let target = Picture::some_rows(index, part.rows.clone(), part.width, outputs);
            let first = part.rows.start / SIDE * SIDE;
            tiles.push(winograd, &source, &target, first, [-(top as isize), -(left as isize)]);
        }
        tiles
    }

    /// Writes `part` of the convolution to `out`, bias and ReLU included.
    fn convolve(&self, packed: Packed, part: &Part, tiles: Option<&Tiles>, memory: &mut [f32], out: &mut [f32]) {
        let conv = self.conv;
        let floor = if self.activation == Activation::Relu { 0.0 } else { f32::NEG_INFINITY };
        if let (Some(winograd), Some(tiles)) = (packed.winograd, tiles) {
            let target = Target { bias: self.bias, floor, out };
            return winograd.convolve(packed.group(0), tiles, self.input, target, memory);
        }
        let block = input_block(conv, self.size, part, self.input, memory);
        let filters = conv.out_channels / conv.groups;
        let per_window = conv.kernel[0] * segments_per_row(conv);
        let (mut segments, mut rows) = (Vec::new(), Vec::new());
        for group in 0..conv.groups {
            segments.clear();
            rows.clear();
            for n in part.images.clone() {
                for i in part.rows.clone() {
                    let first = segments.len();
                    segments.extend(
                        (0..per_window).filter_map(|index| segment(conv, self.size, &block, (n, i), group, index)),
                    );
                    let out = rows.len() * part.width * conv.out_channels + group * filters;
                    rows.push(Row { segments: first..segments.len(), pixels: part.width, out });
                }
            }
            multiply(WindowProduct {
                image: block.values,
                pixel_step: conv.stride[1] * conv.in_channels,
                panels: packed.group(group),
                depth: conv.taps(),
                at_a_time: depth_at_a_time(conv.taps() / per_window.max(1)),
                columns: filters,
                segments: &segments,
                rows: &rows,
                bias: self.bias.map(|b| &b[group * filters..]),
                floor,
                out: &mut *out,
                out_step: conv.out_channels,
            });
        }
    }

    /// Applies the activation, unless it was done while the sums were in registers.
    fn rest_of_activation(&self, out: &mut [f32]) {
        if self.activation != Activation::Relu {
            self.activation.apply(out);
        }
    }
}
