//! Figures as drawn: numbers read back from the SVG, by the labels of its axes, beside those of tests/reference/as_drawn.py.

use crate::reading::Chart;
use cuaderno_plot::*;
use serde_json::Value;

fn expected(kind: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../reference/as_drawn.json")).unwrap();
    all[kind].as_array().unwrap().clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

const BLUE: &str = "#0072B2";
const ORANGE: &str = "#E69F00";
const GREEN: &str = "#009E73";

/// Numbers as near as a tenth of a pixel allows.
#[track_caller]
fn assert_near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}: {found:?}, expected {expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{what}: {found}, expected {expected}");
    }
}

#[test]
fn every_bar_of_a_histogram_has_its_edges_and_its_count() {
    for case in expected("histograms") {
        let values = numbers(&case["values"]);
        let mut figure = Histogram::new(values.clone());
        if let Some(bins) = case["bins"].as_u64() {
            figure = figure.bins(bins as usize);
        }
        let chart = Chart::read(&figure.svg());
        let edges = numbers(&case["edges"]);
        let counts = numbers(&case["counts"]);
        // Empty bins have no bar.
        let filled: Vec<usize> = (0..counts.len()).filter(|bin| counts[*bin] > 0.0).collect();
        let bars = chart.rects(BLUE);
        assert_eq!(bars.len(), filled.len(), "{case}");
        for (bar, bin) in bars.iter().zip(filled) {
            assert_near(&[bar.top - bar.bottom], &[counts[bin]], chart.y.pixel * 0.3, &case.to_string());
            assert_near(&[bar.left, bar.right], &[edges[bin], edges[bin + 1]], chart.x.pixel * 1.2, &case.to_string());
        }
    }
}

#[test]
fn boxes_are_matplotlibs() {
    for case in expected("boxes") {
        let values = numbers(&case["values"]);
        let chart = Chart::read(&BoxPlot::new(values).svg());
        let near = |found: &[f64], name: &str| assert_near(found, &numbers(&case[name]), chart.y.pixel * 0.4, name);
        let boxes = chart.rects(BLUE);
        let ends = [boxes[0].bottom, boxes[0].top];
        // Lines of the box's own colour: two upright ones, one across at each end, the median.
        let across: Vec<f64> = chart.lines.iter().filter(|l| l.y0 == l.y1 && l.x0 != l.x1).map(|l| l.y0).collect();
        assert_eq!(across.len(), 3, "{case}");
        near(&[ends[0], across[2], ends[1]], "quartiles");
        near(&[across[0], across[1]], "whiskers");
        let mut beyond: Vec<f64> = chart.circles(BLUE).iter().map(|point| point.1).collect();
        beyond.sort_by(f64::total_cmp);
        // One point for each half pixel that holds any.
        let mut places = numbers(&case["beyond"]);
        places.dedup_by(|a, b| (*a - *b).abs() < chart.y.pixel * 0.5);
        assert!(beyond.len() <= numbers(&case["beyond"]).len() && beyond.len() >= places.len(), "{case}");
        for place in places {
            assert!(beyond.iter().any(|found| (found - place).abs() <= chart.y.pixel * 0.6), "{place} of {case}");
        }
    }
}

#[test]
fn densities_are_scipys() {
    for case in expected("densities") {
        let chart = Chart::read(&Density::new(numbers(&case["values"])).svg());
        let curve = chart.polylines.iter().find(|line| line.len() > 100).expect("a curve");
        let peak = curve.iter().map(|point| point.1).fold(0.0, f64::max);
        for (at, density) in numbers(&case["at"]).into_iter().zip(numbers(&case["density"])) {
            let after = curve.iter().position(|point| point.0 >= at).unwrap();
            let (a, b) = (curve[after - 1], curve[after]);
            let found = a.1 + (b.1 - a.1) * (at - a.0) / (b.0 - a.0);
            assert!((found - density).abs() < peak * 0.005, "{found}, expected {density} at {at}");
        }
    }
}

#[test]
fn points_lines_means_and_trends_are_where_their_numbers_are() {
    for case in expected("trends") {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        let chart = Chart::read(&Scatter::new(x.clone(), y.clone()).unwrap().trend().svg());
        let points = chart.circles(BLUE);
        assert_near(&points.iter().map(|p| p.0).collect::<Vec<_>>(), &x, chart.x.pixel * 0.3, "x");
        assert_near(&points.iter().map(|p| p.1).collect::<Vec<_>>(), &y, chart.y.pixel * 0.3, "y");
        let trend = chart.polylines.iter().find(|line| line.len() == 2).expect("a trend");
        for (end, found) in case["ends"].as_array().unwrap().iter().map(numbers).zip(trend) {
            assert_near(&[found.0], &end[..1], chart.x.pixel * 0.3, "trend, x");
            assert_near(&[found.1], &end[1..], chart.y.pixel * 0.5, "trend, y");
        }
        let places: Vec<f64> = (0..y.len()).map(|i| i as f64).collect();
        let line = Line::new(places, y.clone()).unwrap();
        let chart = Chart::read(&line.svg());
        assert_near(&chart.polylines[0].iter().map(|p| p.1).collect::<Vec<_>>(), &y, chart.y.pixel * 0.3, "line");
        let chart = Chart::read(&line.moving_average(5).svg());
        let means: Vec<f64> = chart.polylines[1].iter().map(|p| p.1).collect();
        assert_near(&means, &numbers(&case["means"]), chart.y.pixel * 0.3, "means");
        let first = chart.polylines[1][0].0;
        assert_near(&[first], &[2.0], chart.x.pixel * 0.3, "the first mean stands in the middle of its five");
    }
}

#[test]
fn bars_are_as_long_as_their_numbers_however_they_stand() {
    for case in expected("bars") {
        let parts: Vec<Vec<f64>> = case["parts"].as_array().unwrap().iter().map(numbers).collect();
        let series =
            || ["a", "b", "c"].iter().zip(&parts).map(|(name, values)| ((*name).to_owned(), values.clone())).collect();
        let names = ["w", "x", "y", "z"];
        let all = Bar::series(&names, "part", series()).unwrap();
        let lengths = |chart: &Chart, color: &str| {
            chart.rects(color).iter().skip(1).map(|r| r.top - r.bottom).collect::<Vec<_>>()
        };
        let chart = Chart::read(&all.clone().svg());
        let stacked = Chart::read(&all.clone().stacked().svg());
        let filled = Chart::read(&all.clone().filled().svg());
        let shares: Vec<Vec<f64>> = case["shares"].as_array().unwrap().iter().map(numbers).collect();
        for (place, color) in [BLUE, ORANGE, GREEN].into_iter().enumerate() {
            // The first rectangle of each colour is the legend's.
            assert_near(&lengths(&chart, color), &parts[place], chart.y.pixel * 0.3, "side by side");
            assert_near(&lengths(&stacked, color), &parts[place], stacked.y.pixel * 0.3, "stacked");
            let percent: Vec<f64> = shares[place].iter().map(|share| 100.0 * share).collect();
            assert_near(&lengths(&filled, color), &percent, filled.y.pixel * 0.3, "filled");
        }
        let tops: Vec<f64> = stacked.rects(GREEN).iter().skip(1).map(|r| r.top).collect();
        assert_near(&tops, &numbers(&case["sums"]), stacked.y.pixel * 0.3, "sums");
        let lying = Chart::read(&Bar::new(&names, parts[0].clone()).unwrap().horizontal().svg());
        let found: Vec<f64> = lying.rects(BLUE).iter().map(|r| r.right - r.left).collect();
        assert_near(&found, &parts[0], lying.x.pixel * 0.3, "lying");
        let (low, high): (Vec<f64>, Vec<f64>) = parts[0].iter().map(|v| (v * 0.9, v * 1.2)).unzip();
        let errors = Chart::read(&Bar::new(&names, parts[0].clone()).unwrap().error_bars(&low, &high).unwrap().svg());
        let upright: Vec<_> = errors.lines.iter().filter(|line| line.x0 == line.x1 && line.width == 14.0).collect();
        assert_near(&upright.iter().map(|l| l.y0).collect::<Vec<_>>(), &low, errors.y.pixel * 0.3, "low");
        assert_near(&upright.iter().map(|l| l.y1).collect::<Vec<_>>(), &high, errors.y.pixel * 0.3, "high");
    }
}

#[test]
fn numbers_written_in_cells_are_the_tables_and_colours_are_their_signs() {
    let names = ["a", "b", "c"];
    let svg = HeatMap::new(&names, &names, [1.0, -0.98, 0.004, -0.98, 1.0, 0.5, 0.004, 0.5, 1.0]).unwrap().svg();
    let chart = Chart::read(&svg);
    let written: Vec<&str> =
        chart.texts.iter().map(|t| t.words.as_str()).filter(|w| w.contains('.') && w.chars().count() < 6).collect();
    assert_eq!(&written[..9], ["1.00", "−0.98", "0.00", "−0.98", "1.00", "0.50", "0.00", "0.50", "1.00"]);
    let colors: Vec<(u8, u8, u8)> = chart.fills[1..10].to_vec();
    let (negative, positive, nothing) = (colors[1], colors[0], colors[2]);
    assert!(negative.0 > negative.2 + 60, "a correlation of −0.98 is orange: {negative:?}");
    assert!(positive.2 > positive.0 + 60, "a correlation of 1 is blue: {positive:?}");
    assert!(nothing.0 > 240 && nothing.2 > 240, "none is white: {nothing:?}");
}

#[test]
fn axes_end_where_they_were_asked_to() {
    let values: Vec<f64> = (0..150).map(f64::from).collect();
    let figure = Histogram::new(values.clone()).x_range(0, 100);
    let chart = Chart::read(&figure.svg());
    let (left, right) = chart.x_ends();
    assert_near(&[left, right], &[0.0, 100.0], chart.x.pixel * 0.3, "x_range(0, 100)");
    assert!(chart.rects(BLUE).iter().all(|bar| bar.right <= 100.0 + chart.x.pixel));
    let counted: f64 = chart.rects(BLUE).iter().map(|bar| bar.top - bar.bottom).sum();
    assert!((counted - 101.0).abs() < 0.5, "{counted}");
    assert!(figure.describe().contains("49 values not shown: outside the axis limits"), "{}", figure.describe());
    let line = Line::new(values.clone(), values.clone()).unwrap().x_range(10.0, 20.0).y_range(0, 15);
    let chart = Chart::read(&line.svg());
    assert_near(&[chart.x_ends().0, chart.x_ends().1], &[10.0, 20.0], chart.x.pixel * 0.3, "line");
    assert!(line.describe().contains("144 points not shown: outside the axis limits"), "{}", line.describe());
    let density = Density::new(values.clone()).x_range(0.0, 50.0);
    assert!(
        density.describe().contains("99 values outside the axis limits, which the curve counts"),
        "{}",
        density.describe()
    );
    let boxes = BoxPlot::new(values).y_range(0.0, 100.0);
    assert!(boxes.describe().contains("1 box cut off by the axis limits"), "{}", boxes.describe());
}

#[test]
fn an_impossible_range_an_unknown_colour_and_an_empty_group_are_said() {
    let figure = Histogram::new([1.0, 2.0]).x_range(5, 1).palette(&["#0072b2", "blau"]);
    for said in [
        "x_range(5, 1) is no range from low to high; the whole axis is shown",
        "palette: blau is no colour such as #0072B2; the usual colours are shown",
    ] {
        assert!(figure.svg().contains(said) && figure.describe().contains(said), "{}", figure.describe());
    }
    let words = Histogram::new([0.0]).dates(TimeUnit::Seconds).x_range("2014-13-01", "2016-01-01").describe();
    assert!(words.contains("x_range(\"2014-13-01\", \"2016-01-01\") is no range"), "{words}");
    let groups = Groups::from_parts("g", vec![("full".into(), vec![1.0, 2.0]), ("hollow".into(), vec![f64::NAN])]);
    for text in [
        Histogram::of(groups.clone()).describe(),
        Density::of(groups.clone()).describe(),
        BoxPlot::of(groups).describe(),
    ] {
        assert!(text.contains("no values to show: hollow"), "{text}");
    }
}

#[test]
fn ranges_of_dates_are_given_in_words() {
    let days: Vec<f64> = (0..1000).map(|day| 1.388_534_4e9 + 86_400.0 * f64::from(day)).collect(); // from 2014-01-01
    let by_words = Histogram::new(days.clone()).dates(TimeUnit::Seconds).x_range("2014-02-01", "2015-01-01");
    let by_numbers = Histogram::new(days).dates(TimeUnit::Seconds).x_range(1.391_212_8e12, 1.420_070_4e12);
    assert_eq!(by_words.svg(), by_numbers.svg());
}

// scipy: scipy.stats.gaussian_kde has the same curve; here the ridges are compared with the curves of a plain density, which
// tests/it/density.rs compares with scipy.
#[test]
fn ridges_are_the_curves_of_a_density_each_on_its_own_line() {
    let parts = || vec![("a".to_owned(), vec![1.0, 2.0, 2.5, 4.0]), ("b".into(), vec![2.0, 3.0, 3.5, 3.6, 5.0])];
    let plain = Density::of(Groups::from_parts("class", parts()));
    let heights = |svg: &str| {
        let curves = resvg::usvg::roxmltree::Document::parse(svg).unwrap();
        let curves = curves.descendants().filter(|node| node.has_tag_name("polygon"));
        let highest = |points: &str| {
            let y = points.split([' ', ',']).skip(1).step_by(2).map(|y| y.parse::<f64>().unwrap()).collect::<Vec<_>>();
            let (top, bottom) =
                (y.iter().copied().fold(f64::MAX, f64::min), y.iter().copied().fold(f64::MIN, f64::max));
            (top, bottom)
        };
        curves.map(|node| highest(node.attribute("points").unwrap())).collect::<Vec<_>>()
    };
    let (flat, ridges) = (heights(&plain.svg()), heights(&plain.clone().ridges().svg()));
    assert_eq!((flat.len(), ridges.len()), (2, 2));
    // In the same proportion, one below the other.
    let height = |(top, bottom): (f64, f64)| bottom - top;
    let ratio = height(flat[0]) / height(flat[1]);
    assert!((height(ridges[0]) / height(ridges[1]) - ratio).abs() < 0.01, "{ridges:?} {flat:?}");
    assert!(flat[0].1 == flat[1].1 && ridges[0].1 <= ridges[1].0 + 1.0, "{ridges:?}");
}

#[test]
fn six_groups_are_told_apart_in_grey() {
    let parts = (0..6).map(|i| (format!("group {i}"), vec![10.0])).collect();
    let svg = Bar::series(&["all"], "", parts).unwrap().svg();
    let chart = resvg::usvg::roxmltree::Document::parse(&svg).unwrap();
    let grey = |color: &str| {
        let part = |at: usize| f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap());
        0.299 * part(1) + 0.587 * part(3) + 0.114 * part(5)
    };
    // Each bar: its colour, and the directions of the lines drawn after it.
    let mut looks: Vec<(f64, String)> = Vec::new();
    for node in chart.root_element().children().filter(|node| node.is_element()) {
        match node.tag_name().name() {
            "rect" if node.attribute("fill") != Some("#FFFFFF") => {
                looks.push((grey(node.attribute("fill").unwrap()), String::new()))
            }
            "path" => {
                let line = node.attribute("d").unwrap()[1..].split('M').next().unwrap().to_owned();
                let ends: Vec<i32> = line.split([' ', 'L']).map(|n| n.parse().unwrap()).collect();
                looks.last_mut().unwrap().1 =
                    format!("{} {}", (ends[2] - ends[0]).signum(), (ends[3] - ends[1]).signum());
            }
            _ => {}
        }
    }
    // In the legend, then as bars.
    assert_eq!(looks.len(), 12);
    assert_eq!(looks[..6], looks[6..]);
    for (place, a) in looks[..6].iter().enumerate() {
        for b in &looks[..place] {
            assert!((a.0 - b.0).abs() > 30.0 || a.1 != b.1, "{a:?} and {b:?} look the same in grey");
        }
    }
}
