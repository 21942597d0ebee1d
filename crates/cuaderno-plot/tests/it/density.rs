//! All expected numbers: tests/reference/density.py (numpy 2.4.6, scipy 1.17.1).

use cuaderno_plot::{Density, Figure, kernel_density, silverman_bandwidth};

fn values() -> Vec<f64> {
    (0..1000).map(|i| (1.5 * f64::from(i).sin()).exp() + f64::from(i % 7)).collect()
}

fn tail() -> Vec<f64> {
    (0..1000).map(|i| if i % 10 < 9 { 1.0 + 0.01 * f64::from(i % 13) } else { 40000.0 + f64::from(i) }).collect()
}

fn assert_density(values: &[f64], bandwidth: f64, expected: &[f64]) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let estimate = kernel_density(values, bandwidth, low, high, expected.len());
    let peak = expected.iter().copied().fold(0.0, f64::max);
    for ((x, found), expected) in estimate.x.iter().zip(&estimate.y).zip(expected) {
        assert!((found - expected).abs() < 5e-5 * peak, "at {x}: {found}, expected {expected}");
    }
}

#[test]
fn silverman_bandwidths_are_those_of_the_formula() {
    let logs: Vec<f64> = values().iter().map(|value| value.log10()).collect();
    for (values, expected) in [(values(), 0.558451565), (logs, 0.06250837927), (tail(), 0.01180961531)] {
        let found = silverman_bandwidth(&values);
        assert!((found / expected - 1.0).abs() < 1e-8, "{found}, expected {expected}");
    }
}

#[test]
fn curves_are_scipys() {
    let expected = [
        0.05271468096,
        0.09176249406,
        0.1135636846,
        0.1391934158,
        0.144674373,
        0.1215509215,
        0.06217483573,
        0.03787980352,
        0.01662520594,
    ];
    assert_density(&values(), 0.558451565, &expected);
}

#[test]
fn narrow_bandwidths_are_as_exact() {
    let expected = [
        0.1996512621,
        0.08158741206,
        0.06784860851,
        0.08177479282,
        0.2390768646,
        0.1091319182,
        0.04680189476,
        0.04001193289,
        0.04542469701,
    ];
    assert_density(&values(), 0.05, &expected);
}

#[test]
fn curves_on_a_log_axis_are_densities_of_the_logarithm() {
    let logs: Vec<f64> = values().iter().map(|value| value.log10()).collect();
    let expected = [
        0.1368813386,
        0.09517666949,
        0.07454965681,
        0.1066116606,
        0.3458166949,
        0.6543727137,
        1.296260542,
        1.711780657,
        0.4072951046,
    ];
    assert_density(&logs, 0.06250837927, &expected);
}

#[test]
fn values_spread_over_a_million_bandwidths_are_summed_directly() {
    let estimate = kernel_density(&tail(), 0.01180961531, 1.05, 2.0, 2);
    assert!((estimate.y[0] - 6.936457079).abs() < 1e-6, "{}", estimate.y[0]);
    assert_eq!(estimate.y[1], 0.0);
}

#[test]
fn the_area_under_a_curve_is_one() {
    let estimate = kernel_density(&values(), 0.3, -5.0, 16.0, 2001);
    let area: f64 = estimate.y.iter().sum::<f64>() * 21.0 / 2000.0;
    assert!((area - 1.0).abs() < 1e-6, "{area}");
}

#[test]
fn the_bandwidth_can_be_given_and_must_be_positive() {
    assert!(Density::new(values()).bandwidth(0.25).unwrap().describe().contains("bandwidth 0.25"));
    let error = Density::new(values()).bandwidth(-1.0).unwrap_err();
    assert_eq!(error.to_string(), "the bandwidth is -1; it must be a positive number");
}
