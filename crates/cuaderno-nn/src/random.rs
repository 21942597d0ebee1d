//! Random numbers by position: each is a function of a seed and of what it is for, so that neither the order of work nor the
//! number of threads matters, and nothing has to be saved to go on after a kill.

/// What a number is for; keeps streams of one seed apart.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Weights = 1,
    Shuffle = 2,
    Dropout = 3,
    Split = 4,
    Mixup = 5,
    MixupOrder = 6,
}

/// A well mixed number for `(seed, stream, a, b)`.
pub(crate) fn hash(seed: u64, stream: Stream, a: u64, b: u64) -> u64 {
    finish(finish(finish(seed ^ (stream as u64) << 56).wrapping_add(a)).wrapping_add(b))
}

/// SplitMix64's step: the golden ratio's bits.
pub(crate) const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64's step and finalizer (Steele, Lea and Flood, 2014).
pub(crate) fn finish(x: u64) -> u64 {
    let x = x.wrapping_add(GOLDEN);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A number in `0.0..1.0` from 24 of the bits.
pub(crate) fn unit(bits: u64) -> f32 {
    (bits >> 40) as f32 / (1 << 24) as f32
}

/// Numbers one after the other, as many as are needed: for draws that may have to be repeated. SplitMix64.
pub(crate) struct Sequence(u64);

impl Sequence {
    pub fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// Above 0, at most 1.
    pub fn above_zero(&mut self) -> f64 {
        let bits = finish(self.0);
        self.0 = self.0.wrapping_add(GOLDEN);
        ((bits >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Of mean 0 and deviation 1 (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let (distance, turn) = ((-2.0 * libm::log(self.above_zero())).sqrt(), self.above_zero());
        distance * libm::cos(std::f64::consts::TAU * turn)
    }
}

/// `0..len` in a random order (Fisher and Yates).
pub(crate) fn permutation(len: usize, seed: u64, stream: Stream, which: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    for i in (1..len).rev() {
        // The multiplication maps 64 bits to 0..=i; its bias is below i / 2^64.
        let j = (u128::from(hash(seed, stream, which, i as u64)) * (i as u128 + 1)) >> 64;
        order.swap(i, j as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_matches_the_published_sequence() {
        // Java's SplittableRandom(0), first value
        assert_eq!(finish(0), 0xE220_A839_7B1D_CDAF);
    }

    #[test]
    fn a_permutation_holds_every_index_once() {
        let mut order = permutation(1000, 7, Stream::Shuffle, 3);
        assert_ne!(order, permutation(1000, 7, Stream::Shuffle, 4));
        order.sort_unstable();
        assert_eq!(order, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn unit_numbers_fill_their_range_evenly() {
        let sum: f64 = (0..10_000).map(|i| f64::from(unit(hash(1, Stream::Weights, 0, i)))).sum();
        assert!((sum / 10_000.0 - 0.5).abs() < 0.01);
    }
}
