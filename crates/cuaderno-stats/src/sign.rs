//! Which of two outcomes is the more frequent.

use crate::beta::incomplete_beta;

/// How likely counts as unequal as these, or more so, are if both outcomes are as likely: the exact two-sided sign test,
/// `min(1, 2 P(X ≤ min(a, b)))` with X binomial of `a + b` and ½. McNemar's exact test is this one on the cases that two
/// methods disagree on.
pub fn sign_test(a: usize, b: usize) -> f64 {
    let (fewer, more) = (a.min(b) as f64, a.max(b) as f64);
    if a == b {
        return 1.0;
    }
    // P(X ≤ k) = I(1/2; n - k, k + 1) (Abramowitz and Stegun 26.5.24)
    (2.0 * incomplete_beta(0.5, more, fewer + 1.0)).min(1.0)
}
