//! To the transform domain and back, in one dimension: three maps that all transforms are made of.
//!
//! [`OutputGradientMap`] evaluates a polynomial, whose coefficients are a filter or outputs' gradients, at the points;
//! [`OutputMap`] is its transpose, and turns products into outputs or a filter's gradient; [`InputMap`] turns neighbouring inputs
//! into what belongs to them at the points. The points are 0, pairs `±p`, and infinity, where a polynomial's value is its last coefficient.

#![allow(clippy::needless_range_loop)] // loops over constants are unrolled and keep their values in registers, iterators do not

use crate::simd::mul_add;
use pulp::Simd;
use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

/// The most pairs of points, and the most coefficients of a filter.
const PAIRS: usize = 3;
const COEFFICIENTS: usize = 5;

/// Constants of a set of points, worked out while compiling.
struct Points {
    /// `p^i` for each pair.
    powers: [[f32; COEFFICIENTS]; PAIRS],
    /// Coefficients of `Π (x² - q²)` over the other pairs, by powers of `x²`.
    others: [[f32; PAIRS]; PAIRS],
    /// Coefficients of `Π (x² - q²)` over all pairs.
    all: [f32; PAIRS + 1],
    /// What filters are multiplied with at zero and at each pair: one over the product of distances from the other points.
    scale_zero: f32,
    scale: [f32; PAIRS],
}

impl Points {
    const fn new<const N: usize>(pairs: [f64; N]) -> Self {
        let mut points = Self {
            powers: [[0.0; COEFFICIENTS]; PAIRS],
            others: [[0.0; PAIRS]; PAIRS],
            all: [0.0; PAIRS + 1],
            scale_zero: 0.0,
            scale: [0.0; PAIRS],
        };
        let mut all = [1.0, 0.0, 0.0, 0.0];
        let mut at_zero = 1.0;
        let mut i = 0;
        while i < N {
            let square = pairs[i] * pairs[i];
            let (mut others, mut distances, mut j) = ([1.0, 0.0, 0.0, 0.0], 2.0 * square, 0);
            while j < N {
                if j != i {
                    others = times(others, pairs[j] * pairs[j]);
                    distances *= square - pairs[j] * pairs[j];
                }
                j += 1;
            }
            all = times(all, square);
            at_zero *= -square;
            points.scale[i] = (1.0 / distances) as f32;
            let (mut power, mut k) = (1.0, 0);
            while k < COEFFICIENTS {
                points.powers[i][k] = power as f32;
                power *= pairs[i];
                k += 1;
            }
            let mut k = 0;
            while k < PAIRS {
                points.others[i][k] = others[k] as f32;
                k += 1;
            }
            i += 1;
        }
        let mut k = 0;
        while k <= PAIRS {
            points.all[k] = all[k] as f32;
            k += 1;
        }
        points.scale_zero = (1.0 / at_zero) as f32;
        points
    }
}

/// A polynomial in `x²` times `x² - square`.
const fn times(polynomial: [f64; PAIRS + 1], square: f64) -> [f64; PAIRS + 1] {
    let mut product = [0.0; PAIRS + 1];
    let mut k = 0;
    while k <= PAIRS {
        product[k] = -square * polynomial[k] + if k > 0 { polynomial[k - 1] } else { 0.0 };
        k += 1;
    }
    product
}

const SIX: Points = Points::new([FRAC_1_SQRT_2 as f64, SQRT_2 as f64]);
const EIGHT: Points = Points::new([0.5, 1.0, 2.0]);

/// The set of `P` points.
const fn points<const P: usize>() -> &'static Points {
    match P {
        6 => &SIX,
        8 => &EIGHT,
        _ => panic!("there are sets of 6 and of 8 points"),
    }
}

/// A map of `N` values to `M`.
///
/// A trait, not a closure: what is not inlined into the function that has the vector instructions enabled is slow.
pub(super) trait Map<S: Simd, const N: usize, const M: usize> {
    fn map(simd: S, values: [S::f32s; N]) -> [S::f32s; M];
}

/// `Σ v[i] p^i` at each point.
pub(super) struct OutputGradientMap;

impl<S: Simd, const N: usize, const P: usize> Map<S, N, P> for OutputGradientMap {
    #[inline(always)]
    fn map(simd: S, v: [S::f32s; N]) -> [S::f32s; P] {
        let points = const { points::<P>() };
        let mut out = [v[0]; P];
        for pair in 0..(P - 2) / 2 {
            let powers = &points.powers[pair];
            // Horner's scheme for even powers and for odd ones, the latter divided by the point
            let (mut even, mut odd) = (v[(N - 1) / 2 * 2], v[(N - 2) / 2 * 2 + 1]);
            for i in (0..(N - 1) / 2).rev() {
                even = plus(simd, powers[2], even, v[2 * i]);
            }
            for i in (0..(N - 2) / 2).rev() {
                odd = plus(simd, powers[2], odd, v[2 * i + 1]);
            }
            out[2 * pair + 1] = plus(simd, powers[1], odd, even);
            out[2 * pair + 2] = plus(simd, -powers[1], odd, even);
        }
        out[P - 1] = v[N - 1];
        out
    }
}

/// `factor x + y`
#[inline(always)]
fn plus<S: Simd>(simd: S, factor: f32, x: S::f32s, y: S::f32s) -> S::f32s {
    mul_add(simd, simd.splat_f32s(factor), x, y)
}

/// The transpose of [`OutputGradientMap`].
pub(super) struct OutputMap;

impl<S: Simd, const P: usize, const N: usize> Map<S, P, N> for OutputMap {
    #[inline(always)]
    fn map(simd: S, m: [S::f32s; P]) -> [S::f32s; N] {
        let points = const { points::<P>() };
        let zero = simd.splat_f32s(0.0);
        let (mut sums, mut differences) = ([zero; PAIRS], [zero; PAIRS]);
        for pair in 0..(P - 2) / 2 {
            sums[pair] = simd.add_f32s(m[2 * pair + 1], m[2 * pair + 2]);
            differences[pair] = simd.sub_f32s(m[2 * pair + 1], m[2 * pair + 2]);
        }
        let mut out = [m[0]; N];
        for i in 0..N {
            let halves = if i % 2 == 0 { &sums } else { &differences };
            let mut sum = if i == 0 {
                simd.add_f32s(m[0], halves[0])
            } else {
                simd.mul_f32s(simd.splat_f32s(points.powers[0][i]), halves[0])
            };
            for pair in 1..(P - 2) / 2 {
                sum = plus(simd, points.powers[pair][i], halves[pair], sum);
            }
            out[i] = if i == N - 1 { simd.add_f32s(sum, m[P - 1]) } else { sum };
        }
        out
    }
}

/// The coefficients of `Π (x - p)`, each point left out in turn, applied to inputs.
pub(super) struct InputMap;

impl<S: Simd, const P: usize> Map<S, P, P> for InputMap {
    #[inline(always)]
    fn map(simd: S, d: [S::f32s; P]) -> [S::f32s; P] {
        let points = const { points::<P>() };
        let pairs = (P - 2) / 2;
        let mut out = d;
        // their last coefficients are 1
        let (mut zero, mut infinity) = (d[P - 2], d[P - 1]);
        for k in 0..pairs {
            zero = plus(simd, points.all[k], d[2 * k], zero);
            infinity = plus(simd, points.all[k], d[2 * k + 1], infinity);
        }
        (out[0], out[P - 1]) = (zero, infinity);
        for pair in 0..pairs {
            let (mut even, mut odd) = (d[P - 2], d[P - 3]);
            for k in 0..pairs - 1 {
                even = plus(simd, points.others[pair][k], d[2 * k + 2], even);
                odd = plus(simd, points.others[pair][k], d[2 * k + 1], odd);
            }
            let point = points.powers[pair][1];
            out[2 * pair + 1] = plus(simd, point, odd, even);
            out[2 * pair + 2] = plus(simd, -point, odd, even);
        }
        out
    }
}

/// The same for filters, which are scaled.
pub(super) struct FilterMap;

impl<S: Simd, const N: usize, const P: usize> Map<S, N, P> for FilterMap {
    #[inline(always)]
    fn map(simd: S, v: [S::f32s; N]) -> [S::f32s; P] {
        scaled(simd, OutputGradientMap::map(simd, v))
    }
}

/// The transpose of [`FilterMap`].
pub(super) struct FilterGradientMap;

impl<S: Simd, const P: usize, const N: usize> Map<S, P, N> for FilterGradientMap {
    #[inline(always)]
    fn map(simd: S, m: [S::f32s; P]) -> [S::f32s; N] {
        OutputMap::map(simd, scaled(simd, m))
    }
}

#[inline(always)]
fn scaled<S: Simd, const P: usize>(simd: S, mut values: [S::f32s; P]) -> [S::f32s; P] {
    let points = const { points::<P>() };
    values[0] = simd.mul_f32s(values[0], simd.splat_f32s(points.scale_zero));
    for point in 1..P - 1 {
        values[point] = simd.mul_f32s(values[point], simd.splat_f32s(points.scale[(point - 1) / 2]));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `OutputMap(FilterMap(filter) ⊙ InputMap(input))` is the convolution, and its two transposes are the gradients.
    fn check<const P: usize, const N: usize, const M: usize>(input: [f32; P], filter: [f32; N], d_output: [f32; M]) {
        let simd = pulp::Scalar;
        let transformed: [f32; P] = InputMap::map(simd, input);
        let product =
            |left: [f32; P], right: [f32; P]| -> [f32; P] { std::array::from_fn(|point| left[point] * right[point]) };
        let close = |got: f32, exact: f64| (f64::from(got) - exact).abs() < 4e-5;

        let outputs: [f32; M] = OutputMap::map(simd, product(FilterMap::map(simd, filter), transformed));
        for (i, got) in outputs.into_iter().enumerate() {
            let exact = (0..N).map(|k| f64::from(input[i + k]) * f64::from(filter[k])).sum::<f64>();
            assert!(close(got, exact), "output {i}: {got}, exactly {exact}");
        }
        let d_filter: [f32; N] =
            FilterGradientMap::map(simd, product(OutputGradientMap::map(simd, d_output), transformed));
        for (k, got) in d_filter.into_iter().enumerate() {
            let exact = (0..M).map(|i| f64::from(input[i + k]) * f64::from(d_output[i])).sum::<f64>();
            assert!(close(got, exact), "filter gradient {k}: {got}, exactly {exact}");
        }
    }

    proptest! {
        #[test]
        fn transforms_multiply_to_convolutions(
            input: [i8; 8],
            filter: [i8; 5],
            d_output: [i8; 4],
        ) {
            let part = |x: i8| f32::from(x) / 128.0;
            let (input, filter, d_output) = (input.map(part), filter.map(part), d_output.map(part));
            check::<8, 5, 4>(input, filter, d_output);
            check::<6, 3, 4>(std::array::from_fn(|i| input[i]), std::array::from_fn(|i| filter[i]), d_output);
        }
    }
}
