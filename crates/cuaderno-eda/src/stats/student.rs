//! Student's t distribution.

/// The value that a variable with Student's t distribution stays below with probability `p` (0.5 to 1, not included), for
/// `freedom` degrees of freedom. By bisection on the distribution function, to full precision.
pub(super) fn student_quantile(p: f64, freedom: f64) -> f64 {
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
pub(super) fn two_sided(t: f64, freedom: f64) -> f64 {
    incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

/// `P(T < t)` for t ≥ 0: `1 - I(ν / (ν + t²); ν/2, 1/2) / 2` (Abramowitz and Stegun 26.7.1 with 26.5.27).
fn distribution(t: f64, freedom: f64) -> f64 {
    1.0 - 0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

/// The regularized incomplete beta function `I(x; a, b)`, by the continued fraction of Abramowitz and Stegun 26.5.8,
/// evaluated with Lentz's method.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast below this point; above it, the symmetry I(x; a, b) = 1 - I(1 - x; b, a) brings x below.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let front = libm::exp(a * libm::log(x) + b * libm::log(1.0 - x) + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b)) / a;
    let guard = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / guard(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..1000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for term in [even, odd] {
            d = 1.0 / guard(1.0 + term * d);
            c = guard(1.0 + term / c);
            fraction *= c * d;
        }
        if (fraction - before).abs() < 1e-16 * fraction.abs() {
            break;
        }
    }
    front * fraction
}

/// The logarithm of the gamma function for x > 0: Stirling's series (Abramowitz and Stegun 6.1.41), shifted to where it is
/// exact to the last digits.
pub(super) fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 15.0 {
        shift += libm::log(x);
        x += 1.0;
    }
    let square = x * x;
    let series = (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * square)) / square) / square) / x;
    (x - 0.5) * libm::log(x) - x + 0.918_938_533_204_672_8 + series - shift
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
