//! Every kind of figure, and data that figures must survive.

use cuaderno_plot::{
    Bar, BoxPlot, ConfusionMatrix, Density, Facets, Figure, Groups, HeatMap, Histogram, ImageGrid, Line,
    NetworkDiagram, Picture, PlotError, Scatter, TimeUnit, TrainingCurves,
};
/// A figure with its name.
pub type Named = (&'static str, Box<dyn Figure>);

/// All of them.
pub fn figures() -> Result<Vec<Named>, PlotError> {
    let mut random = Random(7);
    let mut figures: Vec<Named> = Vec::new();

    let classes = Bar::new(&["Disinformation", "Other"], vec![5932.0, 4063.0])?;
    figures.push(("bar", Box::new(classes.title("Posts by class").x_label("class").y_label("posts"))));

    let subreddits =
        ["photoshopbattles", "mildlyinteresting", "pareidolia", "fakehistoryporn", "neutralnews", "usnews"];
    let many = Bar::new(&subreddits, vec![3120.0, 2710.0, 905.0, 870.0, 120.0, 44.0])?;
    figures.push(("bar_long_names", Box::new(many.title("Posts by subreddit").y_label("posts"))));

    let domains: Vec<String> = (0..25)
        .map(|i| format!("{}domain-number-{i}.example.org", "long-".repeat(i % 6)))
        .chain(["reddit.com".into()])
        .collect();
    let counts: Vec<f64> = (0..26).map(|i| (2500.0 / (i as f64 + 1.0)).round()).collect();
    let domains = Bar::new(&domains, counts)?.horizontal();
    figures
        .push(("bar_horizontal", Box::new(domains.title("Top 25 domains of class Disinformation").x_label("posts"))));

    let parts = vec![
        ("train".to_owned(), vec![2844.0, 2844.0]),
        ("validation".to_owned(), vec![609.0, 609.0]),
        ("test".to_owned(), vec![610.0, 610.0]),
    ];
    let grouped = Bar::series(&["Disinformation", "Other"], "split", parts.clone())?;
    figures.push(("bar_grouped", Box::new(grouped.y_label("posts"))));
    let stacked = Bar::series(&["Disinformation", "Other"], "split", parts)?.stacked().horizontal();
    figures.push(("bar_stacked", Box::new(stacked.x_label("posts"))));

    let start = 1_370_000_000.0;
    let other: Vec<f64> = (0..4000).map(|_| start + 2.0e8 * random.uniform().sqrt()).collect();
    let false_news: Vec<f64> = (0..4000).map(|_| start + 2.0e8 * random.uniform().powf(0.3)).collect();
    let dates = Groups::from_parts("class", vec![("Disinformation".into(), false_news), ("Other".into(), other)]);
    let dates = Histogram::of(dates).dates(TimeUnit::Seconds).title("When posts were made").x_label("created_at (UTC)");
    figures.push(("histogram_dates", Box::new(dates.y_label("posts"))));

    let normal = |random: &mut Random, mean: f64| (0..2000).map(|_| mean + random.normal()).collect::<Vec<f64>>();
    let scores = vec![("a".to_owned(), normal(&mut random, 0.0)), ("b".into(), normal(&mut random, 1.5))];
    let scores = Groups::from_parts("group", scores);
    figures.push(("histogram_side_by_side", Box::new(Histogram::of(scores.clone()).bins(12).side_by_side())));
    figures.push(("histogram_overlaid", Box::new(Histogram::of(scores.clone()).overlaid().x_label("score (points)"))));
    figures.push(("density", Box::new(Density::of(scores).title("Scores").x_label("score (points)"))));

    let capitals = |random: &mut Random, spread: f64| {
        (0..5000).map(|_| (1.0 + spread * random.normal()).exp().floor()).collect::<Vec<f64>>()
    };
    let capitals =
        vec![("Disinformation".to_owned(), capitals(&mut random, 0.8)), ("Other".into(), capitals(&mut random, 1.1))];
    let capitals = Density::of(Groups::from_parts("class", capitals)).log_x();
    figures.push(("density_log", Box::new(capitals.title("Capitals in titles").x_label("capitals a title"))));

    let train: Vec<f64> = (0..10).map(|i| 0.55 + 0.15 * (-(i as f64) / 3.0).exp()).collect();
    let validation: Vec<f64> = (0..10).map(|i| 0.62 + 0.08 * (-(i as f64) / 2.0).exp() + 0.004 * (i as f64)).collect();
    let (up, down): (Vec<f64>, Vec<f64>) =
        (train.iter().map(|v| 1.2 - v).collect(), validation.iter().map(|v| 1.2 - v).collect());
    let curves = TrainingCurves::new().loss(&train, &validation).accuracy(&up, &down).title("Model 1");
    figures.push(("training_curves", Box::new(curves.clone())));
    let live = TrainingCurves::new().loss(&train[..3], &validation[..2]).accuracy(&up[..3], &down[..2]).epochs(10);
    figures.push(("training_curves_live", Box::new(live)));

    let spread =
        |random: &mut Random, scale: f64| (0..800).map(|_| (scale * random.normal()).exp()).collect::<Vec<f64>>();
    let parts = vec![
        ("Disinformation".to_owned(), spread(&mut random, 1.0)),
        ("Other".into(), spread(&mut random, 1.6)),
        ("Unknown".into(), spread(&mut random, 0.5)),
    ];
    let boxes = BoxPlot::of(Groups::from_parts("class", parts.clone())).log_y().title("Comments by class");
    figures.push(("box_plot", Box::new(boxes.y_label("comments a post"))));

    let x = spread(&mut random, 1.0);
    let y: Vec<f64> = x.iter().map(|x| 40.0 * x * (0.6 * random.normal()).exp()).collect();
    let labels: Vec<&str> = (0..x.len()).map(|i| ["Disinformation", "Other", "Unknown", "Satire"][i % 4]).collect();
    let scatter =
        Scatter::new(&x[..240], &y[..240])?.grouped("class", &labels[..240])?.x_label("score").y_label("comments");
    figures.push(("scatter", Box::new(scatter.log_x().log_y().title("Comments against score"))));
    let (x, y) = cloud(&mut random, 200_000);
    figures.push(("scatter_many", Box::new(Scatter::new(x, y)?.title("200,000 points"))));
    let (x, y) = cloud(&mut Random(8), 8_000);
    let labels: Vec<&str> = (0..x.len()).map(|i| ["Disinformation", "Other"][i % 5 / 3]).collect();
    figures.push(("scatter_thousands", Box::new(Scatter::new(x, y)?.grouped("class", &labels)?.title("8,000 points"))));

    let epochs: Vec<f64> = (1..=15).map(f64::from).collect();
    let curve = |rate: f64, top: f64| epochs.iter().map(|e| top * (1.0 - (-e * rate).exp())).collect::<Vec<f64>>();
    let lines = vec![
        ("RMSprop".to_owned(), epochs.clone(), curve(0.5, 0.91)),
        ("Adam".into(), epochs.clone(), curve(0.4, 0.82)),
        ("SGD".into(), epochs.clone(), curve(0.15, 0.80)),
    ];
    figures.push(("line", Box::new(Line::series("optimizer", lines)?.x_label("epoch").y_label("validation accuracy"))));
    let mut level = 0.0;
    let walk: (Vec<f64>, Vec<f64>) = (0..300_000)
        .map(|i| {
            level += random.normal();
            (1.546e9 + 60.0 * f64::from(i), level)
        })
        .unzip();
    let walk = Line::new(walk.0, walk.1)?.dates(TimeUnit::Seconds).title("A long series").x_label("time (UTC)");
    figures.push(("line_long", Box::new(walk.y_label("level"))));

    let names = ["score", "num_comments", "upvote_ratio", "capitals", "exclamations"];
    let correlation = [
        1.0, 0.63, 0.11, -0.02, 0.01, 0.63, 1.0, -0.08, 0.05, 0.02, 0.11, -0.08, 1.0, -0.31, -0.12, -0.02, 0.05, -0.31,
        1.0, 0.44, 0.01, 0.02, -0.12, 0.44, 1.0,
    ];
    figures.push((
        "heat_map_diverging",
        Box::new(HeatMap::new(&names, &names, correlation)?.diverging().title("Correlation")),
    ));
    let hours: Vec<String> = (0..24).map(|hour| format!("{hour:02}")).collect();
    let posts: Vec<f64> =
        (0..168).map(|i| (50.0 + 40.0 * (f64::from(i % 24) / 4.0).sin() + f64::from(i / 24) * 5.0).round()).collect();
    let week = HeatMap::new(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], &hours, posts)?;
    figures.push(("heat_map", Box::new(week.title("Posts by hour").x_label("hour (UTC)"))));

    let classes = ["EOSINOPHIL", "LYMPHOCYTE", "MONOCYTE", "NEUTROPHIL"];
    let matrix = ConfusionMatrix::new(&classes, [421, 12, 60, 130, 3, 598, 10, 9, 140, 21, 402, 57, 88, 30, 44, 462])?;
    figures.push(("confusion_matrix", Box::new(matrix.title("Blood cells, test"))));
    let sports = [
        "archery",
        "baseball",
        "basketball",
        "bowling",
        "boxing",
        "cheerleading",
        "cricket",
        "curling",
        "fencing",
        "figure skating",
        "football",
        "golf",
        "gymnastics",
        "hockey",
        "judo",
    ];
    let predicted: Vec<usize> = (0..75).map(|i| if i % 11 == 3 { (i / 5 + 4) % 15 } else { i / 5 }).collect();
    let truth: Vec<usize> = (0..75).map(|i| i / 5).collect();
    let sports = ConfusionMatrix::from_predictions(&sports, &truth, &predicted)?;
    figures.push(("confusion_matrix_15", Box::new(sports.title("Sports, test"))));

    let mut pictures = Vec::new();
    for kind in 0..10 {
        let pixels: Vec<u8> = (0..32 * 32)
            .flat_map(|i| {
                let (x, y) = (f64::from(i % 32) - 16.0, f64::from(i / 32) - 16.0);
                let ring = ((x * x + y * y).sqrt() * 0.2 * (1.0 + f64::from(kind) * 0.3)).sin() * 100.0 + 128.0;
                [ring as u8, (x * 4.0 + 128.0) as u8, (y * 4.0 + 128.0) as u8]
            })
            .collect();
        pictures
            .push(Picture::rgb(32, 32, pixels)?.label(format!("class {kind}, predicted as class {}", (kind * 7) % 10)));
    }
    figures.push(("image_grid", Box::new(ImageGrid::new(pictures).title("Samples of each class"))));

    let mut facets = Facets::new().title("Comments by class").caption("logarithmic axes, the same for all");
    for (name, values) in parts {
        facets = facets.add(Density::new(values).log_x().title(name).x_label("comments a post"));
    }
    figures.push(("facets", Box::new(facets.share_x().share_y())));

    figures.extend(reports()?);
    figures.extend(awkward()?);
    Ok(figures)
}

/// What reports need besides: errors, references, shares, moving averages.
fn reports() -> Result<Vec<Named>, PlotError> {
    let mut random = Random(11);
    let models = ["model 1", "model 2", "model 3"];
    let accuracy = Bar::new(&models, [0.581, 0.6025, 0.6144])?
        .error_bars(&[0.57, 0.59, 0.61], &[0.592, 0.615, 0.6188])?
        .percent()
        .y_line(0.5, "guessing")
        .y_label("test accuracy")
        .caption("mean and standard deviation of 5 runs");
    let months = ["April", "August", "January", "March"];
    let ordered = Bar::new(&months, [4.0, 8.0, 1.0, 3.0])?.order(&["January", "March", "April", "August"]);
    let parts = vec![
        ("train".to_owned(), vec![700.0, 350.0, 20.0]),
        ("validation".into(), vec![150.0, 75.0, 3.0]),
        ("test".into(), vec![150.0, 75.0, 7.0]),
    ];
    let filled = Bar::series(&["cat", "dog", "mouse"], "split", parts)?.filled().horizontal();
    let named = Bar::new(&["Other", "Disinformation", "missing"], [10.5, 20.25, 3.0])?;
    let days: Vec<f64> = (0..400).map(|day| 1.388_534_4e9 + 86_400.0 * f64::from(day)).collect();
    let posts: Vec<f64> = days
        .iter()
        .enumerate()
        .map(|(i, _)| (20.0 + 8.0 * (i as f64 / 60.0).sin() + 4.0 * random.normal()).round())
        .collect();
    let per_day = Line::new(days, posts)?
        .dates(TimeUnit::Seconds)
        .moving_average(7)
        .x_range("2014-03-01", "2015-01-01")
        .x_line("2014-11-04", "midterm elections")
        .x_band("2014-07-01", "2014-08-31", "summer")
        .y_label("posts a day");
    let epochs: Vec<f64> = (1..=10).map(f64::from).collect();
    let mean: Vec<f64> = epochs.iter().map(|epoch| 0.7 - 0.2 / epoch).collect();
    let (low, high): (Vec<f64>, Vec<f64>) =
        (mean.iter().map(|m| m - 0.03).collect(), mean.iter().map(|m| m + 0.02).collect());
    let runs =
        Line::series("model", vec![("1".into(), epochs.clone(), mean.clone()), ("2".into(), epochs, low.clone())])?
            .shade(0, &low, &high)?
            .y_line(0.5, "guessing")
            .note(4.0, 0.65, "best so far")
            .percent()
            .x_label("epoch");
    let stars: Vec<f64> = (0..300).map(|i| f64::from(1 + i * i % 5)).collect();
    let x: Vec<f64> = (0..80).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| 3.0 + 0.5 * x + 6.0 * random.normal()).collect();
    let classes: Vec<&str> = (0..80).map(|i| ["a", "b"][i % 2]).collect();
    let trend = Scatter::new(x, y)?.grouped("class", &classes)?.trend();
    let spread =
        |random: &mut Random, scale: f64| (0..300).map(|_| (scale * random.normal()).exp()).collect::<Vec<f64>>();
    let parts =
        vec![("Disinformation".to_owned(), spread(&mut random, 1.0)), ("Other".into(), spread(&mut random, 0.4))];
    let violin = BoxPlot::of(Groups::from_parts("class", parts)).log_y().violin().y_label("comments a post");
    let matrix = ConfusionMatrix::new(&["cat", "dog"], [8, 2, 1, 39])?.normalized();
    let parts = ["fake", "satire", "true", "misleading", "manipulated", "out of context"];
    let parts = parts.iter().zip(0..).map(|(name, i)| ((*name).to_owned(), vec![f64::from(5 + i), f64::from(12 - i)]));
    let six = Bar::series(&["train", "test"], "class", parts.collect())?;
    let ridge = |(place, name): (usize, &&str)| {
        let values = (0..200).map(|_| place as f64 + (1.0 + 0.2 * place as f64) * random.normal()).collect();
        ((*name).to_owned(), values)
    };
    let ridges = ["2012", "2013", "2014", "2015", "2016"].iter().enumerate().map(ridge).collect();
    let ridges = Density::of(Groups::from_parts("year", ridges)).ridges().x_label("capitals in the title");
    let steps: Vec<f64> = (0..120).map(f64::from).collect();
    let curve = |rate: u32| steps.iter().map(|step| (-step / (20.0 * f64::from(rate))).exp()).collect::<Vec<f64>>();
    let rates = (1..=6).map(|rate| (format!("rate {rate}"), steps.clone(), curve(rate))).collect();
    let network = NetworkDiagram::new(&[3, 32, 32])
        .layer("conv2d", &[6, 28, 28], 456)
        .layer("relu", &[6, 28, 28], 0)
        .layer("max_pool", &[6, 14, 14], 0)
        .layer("conv2d", &[16, 10, 10], 2416)
        .layer("relu", &[16, 10, 10], 0)
        .layer("max_pool", &[16, 5, 5], 0)
        .layer("flatten", &[400], 0)
        .layer("dropout", &[400], 0)
        .layer("dense", &[50], 20_050)
        .layer("dense", &[25], 1275)
        .layer("softmax", &[25], 0)
        .title("BaseNet");
    let deep = (0..80).fold(NetworkDiagram::new(&[3, 64, 64]), |diagram, _| diagram.layer("conv2d", &[8, 64, 64], 584));
    Ok(vec![
        ("bar_errors", Box::new(accuracy)),
        ("bar_ordered", Box::new(ordered)),
        ("bar_filled", Box::new(filled)),
        ("bar_colored", Box::new(named.clone().colored())),
        ("bar_highlight", Box::new(named.highlight(&["Other"]).palette(&["#1b9e77"]))),
        ("line_moving_average", Box::new(per_day)),
        ("line_bands", Box::new(runs)),
        ("histogram_whole", Box::new(Histogram::new(stars).x_label("stars"))),
        ("scatter_trend", Box::new(trend)),
        ("violin", Box::new(violin)),
        ("confusion_normalized", Box::new(matrix)),
        ("bar_six_groups", Box::new(six.clone())),
        ("bar_six_filled", Box::new(six.filled().horizontal())),
        ("density_ridges", Box::new(ridges)),
        ("line_six", Box::new(Line::series("rate", rates)?.x_label("step").y_label("loss"))),
        ("network", Box::new(network)),
        ("network_deep", Box::new(deep)),
    ])
}

/// Data that figures must survive.
fn awkward() -> Result<Vec<Named>, PlotError> {
    let nothing: [f64; 0] = [];
    let odd = [1.0, f64::NAN, f64::INFINITY, 0.0, -3.0, 10.0, 100.0];
    Ok(vec![
        ("awkward_empty", Box::new(Histogram::new(nothing).title("Nothing <&> \"much\" 'to' see 🚀 日本語"))),
        ("awkward_one", Box::new(Density::new([42.0]).title("One value"))),
        (
            "awkward_spread",
            Box::new(
                Density::new(
                    (0..1000).map(|i| if i % 10 < 9 { 1.0 + f64::from(i % 13) } else { 4e4 }).collect::<Vec<_>>(),
                )
                .x_label("ups"),
            ),
        ),
        ("awkward_equal", Box::new(Histogram::new([7.0; 50]).title("All equal"))),
        ("awkward_log", Box::new(Density::new(odd).log_x().title("Some values cannot be shown"))),
        ("awkward_line", Box::new(Line::new([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], odd)?.y_range(-5.0, 50.0))),
        (
            "awkward_diverged",
            Box::new(TrainingCurves::new().loss(&[0.7, 1.9, 9.0, f64::NAN], &[0.8]).accuracy(&[0.5; 4], &[])),
        ),
        (
            "awkward_names",
            Box::new(
                Bar::new(
                    &[
                        "",
                        "<script>alert(1)</script> & co",
                        &"endless ".repeat(30),
                        "a\tb\u{0}c",
                        "👨‍👩‍👧 family",
                        "日本語の名前",
                    ],
                    vec![1.0, -2.0, 3.5, f64::NAN, 0.0, 2.0],
                )?
                .horizontal()
                .title("A very long title ".repeat(8)),
            ),
        ),
        (
            "awkward_bars",
            Box::new(Bar::new(
                &(0..120).map(|i| format!("name {i}")).collect::<Vec<_>>(),
                (0..120).map(|i| f64::from(i * i % 97)).collect::<Vec<_>>(),
            )?),
        ),
    ])
}

/// Points that lie along a diagonal.
fn cloud(random: &mut Random, points: usize) -> (Vec<f64>, Vec<f64>) {
    let point = |_| {
        let a = random.normal();
        (a, 0.7 * a + random.normal())
    };
    (0..points).map(point).unzip()
}

/// xorshift64*, so that the gallery is always the same.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let (a, b) = (self.uniform().max(1e-12), self.uniform());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }
}
