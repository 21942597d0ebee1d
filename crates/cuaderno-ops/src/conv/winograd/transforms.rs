//! To the transform domain and back, in two dimensions, a vector of channels at a time.

#![allow(clippy::needless_range_loop)] // loops over constants are unrolled and keep their values in registers, iterators do not

use super::one_dimension::{FilterGradientMap, FilterMap, InputMap, Map, OutputGradientMap, OutputMap};
use super::spaced;
use super::tiles::{Plane, Tile};
use crate::simd::{at_least, load, store};
use pulp::{Simd, WithSimd};

/// Where the values of a tile come from.
trait Read<S: Simd> {
    fn read(&self, simd: S, row: usize, column: usize) -> S::f32s;
}

/// Pixels of a tile, some channels of each; zeros where it is outside, unless it is known to be inside.
struct Pixels<'a, const INSIDE: bool> {
    source: &'a [f32],
    plane: Plane,
    tile: &'a Tile,
    /// The first channel, and how many.
    first: usize,
    len: usize,
}

impl<S: Simd, const INSIDE: bool> Read<S> for Pixels<'_, INSIDE> {
    #[inline(always)]
    fn read(&self, simd: S, row: usize, column: usize) -> S::f32s {
        if INSIDE || self.tile.contains(row, column) {
            load(simd, &self.source[self.plane.at(self.tile, row, column) + self.first..][..self.len])
        } else {
            simd.splat_f32s(0.0)
        }
    }
}

/// One vector for each value of a tile of `side` values, `step` apart.
struct Steps<'a> {
    source: &'a [f32],
    side: usize,
    step: usize,
    len: usize,
}

impl<S: Simd> Read<S> for Steps<'_> {
    #[inline(always)]
    fn read(&self, simd: S, row: usize, column: usize) -> S::f32s {
        load(simd, &self.source[(row * self.side + column) * self.step..][..self.len])
    }
}

/// A map of the columns of a tile; its rows are left to be mapped. `half` is overwritten: one for all tiles need not be filled
/// with zeros for each of them.
#[inline(always)]
fn columns<S: Simd, F: Map<S, N, M>, const N: usize, const M: usize>(
    simd: S,
    values: &impl Read<S>,
    half: &mut [[S::f32s; N]; M],
) {
    for column in 0..N {
        let mut one = [simd.splat_f32s(0.0); N];
        for row in 0..N {
            one[row] = values.read(simd, row, column);
        }
        let one = F::map(simd, one);
        for row in 0..M {
            half[row][column] = one[row];
        }
    }
}

/// The input transform of tiles of `P` × `P` inputs: `out` is `[point, tile, channel]`.
pub(super) struct InputTransform<'a, const P: usize> {
    pub source: &'a [f32],
    pub plane: Plane,
    pub tiles: &'a [Tile],
    /// Distance from one point to the next.
    pub point_len: usize,
    pub out: &'a mut [f32],
}

impl<const P: usize> WithSimd for InputTransform<'_, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { source, plane, tiles, point_len, out } = self;
        let channels = plane.channels;
        let mut half = [[simd.splat_f32s(0.0); P]; P];
        for (index, tile) in tiles.iter().enumerate() {
            for first in (0..channels).step_by(S::F32_LANES) {
                let len = (channels - first).min(S::F32_LANES);
                if tile.is_whole(P) {
                    let pixels = Pixels::<true> { source, plane, tile, first, len };
                    columns::<S, InputMap, P, P>(simd, &pixels, &mut half);
                } else {
                    let pixels = Pixels::<false> { source, plane, tile, first, len };
                    columns::<S, InputMap, P, P>(simd, &pixels, &mut half);
                }
                for i in 0..P {
                    let row = <InputMap as Map<S, P, P>>::map(simd, half[i]);
                    for j in 0..P {
                        let at = (i * P + j) * point_len + index * channels + first;
                        store(simd, &mut out[at..][..len], row[j]);
                    }
                }
            }
        }
    }
}

/// From products, `[point, tile, channel]`, to `N` × `N` outputs, plus bias, at least `floor`.
pub(super) struct OutputTransform<'a, const P: usize, const N: usize, Z: Fn(usize) -> u16> {
    pub products: &'a [f32],
    /// Distance from one point to the next.
    pub product_len: usize,
    pub tiles: &'a [Tile],
    /// The outputs of a tile, bit `N i + j` for `(i, j)`, that are sums of zeros.
    pub zeros: Z,
    pub plane: Plane,
    pub bias: Option<&'a [f32]>,
    pub floor: f32,
    pub out: &'a mut [f32],
}

impl<const P: usize, const N: usize, Z: Fn(usize) -> u16> WithSimd for OutputTransform<'_, P, N, Z> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { products, product_len, tiles, zeros, plane, bias, floor, out } = self;
        let channels = plane.channels;
        let (zero, floor) = (simd.splat_f32s(0.0), simd.splat_f32s(floor));
        let mut half = [[zero; P]; N];
        for (index, tile) in tiles.iter().enumerate() {
            let zeros = zeros(index);
            for first in (0..channels).step_by(S::F32_LANES) {
                let len = (channels - first).min(S::F32_LANES);
                let bias = bias.map_or(zero, |bias| load(simd, &bias[first..first + len]));
                let source = &products[index * channels + first..];
                let products = Steps { source, side: P, step: product_len, len };
                columns::<S, OutputMap, P, N>(simd, &products, &mut half);
                let is_whole = tile.is_whole(N);
                for i in 0..N {
                    let row: [_; N] = OutputMap::map(simd, half[i]);
                    for j in 0..N {
                        if is_whole || tile.contains(i, j) {
                            let at = plane.at(tile, i, j) + first;
                            // times zero, so that an infinite weight is still noticed
                            let is_zero = zeros >> (N * i + j) & 1 == 1;
                            let sum = if is_zero { simd.mul_f32s(zero, row[j]) } else { row[j] };
                            let value = at_least(simd, floor, simd.add_f32s(sum, bias));
                            store(simd, &mut out[at..][..len], value);
                        }
                    }
                }
            }
        }
    }
}

/// Gradients of `N` × `N` outputs in the transform domain: `out` is `[point, panel, tile, column]`, panels `width` wide, the last as
/// wide as it is stored. The gradients' sums are added to `sums`.
pub(super) struct OutputGradientTransform<'a, const P: usize, const N: usize> {
    pub source: &'a [f32],
    pub plane: Plane,
    pub tiles: &'a [Tile],
    pub width: usize,
    /// Columns of all panels.
    pub stored: usize,
    /// Distance from one point to the next.
    pub point_len: usize,
    pub out: &'a mut [f32],
    pub sums: &'a mut [f32],
}

impl<const P: usize, const N: usize> WithSimd for OutputGradientTransform<'_, P, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { source, plane, tiles, width, stored, point_len, out, sums } = self;
        let channels = plane.channels;
        let mut half = [[simd.splat_f32s(0.0); N]; P];
        for first in (0..channels).step_by(S::F32_LANES) {
            let len = (channels - first).min(S::F32_LANES);
            let panel = first / width * width;
            let stored = (stored - panel).min(width);
            let mut sum = simd.splat_f32s(0.0);
            for (index, tile) in tiles.iter().enumerate() {
                if tile.is_whole(N) {
                    let pixels = Pixels::<true> { source, plane, tile, first, len };
                    columns::<S, OutputGradientMap, N, P>(simd, &pixels, &mut half);
                } else {
                    let pixels = Pixels::<false> { source, plane, tile, first, len };
                    columns::<S, OutputGradientMap, N, P>(simd, &pixels, &mut half);
                }
                let place = panel * tiles.len() + index * stored + first - panel;
                for i in 0..P {
                    let row: [_; P] = OutputGradientMap::map(simd, half[i]);
                    for j in 0..P {
                        store(simd, &mut out[(i * P + j) * point_len + place..][..S::F32_LANES], row[j]);
                    }
                }
                // tile by tile: a sum of thousands in one go would lose digits with each of them
                let mut own = simd.splat_f32s(0.0);
                for i in tile.rows.clone() {
                    for j in tile.columns.clone() {
                        own = simd.add_f32s(own, load(simd, &source[plane.at(tile, i, j) + first..][..len]));
                    }
                }
                sum = simd.add_f32s(sum, own);
            }
            let sums = &mut sums[first..first + len];
            let before = load(simd, sums);
            store(simd, sums, simd.add_f32s(before, sum));
        }
    }
}

/// A panel of filters, `[down, right, input, filter]`, in the transform domain: `out` is `[point, input, column]`.
pub(super) struct FilterTransform<'a, const P: usize, const N: usize> {
    pub weight: &'a [f32],
    pub inputs: usize,
    pub filters: usize,
    /// The panel's first filter.
    pub first: usize,
    /// How many columns it is stored with.
    pub stored: usize,
    pub out: &'a mut [f32],
}

impl<const P: usize, const N: usize> WithSimd for FilterTransform<'_, P, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { weight, inputs, filters, first, stored, out } = self;
        let mut half = [[simd.splat_f32s(0.0); N]; P];
        for input in 0..inputs {
            for column in (0..stored).step_by(S::F32_LANES) {
                let filter = (first + column).min(filters);
                let len = (filters - filter).min(S::F32_LANES);
                let source = &weight[input * filters + filter..];
                let taps = Steps { source, side: N, step: inputs * filters, len };
                columns::<S, FilterMap, N, P>(simd, &taps, &mut half);
                for i in 0..P {
                    let row: [_; P] = FilterMap::map(simd, half[i]);
                    for j in 0..P {
                        let at = (i * P + j) * spaced(inputs * stored) + input * stored + column;
                        store(simd, &mut out[at..][..S::F32_LANES], row[j]);
                    }
                }
            }
        }
    }
}

/// From gradients in the transform domain, `[point, input, filter]`, to those of the filters, which they are added to.
pub(super) struct FilterGradientTransform<'a, const P: usize, const N: usize> {
    pub gradient: &'a [f32],
    pub inputs: usize,
    pub filters: usize,
    pub out: &'a mut [f32],
}

impl<const P: usize, const N: usize> WithSimd for FilterGradientTransform<'_, P, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { gradient, inputs, filters, out } = self;
        let mut half = [[simd.splat_f32s(0.0); P]; N];
        for input in 0..inputs {
            for first in (0..filters).step_by(S::F32_LANES) {
                let len = (filters - first).min(S::F32_LANES);
                let source = &gradient[input * filters + first..];
                let points = Steps { source, side: P, step: spaced(inputs * filters), len };
                columns::<S, FilterGradientMap, P, N>(simd, &points, &mut half);
                for i in 0..N {
                    let row: [_; N] = FilterGradientMap::map(simd, half[i]);
                    for j in 0..N {
                        let out = &mut out[((i * N + j) * inputs + input) * filters + first..][..len];
                        let before = load(simd, out);
                        store(simd, out, simd.add_f32s(before, row[j]));
                    }
                }
            }
        }
    }
}
