//! The distribution of chi-square, and the gamma function.

/// How likely a value this large or larger is, for `freedom` degrees of freedom: the regularized upper incomplete gamma function
/// `Q(freedom / 2, value / 2)` (Abramowitz and Stegun 26.4.19).
pub fn chi_square_tail(value: f64, freedom: f64) -> f64 {
    let (a, x) = (freedom / 2.0, value / 2.0);
    if x <= 0.0 {
        return 1.0;
    }
    let front = libm::exp(a * libm::log(x) - x - ln_gamma(a));
    if x < a + 1.0 {
        // The series of the lower function (6.5.29).
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term.abs() > sum.abs() * 1e-17 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return 1.0 - front * sum;
    }
    // The continued fraction (6.5.31), by Lentz's method.
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1e300, 1.0 / b);
    let mut fraction = d;
    for i in 1..1000 {
        let i = f64::from(i);
        let numerator = -i * (i - a);
        b += 2.0;
        d = 1.0 / (numerator * d + b);
        c = b + numerator / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * fraction
}

/// The logarithm of the gamma function for x > 0: Stirling's series (Abramowitz and Stegun 6.1.41), shifted to where it is
/// exact to the last digits.
pub(crate) fn ln_gamma(x: f64) -> f64 {
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
        // scipy.stats.chi2.sf(value, df)
        for (value, freedom, expected) in [
            (3.841458820694124, 1.0, 0.05),
            (0.1, 1.0, 0.7518296340458492),
            (10.0, 4.0, 0.04042768199451279),
            (260.717, 1.0, 1.1973691825401785e-58),
            (120.0, 100.0, 0.08440668109369177),
        ] {
            let found = chi_square_tail(value, freedom);
            assert!((found - expected).abs() < 1e-9 * expected, "Q({value}, {freedom}) = {found}, scipy {expected}");
        }
    }
}
