//! To six points and back, in one dimension: three maps that everything is made of.
//!
//! [`Spread`] evaluates a polynomial, whose coefficients are a filter or outputs' gradients, at the points; [`Gather`] is its
//! transpose, and turns products into outputs or a filter's gradient; [`Patch`] turns six neighbouring inputs into what belongs
//! to them at the points.

#![allow(clippy::needless_range_loop)] // loops over constants are unrolled and keep their values in registers, iterators do not

use super::POINTS;
use pulp::Simd;
use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

/// What a filter is multiplied with at each point: one over the product of the point's distances from the others.
const SCALE: [f32; POINTS] = [1.0, -2.0 / 3.0, -2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0, 1.0];

/// Powers of the two distances that points have from zero.
const NEAR: [f32; 5] = [1.0, FRAC_1_SQRT_2, 0.5, FRAC_1_SQRT_2 / 2.0, 0.25];
const FAR: [f32; 5] = [1.0, SQRT_2, 2.0, SQRT_2 * 2.0, 4.0];

/// A map of `N` values to `M`.
///
/// A trait, not a closure: what is not inlined into the function that has the vector instructions enabled is slow.
pub(super) trait Map<S: Simd, const N: usize, const M: usize> {
    fn map(simd: S, values: [S::f32s; N]) -> [S::f32s; M];
}

/// `Σ v[i] p^i` at the points 0, ±√½, ±√2 and infinity (the last coefficient).
pub(super) struct Spread;

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
pub(super) struct Gather;

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
pub(super) struct Patch;

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
pub(super) struct SpreadScaled;

impl<S: Simd, const N: usize> Map<S, N, POINTS> for SpreadScaled {
    #[inline(always)]
    fn map(simd: S, v: [S::f32s; N]) -> [S::f32s; POINTS] {
        scaled(simd, Spread::map(simd, v))
    }
}

/// The transpose of [`SpreadScaled`].
pub(super) struct GatherScaled;

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
