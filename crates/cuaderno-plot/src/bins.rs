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

/// A value this part of a bin below an edge is on the edge: 0.1 * 3 is a hair more than 0.3, and would be a bin too low. R and
/// ggplot2 allow 1e-8 of a bin, too.
const HAIR: f64 = 1e-8;

impl Bins {
    /// Whether each bin is one whole number, in its middle.
    pub(crate) fn is_of_whole_numbers(&self) -> bool {
        self.edges.windows(2).all(|edge| edge[1] - edge[0] == 1.0 && (edge[0] - 0.5).fract() == 0.0)
    }

    /// The bin a value is in: from its lower edge up to, not including, its upper; the last includes both.
    pub(crate) fn find(&self, value: f64) -> Option<usize> {
        let last = self.edges.len() - 1;
        let hair = |edge: usize| HAIR * (self.edges[edge.max(1)] - self.edges[edge.max(1) - 1]);
        let mut after = self.edges.partition_point(|edge| *edge <= value);
        if after <= last && self.edges[after] - value <= hair(after) {
            after += 1;
        }
        match after {
            0 => None,
            after if after <= last => Some(after - 1),
            _ => (value <= self.edges[last] + hair(last)).then(|| last - 1),
        }
    }
}

/// What bins of numbers must heed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Numbers {
    /// So many bins of equal width; else about 30 between round numbers.
    pub(crate) count: Option<usize>,
    /// All numbers are whole.
    pub(crate) whole: bool,
    /// Someone has set the limits, so that no bin is wanted beyond them.
    pub(crate) cut: bool,
}

/// Bins of numbers from `low` to `high`.
pub(crate) fn of_numbers(low: f64, high: f64, how: Numbers) -> Bins {
    let each = String::new();
    if let Some(count) = how.count {
        let (low, high) = widen(low, high);
        // As numpy.linspace: the last edge is exactly the greatest value.
        let edge = |i: usize| if i == count { high } else { low + (high - low) * (i as f64 / count as f64) };
        return Bins { edges: (0..=count).map(edge).collect(), each };
    }
    let about = ((high - low) / ABOUT as f64).max(if how.whole { 1.0 } else { 0.0 });
    if how.whole && about <= 1.0 && high.abs().max(low.abs()) < 1e15 {
        // A bar for each number, over its number.
        let bars = (high - low).round() as usize + 1;
        return Bins { edges: (0..=bars).map(|i| low - 0.5 + i as f64).collect(), each };
    }
    let (low, high) = widen(low, high);
    let step = nice_step(((high - low) / ABOUT as f64).max(if how.whole { 1.0 } else { 0.0 }));
    let first = (low / step + HAIR).floor();
    // The greatest value may close the last bin. Of whole numbers that bin would hold one number more than the others.
    let last = if how.whole && !how.cut { (high / step).floor() + 1.0 } else { (high / step - HAIR).ceil() };
    let bins = (last - first).clamp(1.0, 200.0) as usize;
    // Steps below one are parts of a whole number: 47 / 50 is 0.94, 47 * 0.02 is a hair more.
    let parts = (1.0 / step).round();
    let edge = |place: f64| if step < 1.0 && parts < 1e15 { place / parts } else { place * step };
    Bins { edges: (0..=bins).map(|i| edge(first + i as f64)).collect(), each }
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
        return of_numbers(low, high, Numbers { count, ..Numbers::default() });
    }
    Bins { edges, each: step.name() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_an_edge_belongs_to_the_bin_above_but_the_last() {
        let bins = of_numbers(0.0, 10.0, Numbers { count: Some(5), ..Numbers::default() });
        assert_eq!(bins.edges, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        let found: Vec<_> = [0.0, 2.0, 3.9, 10.0, -0.1, 10.1].map(|value| bins.find(value)).into();
        assert_eq!(found, [Some(0), Some(1), Some(1), Some(4), None, None]);
    }

    /// Every k/10, k/100 and k/1000 between 0 and 1 is in the bin that whole numbers say.
    #[test]
    fn values_on_an_edge_are_in_the_bin_above_it() {
        for parts in [10u32, 100, 1000] {
            let bins = of_numbers(0.0, 1.0, Numbers::default());
            let width = bins.edges.len() as u32 - 1;
            for k in 0..=parts {
                let right = (k * width / parts).min(width - 1) as usize;
                assert_eq!(
                    bins.find(f64::from(k) / f64::from(parts)),
                    Some(right),
                    "{k} of {parts} in {:?}",
                    bins.edges
                );
            }
        }
        let tenths = of_numbers(0.0, 1.0, Numbers { count: Some(10), ..Numbers::default() });
        let found: Vec<_> = (0..=10).map(|k| tenths.find(f64::from(k) / 10.0).unwrap()).collect();
        assert_eq!(found, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]);
        // 0.1 + 0.2 is a hair more than 0.3, 0.7 * 3.0 a hair less than 2.1.
        assert_eq!([tenths.find(0.1 + 0.2), tenths.find(0.1 * 7.0)], [Some(3), Some(7)]);
    }

    #[test]
    fn whole_numbers_have_bars_over_them_and_bins_of_as_many_numbers() {
        let whole = Numbers { whole: true, ..Numbers::default() };
        assert_eq!(of_numbers(1.0, 5.0, whole).edges, [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
        assert_eq!(of_numbers(7.0, 7.0, whole).edges, [6.5, 7.5]);
        let lengths = of_numbers(0.0, 300.0, whole).edges;
        assert_eq!((lengths.len(), lengths[1], lengths[31]), (32, 10.0, 310.0));
        let cut = of_numbers(0.0, 100.0, Numbers { cut: true, ..whole }).edges;
        assert_eq!((cut[0], cut[cut.len() - 1]), (0.0, 100.0));
    }

    #[test]
    fn bins_hold_their_values_whatever_these_are() {
        for (low, high) in [(0.0f64, 0.0f64), (-9432.0, 42573.0), (1e-320, 2e-320), (1e300, 1e300), (-1e300, 1e300)] {
            for whole in [false, low.fract() == 0.0 && high.fract() == 0.0] {
                let bins = of_numbers(low, high, Numbers { whole, ..Numbers::default() });
                assert!(bins.edges.len() <= 201, "{low} {high}: {}", bins.edges.len());
                assert!(bins.find(low).is_some() && bins.find(high).is_some(), "{low} {high} {:?}", bins.edges);
            }
        }
        for (low, high) in [(1e-300, 1e300), (5.0, 5.0), (-1.0, 1.0)] {
            assert!(of_logarithms(low, high, 30).edges.is_sorted(), "{low} {high}");
        }
        let day = of_dates(1_551_781_200_000.0, 1_551_781_200_000.0, None);
        assert!(day.find(1_551_781_200_000.0).is_some());
    }
}
