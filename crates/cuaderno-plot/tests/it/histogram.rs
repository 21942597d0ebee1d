//! Expected numbers: tests/reference/density.py, and the calendar.

use cuaderno_plot::{Figure, Groups, Histogram, TimeUnit};

#[test]
fn counts_are_numpys() {
    let values: Vec<f64> = (0..1000).map(|i| (1.5 * f64::from(i).sin()).exp() + f64::from(i % 7)).collect();
    let svg = Histogram::new(values.clone()).bins(7).svg();
    // Heights of the bars, in units of the picture, against numpy's counts.
    let heights: Vec<f64> = svg
        .lines()
        .filter(|line| line.starts_with("<rect") && line.contains("#0072B2"))
        .map(|line| line.split("height=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().parse().unwrap())
        .collect();
    let counts = [146.0, 134.0, 229.0, 186.0, 184.0, 71.0, 50.0];
    assert_eq!(heights.len(), counts.len());
    for (height, count) in heights.iter().zip(counts) {
        assert!((height / heights[2] - count / 229.0).abs() < 2e-3, "{height} for {count}");
    }
    assert!(Histogram::new(values).bins(7).describe().contains("most (229) from 3.154 to 4.62"));
}

#[test]
fn dates_are_binned_by_the_calendar() {
    // 2019-01-01, 2019-03-05 10:20, 2020-02-29 and the last second of 2020, in UTC.
    let seconds = vec![1_546_300_800.0, 1_551_781_200.0, 1_582_934_400.0, 1_609_459_199.0];
    let figure = Histogram::new(seconds.clone()).dates(TimeUnit::Seconds);
    assert!(figure.describe().contains("24 bins from 2019-01-01 to 2021-01-01"), "{}", figure.describe());
    assert!(figure.svg().contains("count per month"));
    for (unit, factor) in [(TimeUnit::Milliseconds, 1e3), (TimeUnit::Microseconds, 1e6), (TimeUnit::Nanoseconds, 1e9)] {
        let times: Vec<f64> = seconds.iter().map(|second| second * factor).collect();
        assert_eq!(Histogram::new(times).dates(unit).svg(), figure.svg());
    }
}

#[test]
fn groups_split_by_label_are_the_groups_given_apart() {
    let split = Histogram::new([1.0, 2.0, 3.0, 4.0]).grouped("class", &["b", "a", "b", "a"]).unwrap();
    let parts = Groups::from_parts("class", vec![("a".into(), vec![2.0, 4.0]), ("b".into(), vec![1.0, 3.0])]);
    assert_eq!(split.svg(), Histogram::of(parts).svg());
    let error = Histogram::new([1.0]).grouped("class", &["a", "b"]).unwrap_err().to_string();
    assert_eq!(error, "groups `class`: 2 values, expected 1, one for each of the values");
}
