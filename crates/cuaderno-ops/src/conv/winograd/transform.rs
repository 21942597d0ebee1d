//! To six points and back, in two dimensions, a vector of channels at a time.
//!
//! In one dimension everything is made of three maps. [`Spread`] evaluates a polynomial, whose coefficients are a filter or
//! outputs' gradients, at the points; [`Gather`] is its transpose, and turns products into outputs or a filter's gradient;
//! [`Patch`] turns six neighbouring inputs into what belongs to them at the points.

#![allow(clippy::needless_range_loop)] // loops over constants are unrolled and keep their values in registers, iterators do not

use super::{POINTS, spaced};
use crate::simd::{at_least, load, store};
use pulp::{Simd, WithSimd};
use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};
use std::ops::Range;

/// What a filter is multiplied with at each point: one over the product of the point's distances from the others.
const SCALE: [f32; POINTS] = [1.0, -2.0 / 3.0, -2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0, 1.0];

/// Powers of the two distances that points have from zero.
const NEAR: [f32; 5] = [1.0, FRAC_1_SQRT_2, 0.5, FRAC_1_SQRT_2 / 2.0, 0.25];
const FAR: [f32; 5] = [1.0, SQRT_2, 2.0, SQRT_2 * 2.0, 4.0];

/// A square of pixels, of which some may lie outside.
#[derive(Clone, Debug)]
pub(in crate::conv) struct Window {
    /// Where its first pixel lies, or would lie: it may be before the start, hence added with wrapping.
    pub at: usize,
    /// Its rows and columns that are there.
    pub rows: Range<usize>,
    pub columns: Range<usize>,
}

impl Window {
    fn contains(&self, row: usize, column: usize) -> bool {
        self.rows.contains(&row) && self.columns.contains(&column)
    }

    /// Whether all of its `side` × `side` pixels are there.
    fn is_whole(&self, side: usize) -> bool {
        self.rows == (0..side) && self.columns == (0..side)
    }
}

/// How pixels lie in memory.
#[derive(Clone, Copy, Debug)]
pub(in crate::conv) struct Plane {
    pub row_len: usize,
    /// Distance from one pixel to the next; its channels come first in it.
    pub pixel_step: usize,
    pub channels: usize,
}

impl Plane {
    #[inline(always)]
    fn at(&self, window: &Window, row: usize, column: usize) -> usize {
        window.at.wrapping_add(row * self.row_len + column * self.pixel_step)
    }
}

/// A map of `N` values to `M`.
///
/// A trait, not a closure: what is not inlined into the function that has the vector instructions enabled is slow.
trait Map<S: Simd, const N: usize, const M: usize> {
    fn map(simd: S, values: [S::f32s; N]) -> [S::f32s; M];
}

/// `Σ v[i] p^i` at the points 0, ±√½, ±√2 and infinity (the last coefficient).
struct Spread;

impl<S: Simd, const N: usize> Map<S, N, POINTS> for Spread {
    #[inline(always)]
    fn map(simd: S, v: [S::f32s; N]) -> [S::f32s; POINTS] {
        let (near, near_odd) = halves(simd, v, NEAR[2]);
        let (far, far_odd) = halves(simd, v, FAR[2]);
        [
            v[0],
            plus(simd, NEAR[1], near_odd, near),
            plus(simd, -NEAR[1], near_odd, near),
            plus(simd, FAR[1], far_odd, far),
            plus(simd, -FAR[1], far_odd, far),
            v[N - 1],
        ]
    }
}

/// The sums over even and over odd powers, the latter divided by the point, from the point's square; by Horner's scheme.
#[inline(always)]
fn halves<S: Simd, const N: usize>(simd: S, v: [S::f32s; N], square: f32) -> (S::f32s, S::f32s) {
    let square = simd.splat_f32s(square);
    let (mut even, mut odd) = (v[(N - 1) / 2 * 2], v[(N - 2) / 2 * 2 + 1]);
    for i in (0..(N - 1) / 2).rev() {
        even = simd.mul_add_e_f32s(even, square, v[2 * i]);
    }
    for i in (0..(N - 2) / 2).rev() {
        odd = simd.mul_add_e_f32s(odd, square, v[2 * i + 1]);
    }
    (even, odd)
}

/// `factor x + y`
#[inline(always)]
fn plus<S: Simd>(simd: S, factor: f32, x: S::f32s, y: S::f32s) -> S::f32s {
    simd.mul_add_e_f32s(simd.splat_f32s(factor), x, y)
}

/// The transpose of [`Spread`].
struct Gather;

impl<S: Simd, const N: usize> Map<S, POINTS, N> for Gather {
    #[inline(always)]
    fn map(simd: S, m: [S::f32s; POINTS]) -> [S::f32s; N] {
        let (near, near_odd) = (simd.add_f32s(m[1], m[2]), simd.sub_f32s(m[1], m[2]));
        let (far, far_odd) = (simd.add_f32s(m[3], m[4]), simd.sub_f32s(m[3], m[4]));
        let mut out = [simd.add_f32s(simd.add_f32s(near, far), m[0]); N];
        for i in 1..N {
            let (near, far) = if i % 2 == 0 { (near, far) } else { (near_odd, far_odd) };
            out[i] = plus(simd, NEAR[i], near, simd.mul_f32s(simd.splat_f32s(FAR[i]), far));
        }
        out[N - 1] = simd.add_f32s(out[N - 1], m[5]);
        out
    }
}

/// The coefficients of `Π (x - p)`, each point left out in turn, applied to six inputs.
struct Patch;

impl<S: Simd> Map<S, POINTS, POINTS> for Patch {
    #[inline(always)]
    fn map(simd: S, d: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        let (near, near_odd) = (plus(simd, -FAR[2], d[2], d[4]), plus(simd, -FAR[2], d[1], d[3]));
        let (far, far_odd) = (plus(simd, -NEAR[2], d[2], d[4]), plus(simd, -NEAR[2], d[1], d[3]));
        [
            simd.add_f32s(plus(simd, -2.5, d[2], d[0]), d[4]),
            plus(simd, NEAR[1], near_odd, near),
            plus(simd, -NEAR[1], near_odd, near),
            plus(simd, FAR[1], far_odd, far),
            plus(simd, -FAR[1], far_odd, far),
            simd.add_f32s(plus(simd, -2.5, d[3], d[1]), d[5]),
        ]
    }
}

/// [`Spread`], then multiplied with [`SCALE`]: filters.
struct SpreadScaled;

impl<S: Simd, const N: usize> Map<S, N, POINTS> for SpreadScaled {
    #[inline(always)]
    fn map(simd: S, v: [S::f32s; N]) -> [S::f32s; POINTS] {
        scaled(simd, Spread::map(simd, v))
    }
}

/// The transpose of [`SpreadScaled`].
struct GatherScaled;

impl<S: Simd, const N: usize> Map<S, POINTS, N> for GatherScaled {
    #[inline(always)]
    fn map(simd: S, m: [S::f32s; POINTS]) -> [S::f32s; N] {
        Gather::map(simd, scaled(simd, m))
    }
}

#[inline(always)]
fn scaled<S: Simd>(simd: S, mut values: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
    for point in 1..POINTS - 1 {
        values[point] = simd.mul_f32s(values[point], simd.splat_f32s(SCALE[point]));
    }
    values
}

/// Where the values of a square come from.
trait Read<S: Simd> {
    fn read(&self, simd: S, row: usize, column: usize) -> S::f32s;
}

/// Pixels of a window, some channels of each; zeros where it is outside, unless it is known to be inside.
struct Pixels<'a, const INSIDE: bool> {
    source: &'a [f32],
    plane: Plane,
    window: &'a Window,
    /// The first channel, and how many.
    first: usize,
    len: usize,
}

impl<S: Simd, const INSIDE: bool> Read<S> for Pixels<'_, INSIDE> {
    #[inline(always)]
    fn read(&self, simd: S, row: usize, column: usize) -> S::f32s {
        if INSIDE || self.window.contains(row, column) {
            load(simd, &self.source[self.plane.at(self.window, row, column) + self.first..][..self.len])
        } else {
            simd.splat_f32s(0.0)
        }
    }
}

/// One vector for each value of a square of `side` values, `step` apart.
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

/// A map of the columns of a square; its rows are left to be mapped.
#[inline(always)]
fn columns<S: Simd, F: Map<S, N, M>, const N: usize, const M: usize>(
    simd: S,
    values: &impl Read<S>,
) -> [[S::f32s; N]; M] {
    let zero = simd.splat_f32s(0.0);
    let mut half = [[zero; N]; M];
    for column in 0..N {
        let mut one = [zero; N];
        for row in 0..N {
            one[row] = values.read(simd, row, column);
        }
        let one = F::map(simd, one);
        for row in 0..M {
            half[row][column] = one[row];
        }
    }
    half
}

/// Patches of 6 × 6 inputs: `out` is `[point, window, channel]`.
pub(super) struct Patches<'a> {
    pub source: &'a [f32],
    pub plane: Plane,
    pub windows: &'a [Window],
    /// Distance from one point to the next.
    pub point_len: usize,
    pub out: &'a mut [f32],
}

impl WithSimd for Patches<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { source, plane, windows, point_len, out } = self;
        let channels = plane.channels;
        for (index, window) in windows.iter().enumerate() {
            for first in (0..channels).step_by(S::F32_LANES) {
                let len = (channels - first).min(S::F32_LANES);
                let half = if window.is_whole(POINTS) {
                    let pixels = Pixels::<true> { source, plane, window, first, len };
                    columns::<S, Patch, POINTS, POINTS>(simd, &pixels)
                } else {
                    let pixels = Pixels::<false> { source, plane, window, first, len };
                    columns::<S, Patch, POINTS, POINTS>(simd, &pixels)
                };
                for i in 0..POINTS {
                    let row = Patch::map(simd, half[i]);
                    for j in 0..POINTS {
                        let at = (i * POINTS + j) * point_len + index * channels + first;
                        store(simd, &mut out[at..][..len], row[j]);
                    }
                }
            }
        }
    }
}

/// From products, `[point, window, channel]`, to `N` × `N` outputs, plus bias, at least `floor`.
pub(super) struct Outputs<'a, const N: usize> {
    pub products: &'a [f32],
    /// Distance from one point to the next.
    pub product_len: usize,
    pub windows: &'a [Window],
    pub plane: Plane,
    pub bias: Option<&'a [f32]>,
    pub floor: f32,
    pub out: &'a mut [f32],
}

impl<const N: usize> WithSimd for Outputs<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { products, product_len, windows, plane, bias, floor, out } = self;
        let channels = plane.channels;
        let (zero, floor) = (simd.splat_f32s(0.0), simd.splat_f32s(floor));
        for (index, window) in windows.iter().enumerate() {
            for first in (0..channels).step_by(S::F32_LANES) {
                let len = (channels - first).min(S::F32_LANES);
                let bias = bias.map_or(zero, |bias| load(simd, &bias[first..first + len]));
                let source = &products[index * channels + first..];
                let products = Steps { source, side: POINTS, step: product_len, len };
                let half = columns::<S, Gather, POINTS, N>(simd, &products);
                let is_whole = window.is_whole(N);
                for i in 0..N {
                    let row: [_; N] = Gather::map(simd, half[i]);
                    for j in 0..N {
                        if is_whole || window.contains(i, j) {
                            let at = plane.at(window, i, j) + first;
                            let value = at_least(simd, floor, simd.add_f32s(row[j], bias));
                            store(simd, &mut out[at..][..len], value);
                        }
                    }
                }
            }
        }
    }
}

/// Gradients of `N` × `N` outputs at the points: `out` is `[point, panel, window, column]`, panels `width` wide, the last as
/// wide as it is stored. The gradients' sums are added to `sums`.
pub(super) struct OutputGradients<'a, const N: usize> {
    pub source: &'a [f32],
    pub plane: Plane,
    pub windows: &'a [Window],
    pub width: usize,
    /// Columns of all panels.
    pub stored: usize,
    /// Distance from one point to the next.
    pub point_len: usize,
    pub out: &'a mut [f32],
    pub sums: &'a mut [f32],
}

impl<const N: usize> WithSimd for OutputGradients<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { source, plane, windows, width, stored, point_len, out, sums } = self;
        let channels = plane.channels;
        for first in (0..channels).step_by(S::F32_LANES) {
            let len = (channels - first).min(S::F32_LANES);
            let panel = first / width * width;
            let stored = (stored - panel).min(width);
            let mut sum = load(simd, &sums[first..first + len]);
            for (index, window) in windows.iter().enumerate() {
                let half = if window.is_whole(N) {
                    let pixels = Pixels::<true> { source, plane, window, first, len };
                    columns::<S, Spread, N, POINTS>(simd, &pixels)
                } else {
                    let pixels = Pixels::<false> { source, plane, window, first, len };
                    columns::<S, Spread, N, POINTS>(simd, &pixels)
                };
                let place = panel * windows.len() + index * stored + first - panel;
                for i in 0..POINTS {
                    let row = Spread::map(simd, half[i]);
                    for j in 0..POINTS {
                        store(simd, &mut out[(i * POINTS + j) * point_len + place..][..S::F32_LANES], row[j]);
                    }
                }
                for i in window.rows.clone() {
                    for j in window.columns.clone() {
                        sum = simd.add_f32s(sum, load(simd, &source[plane.at(window, i, j) + first..][..len]));
                    }
                }
            }
            store(simd, &mut sums[first..first + len], sum);
        }
    }
}

/// A panel of filters, `[down, right, input, filter]`, at the points: `out` is `[point, input, column]`.
pub(super) struct Filters<'a, const N: usize> {
    pub weight: &'a [f32],
    pub inputs: usize,
    pub filters: usize,
    /// The panel's first filter.
    pub first: usize,
    /// How many columns it is stored with.
    pub stored: usize,
    pub out: &'a mut [f32],
}

impl<const N: usize> WithSimd for Filters<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { weight, inputs, filters, first, stored, out } = self;
        for input in 0..inputs {
            for column in (0..stored).step_by(S::F32_LANES) {
                let filter = (first + column).min(filters);
                let len = (filters - filter).min(S::F32_LANES);
                let source = &weight[input * filters + filter..];
                let taps = Steps { source, side: N, step: inputs * filters, len };
                let half = columns::<S, SpreadScaled, N, POINTS>(simd, &taps);
                for i in 0..POINTS {
                    let row = SpreadScaled::map(simd, half[i]);
                    for j in 0..POINTS {
                        let at = (i * POINTS + j) * spaced(inputs * stored) + input * stored + column;
                        store(simd, &mut out[at..][..S::F32_LANES], row[j]);
                    }
                }
            }
        }
    }
}

/// From gradients at the points, `[point, input, filter]`, to those of the filters, which they are added to.
pub(super) struct FilterGradients<'a, const N: usize> {
    pub gradient: &'a [f32],
    pub inputs: usize,
    pub filters: usize,
    pub out: &'a mut [f32],
}

impl<const N: usize> WithSimd for FilterGradients<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { gradient, inputs, filters, out } = self;
        for input in 0..inputs {
            for first in (0..filters).step_by(S::F32_LANES) {
                let len = (filters - first).min(S::F32_LANES);
                let source = &gradient[input * filters + first..];
                let points = Steps { source, side: POINTS, step: spaced(inputs * filters), len };
                let half = columns::<S, GatherScaled, POINTS, N>(simd, &points);
                for i in 0..N {
                    let row: [_; N] = GatherScaled::map(simd, half[i]);
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
