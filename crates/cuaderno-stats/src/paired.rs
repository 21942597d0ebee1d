//! Whether two series of results differ, pair by pair.

use crate::student_two_sided;

/// Student's t test of differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Mean of the differences, first minus second.
    pub difference: f64,
    /// That in its standard errors; infinite where all differences are the same.
    pub t: f64,
    /// Degrees of freedom: pairs minus one.
    pub freedom: f64,
    /// How likely a mean this far from zero or farther is by chance.
    pub p: f64,
}

/// Student's paired t test, two-sided. None with fewer than two pairs.
pub fn paired_t_test(pairs: &[(f64, f64)]) -> Option<Paired> {
    let n = pairs.len() as f64;
    let freedom = n - 1.0;
    if freedom < 1.0 {
        return None;
    }
    let difference = pairs.iter().map(|(a, b)| a - b).sum::<f64>() / n;
    let squares: f64 = pairs.iter().map(|(a, b)| (a - b - difference).powi(2)).sum();
    let error = (squares / freedom / n).sqrt();
    // Accuracies are 32-bit numbers: differences that are the same differ in their last bits.
    let error = if error < 1e-6 * difference.abs() { 0.0 } else { error };
    let t = if difference == 0.0 { 0.0 } else { difference / error };
    Some(Paired { difference, t, freedom, p: if t.is_infinite() { 0.0 } else { student_two_sided(t, freedom) } })
}

#[cfg(test)]
mod tests {
    use super::paired_t_test;

    #[test]
    fn the_last_bits_of_accuracies_are_no_difference() {
        let share = |right: u8| f64::from(f32::from(right) / 117.0);
        let found = paired_t_test(&[(share(83), share(58)), (share(84), share(59))]).unwrap();
        assert!(found.t.is_infinite() && found.p == 0.0, "{found:?}");
    }
}
