//! Mixup: each example of a batch blended with another one, picture and target (Zhang and others, mixup: Beyond Empirical Risk
//! Minimization, 2018).

use super::Batch;
use crate::random::{Sequence, Stream, hash, permutation};
use rayon::prelude::*;

/// The smallest and the largest `alpha` that makes sense: below, hardly any picture is mixed; above, all are halves.
pub(super) const ALPHAS: std::ops::RangeInclusive<f64> = 0.01..=100.0;

/// What each example of a batch is blended with.
#[derive(Debug, Default)]
pub(crate) struct Mixed {
    /// The other one's class; 0 where there are none.
    pub labels: Vec<usize>,
    /// The example's own share, half or more. The other one has the rest.
    pub shares: Vec<f32>,
    /// Pictures and targets before they were mixed, for their memory.
    before: [Vec<f32>; 2],
}

impl Batch {
    /// Blends each example with the one that a random order has in its place, the shares drawn from Beta(alpha, alpha): Keras's
    /// `MixUp`. The larger share is the example's own, which changes nothing about which blends occur, for the other one is as
    /// random; so its label is the more probable one. All follow from the seed and the number of the batch.
    pub(super) fn mix(&mut self, alpha: f64, seed: u64, number: u64) {
        let count = self.labels.len();
        let others = permutation(count, seed, Stream::MixupOrder, number);
        let share = |index: usize| {
            let share = beta(alpha, &mut Sequence::new(hash(seed, Stream::Mixup, number, index as u64)));
            share.max(1.0 - share) as f32
        };
        let mixed = self.mixed.get_or_insert_default();
        mixed.shares.clear();
        mixed.shares.extend((0..count).map(share));
        mixed.labels.clear();
        mixed.labels.extend(others.iter().map(|other| self.labels[*other]));
        for (values, before) in [&mut self.images, &mut self.targets].into_iter().zip(&mut mixed.before) {
            if values.is_empty() {
                continue;
            }
            std::mem::swap(values, before);
            values.resize(before.len(), 0.0);
            let each = before.len() / count;
            let shares = mixed.shares.par_iter().zip(&others).enumerate().with_min_len(4);
            values.par_chunks_exact_mut(each).zip(shares).for_each(|(out, (index, (share, other)))| {
                let pairs = before[index * each..][..each].iter().zip(&before[other * each..][..each]);
                out.iter_mut().zip(pairs).for_each(|(out, (own, other))| *out = share * own + (1.0 - share) * other);
            });
        }
    }
}

impl Batch {
    /// What each example counts, by the weights of the classes: of a blend, the mean over its parts.
    pub(super) fn weights(&self, classes: &[f32]) -> Vec<f32> {
        let own = self.labels.iter().map(|label| classes[*label]);
        match &self.mixed {
            None => own.collect(),
            Some(Mixed { labels, shares, .. }) => {
                let others = labels.iter().map(|label| classes[*label]).zip(shares);
                own.zip(others).map(|(own, (other, share))| share * own + (1.0 - share) * other).collect()
            }
        }
    }
}

/// A number from Beta(alpha, alpha): `X / (X + Y)` of two gamma distributed ones. By their logarithms, as those of a small `alpha`
/// are too small for numbers.
fn beta(alpha: f64, random: &mut Sequence) -> f64 {
    let difference = log_gamma_distributed(alpha, random) - log_gamma_distributed(alpha, random);
    1.0 / (1.0 + libm::exp(-difference))
}

/// The logarithm of a number from Gamma(alpha, 1), by Marsaglia and Tsang's method (A Simple Method for Generating Gamma
/// Variables, 2000); for `alpha` below 1 of one more, times `u^(1 / alpha)`.
fn log_gamma_distributed(alpha: f64, random: &mut Sequence) -> f64 {
    if alpha < 1.0 {
        return log_gamma_distributed(alpha + 1.0, random) + libm::log(random.above_zero()) / alpha;
    }
    let d = alpha - 1.0 / 3.0;
    loop {
        let x = random.normal();
        let root = 1.0 + x / (9.0 * d).sqrt();
        if root <= 0.0 {
            continue;
        }
        let log_v = 3.0 * libm::log(root);
        let v = root * root * root;
        if libm::log(random.above_zero()) < 0.5 * x * x + d - d * v + d * log_v {
            return libm::log(d) + log_v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Loss;

    fn batch(count: usize, each: usize) -> Batch {
        Batch {
            images: (0..count * each).map(|at| at as f32).collect(),
            labels: (0..count).collect(),
            ..Batch::default()
        }
    }

    #[test]
    fn examples_are_blended_with_their_partners() {
        let mut batch = batch(10, 3);
        let before = batch.images.clone();
        batch.mix(0.4, 7, 3);
        let mixed = batch.mixed.as_ref().unwrap();
        assert_eq!(batch.labels, (0..10).collect::<Vec<_>>());
        let mut others = mixed.labels.clone();
        others.sort_unstable();
        assert_eq!(others, batch.labels, "each is another's partner once");
        for (index, (share, other)) in mixed.shares.iter().zip(&mixed.labels).enumerate() {
            assert!((0.5..=1.0).contains(share));
            for at in 0..3 {
                let expected = share * before[index * 3 + at] + (1.0 - share) * before[other * 3 + at];
                assert_eq!(batch.images[index * 3 + at], expected);
            }
        }
    }

    /// Of `tests/keras/mixup.py`.
    #[test]
    fn losses_of_blends_are_those_of_keras() {
        let mixed = Mixed { labels: vec![2, 1, 0], shares: vec![0.75, 0.5, 0.9], ..Mixed::default() };
        let batch = Batch { labels: vec![0, 2, 1], mixed: Some(mixed), ..Batch::default() };
        let logits = [2.0, 0.0, -1.0, 0.5, 1.5, -0.25, -1.0, 3.0, 0.75];
        let weights = batch.weights(&[1.0, 2.0, 4.0]);
        let close = |loss: Loss, smoothing, weights, expected: f32| {
            let found = loss.compute(3, &logits, &batch, smoothing, weights, None);
            assert!(
                (found - expected).abs() < 1e-6 * (1.0 + expected),
                "{loss:?}, {smoothing}: {found}, not {expected}"
            );
        };
        close(Loss::CategoricalCrossEntropy, 0.0, None, 0.914_780_6);
        close(Loss::CategoricalCrossEntropy, 0.0, Some(&weights[..]), 2.171_637_8);
        close(Loss::CategoricalCrossEntropy, 0.1, None, 1.002_836_1);
        close(Loss::CategoricalCrossEntropy, 0.1, Some(&weights[..]), 2.335_887_7);
        close(Loss::BinaryCrossEntropy, 0.0, None, 0.712_054_1);
        close(Loss::BinaryCrossEntropy, 0.1, None, 0.731_220_8);
    }

    #[test]
    fn blends_follow_from_seed_and_number() {
        let mixed = |seed, number| {
            let mut batch = batch(6, 2);
            batch.mix(1.0, seed, number);
            batch.images
        };
        assert_eq!(mixed(1, 2), mixed(1, 2));
        assert_ne!(mixed(1, 2), mixed(1, 3));
        assert_ne!(mixed(1, 2), mixed(2, 2));
    }

    #[test]
    fn shares_are_distributed_as_beta() {
        // scipy 1.17.1: scipy.stats.beta.cdf([0.05, 0.25, 0.5, 0.9], alpha, alpha)
        let cases = [
            (0.05, [0.433_101_81, 0.474_400_66, 0.5, 0.550_530_91]),
            (0.2, [0.291_025_07, 0.414_055_52, 0.5, 0.663_310_22]),
            (1.0, [0.05, 0.25, 0.5, 0.9]),
            (4.0, [0.000_193_58, 0.070_556_64, 0.5, 0.997_272]),
        ];
        for (alpha, expected) in cases {
            let number = |index| beta(alpha, &mut Sequence::new(hash(5, Stream::Mixup, 0, index)));
            let numbers: Vec<f64> = (0..20_000).map(number).collect();
            for (below, expected) in [0.05, 0.25, 0.5, 0.9].into_iter().zip(expected) {
                let share = numbers.iter().filter(|number| **number <= below).count() as f64 / 20_000.0;
                // 4 deviations of a share of 20,000
                let allowed = 4.0 * (expected * (1.0 - expected) / 20_000.0f64).sqrt();
                assert!((share - expected).abs() <= allowed, "Beta({alpha}) below {below}: {share}, not {expected}");
            }
        }
    }
}
