//! Convolutions by Winograd's minimal filtering: fewer multiplications for 3 × 3 and 5 × 5 filters that move pixel by pixel.
//!
//! Outputs are computed in tiles of 4 × 4 pixels, each from a tile of inputs: of 6 × 6 for filters of 3 × 3, of 8 × 8 for filters
//! of 5 × 5. Input and filter transform evaluate at as many points; in that transform domain a convolution is a product of matrices
//! for each point, and the output transform leads back. That takes 36 or 64 multiplications where a direct convolution takes 144
//! or 400. Both gradients go the same way. Rounding errors, measured beside the values: 6e-7 with the points 0, ±√½, ±√2 and
//! infinity (with ±1 and ±2 it is 1.4e-6), 3e-6 with 0, ±½, ±1, ±2 and infinity; a direct convolution has 1e-7.
//!
//! Winograd, *Arithmetic Complexity of Computations*, 1980; Lavin and Gray, *Fast Algorithms for Convolutional Neural
//! Networks*, 2016.

mod one_dimension;
mod tiles;
mod transforms;
mod zeros;

use super::Conv2d;
use crate::micro_kernel::{
    Row, Segment, Taps, TransposedProduct, WindowProduct, add_products, multiply, panel_width, stored_width,
};
use crate::parallel::for_each_chunk;
use crate::simd::{arch, lanes};
use tiles::Tile;
use transforms::{FilterGradientTransform, FilterTransform, InputTransform, OutputGradientTransform, OutputTransform};
use zeros::zero_windows;

pub(super) use tiles::{Picture, Plane, Tiles};

/// Pixels of a side of the tiles that outputs are computed in.
pub(super) const SIDE: usize = 4;

/// Values of input tiles and products at work: most of a core's second-level cache.
const AT_WORK: usize = 160 * 1024;
/// Tiles at work, at least and at most, and what they come in: filters are gone through once for all of them, blocks of
/// products have so many rows.
const FEWEST: usize = 24;
const MOST: usize = 96;
const BLOCK: usize = 12;

/// Runs a transform for filters of this many pixels a side; in it, the names are constants: points in one dimension, and
/// pixels of a filter's side.
macro_rules! transform {
    ($filter:expr, |$points:ident, $side:ident| $transform:expr) => {
        match $filter {
            3 => transform!(@ 6, 3, $points, $side, $transform),
            _ => transform!(@ 8, 5, $points, $side, $transform),
        }
    };
    (@ $p:literal, $s:literal, $points:ident, $side:ident, $transform:expr) => {{
        const $points: usize = $p;
        #[allow(dead_code)] // of some transforms only the points matter
        const $side: usize = $s;
        arch().dispatch($transform)
    }};
}

/// Distance from one point's `len` values to the next one's: an odd number of cache lines, so that what belongs to one pixel at
/// 36 points does not contend for the same place in a cache.
const fn spaced(len: usize) -> usize {
    const LINE: usize = 16;
    (len.div_ceil(LINE) | 1) * LINE
}

/// Where [`Winograd::convolve`] writes, and what it adds.
pub(super) struct Target<'a> {
    pub bias: Option<&'a [f32]>,
    /// Zero for a ReLU, minus infinity otherwise.
    pub floor: f32,
    pub out: &'a mut [f32],
}

/// Filters with their channels, `[filter, filter, inputs, outputs]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Winograd {
    /// Pixels of a filter's side.
    filter: usize,
    inputs: usize,
    outputs: usize,
}

impl Winograd {
    /// For a convolution that is quicker this way. The answer depends on sizes alone, not on the batch, so that a picture's
    /// bits do not depend on those beside it.
    pub fn of(conv: &Conv2d, size: [usize; 2]) -> Option<Self> {
        let [height, width] = conv.output_size(size);
        let filter = conv.kernel[0];
        let plain = conv.stride == [1, 1] && conv.dilation == [1, 1] && conv.groups == 1;
        if !plain || conv.kernel != [filter; 2] || ![3, 5].contains(&filter) {
            return None;
        }
        let this = Self { filter, inputs: conv.in_channels, outputs: conv.out_channels };
        let tiles = Self::tiles([height, width]);
        let taken = tiles * this.area();
        // With few channels the way to the transform domain and back costs more than it saves; with very many, the
        // transformed filters no longer fit a cache.
        let channels = this.inputs.min(this.outputs) >= 16 && this.area() * this.inputs * this.outputs <= 36 << 16;
        (channels && tiles >= 4 && 8 * taken <= 5 * height * width * filter * filter).then_some(this)
    }

    /// Points in one dimension, and so pixels in a row of an input tile.
    pub const fn points(&self) -> usize {
        SIDE + self.filter - 1
    }

    /// Points in two dimensions.
    const fn area(&self) -> usize {
        self.points() * self.points()
    }

    /// Filters for the input gradient: mirrored, inputs and outputs exchanged.
    pub const fn backward(&self) -> Self {
        Self { inputs: self.outputs, outputs: self.inputs, ..*self }
    }

    /// Columns of all panels, padding included.
    fn stored(&self) -> usize {
        let width = panel_width(lanes());
        let whole = self.outputs.saturating_sub(1) / width * width;
        whole + stored_width(lanes(), self.outputs - whole)
    }

    /// The panels: first column, columns, and columns as stored.
    fn panels(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let (outputs, width) = (self.outputs, panel_width(lanes()));
        (0..outputs).step_by(width).map(move |first| {
            let columns = (outputs - first).min(width);
            (first, columns, stored_width(lanes(), columns))
        })
    }

    /// Values of the filters in the transform domain.
    pub fn packed_len(&self) -> usize {
        self.panels().map(|(_, _, stored)| self.area() * spaced(self.inputs * stored)).sum()
    }

    /// Brings `weight`, `[filter, filter, inputs, outputs]`, to the transform domain: `[panel, point, input, column]`.
    pub fn pack(&self, weight: &[f32], out: &mut [f32]) {
        let width = panel_width(lanes());
        let chunk = self.area() * spaced(self.inputs * width);
        for_each_chunk(out, chunk, 8 * self.packed_len(), |panel, out| {
            let (inputs, filters, first) = (self.inputs, self.outputs, panel * width);
            let stored = stored_width(lanes(), (filters - first).min(width));
            transform!(self.filter, |P, N| FilterTransform::<P, N> { weight, inputs, filters, first, stored, out });
        });
    }

    /// The weights of [`backward`](Self::backward), from those of this one.
    pub fn mirror(&self, weight: &[f32], out: &mut [f32]) {
        let (taps, area) = (self.filter * self.filter, self.inputs * self.outputs);
        for_each_chunk(out, area, 4 * weight.len(), |tap, out| {
            let weight = &weight[(taps - 1 - tap) * area..][..area];
            for (output, out) in out.chunks_exact_mut(self.inputs).enumerate() {
                for (out, weight) in out.iter_mut().zip(weight[output..].iter().step_by(self.outputs)) {
                    *out = *weight;
                }
            }
        });
    }

    /// How many tiles a picture of this size is cut into.
    pub fn tiles([height, width]: [usize; 2]) -> usize {
        height.div_ceil(SIDE) * width.div_ceil(SIDE)
    }

    /// How many of `batch` pictures a task takes so that it has enough tiles, while there are still tasks to share out.
    pub fn fewest_images(size: [usize; 2], batch: usize) -> usize {
        FEWEST.div_ceil(Self::tiles(size).max(1)).min(batch.div_ceil(4)).max(1)
    }

    /// At least `rows` rows that end where tiles end, if each stands for `stride` rows of pixels.
    pub fn whole_tiles(rows: usize, stride: usize) -> usize {
        let unit = (1..=SIDE).find(|unit| (unit * stride).is_multiple_of(SIDE)).unwrap_or(1);
        rows.next_multiple_of(unit)
    }

    /// The most tiles that are at work at once. A filter gradient's sum is taken over them first, so that their number must
    /// not depend on the processor's vectors: outputs count as if a vector had 16 values.
    fn most_at_work(&self) -> usize {
        (AT_WORK / (self.area() * (self.inputs + self.outputs.next_multiple_of(32))))
            .clamp(FEWEST, MOST)
            .next_multiple_of(BLOCK)
    }

    /// How many of so many tiles are at work at once: shares of nearly equal size.
    fn at_work(&self, tiles: usize) -> usize {
        let shares = tiles.div_ceil(self.most_at_work()).max(1);
        tiles.div_ceil(shares).max(1).next_multiple_of(BLOCK)
    }

    /// Working memory of [`convolve`](Self::convolve) and [`filter_gradient`](Self::filter_gradient) for at most so many tiles.
    pub fn memory_len(&self, tiles: usize) -> usize {
        let tiles = tiles.next_multiple_of(BLOCK).min(self.most_at_work());
        self.area() * (spaced(tiles * self.inputs) + spaced(tiles * self.stored()))
    }

    /// The input transform.
    fn transform_inputs(&self, plane: Plane, source: &[f32], tiles: &[Tile], point_len: usize, out: &mut [f32]) {
        transform!(self.filter, |P, N| InputTransform::<P> { source, plane, tiles, point_len, out });
    }

    /// Computes tiles of outputs from their input tiles: sums of products, plus bias, at least `floor`.
    pub fn convolve(&self, packed: &[f32], tiles: &Tiles, source: &[f32], target: Target, memory: &mut [f32]) {
        let Target { bias, floor, out } = target;
        let at_work = self.at_work(tiles.input_tiles.len());
        let width = panel_width(lanes());
        for (input_tiles, output_tiles) in tiles.input_tiles.chunks(at_work).zip(tiles.output_tiles.chunks(at_work)) {
            let count = input_tiles.len();
            let (point_len, product_len) = (spaced(count * self.inputs), spaced(count * self.outputs));
            let (transformed, products) = memory.split_at_mut(self.area() * point_len);
            self.transform_inputs(tiles.input_plane, source, input_tiles, point_len, transformed);
            let (segment, row) =
                ([Segment { a: 0, b: 0, len: self.inputs }], [Row { segments: 0..1, pixels: count, out: 0 }]);
            for (first, columns, stored) in self.panels() {
                for point in 0..self.area() {
                    let panel = self.area() * spaced(self.inputs * width) * (first / width);
                    let panel = panel + point * spaced(self.inputs * stored);
                    multiply(WindowProduct {
                        image: &transformed[point * point_len..][..count * self.inputs],
                        pixel_step: self.inputs,
                        panels: &packed[panel..][..self.inputs * stored],
                        depth: self.inputs,
                        at_a_time: self.inputs,
                        columns,
                        segments: &segment,
                        rows: &row,
                        bias: None,
                        floor: f32::NEG_INFINITY,
                        out: &mut products[point * product_len + first..][..(count - 1) * self.outputs + columns],
                        out_step: self.outputs,
                    });
                }
            }
            let (plane, out) = (tiles.output_plane, &mut *out);
            let zeros = |index: usize| zero_windows(source, tiles.input_plane, &input_tiles[index], self.filter);
            let tiles = output_tiles;
            transform!(self.filter, |P, N| OutputTransform::<P, SIDE, _> {
                products,
                product_len,
                tiles,
                zeros,
                plane,
                bias,
                floor,
                out,
            });
        }
    }

    /// Values of a filter gradient in the transform domain.
    pub fn gradient_len(&self) -> usize {
        self.area() * spaced(self.inputs * self.outputs)
    }

    /// Adds what tiles of outputs' gradients contribute: to the filters' gradient in the transform domain, and to the bias's.
    pub fn filter_gradient(
        &self,
        tiles: &Tiles,
        source: &[f32],
        gradient: &[f32],
        memory: &mut [f32],
        transformed: &mut [f32],
        d_bias: &mut [f32],
    ) {
        let at_work = self.at_work(tiles.input_tiles.len());
        let width = panel_width(lanes());
        for (input_tiles, output_tiles) in tiles.input_tiles.chunks(at_work).zip(tiles.output_tiles.chunks(at_work)) {
            let count = input_tiles.len();
            let input_len = spaced(count * self.inputs);
            let (inputs, outputs) = memory.split_at_mut(self.area() * input_len);
            self.transform_inputs(tiles.input_plane, source, input_tiles, input_len, inputs);
            let (plane, stored, point_len) = (tiles.output_plane, self.stored(), spaced(count * self.stored()));
            let (source, tiles, out, sums) = (gradient, output_tiles, &mut *outputs, &mut *d_bias);
            transform!(self.filter, |P, N| OutputGradientTransform::<P, SIDE> {
                source,
                plane,
                tiles,
                width,
                stored,
                point_len,
                out,
                sums,
            });
            let (segment, taps) =
                ([Segment { a: 0, b: 0, len: count }], [Taps { segments: 0..1, count: self.inputs, out: 0 }]);
            for (first, columns, stored) in self.panels() {
                for point in 0..self.area() {
                    add_products(TransposedProduct {
                        image: &inputs[point * input_len..][..count * self.inputs],
                        pixel_step: self.inputs,
                        gradient: &outputs[point * point_len + first * count..][..count * stored],
                        columns,
                        segments: &segment,
                        taps: &taps,
                        out: &mut transformed[point * spaced(self.inputs * self.outputs) + first..],
                        out_step: self.outputs,
                    });
                }
            }
        }
    }

    /// Adds a filter gradient in the transform domain to `d_weight`, `[filter, filter, inputs, outputs]`.
    pub fn add_filter_gradient(&self, gradient: &[f32], d_weight: &mut [f32]) {
        let (inputs, filters, out) = (self.inputs, self.outputs, d_weight);
        transform!(self.filter, |P, N| FilterGradientTransform::<P, N> { gradient, inputs, filters, out });
    }
}
