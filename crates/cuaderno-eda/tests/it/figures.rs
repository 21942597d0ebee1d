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
        ("dates", histogram(table, "date").and_then(|figure| Ok(figure.by("group")?)).map(|figure| figure.svg())),
        ("per day", count_per(table, "date", "1d").and_then(|n| line(&n, "date", "count")).map(|figure| figure.svg())),
        ("density", density(table, "x").and_then(|figure| Ok(figure.by("group")?)).map(|figure| figure.svg())),
        ("density log", density(table, "whole").map(|figure| figure.log_x().svg())),
        ("box", box_plot(table, "x").and_then(|figure| Ok(figure.by("group")?)).map(|figure| figure.svg())),
        ("box log", box_plot(table, "x").map(|figure| figure.log_y().svg())),
        ("scatter", scatter(table, "x", "y").and_then(|figure| Ok(figure.by("group")?)).map(|figure| figure.svg())),
        ("scatter log", scatter(table, "x", "whole").map(|figure| figure.log_x().log_y().svg())),
        ("line", line(table, "date", "x").and_then(|figure| Ok(figure.by("group")?)).map(|figure| figure.svg())),
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

fn splits() -> DataFrame {
    df!(
        "class" => ["dog", "cat", "dog", "cat", "dog", "bird"],
        "split" => ["train", "train", "test", "test", "train", "test"],
        "n" => [70.0, 30.0, 15.0, 5.0, 1.0, 2.0],
        "low" => [60.0, 25.0, 10.0, 4.0, 0.5, 1.0],
        "high" => [80.0, 36.0, 21.0, 7.0, 2.0, 3.0],
        "day" => [1, 2, 3, 4, 5, 6],
    )
    .unwrap()
}

#[test]
fn bars_of_a_long_table_are_split_by_another_column() {
    let text = bar(&splits(), "class", "n").unwrap().by("split").unwrap().describe();
    let lines: Vec<String> =
        text.lines().map(|line| line.replace('█', "").split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    // The names as they come, the splits in their order; two rows of one name and split add up, none is missing.
    let expected = ["bar chart", "dog, test 15", "dog, train 71", "cat, test 5", "cat, train 30", "bird, test 2"];
    assert_eq!(lines[..6], expected);
    assert_eq!(lines[6], "1 value not shown: missing");
    let filled = bar(&splits(), "class", "n").unwrap().by("split").unwrap().filled().describe();
    assert!(filled.contains("83 %") && filled.contains("17 %"), "{filled}");
}

#[test]
fn intervals_come_from_columns_of_the_table() {
    let rows = splits().head(Some(2));
    let text = bar(&rows, "class", "n").unwrap().errors("low", "high").unwrap().describe();
    assert!(text.contains("70 (60 to 80)") && text.contains("30 (25 to 36)"), "{text}");
    let error = bar(&rows, "class", "n").unwrap().errors("lov", "high").unwrap_err().to_string();
    assert!(error.contains("lov") && error.lines().count() == 1, "{error}");
    let plain = line(&splits(), "day", "n").unwrap();
    let shaded = line(&splits(), "day", "n").unwrap().band("low", "high").unwrap();
    assert!(!plain.svg().contains("<polygon") && shaded.svg().contains("<polygon"));
    assert_eq!(plain.describe(), shaded.describe());
}

#[test]
fn panels_of_a_table_share_axes_and_colours() {
    let figure = scatter(&splits(), "day", "n").unwrap().by("class").unwrap().title("n a day").facet("split").unwrap();
    let text = figure.describe();
    for said in [
        "facets: n a day",
        "scatter plot: test",
        "dog: 1 point",
        "scatter plot: train",
        "dog: 2 points",
        "no values to show: bird",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    // One legend for both panels: each name is written once.
    assert_eq!(figure.svg().matches(">bird<").count(), 1, "{}", figure.svg());
    let grouped = histogram(&splits(), "n").unwrap().facet("class").unwrap();
    assert_eq!(grouped.describe().matches("histogram:").count(), 3, "{}", grouped.describe());
}

#[test]
fn what_cannot_be_split_says_why() {
    let error = cuaderno_plot::Histogram::new([1.0]).by("class").unwrap_err().to_string();
    assert!(error.contains("a figure of numbers") && error.contains("grouped"), "{error}");
    let error = histogram(&splits(), "n").unwrap().by("clas").unwrap_err().to_string();
    assert!(error.contains("no column \"clas\""), "{error}");
    let many =
        df!("x" => (0..40).collect::<Vec<i32>>(), "g" => (0..40).map(|i| format!("g{i}")).collect::<Vec<_>>()).unwrap();
    let error = histogram(&many, "x").unwrap().by("g").unwrap_err().to_string();
    assert!(error.contains("would make 40 groups"), "{error}");
}

/// A class has one colour, whether it is a bar, a group or a panel.
#[test]
fn a_class_has_the_same_colour_in_every_figure() {
    let counts = df!("class" => ["Other", "Disinformation"], "n" => [5, 9]).unwrap();
    let bars = bar(&counts, "class", "n").unwrap().svg();
    let color_of = |svg: &str, height: usize| {
        let rects: Vec<&str> = svg.lines().filter(|line| line.starts_with("<rect x=")).collect();
        rects[height].split("fill=\"").nth(1).unwrap()[..7].to_owned()
    };
    // Disinformation comes first in the order of names: blue, as in a histogram by class.
    assert_eq!([color_of(&bars, 0), color_of(&bars, 1)], ["#E69F00", "#0072B2"]);
}

#[test]
fn correlations_are_drawn_around_zero() {
    let table = df!("a" => [1.0, 2.0, 3.0, 4.0], "b" => [4.0, 3.1, 2.0, 0.9], "c" => [1.0, 3.0, 2.0, 4.0]).unwrap();
    let svg = heat_map(&correlation(&table).unwrap()).unwrap().svg();
    assert!(svg.contains(">−1.00<") && svg.contains(">1.00<") && svg.contains(">0.80<"), "{svg}");
    assert!(!svg.contains("#F7FBFF"), "the pale end of amounts from nothing");
}

/// Days from which figures of time take their axis.
fn moments(zone: Option<&str>) -> DataFrame {
    // 2019-07-01 22:30 UTC, which is 2 July, 00:30, in Madrid.
    let instants = Column::new("at".into(), vec![1_562_020_200_000_000i64; 3]);
    let zone = zone.map(|zone| polars::prelude::TimeZone::opt_try_new(Some(zone)).unwrap().unwrap());
    let instants = instants.cast(&DataType::Datetime(TimeUnit::Microseconds, zone)).unwrap();
    df!("n" => [1, 2, 3]).unwrap().hstack(&[instants]).unwrap()
}

// R: format(as.POSIXct(1562020200, tz = "Europe/Madrid"), "%F") -> "2019-07-02"
#[test]
fn times_of_a_zone_are_drawn_as_the_clocks_there_showed_them() {
    let (utc, madrid) = (moments(None), moments(Some("Europe/Madrid")));
    let of = |table: &DataFrame| histogram(table, "at").unwrap();
    let days = |table: &DataFrame| of(table).bins(1).describe();
    assert!(days(&utc).contains("2019-07-01") && of(&utc).svg().contains(">at (UTC)<"), "{}", days(&utc));
    assert!(days(&madrid).contains("2019-07-02"), "{}", days(&madrid));
    assert!(of(&madrid).svg().contains(">at (Europe/Madrid)<"));
}

/// A plan that counts how often it is computed.
fn counted() -> (LazyFrame, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = count.clone();
    let table = df!("x" => [1.0, 2.0, 3.0, 4.0], "class" => ["a", "b", "a", "b"], "year" => [1, 1, 2, 2]).unwrap();
    let look = move |rows: DataFrame| {
        seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(rows)
    };
    (table.lazy().map(look, AllowedOptimizations::default(), None, Some("counted")), count)
}

#[test]
fn a_figure_reads_its_table_once_when_it_is_shown() {
    let reads = |make: &dyn Fn(&LazyFrame) -> Box<dyn Figure>| {
        let (plan, count) = counted();
        let figure = make(&plan);
        let before = count.load(std::sync::atomic::Ordering::SeqCst);
        let (svg, words) = (figure.svg(), figure.describe());
        assert!(!words.contains("no values to show") && figure.svg() == svg, "{words}");
        (before, count.load(std::sync::atomic::Ordering::SeqCst))
    };
    assert_eq!(reads(&|t| Box::new(histogram(t, "x").unwrap())), (0, 1));
    assert_eq!(reads(&|t| Box::new(density(t, "x").unwrap().by("class").unwrap().log_x())), (0, 1));
    assert_eq!(reads(&|t| Box::new(box_plot(t, "x").unwrap().by("class").unwrap())), (0, 1));
    assert_eq!(reads(&|t| Box::new(scatter(t, "year", "x").unwrap().by("class").unwrap().trend())), (0, 1));
    assert_eq!(reads(&|t| Box::new(line(t, "year", "x").unwrap().by("class").unwrap().moving_average(2))), (0, 1));
    assert_eq!(reads(&|t| Box::new(line(t, "year", "x").unwrap().band("year", "x").unwrap())), (0, 1));
    // Panels have to know how many they are.
    assert_eq!(reads(&|t| Box::new(histogram(t, "x").unwrap().by("class").unwrap().facet("year").unwrap())), (1, 1));
    assert_eq!(reads(&|t| Box::new(bar(t, "class", "x").unwrap().by("year").unwrap())), (1, 1));
    let (plan, count) = counted();
    let panels = cuaderno_plot::Facets::new().add(histogram(&plan, "x").unwrap()).share_x().share_y();
    assert!(panels.svg().len() > 1000);
    assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[test]
fn a_column_of_too_many_values_is_refused_at_once_in_memory_and_when_it_is_shown_on_disk() {
    let many =
        df!("x" => (0..30).collect::<Vec<i32>>(), "name" => (0..30).map(|i| format!("n{i}")).collect::<Vec<_>>());
    let many = many.unwrap();
    let said = "by(\"name\") would make 30 groups, and a figure shows at most 20";
    let refused = histogram(&many, "x").unwrap().by("name").unwrap_err().to_string();
    assert!(refused.starts_with(said), "{refused}");
    let lazy = histogram(&many.lazy(), "x").unwrap().by("name").unwrap();
    let refused = lazy.drawn().unwrap_err().to_string();
    assert!(refused.starts_with(said), "{refused}");
    assert!(lazy.save(std::env::temp_dir().join("never-there.png")).is_err());
}
