//! How far a share can be trusted.

use crate::normal_quantile;

/// Wilson's interval for a share of which `successes` of `n` trials were seen, at a confidence `level` between 0 and 1: where the
/// true share lies. It never leaves 0 to 1, and stays sensible for few trials and shares near its ends (Wilson, 1927). Without
/// trials it is everything.
///
/// ```
/// let (low, high) = cuaderno_stats::wilson_interval(630, 1000, 0.95);
/// assert_eq!((format!("{low:.4}"), format!("{high:.4}")), ("0.5996".into(), "0.6594".into()));
/// ```
pub fn wilson_interval(successes: usize, n: usize, level: f64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (count, share) = (n as f64, successes as f64 / n as f64);
    let z = normal_quantile(0.5 + level / 2.0);
    let per = z * z / count;
    let (middle, whole) = (share + per / 2.0, 1.0 + per);
    let half = z * (share * (1.0 - share) / count + per / (4.0 * count)).sqrt();
    // At the ends the difference is zero, but for rounding.
    let low = if successes == 0 { 0.0 } else { (middle - half) / whole };
    let high = if successes == n { 1.0 } else { (middle + half) / whole };
    (low, high)
}
