//! Dropout with a counter-based generator: the mask is a function of seed and position alone.

use pulp::{Simd, WithSimd};

use crate::elementwise::CHUNK;
use crate::parallel::for_each_chunk;
use crate::simd::arch;

/// Zeroes a share of the values and scales the others by `1 / (1 - rate)`, as Keras does.
///
/// No mask is stored: value `i` is dropped by the `i`-th number of the Philox 4x32-10 sequence (Salmon et al., 2011) of a
/// key, so that forward and backward pass draw the same mask, on any number of threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// Share of the values dropped, `0.0..1.0`.
    pub rate: f32,
}

impl Dropout {
    /// Drops in place: the forward pass on activations, and the backward pass on their gradients with the same `key`.
    ///
    /// Use a new key for each layer and training step, for example `hash(seed, layer, step)`.
    pub fn apply(&self, key: u64, values: &mut [f32]) {
        let threshold = (f64::from(self.rate.clamp(0.0, 1.0)) * 4_294_967_296.0) as u64;
        let keep = if self.rate < 1.0 { 1.0 / (1.0 - self.rate.max(0.0)) } else { 0.0 };
        if threshold == 0 {
            return;
        }
        let cost = 8 * values.len();
        for_each_chunk(values, CHUNK, cost, |part, values| {
            arch().dispatch(Drop { first_block: (part * CHUNK / 4) as u64, key, threshold, keep, values });
        });
    }
}

/// Blocks of four random numbers drawn side by side, so that their arithmetic fills vector registers.
const BLOCKS: usize = 16;

struct Drop<'a> {
    first_block: u64,
    key: u64,
    threshold: u64,
    keep: f32,
    values: &'a mut [f32],
}

impl WithSimd for Drop<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (index, values) in self.values.chunks_mut(4 * BLOCKS).enumerate() {
            let random = philox(self.first_block + (index * BLOCKS) as u64, self.key);
            for (block, four) in values.chunks_mut(4).enumerate() {
                for (x, random) in four.iter_mut().zip(&random) {
                    *x = if u64::from(random[block]) >= self.threshold { *x * self.keep } else { 0.0 };
                }
            }
        }
    }
}

/// Blocks `first..first + BLOCKS` of the Philox 4x32-10 sequence of `key`: number `i` of block `b` is `[i][b]`.
#[inline(always)]
fn philox(first: u64, key: u64) -> [[u32; BLOCKS]; 4] {
    let (mut k0, mut k1) = (key as u32, (key >> 32) as u32);
    let mut c0: [u32; BLOCKS] = std::array::from_fn(|b| (first + b as u64) as u32);
    let mut c1: [u32; BLOCKS] = std::array::from_fn(|b| ((first + b as u64) >> 32) as u32);
    let (mut c2, mut c3) = ([0; BLOCKS], [0; BLOCKS]);
    for _ in 0..10 {
        for b in 0..BLOCKS {
            let x = u64::from(c0[b]) * 0xD251_1F53;
            let y = u64::from(c2[b]) * 0xCD9E_8D57;
            c0[b] = (y >> 32) as u32 ^ c1[b] ^ k0;
            c2[b] = (x >> 32) as u32 ^ c3[b] ^ k1;
            c1[b] = y as u32;
            c3[b] = x as u32;
        }
        k0 = k0.wrapping_add(0x9E37_79B9);
        k1 = k1.wrapping_add(0xBB67_AE85);
    }
    [c0, c1, c2, c3]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_matches_the_published_vectors() {
        // Random123 1.14, tests/kat_vectors: philox4x32 10, counter and key all zero
        assert_eq!(philox(0, 0).map(|numbers| numbers[0]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    }

    #[test]
    fn drops_the_share_asked_for_and_keeps_the_mean() {
        let mut values = vec![1.0; 100_000];
        Dropout { rate: 0.3 }.apply(7, &mut values);
        let dropped = values.iter().filter(|x| **x == 0.0).count();
        assert!((29_300..30_700).contains(&dropped), "{dropped}");
        assert!(values.iter().all(|x| *x == 0.0 || (*x - 1.0 / 0.7).abs() < 1e-6));
    }

    #[test]
    fn a_rate_of_zero_changes_nothing_and_of_one_drops_all() {
        let mut values = [1.0; 9];
        Dropout { rate: 0.0 }.apply(1, &mut values);
        assert_eq!(values, [1.0; 9]);
        Dropout { rate: 1.0 }.apply(1, &mut values);
        assert_eq!(values, [0.0; 9]);
    }
}
