//! Loops over rows of channels, a block of channels at a time, so that each channel's sums stay in registers.

use pulp::{Simd, WithSimd};

use crate::parallel::GROUP;
use crate::simd::{at_least, load, mul_add, store};

/// Vectors of channels in a block: enough independent sums to keep the adders busy.
const VECTORS: usize = 2;

/// Calls `$job.block::<S, V>($simd, first channel)` for blocks of channels; the last may be smaller.
macro_rules! by_channels {
    ($job:expr, $simd:expr, $s:ty) => {{
        let mut job = $job;
        let mut first = 0;
        while first < job.channels {
            if job.channels - first > <$s>::F32_LANES {
                job.block::<$s, VECTORS>($simd, first);
                first += VECTORS * <$s>::F32_LANES;
            } else {
                job.block::<$s, 1>($simd, first);
                first += <$s>::F32_LANES;
            }
        }
    }};
}

/// The part of vector `v` of a block that lies inside a row.
#[inline(always)]
fn span<S: Simd>(channels: usize, first: usize, v: usize) -> std::ops::Range<usize> {
    let start = (first + v * S::F32_LANES).min(channels);
    start..(start + S::F32_LANES).min(channels)
}

/// A block of a row, or of one value per channel.
#[inline(always)]
fn read<S: Simd, const V: usize>(simd: S, row: &[f32], channels: usize, first: usize) -> [S::f32s; V] {
    std::array::from_fn(|v| load(simd, &row[span::<S>(channels, first, v)]))
}

#[inline(always)]
fn write<S: Simd, const V: usize>(simd: S, row: &mut [f32], channels: usize, first: usize, values: [S::f32s; V]) {
    for (v, values) in values.into_iter().enumerate() {
        store(simd, &mut row[span::<S>(channels, first, v)], values);
    }
}

/// Means (first half of `moments`) and sums of squared deviations (second half) of some rows.
pub(super) struct Moments<'a> {
    pub channels: usize,
    pub rows: &'a [f32],
    pub moments: &'a mut [f32],
}

impl WithSimd for Moments<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        by_channels!(self, simd, S);
    }
}

impl Moments<'_> {
    #[inline(always)]
    fn mean_of_first_rows<S: Simd, const V: usize>(&self, simd: S, first: usize) -> [S::f32s; V] {
        let rows = self.rows.chunks_exact(self.channels).take(GROUP);
        let share = simd.splat_f32s(1.0 / rows.len() as f32);
        let start = read::<S, V>(simd, self.rows, self.channels, first);
        let mut mean = [simd.splat_f32s(0.0); V];
        for row in rows {
            let x = read::<S, V>(simd, row, self.channels, first);
            for v in 0..V {
                mean[v] = simd.add_f32s(mean[v], simd.sub_f32s(x[v], start[v]));
            }
        }
        std::array::from_fn(|v| simd.add_f32s(simd.mul_f32s(mean[v], share), start[v]))
    }

    #[inline(always)]
    fn block<S: Simd, const V: usize>(&mut self, simd: S, first: usize) {
        let channels = self.channels;
        let groups = self.rows.chunks(GROUP * channels);
        let share = simd.splat_f32s(1.0 / (self.rows.len() / channels) as f32);
        // Differences from the mean of the first rows: a sum of thousands of large values would lose their digits, and one row may be far
        // from all others.
        let start = self.mean_of_first_rows::<S, V>(simd, first);
        let mut mean = [simd.splat_f32s(0.0); V];
        for group in groups.clone() {
            let mut sum = [simd.splat_f32s(0.0); V];
            for row in group.chunks_exact(channels) {
                let x = read::<S, V>(simd, row, channels, first);
                for v in 0..V {
                    sum[v] = simd.add_f32s(sum[v], simd.sub_f32s(x[v], start[v]));
                }
            }
            for v in 0..V {
                mean[v] = simd.add_f32s(mean[v], sum[v]);
            }
        }
        for v in 0..V {
            mean[v] = simd.add_f32s(simd.mul_f32s(mean[v], share), start[v]);
        }
        let mut squares = [simd.splat_f32s(0.0); V];
        for group in groups {
            let mut sum = [simd.splat_f32s(0.0); V];
            for row in group.chunks_exact(channels) {
                let x = read::<S, V>(simd, row, channels, first);
                for v in 0..V {
                    let d = simd.sub_f32s(x[v], mean[v]);
                    sum[v] = mul_add(simd, d, d, sum[v]);
                }
            }
            for v in 0..V {
                squares[v] = simd.add_f32s(squares[v], sum[v]);
            }
        }
        let (means, deviations) = self.moments.split_at_mut(channels);
        write(simd, means, channels, first, mean);
        write(simd, deviations, channels, first, squares);
    }
}

/// `y = max((x - mean) scale + beta, floor)`
pub(super) struct Normalize<'a> {
    pub channels: usize,
    pub input: &'a [f32],
    pub mean: &'a [f32],
    pub scale: &'a [f32],
    pub beta: &'a [f32],
    pub floor: f32,
    pub output: &'a mut [f32],
}

impl WithSimd for Normalize<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        by_channels!(self, simd, S);
    }
}

impl Normalize<'_> {
    #[inline(always)]
    fn block<S: Simd, const V: usize>(&mut self, simd: S, first: usize) {
        let channels = self.channels;
        let mean = read::<S, V>(simd, self.mean, channels, first);
        let scale = read::<S, V>(simd, self.scale, channels, first);
        let beta = read::<S, V>(simd, self.beta, channels, first);
        let floor = simd.splat_f32s(self.floor);
        for (y, x) in self.output.chunks_exact_mut(channels).zip(self.input.chunks_exact(channels)) {
            let mut x = read::<S, V>(simd, x, channels, first);
            for v in 0..V {
                let z = mul_add(simd, simd.sub_f32s(x[v], mean[v]), scale[v], beta[v]);
                x[v] = at_least(simd, floor, z);
            }
            write(simd, y, channels, first, x);
        }
    }
}

/// `Σ dy (x - mean)` (first half of `sums`) and `Σ dy` (second half).
pub(super) struct GradientSums<'a> {
    pub channels: usize,
    pub input: &'a [f32],
    pub d_output: &'a [f32],
    pub mean: &'a [f32],
    pub sums: &'a mut [f32],
}

impl WithSimd for GradientSums<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        by_channels!(self, simd, S);
    }
}

impl GradientSums<'_> {
    #[inline(always)]
    fn block<S: Simd, const V: usize>(&mut self, simd: S, first: usize) {
        let channels = self.channels;
        let mean = read::<S, V>(simd, self.mean, channels, first);
        let (mut d_gamma, mut d_beta) = ([simd.splat_f32s(0.0); V], [simd.splat_f32s(0.0); V]);
        for (inputs, gradients) in self.input.chunks(GROUP * channels).zip(self.d_output.chunks(GROUP * channels)) {
            let (mut gamma, mut beta) = ([simd.splat_f32s(0.0); V], [simd.splat_f32s(0.0); V]);
            for (x, g) in inputs.chunks_exact(channels).zip(gradients.chunks_exact(channels)) {
                let x = read::<S, V>(simd, x, channels, first);
                let g = read::<S, V>(simd, g, channels, first);
                for v in 0..V {
                    gamma[v] = mul_add(simd, g[v], simd.sub_f32s(x[v], mean[v]), gamma[v]);
                    beta[v] = simd.add_f32s(beta[v], g[v]);
                }
            }
            for v in 0..V {
                d_gamma[v] = simd.add_f32s(d_gamma[v], gamma[v]);
                d_beta[v] = simd.add_f32s(d_beta[v], beta[v]);
            }
        }
        let (gammas, betas) = self.sums.split_at_mut(channels);
        write(simd, gammas, channels, first, d_gamma);
        write(simd, betas, channels, first, d_beta);
    }
}

/// `dx = scale (dy + slope (x - mean) + shift)`; `factors` holds scales, slopes and shifts one after the other.
pub(super) struct InputGradient<'a> {
    pub channels: usize,
    pub input: &'a [f32],
    pub d_output: &'a [f32],
    pub mean: &'a [f32],
    pub factors: &'a [f32],
    pub d_input: &'a mut [f32],
}

impl WithSimd for InputGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        by_channels!(self, simd, S);
    }
}

impl InputGradient<'_> {
    #[inline(always)]
    fn block<S: Simd, const V: usize>(&mut self, simd: S, first: usize) {
        let channels = self.channels;
        let mean = read::<S, V>(simd, self.mean, channels, first);
        let scale = read::<S, V>(simd, self.factors, channels, first);
        let slope = read::<S, V>(simd, &self.factors[channels..], channels, first);
        let shift = read::<S, V>(simd, &self.factors[2 * channels..], channels, first);
        let rows = self.input.chunks_exact(channels).zip(self.d_output.chunks_exact(channels));
        for (d, (x, g)) in self.d_input.chunks_exact_mut(channels).zip(rows) {
            let mut x = read::<S, V>(simd, x, channels, first);
            let g = read::<S, V>(simd, g, channels, first);
            for v in 0..V {
                let rest = mul_add(simd, slope[v], simd.sub_f32s(x[v], mean[v]), shift[v]);
                x[v] = simd.mul_f32s(scale[v], simd.add_f32s(g[v], rest));
            }
            write(simd, d, channels, first, x);
        }
    }
}
