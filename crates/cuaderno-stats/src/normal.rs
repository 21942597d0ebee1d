//! The normal distribution.

/// The value that a standard normal variable stays below with probability `p` (0 to 1, both not included), by bisection on
/// `erfc(-x / √2) / 2` to full precision.
pub fn normal_quantile(p: f64) -> f64 {
    // The smaller tail keeps its digits.
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    let (mut low, mut high) = (-40.0, 0.0);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if 0.5 * libm::erfc(-middle * std::f64::consts::FRAC_1_SQRT_2) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}
