//! Values of scipy and statsmodels, printed by `tests/expected.py`.

use cuaderno_stats::{holm, normal_quantile, paired_t_test, sign_test, wilson_interval};

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found}, expected {expected}");
}

#[test]
fn normal_quantiles_are_scipys() {
    let expected = [
        (0.975, 1.959963984540054),
        (0.995, 2.5758293035489004),
        (1e-10, -6.361340902404056),
        (0.9, 1.2815515655446004),
    ];
    expected.iter().for_each(|(p, x)| close(normal_quantile(*p), *x));
    assert!(normal_quantile(0.5).abs() < 1e-15);
}

#[test]
fn intervals_of_shares_are_statsmodels() {
    for (right, n, level, low, high) in [
        (630, 1000, 0.95, 0.5996317181277412, 0.6593733246660144),
        (0, 20, 0.95, 0.0, 0.16112515805281938),
        (20, 20, 0.9, 0.8808421626390355, 1.0),
        (1, 3, 0.99, 0.04042662929608465, 0.855783984952333),
        (8000, 10000, 0.95, 0.7920456034485616, 0.8077239975290326),
    ] {
        let found = wilson_interval(right, n, level);
        close(found.0, low);
        close(found.1, high);
    }
    assert_eq!(wilson_interval(0, 0, 0.95), (0.0, 1.0));
}

#[test]
fn exact_sign_tests_are_statsmodels_mcnemar() {
    for (a, b, p) in [
        (34, 37, 0.8125886494061619),
        (61, 20, 5.656214894965935e-06),
        (0, 5, 0.0625),
        (1, 0, 1.0),
        (7, 7, 1.0),
        (0, 0, 1.0),
        (300, 400, 0.0001784763144856244),
        (2000, 1500, 2.942363832253349e-17),
    ] {
        close(sign_test(a, b), p);
    }
}

#[test]
fn paired_tests_are_scipys() {
    let pairs = [(0.61, 0.58), (0.64, 0.62), (0.60, 0.61), (0.66, 0.60), (0.63, 0.59)];
    let found = paired_t_test(&pairs).unwrap();
    close(found.t, 2.4188315916278085);
    close(found.p, 0.07285505961025568);
    assert_eq!(found.freedom, 4.0);
    assert_eq!(paired_t_test(&pairs[..1]), None);
    // scipy has no number for these.
    assert_eq!(paired_t_test(&[(1.0, 1.0), (2.0, 2.0)]).unwrap().p, 1.0);
    assert_eq!(paired_t_test(&[(1.0, 0.5), (2.0, 1.5)]).unwrap().p, 0.0);
}

#[test]
fn corrections_are_statsmodels() {
    for (found, expected) in holm(&[0.01, 0.04, 0.03, 0.5]).iter().zip([0.04, 0.09, 0.09, 0.5]) {
        close(*found, expected);
    }
    assert!(holm(&[]).is_empty());
}
