//! Quartiles by selection: no full sort.

/// Minimum, first quartile, median, third quartile, maximum; `None` for no values. Reorders the values, which must not hold
/// NaN.
///
/// Type 7 of Hyndman and Fan (1996), the default of R's `quantile` and of pandas: the value at place `(n - 1) p`, between two
/// places in proportion.
pub(crate) fn five_numbers(values: &mut [f64]) -> Option<[f64; 5]> {
    if values.is_empty() {
        return None;
    }
    // Each selection leaves smaller values before its place, so the next one looks only behind.
    let mut done = 0;
    Some([0.0, 0.25, 0.5, 0.75, 1.0].map(|p| {
        let place = (values.len() - 1) as f64 * p;
        let below = place as usize;
        let (_, low, rest) = values[done..].select_nth_unstable_by(below - done, f64::total_cmp);
        let low = *low;
        done = below;
        let fraction = place - below as f64;
        if fraction == 0.0 {
            return low;
        }
        let high = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
        // Not low + fraction * (high - low): that is NaN between equal infinities.
        if low == high { low } else { low * (1.0 - fraction) + high * fraction }
    }))
}

/// The value that a share `p` of the sorted values lies below, type 7 as above; `None` for no values.
pub(crate) fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let place = (sorted.len().checked_sub(1)?) as f64 * p;
    let (below, fraction) = (place as usize, place.fract());
    let (low, high) = (sorted[below], sorted[(below + 1).min(sorted.len() - 1)]);
    Some(if fraction == 0.0 || low == high { low } else { low * (1.0 - fraction) + high * fraction })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_r() {
        // R: quantile(c(3, 1, 4, 1, 5, 9, 2, 6)) -> 1.00 1.75 3.50 5.25 9.00
        assert_eq!(five_numbers(&mut [3., 1., 4., 1., 5., 9., 2., 6.]), Some([1.0, 1.75, 3.5, 5.25, 9.0]));
        assert_eq!(five_numbers(&mut [7.0]), Some([7.0; 5]));
        assert_eq!(five_numbers(&mut []), None);
        assert_eq!(five_numbers(&mut [f64::INFINITY; 3]), Some([f64::INFINITY; 5]));
    }

    proptest! {
        #[test]
        fn as_a_full_sort(mut values in prop::collection::vec(-1e6f64..1e6, 1..300)) {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let expected = [0.0, 0.25, 0.5, 0.75, 1.0].map(|p| {
                let place = (sorted.len() - 1) as f64 * p;
                let (below, fraction) = (place.floor() as usize, place.fract());
                sorted[below] + fraction * (sorted[place.ceil() as usize] - sorted[below])
            });
            for (found, expected) in five_numbers(&mut values).unwrap().into_iter().zip(expected) {
                prop_assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0));
            }
        }
    }
}
