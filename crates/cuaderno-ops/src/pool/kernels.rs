//! The inner loops of max pooling, and those of its most common kind: windows of 2 × 2 side by side.

use pulp::{Simd, WithSimd};

/// Whether a window's maximum moves on to `x`. A NaN wins and stays, so that it reaches the loss and is noticed.
#[inline(always)]
pub(super) fn wins(x: f32, best: f32) -> bool {
    (x > best) | x.is_nan() // not `||`: without a branch the loop vectorizes
}

/// The larger of two, a NaN before any number.
#[inline(always)]
pub(super) fn larger(best: f32, x: f32) -> f32 {
    if wins(x, best) { x } else { best }
}

/// Rows of 2 × 2 windows: each two rows of the input make one of the output.
pub(super) struct Max2x2<'a> {
    pub channels: usize,
    pub input: &'a [f32],
    pub input_row_len: usize,
    pub output: &'a mut [f32],
    pub row_len: usize,
    pub argmax: Option<&'a mut [u16]>,
}

impl WithSimd for Max2x2<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        let Self { channels, .. } = self;
        let pairs = self.input.chunks_exact(2 * self.input_row_len);
        for (index, (output, pair)) in self.output.chunks_exact_mut(self.row_len).zip(pairs).enumerate() {
            let (upper, lower) = pair.split_at(self.input_row_len);
            let pairs = upper.chunks_exact(2 * channels).zip(lower.chunks_exact(2 * channels));
            let windows = output.chunks_exact_mut(channels).zip(pairs);
            let Some(argmax) = &mut self.argmax else {
                for (best, (upper, lower)) in windows {
                    let ((a, b), (c, d)) = (upper.split_at(channels), lower.split_at(channels));
                    let (b, c, d) = (&b[..a.len()], &c[..a.len()], &d[..a.len()]);
                    for (k, best) in best[..a.len()].iter_mut().enumerate() {
                        *best = larger(larger(a[k], b[k]), larger(c[k], d[k]));
                    }
                }
                continue;
            };
            let argmax = &mut argmax[index * self.row_len..][..self.row_len];
            for ((best, (upper, lower)), argmax) in windows.zip(argmax.chunks_exact_mut(channels)) {
                let ((a, b), (c, d)) = (upper.split_at(channels), lower.split_at(channels));
                let (b, c, d) = (&b[..a.len()], &c[..a.len()], &d[..a.len()]);
                let both = best[..a.len()].iter_mut().zip(&mut argmax[..a.len()]);
                for (k, (best, winner)) in both.enumerate() {
                    let (top, top_tap) = if wins(b[k], a[k]) { (b[k], 1u32) } else { (a[k], 0) };
                    let (bottom, bottom_tap) = if wins(d[k], c[k]) { (d[k], 3u32) } else { (c[k], 2) };
                    *best = larger(top, bottom);
                    *winner = if wins(bottom, top) { bottom_tap } else { top_tap } as u16;
                }
            }
        }
    }
}

/// One row of pixels below 2 × 2 windows; `tap` is the number of the row's first pixel in a window.
pub(super) struct Spread2x2<'a> {
    pub channels: usize,
    pub tap: u16,
    pub argmax: &'a [u16],
    pub d_output: &'a [f32],
    pub row: &'a mut [f32],
}

impl WithSimd for Spread2x2<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { channels, tap, argmax, d_output, row } = self;
        let windows = argmax.chunks_exact(channels).zip(d_output.chunks_exact(channels));
        for (pixels, (argmax, g)) in row.chunks_exact_mut(2 * channels).zip(windows) {
            let (first, second) = pixels.split_at_mut(channels);
            let second = &mut second[..first.len()];
            let (argmax, g) = (&argmax[..first.len()], &g[..first.len()]);
            for k in 0..first.len() {
                first[k] = if argmax[k] == tap { g[k] } else { 0.0 };
                second[k] = if argmax[k] == tap + 1 { g[k] } else { 0.0 };
            }
        }
    }
}
