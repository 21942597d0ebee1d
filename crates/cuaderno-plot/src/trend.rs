//! The straight line of least squares through points.

use crate::extent;
use crate::number;

/// `y = intercept + slope x`, of logarithms to base 10 where an axis is logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trend {
    slope: f64,
    intercept: f64,
    /// The square of Pearson's correlation: the share of y's variance that the line explains.
    r_squared: f64,
    /// From where to where there are points.
    x: (f64, f64),
}

impl Trend {
    /// The line through points that can be drawn; none if all x are the same.
    pub(crate) fn through(points: &[(f64, f64)], log_x: bool, log_y: bool) -> Option<Self> {
        let scaled = |value: f64, log: bool| if log { libm::log10(value) } else { value };
        let points = || points.iter().map(|(x, y)| (scaled(*x, log_x), scaled(*y, log_y)));
        let n = points().count() as f64;
        let (x_mean, y_mean) = (points().map(|p| p.0).sum::<f64>() / n, points().map(|p| p.1).sum::<f64>() / n);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in points() {
            let (dx, dy) = (x - x_mean, y - y_mean);
            (xx, xy, yy) = (xx + dx * dx, xy + dx * dy, yy + dy * dy);
        }
        let x = extent::limits(points().map(|p| p.0))?;
        let slope = xy / xx;
        let r_squared = if yy > 0.0 { xy * xy / (xx * yy) } else { 1.0 };
        (slope.is_finite()).then_some(Self { slope, intercept: y_mean - slope * x_mean, r_squared, x })
    }

    /// Both ends of the line, as values of the axes.
    pub(crate) fn ends(&self, log_x: bool, log_y: bool) -> [(f64, f64); 2] {
        let back = |value: f64, log: bool| if log { libm::exp10(value) } else { value };
        [self.x.0, self.x.1].map(|x| (back(x, log_x), back(self.intercept + self.slope * x, log_y)))
    }

    /// `y = 3.1 + 0.5 x, R² 0.87`
    pub(crate) fn equation(&self, log_x: bool, log_y: bool) -> String {
        let (x, y) = (if log_x { "log x" } else { "x" }, if log_y { "log y" } else { "y" });
        let sign = if self.slope < 0.0 { "\u{2212}" } else { "+" };
        let [intercept, slope] = [self.intercept, self.slope.abs()].map(number::short);
        format!("{y} = {intercept} {sign} {slope} {x}, R² {}", number::fixed(self.r_squared, 3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // scipy.stats.linregress([1, 2, 3, 4, 5], [2.1, 3.9, 6.2, 7.8, 10.1]) -> slope 1.99, intercept 0.05, rvalue ** 2 0.9973
    #[test]
    fn the_line_is_scipys() {
        let points = [(1.0, 2.1), (2.0, 3.9), (3.0, 6.2), (4.0, 7.8), (5.0, 10.1)];
        let trend = Trend::through(&points, false, false).unwrap();
        assert!((trend.slope - 1.99).abs() < 1e-9 && (trend.intercept - 0.05).abs() < 1e-9, "{trend:?}");
        assert_eq!(trend.equation(false, false), "y = 0.05 + 1.99 x, R² 0.997");
        let powers = points.map(|(x, y)| (libm::exp10(x), libm::exp10(y)));
        let log = Trend::through(&powers, true, true).unwrap();
        assert!((log.slope - 1.99).abs() < 1e-9, "{log:?}");
        assert_eq!(Trend::through(&[(1.0, 2.0), (1.0, 3.0)], false, false), None);
        assert_eq!(Trend::through(&[], false, false), None);
    }
}
