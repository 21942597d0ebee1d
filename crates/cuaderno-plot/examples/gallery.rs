//! Writes every kind of figure to a folder, as SVG and as PNG:
//! `cargo run -p cuaderno-plot --example gallery -- FOLDER`

use cuaderno_plot::{Bar, Density, Figure, Groups, Histogram, PlotError, TimeUnit, TrainingCurves};
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".into()));
    std::fs::create_dir_all(&folder)?;
    for (name, figure) in figures()? {
        println!("{name}\n{}\n", figure.describe());
        std::fs::write(folder.join(format!("{name}.svg")), figure.svg())?;
        std::fs::write(folder.join(format!("{name}.png")), figure.png()?)?;
    }
    Ok(())
}

fn figures() -> Result<Vec<(&'static str, Box<dyn Figure>)>, PlotError> {
    let mut random = Random(7);
    let mut figures: Vec<(&'static str, Box<dyn Figure>)> = Vec::new();

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
    Ok(figures)
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
