//! Whether numbers are those of the reference, as far as single precision can tell.

use super::reference::{Gradient, SIGMAS, Values};

/// How much was compared, and how sharply.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub numbers: usize,
    /// Numbers whose allowance is more than a hundredth of the largest: for these the comparison says little.
    pub vague: usize,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.numbers += other.numbers;
        self.vague += other.vague;
    }

    /// Compares values; `further` is allowed besides.
    pub fn values(&mut self, what: &str, ours: &[f32], expected: &Values, further: f64) -> Result<(), String> {
        self.all(what, ours, &expected.data, &|_| SIGMAS * expected.noise + further)
    }

    /// Compares gradients; `further` is allowed besides.
    pub fn gradient(&mut self, what: &str, ours: &[f32], expected: &Gradient, further: f64) -> Result<(), String> {
        self.all(what, ours, &expected.data, &|i| SIGMAS * expected.noise + 1.001 * expected.doubt[i] + further)
    }

    /// Compares numbers with an allowance for each.
    pub fn all(
        &mut self,
        what: &str,
        ours: &[f32],
        expected: &[f64],
        allowed: &dyn Fn(usize) -> f64,
    ) -> Result<(), String> {
        if ours.len() != expected.len() {
            return Err(format!("{what}: {} numbers, expected {}", ours.len(), expected.len()));
        }
        let largest = expected.iter().fold(0.0f64, |a, b| a.max(b.abs()));
        self.numbers += ours.len();
        for (i, (ours, expected)) in ours.iter().zip(expected).enumerate() {
            let allowed = allowed(i) + 2e-7 * expected.abs();
            self.vague += usize::from(allowed > 1e-2 * largest && largest > 0.0);
            let error = (f64::from(*ours) - expected).abs();
            let fits = error <= allowed; // which no NaN does
            if !fits {
                return Err(format!(
                    "{what}: number {i} is {ours}, expected {expected:.9}; off by {error:.3e}, allowed {allowed:.3e}, largest {largest:.3e}"
                ));
            }
        }
        Ok(())
    }
}
