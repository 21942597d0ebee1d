//! Forward convolution, optionally with the max pooling that follows it.

use super::Conv2d;
use super::packed::Packed;
use super::tile::{Part, TILE, input_tile, input_tile_len, stretch, stretches_per_row};
use super::winograd::{Picture, Plane, SIDE, Squares, Target, Winograd};
use crate::micro_kernel::{Row, WindowProduct, depth_at_a_time, multiply};
use crate::parallel::{PARTS, for_each_item};
use crate::scratch::with_tile;
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
    winners: Option<&'a mut [u16]>,
}

impl Forward<'_> {
    pub fn run(&self, scratch: &mut Scratch, output: &mut [f32], winners: Option<&mut [u16]>) {
        let conv = self.conv;
        let inner = conv.output_size(self.size);
        let [out_height, out_width] = self.pool.map_or(inner, |pool| pool.output_size(inner));
        let row_len = out_width * conv.out_channels;
        if row_len == 0 || out_height == 0 || self.batch == 0 {
            return;
        }
        let memory = scratch.take(Packed::forward_len(conv, self.size));
        let packed = Packed::forward(conv, self.size, self.weight, memory);
        let tasks = self.tasks(packed.winograd, out_height, row_len, output, winners);
        for_each_item(tasks, conv.flops(self.batch, self.size), |task| self.task(packed, task));
    }

    /// Splits the output so that each task's input fits the cache; whole images where possible.
    fn tasks<'a>(
        &self,
        winograd: Option<Winograd>,
        out_height: usize,
        row_len: usize,
        output: &'a mut [f32],
        winners: Option<&'a mut [u16]>,
    ) -> Vec<Task<'a>> {
        let image_len = self.conv.input_len(1, self.size);
        // with pooling the convolution's own output lies in the tile as well, and is often much larger than the input
        let tile_len = self.pool.map_or(0, |_| self.conv.output_len(1, self.size));
        let image_cost = (2 * image_len).max(image_len + tile_len);
        let images = (2 * TILE / image_cost.max(1)).clamp(1, self.batch.div_ceil(PARTS));
        let row_cost = image_cost.div_ceil(out_height).max(1);
        let rows = if images > 1 { out_height } else { (2 * TILE / row_cost).clamp(1, out_height) };
        // tasks of equal height rather than a short last one
        let rows = out_height.div_ceil(out_height.div_ceil(rows));
        let (images, rows) = match winograd {
            None => (images, rows),
            Some(_) => {
                let stride = self.pool.map_or(1, |pool| pool.stride[0]);
                let images = images.max(Winograd::fewest_images(self.conv.output_size(self.size), self.batch));
                let whole = if images > 1 { out_height } else { Winograd::whole_squares(rows, stride) };
                (images, whole.min(out_height))
            }
        };
        let chunk = images * out_height * row_len;
        let mut winners = winners.map(|w| w.chunks_mut(chunk));
        let mut tasks = Vec::new();
        for (index, out) in output.chunks_mut(chunk).enumerate() {
            let first = index * images;
            let winners = winners.as_mut().and_then(Iterator::next);
            let count = out.len() / (out_height * row_len);
            if rows == out_height {
                tasks.push(Task { images: first..first + count, rows: 0..out_height, out, winners });
                continue;
            }
            let mut winners = winners.map(|w| w.chunks_mut(rows * row_len));
            for (band, out) in out.chunks_mut(rows * row_len).enumerate() {
                let winners = winners.as_mut().and_then(Iterator::next);
                let rows = band * rows..band * rows + out.len() / row_len;
                tasks.push(Task { images: first..first + 1, rows, out, winners });
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
        let squares = packed.winograd.map(|winograd| self.squares(&winograd, &part));
        let input_len = match (packed.winograd, &squares) {
            (Some(winograd), Some(squares)) => winograd.memory_len(squares.len()),
            _ => input_tile_len(conv, self.size, &part),
        };
        with_tile(input_len + if self.pool.is_some() { values } else { 0 }, |memory| {
            let (memory, pooled) = memory.split_at_mut(input_len);
            match self.pool {
                None => {
                    self.convolve(packed, &part, squares.as_ref(), memory, task.out);
                    self.rest_of_activation(task.out);
                }
                Some(pool) => {
                    self.convolve(packed, &part, squares.as_ref(), memory, pooled);
                    let tile_len = part.rows.len() * width * conv.out_channels;
                    let out_len = task.out.len() / part.images.len();
                    let mut winners = task.winners.map(|w| w.chunks_mut(out_len));
                    for (tile, out) in pooled.chunks_exact(tile_len).zip(task.out.chunks_mut(out_len)) {
                        let winners = winners.as_mut().and_then(Iterator::next);
                        let tile = crate::pool::Rows { first: part.rows.start, width, values: tile };
                        pool.max_rows(inner, conv.out_channels, &tile, task.rows.clone(), out, winners);
                    }
                    // after pooling there are fewer values, and an increasing function does not move the maximum
                    self.rest_of_activation(task.out);
                }
            }
        });
    }

    /// The squares of `part`. They are counted from the picture's first row, so that bits do not depend on where a part begins.
    fn squares(&self, winograd: &Winograd, part: &Part) -> Squares {
        let conv = self.conv;
        let [top, _, left, _] = conv.zeros(self.size);
        let patches = Plane::of(self.size[1], conv.in_channels);
        let windows = Plane::of(part.width, conv.out_channels);
        let mut squares = Squares::new(patches, windows);
        for (index, n) in part.images.clone().enumerate() {
            let source = Picture::whole(n, self.size, patches);
            let target = Picture::some_rows(index, part.rows.clone(), part.width, windows);
            let first = part.rows.start / SIDE * SIDE;
            squares.push(winograd, &source, &target, first, [-(top as isize), -(left as isize)]);
        }
        squares
    }

    /// Writes `part` of the convolution to `out`, bias and ReLU included.
    fn convolve(&self, packed: Packed, part: &Part, squares: Option<&Squares>, memory: &mut [f32], out: &mut [f32]) {
        let conv = self.conv;
        let floor = if self.activation == Activation::Relu { 0.0 } else { f32::NEG_INFINITY };
        if let (Some(winograd), Some(squares)) = (packed.winograd, squares) {
            let target = Target { bias: self.bias, floor, out };
            return winograd.convolve(packed.group(0), squares, self.input, target, memory);
        }
        let tile = input_tile(conv, self.size, part, self.input, memory);
        let filters = conv.out_channels / conv.groups;
        let stretches = conv.kernel[0] * stretches_per_row(conv);
        let (mut runs, mut rows) = (Vec::new(), Vec::new());
        for group in 0..conv.groups {
            runs.clear();
            rows.clear();
            for n in part.images.clone() {
                for i in part.rows.clone() {
                    let first = runs.len();
                    runs.extend(
                        (0..stretches).filter_map(|index| stretch(conv, self.size, &tile, (n, i), group, index)),
                    );
                    let out = rows.len() * part.width * conv.out_channels + group * filters;
                    rows.push(Row { runs: first..runs.len(), pixels: part.width, out });
                }
            }
            multiply(WindowProduct {
                image: tile.values,
                pixel_step: conv.stride[1] * conv.in_channels,
                panels: packed.group(group),
                depth: conv.taps(),
                at_a_time: depth_at_a_time(conv.taps() / stretches.max(1)),
                columns: filters,
                runs: &runs,
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
