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
    let t = if difference == 0.0 { 0.0 } else { difference / error };
    Some(Paired { difference, t, freedom, p: if t.is_infinite() { 0.0 } else { student_two_sided(t, freedom) } })
}
