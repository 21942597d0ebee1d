//! Quantiles of many values without sorting them.

use rayon::prelude::*;

/// Below this many values sorting is as quick.
const FEW: usize = 20_000;

/// Quantiles of finite values, interpolated as R (type 7) and numpy do by default. No values give zeros.
pub(crate) fn quantiles<const N: usize>(values: &[f64], shares: [f64; N]) -> [f64; N] {
    let Some(last) = values.len().checked_sub(1) else { return [0.0; N] };
    let between = |lower: f64, upper: f64, place: f64| lower + (upper - lower) * place.fract();
    if values.len() <= FEW {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        return shares.map(|share| {
            let place = last as f64 * share;
            between(sorted[place as usize], sorted[(place as usize + 1).min(last)], place)
        });
    }
    let buckets = Buckets::count(values);
    shares.map(|share| {
        let place = last as f64 * share;
        let (lower, upper) = buckets.ranked(values, place as usize, (place as usize + 1).min(last));
        between(lower, upper, place)
    })
}

/// How many values share their sign, exponent and first bits: one pass tells where a rank is.
struct Buckets(Vec<u32>);

impl Buckets {
    fn count(values: &[f64]) -> Self {
        let count_chunk = |chunk: &[f64]| {
            let mut counts = vec![0u32; 1 << 16];
            for value in chunk {
                counts[bucket(*value)] += 1;
            }
            counts
        };
        let add = |mut a: Vec<u32>, b: Vec<u32>| {
            a.iter_mut().zip(&b).for_each(|(a, b)| *a += b);
            a
        };
        // Sums of whole numbers are the same in any order.
        let chunks = values.par_chunks(values.len().div_ceil(8));
        Self(chunks.map(count_chunk).reduce(|| vec![0; 1 << 16], add))
    }

    /// The values of two neighbouring ranks.
    fn ranked(&self, values: &[f64], lower: usize, upper: usize) -> (f64, f64) {
        let (first, before) = self.holding(lower);
        let (last, _) = self.holding(upper);
        let among = |value: &&f64| (first..=last).contains(&bucket(**value));
        // Whole numbers put millions of equal values into one bucket: then there is nothing to select.
        let extremes = |(a, b): (f64, f64), value: &f64| (a.min(*value), b.max(*value));
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        let parts = values.par_chunks(1 << 18).map(|part| part.iter().filter(among).fold(none, extremes));
        let (least, greatest) = parts.reduce(|| none, |a, b| (a.0.min(b.0), a.1.max(b.1)));
        if least == greatest {
            return (least, least);
        }
        let mut near: Vec<f64> = values.par_iter().filter(among).copied().collect();
        let (_, at, above) = near.select_nth_unstable_by(lower - before, f64::total_cmp);
        let at = *at;
        (at, if upper == lower { at } else { above.iter().copied().fold(f64::INFINITY, f64::min) })
    }

    /// The bucket with this rank, and how many values come before it.
    fn holding(&self, rank: usize) -> (usize, usize) {
        let mut before = 0;
        for (bucket, count) in self.0.iter().enumerate() {
            if before + *count as usize > rank {
                return (bucket, before);
            }
            before += *count as usize;
        }
        (self.0.len() - 1, before)
    }
}

/// The first 16 bits of a number so ordered that greater numbers have greater ones.
fn bucket(value: f64) -> usize {
    let bits = value.to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    (ordered >> 48) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0.25, 0.5, 0.75]) -> [1.75, 3.5, 5.25]
    #[test]
    fn quantiles_are_numpys() {
        assert_eq!(quantiles(&[3., 1., 4., 1., 5., 9., 2., 6.], [0.25, 0.5, 0.75]), [1.75, 3.5, 5.25]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn counting_finds_what_sorting_finds(seed in 0u64..1000, scale in -5i32..5, whole in any::<bool>()) {
            let mut state = seed;
            let values: Vec<f64> = (0..FEW + 1234).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let value = ((state >> 33) as f64 / (1u64 << 31) as f64 - 0.4) * 10f64.powi(scale);
                if whole { value.round() } else { value }
            }).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let shares = [0.0, 0.25, 0.5, 0.75, 1.0];
            let expected = shares.map(|share| {
                let place = (values.len() - 1) as f64 * share;
                let next = sorted[(place as usize + 1).min(values.len() - 1)];
                sorted[place as usize] + (next - sorted[place as usize]) * place.fract()
            });
            prop_assert_eq!(quantiles(&values, shares), expected);
        }
    }
}
