//! Awkward data: a figure that says so, never a panic.

use cuaderno_plot::*;
use proptest::prelude::*;

/// Numbers that break careless code.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -100.0..100.0f64,
        2 => (-5i32..5).prop_map(f64::from),
        1 => any::<f64>(),
        1 => prop::sample::select(vec![
            0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e300, 1e15,
        ]),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), Just(String::new()), "[a-c]", Just("x".repeat(300))]
}

fn every_figure(values: &[f64], names: &[String], log: bool) -> Result<Vec<Box<dyn Figure>>, PlotError> {
    let half = values.len() / 2;
    let (x, y) = (values[..half].to_vec(), values[half..2 * half].to_vec());
    let truth: Vec<usize> = (0..half).map(|i| i % names.len().max(1)).collect();
    let classes = if names.is_empty() { &["one".to_owned()][..] } else { names };
    let density = Density::new(values).grouped("name", names)?;
    let histogram = Histogram::new(values).grouped("name", names)?;
    let boxes = BoxPlot::new(values).grouped("name", names)?;
    let (scatter, line) =
        (Scatter::new(x.clone(), y.clone())?.grouped("name", &names[..half])?, Line::new(x.clone(), y.clone())?);
    let mut all: Vec<Box<dyn Figure>> = vec![
        Box::new(Bar::new(names, values)?.title(names.first().cloned().unwrap_or_default())),
        Box::new(Bar::new(names, values)?.horizontal()),
        Box::new(Bar::series(&names[..half], "s", vec![("a".into(), x.clone()), ("b".into(), y.clone())])?.stacked()),
        Box::new(Histogram::new(values).dates(TimeUnit::Seconds)),
        Box::new(Histogram::new(values).bins(5).x_range(-1.0, 1.0)),
        Box::new(histogram.clone().side_by_side()),
        Box::new(Line::new(x.clone(), y.clone())?.dates(TimeUnit::Milliseconds)),
        Box::new(HeatMap::new(&names[..half], &["a", "b"], [x.clone(), y.clone()].concat())?),
        Box::new(
            HeatMap::new(&names[..half], &["a", "b"], [x.clone(), y.clone()].concat())?.diverging().size(200, 150),
        ),
        Box::new(ConfusionMatrix::from_predictions(classes, &truth, &truth)?),
        Box::new(TrainingCurves::new().loss(&x, &y).accuracy(values, &[]).epochs(half)),
        Box::new(Facets::new().add(histogram.clone()).add(density.clone()).add(line.clone()).share_x().share_y()),
        Box::new(ImageGrid::new(
            x.iter().map(|x| Picture::rgb(1, 1, vec![*x as u8; 3])).collect::<Result<Vec<_>, _>>()?,
        )),
        Box::new(density.clone().size(160, 120)),
        Box::new(line.clone().y_range(0.0, 1.0).x_range(-1.0, 1.0)),
    ];
    if log {
        all.push(Box::new(density.log_x()));
        all.push(Box::new(histogram.log_x()));
        all.push(Box::new(boxes.log_y()));
        all.push(Box::new(scatter.log_x().log_y()));
        all.push(Box::new(line.log_x().log_y()));
    } else {
        all.extend([
            Box::new(density) as Box<dyn Figure>,
            Box::new(histogram),
            Box::new(boxes),
            Box::new(scatter),
            Box::new(line),
        ]);
    }
    Ok(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn any_data_make_a_figure(
        data in prop::collection::vec((number(), name()), 0..12),
        log in any::<bool>(),
    ) {
        let (values, names): (Vec<f64>, Vec<String>) = data.into_iter().unzip();
        for figure in every_figure(&values, &names, log).unwrap() {
            let svg = figure.svg();
            prop_assert!(resvg::usvg::roxmltree::Document::parse(&svg).is_ok(), "not XML: {svg}");
            prop_assert!(!svg.contains("NaN") || names.iter().any(|name| name.contains("NaN")), "{svg}");
            prop_assert!(!figure.describe().is_empty());
        }
    }
}

/// Every kind of figure of data that have no scale of their own; one of each also in pixels, which takes longer.
#[test]
fn data_without_a_scale_make_a_figure() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    for values in [
        vec![],
        vec![42.0],
        vec![42.0, 42.0],
        vec![7.0; 6],
        vec![0.0; 6],
        vec![-3.0, 0.0, -0.0, -1.0],
        vec![inf, -inf, inf, -inf],
        vec![nan; 4],
        vec![1.0, nan, inf, 0.0, -3.0, 10.0],
        vec![1e-308, 1e308, 1e-308, 1e308],
        vec![1e16, 1e16 + 2.0, 1e16, 1e16 + 2.0],
    ] {
        let names: Vec<String> = (0..values.len()).map(|place| format!("group {}", place % 2)).collect();
        for log in [false, true] {
            for figure in every_figure(&values, &names, log).unwrap() {
                assert!(!figure.svg().contains("NaN"), "{values:?}: {}", figure.describe());
                let pixels = (values.len() == 1).then(|| figure.png().unwrap());
                assert!(pixels.is_none_or(|png| png.starts_with(b"\x89PNG")), "{}", figure.describe());
            }
        }
    }
}

#[test]
fn values_left_out_are_counted() {
    let values = [vec![0.0; 12], vec![1.0, 2.0, 3.0, f64::NAN, f64::INFINITY]].concat();
    let figure = Density::new(values.clone()).log_x();
    for note in
        ["12 values not shown: not positive on a log axis", "1 value not shown: missing", "1 value not shown: infinite"]
    {
        assert!(figure.svg().contains(note), "{note}");
        assert!(figure.describe().contains(note), "{note}");
    }
    let outside = Histogram::new([1.0, 2.0, 50.0]).x_range(0.0, 10.0);
    assert!(outside.svg().contains("1 value not shown: outside the axis limits"));
}

#[test]
fn no_data_say_so() {
    let nothing: [f64; 0] = [];
    let names: [&str; 0] = [];
    let figures: Vec<Box<dyn Figure>> = vec![
        Box::new(Bar::new(&names, nothing).unwrap()),
        Box::new(Histogram::new(nothing)),
        Box::new(Density::new(nothing)),
        Box::new(BoxPlot::new(nothing)),
        Box::new(Scatter::new(nothing, nothing).unwrap()),
        Box::new(Line::new(nothing, nothing).unwrap()),
        Box::new(HeatMap::new(&names, &names, nothing).unwrap()),
    ];
    for figure in figures {
        assert!(figure.svg().contains("no values to show"), "{}", figure.describe());
    }
}

/// The quotient of the limits is infinite: an axis of 2^31 powers of ten took all memory.
#[test]
fn the_widest_log_axis_ends() {
    let widest = [1e-300, 1e300];
    assert!(Scatter::new(widest, widest).unwrap().log_x().log_y().svg().len() < 50_000);
    assert!(BoxPlot::new(widest).log_y().svg().len() < 50_000);
    assert!(Density::new(widest).log_x().svg().len() < 50_000);
    assert!(Histogram::new(widest).log_x().x_range(-1.0, 1e300).svg().len() < 50_000);
}

#[test]
fn figures_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Bar>();
    shared::<Density>();
    shared::<Facets>();
    shared::<TrainingCurves>();
}
