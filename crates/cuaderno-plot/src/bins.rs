//! Edges of histogram bins.

use crate::date::Step;
use crate::scale::{nice_step, widen};

/// About how many bins there are if nobody asks for a number.
const ABOUT: usize = 30;

/// Bins next to one another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bins {
    /// Ascending, one more than there are bins.
    pub(crate) edges: Vec<f64>,
    /// What one bin stands for, if that has a name: `week`.
    pub(crate) each: String,
}

impl Bins {
    /// The bin a value is in: from its lower edge up to, not including, its upper; the last includes both.
    pub(crate) fn find(&self, value: f64) -> Option<usize> {
        let last = self.edges.len() - 1;
        match self.edges.partition_point(|edge| *edge <= value) {
            0 => None,
            after if after <= last => Some(after - 1),
            _ => (value == self.edges[last]).then(|| last - 1),
        }
    }
}

/// Bins of numbers: so many of equal width, or about 30 between round numbers.
pub(crate) fn of_numbers(low: f64, high: f64, count: Option<usize>) -> Bins {
    let (low, high) = widen(low, high);
    let edges = match count {
        // As numpy.linspace: the last edge is exactly the greatest value.
        Some(count) => {
            (0..=count).map(|i| if i == count { high } else { low + (high - low) / count as f64 * i as f64 }).collect()
        }
        None => {
            let step = nice_step((high - low) / ABOUT as f64);
            let (first, last) = ((low / step).floor(), (high / step).floor() + 1.0);
            (0..=(last - first).clamp(1.0, 200.0) as usize).map(|i| (first + i as f64) * step).collect()
        }
    };
    Bins { edges, each: String::new() }
}

/// Bins of positive numbers, each the same number of times wider than the one before.
pub(crate) fn of_logarithms(low: f64, high: f64, count: usize) -> Bins {
    // Limits that someone set may reach to zero and below.
    let (low, high) = (low.max(1e-300), high.max(1e-300));
    let (low, high) = if libm::log(high) - libm::log(low) < 0.001 { (low / 2.0, high * 2.0) } else { (low, high) };
    let ratio = (libm::log(high) - libm::log(low)) / count as f64;
    let edge = |i: usize| match i {
        0 => low,
        i if i == count => high,
        i => libm::exp(libm::log(low) + ratio * i as f64),
    };
    let edges = (0..=count).map(edge).collect();
    Bins { edges, each: String::new() }
}

/// Bins of times in milliseconds, by steps of the calendar.
pub(crate) fn of_dates(low: f64, high: f64, count: Option<usize>) -> Bins {
    let most = count.unwrap_or(ABOUT * 3 / 2);
    // A lone moment is shown in its day.
    let step = if high - low < 1.0 { Step::Milliseconds(86_400_000) } else { Step::fitting(low, high, most) };
    // One more edge where the greatest value falls on the last one.
    let edges = step.edges(low, high + 1.0);
    if edges.len() < 2 {
        return of_numbers(low, high, count);
    }
    Bins { edges, each: step.name() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_an_edge_belongs_to_the_bin_above_but_the_last() {
        let bins = of_numbers(0.0, 10.0, Some(5));
        assert_eq!(bins.edges, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        let found: Vec<_> = [0.0, 2.0, 3.9, 10.0, -0.1, 10.1].map(|value| bins.find(value)).into();
        assert_eq!(found, [Some(0), Some(1), Some(1), Some(4), None, None]);
    }

    #[test]
    fn bins_hold_their_values_whatever_these_are() {
        for (low, high) in [(0.0, 0.0), (-9432.0, 42573.0), (1e-320, 2e-320), (1e300, 1e300), (-1e300, 1e300)] {
            let bins = of_numbers(low, high, None);
            assert!(bins.edges.len() <= 201, "{low} {high}: {}", bins.edges.len());
            assert!(bins.find(low).is_some() && bins.find(high).is_some(), "{low} {high} {:?}", bins.edges);
        }
        for (low, high) in [(1e-300, 1e300), (5.0, 5.0), (-1.0, 1.0)] {
            assert!(of_logarithms(low, high, 30).edges.is_sorted(), "{low} {high}");
        }
        let day = of_dates(1_551_781_200_000.0, 1_551_781_200_000.0, None);
        assert!(day.find(1_551_781_200_000.0).is_some());
    }
}
