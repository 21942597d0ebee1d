use cuaderno_eda::Result;
use cuaderno_eda::prelude::*;
use cuaderno_plot::Figure;
use polars::prelude::*;

/// Tables without anything a figure could take its scale from.
fn awkward() -> Vec<DataFrame> {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let numbers: [&[Option<f64>]; 7] = [
        &[],
        &[Some(42.0)],
        &[None, None, None],
        &[Some(7.0), Some(7.0), Some(7.0), Some(7.0)],
        &[Some(0.0), Some(-1.0), Some(0.0), None],
        &[Some(inf), Some(-inf), Some(nan), None],
        &[Some(1e-308), Some(1e308), Some(nan), Some(0.0)],
    ];
    let table = |values: &[Option<f64>]| {
        let rows = values.len();
        let group: Vec<Option<&str>> = (0..rows).map(|row| [Some("a"), None, Some("b")][row % 3]).collect();
        let whole: Vec<Option<i64>> = values.iter().map(|value| value.map(|value| value as i64)).collect();
        let date = Column::new("date".into(), vec![1_551_641_244_000_000i64; rows]);
        let date = date.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
        let table = df!("group" => group, "x" => values, "y" => values, "whole" => whole).unwrap();
        table.hstack(&[date]).unwrap()
    };
    numbers.into_iter().map(table).collect()
}

/// A figure of every kind, by its name.
fn every_kind(table: &DataFrame) -> Vec<(&'static str, Result<String>)> {
    vec![
        ("bar", bar(table, "group", "x").map(|bars| bars.svg())),
        ("hbar", hbar(table, "group", "whole").map(|bars| bars.svg())),
        ("counts", count(table, "group").and_then(|counts| bar(&counts, "group", "count")).map(|bars| bars.svg())),
        ("missing", missing_chart(table).map(|bars| bars.svg())),
        ("histogram", histogram(table, "x").map(|figure| figure.svg())),
        ("dates", histogram(table, "date").and_then(|figure| figure.by("group")).map(|figure| figure.svg())),
        ("per day", count_per(table, "date", "1d").and_then(|n| line(&n, "date", "count")).map(|figure| figure.svg())),
        ("density", density(table, "x").and_then(|figure| figure.by("group")).map(|figure| figure.svg())),
        ("density log", density(table, "whole").map(|figure| figure.log_x().svg())),
        ("box", box_plot(table, "x").and_then(|figure| figure.by("group")).map(|figure| figure.svg())),
        ("box log", box_plot(table, "x").map(|figure| figure.log_y().svg())),
        ("scatter", scatter(table, "x", "y").and_then(|figure| figure.by("group")).map(|figure| figure.svg())),
        ("scatter log", scatter(table, "x", "whole").map(|figure| figure.log_x().log_y().svg())),
        ("line", line(table, "date", "x").and_then(|figure| figure.by("group")).map(|figure| figure.svg())),
        ("correlation", correlation(table).and_then(|r| heat_map(&r)).map(|figure| figure.svg())),
        ("ranks", rank_correlation(table).and_then(|r| heat_map(&r)).map(|figure| figure.svg())),
        ("means", mean_by(table, "x", "group", 0.95).and_then(|m| bar(&m, "group", "mean")).map(|bars| bars.svg())),
    ]
}

#[test]
fn awkward_tables_make_a_figure_or_one_clear_line() {
    for table in awkward() {
        for (kind, svg) in every_kind(&table) {
            match svg {
                Ok(svg) => assert!(svg.starts_with("<svg") && !svg.contains("NaN"), "{kind} of {table}"),
                Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{kind} of {table}: {error}"),
            }
        }
    }
}

#[test]
fn a_table_without_rows_says_so_in_its_figures() {
    let empty = &awkward()[0];
    for kind in ["histogram", "density", "density log", "box", "scatter", "line", "bar"] {
        let svg = every_kind(empty).into_iter().find(|(name, _)| *name == kind).unwrap().1;
        assert!(svg.unwrap().contains("no values to show"), "{kind}");
    }
}

#[test]
fn limits_of_dates_are_milliseconds() {
    let days = Column::new("day".into(), (0..730i32).collect::<Vec<_>>()).cast(&DataType::Date).unwrap();
    let table = DataFrame::new(730, vec![days, Column::new("n".into(), vec![1.0; 730])]).unwrap();
    let day = 86_400_000.0;
    // Of 1970 and 1971 only February 1970: its ticks have the name of no other month.
    let february = histogram(&table, "day").unwrap().x_range(31.0 * day, 58.0 * day).svg();
    let whole = histogram(&table, "day").unwrap().svg();
    assert!(february.contains("Feb") && !february.contains("1971"), "{february}");
    assert!(whole.contains("1971"), "{whole}");
}
