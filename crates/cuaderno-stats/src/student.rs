//! Student's t distribution.

use crate::beta::incomplete_beta;

/// The value that a variable with Student's t distribution stays below with probability `p` (0.5 to 1, not included), for
/// `freedom` degrees of freedom. By bisection on the distribution function, to full precision.
pub fn student_quantile(p: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while distribution(high, freedom) < p && high < 1e300 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if distribution(middle, freedom) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// How likely a value this far from 0 or farther is, on either side: `I(ν / (ν + t²); ν/2, 1/2)`.
pub fn student_two_sided(t: f64, freedom: f64) -> f64 {
    incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

/// `P(T < t)` for t ≥ 0: `1 - I(ν / (ν + t²); ν/2, 1/2) / 2` (Abramowitz and Stegun 26.7.1 with 26.5.27).
fn distribution(t: f64, freedom: f64) -> f64 {
    1.0 - 0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_scipy() {
        // scipy.stats.t.ppf(p, df)
        for (p, freedom, expected) in [
            (0.975, 1.0, 12.706204736174694),
            (0.975, 2.0, 4.302652729749462),
            (0.975, 10.0, 2.228138851986274),
            (0.95, 30.0, 1.697260886593957),
            (0.995, 100.0, 2.6258905214380173),
            (0.975, 1e6, 1.959966356814107),
        ] {
            let found = student_quantile(p, freedom);
            assert!((found - expected).abs() < 1e-9 * expected, "t({p}, {freedom}) = {found}, scipy {expected}");
        }
    }
}
