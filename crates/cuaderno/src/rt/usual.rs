//! What cells write most, compiled once, here.
//!
//! A generic function is compiled in the cell that calls it, with all that it clones, compares and drops; for a group-by on a
//! `LazyFrame` that took 0.3 s. Where a crate behind the preload has compiled the same instance, the compiler uses that one. Above
//! `opt-level = 1` a crate shares no instances, and above 0 none that drop or are inlined, so this crate is compiled without
//! optimisation: what computes long lies in other crates. None of these functions is ever called.

#![allow(
    unused_must_use,
    clippy::needless_borrows_for_generic_args,
    clippy::format_in_format_args,
    reason = "nothing here is run, and each form that a student may choose is an instance of its own"
)]

use super::{CellError, Store, at, check_interrupt, run, show::*};
use crate::display::{DisplayHandle, Html, InputError, MimeBundle, Progress, Rich, display};
use crate::eda::{EdaError, Summary, TextCounts};
use crate::images::{ImagesError, Loader};
use crate::nn::{Epoch, NetworkError, Shape};
use crate::plot::{
    Bar, BoxPlot, ConfusionMatrix, Density, Group, HeatMap, Histogram, Line, PlotError, Scatter, TrainingCurves,
};
use crate::prelude::*;
use crate::zoo::{Architecture, TopLabels, ZooError};
use crate::{Digest, Stamp};
use std::path::{Path, PathBuf};

type Tables = (DataFrame, LazyFrame);

/// Variables of these types are kept, taken back and dropped.
macro_rules! variables {
    ($store:expr => $($type:ty),*) => {
        $(if let Some(value) = $store.take::<$type>("") {
            $store.put("", value);
        })*
    };
}

/// Results of these types meet `?`.
macro_rules! results {
    ($store:expr, $error:ty => $($type:ty),*) => {
        $(if let Some(result) = $store.take::<Result<$type, $error>>("") {
            result?;
        })*
    };
}

/// Values of these types are shown at the end of a cell, and by `display`.
macro_rules! shown {
    ($store:expr => $($type:ty),*) => {
        $(if let Some(value) = $store.take::<$type>("") {
            value.evcxr_display();
            display(&value);
        })*
    };
}

/// Variables of the kinds that reports keep.
pub fn variables(store: &mut Store) {
    variables!(store =>
        bool, char, i32, i64, u8, u32, u64, usize, f32, f64, String, &'static str, PathBuf, (usize, usize), (f64, f64)
    );
    variables!(store =>
        Vec<bool>, Vec<i32>, Vec<i64>, Vec<u8>, Vec<u32>, Vec<u64>, Vec<usize>, Vec<f32>, Vec<f64>, Vec<String>
    );
    variables!(store =>
        Vec<&'static str>, Vec<PathBuf>, Vec<(String, f64)>, Vec<(String, usize)>, Vec<Vec<f64>>, HashSet<String>
    );
    variables!(store =>
        HashMap<String, usize>, BTreeMap<String, usize>, [usize; 2], [f64; 3], Option<f64>, Option<usize>
    );
    variables!(store =>
        DataFrame, LazyFrame, Series, Column, Expr, Schema, Vec<Expr>, [DataFrame; 2], [DataFrame; 3], Tables
    );
    variables!(store =>
        Summary, TextCounts, Bar, BoxPlot, ConfusionMatrix, Density, HeatMap, Histogram, Line, Scatter, Facets
    );
    variables!(store =>
        TrainingCurves, ImageGrid, DisplayHandle, Progress
    );
    variables!(store =>
        ImageSet, (ImageSet, ImageSet), (ImageSet, ImageSet, ImageSet), Picture, Augmentation, Normalization, Whitening, Loader
    );
    variables!(store =>
        Fit, Optimizer, History, Evaluation, Predictions, Confusion, Runs, Network, Vec<Runs>, Vec<Evaluation>
    );
    variables!(store =>
        Experiments, nn::Comparison, nn::Folds, nn::GridSearch, nn::LearningCurve
    );
    variables!(store =>
        Vec<History>, (History, Evaluation), Pretrained, Architecture, Features, Ensemble, [Runs; 5], [Evaluation; 3]
    );
}

/// Errors that `?` carries out of a cell.
pub fn results(store: &mut Store) -> Result<(), CellError> {
    results!(store, EdaError =>
        (), DataFrame, LazyFrame, Summary, Bar, HeatMap, Histogram, Density, BoxPlot
    );
    results!(store, EdaError => Scatter, Line, [DataFrame; 2], [DataFrame; 3], Vec<DataFrame>);
    results!(store, PolarsError => (), DataFrame, LazyFrame, Series, Column, &'static Column, &'static Float64Chunked);
    results!(store, PolarsError =>
        &'static Int64Chunked, &'static UInt32Chunked, &'static StringChunked, &'static BooleanChunked, f64
    );
    results!(store, PlotError =>
        (), Line, Scatter, Bar, Histogram, Density, BoxPlot, HeatMap, ImageGrid, Facets, TrainingCurves
    );
    results!(store, ImagesError =>
        (), usize, ImageSet, Picture, ImageGrid, (ImageSet, ImageSet), (ImageSet, ImageSet, ImageSet), Normalization, Whitening
    );
    results!(store, NetworkError => (), History, Evaluation, Predictions, Runs, Network, ImageGrid);
    results!(store, NetworkError =>
        nn::Comparison, nn::Folds, nn::GridSearch, nn::LearningCurve, nn::Embedding, nn::Calibration, nn::Explanation
    );
    results!(store, ZooError =>
        (), History, Evaluation, Pretrained, Features, Ensemble, TopLabels, ImageGrid, Predictions
    );
    results!(store, std::io::Error => (), String, Vec<u8>, std::fs::ReadDir, std::fs::DirEntry, std::fs::File);
    results!(store, InputError => String);
    results!(store, std::num::ParseIntError => i32, i64, u32, u64, usize);
    results!(store, std::num::ParseFloatError => f32, f64);
    results!(store, String => (), f64, usize, DataFrame);
    results!(store, &'static str => (), f64, usize, DataFrame);
    results!(store, Box<dyn std::error::Error> => (), f64, usize, String, DataFrame);
    Ok(())
}

/// Results of cells.
pub fn shown(store: &mut Store) {
    shown!(store =>
        DataFrame, LazyFrame, Series, Column, Html, MimeBundle, Stamp, Digest, Summary, Bar, BoxPlot, ConfusionMatrix
    );
    shown!(store =>
        Density, HeatMap, Histogram, Line, Scatter, Facets, TrainingCurves, ImageGrid
    );
    shown!(store =>
        ImageSet, Picture, Runs, History, Evaluation, Confusion,
        TopLabels
    );
    shown!(store => Experiments, nn::Comparison, nn::Folds, nn::GridSearch, nn::LearningCurve, nn::MostConfused);
    shown!(store => nn::Summary, image::DynamicImage, image::RgbImage);
    if let Some(frames) = store.take::<Vec<DataFrame>>("") {
        (&frames).evcxr_display();
    }
}

/// Tables, as notebooks treat them.
pub fn tables(store: &mut Store) -> Result<(), CellError> {
    let posts = read_posts(data("posts.tsv"))?;
    let comments = read_comments(data("comments.tsv"))?;
    read_posts("posts.tsv")?;
    read_comments("comments.tsv")?;
    read_posts(&PathBuf::new())?;
    read_comments(&PathBuf::new())?;
    let made = df!("name" => ["a"], "a" => [1], "b" => [0.5], "c" => [1, 2], "d" => [0.5, 1.0], "e" => ["a", "b"], "f" => [1, 2, 3])?;
    let more = df!("a" => vec![0.5], "b" => vec![1_usize as u32], "c" => vec![1_i64], "d" => vec![String::new()], "e" => vec!["a"])?;
    let lists = df!("a" => ["a", "b", "c"], "b" => [0.5, 1.0, 1.5], "c" => [1, 2, 3, 4], "d" => [0.5, 1.0, 1.5, 2.0], "e" => ["a", "b", "c", "d"])?;
    let fives = df!("a" => ["", "", "", "", ""], "b" => [0.0; 5], "c" => [1; 5], "d" => [1_u32; 5], "e" => vec![true])?;
    posts.select(["a"])?.head(Some(5));
    posts.select(["a", "b"])?;
    posts.select(["a", "b", "c"])?;
    posts.select(["a", "b", "c", "d"])?;
    posts.select(["a", "b", "c", "d", "e"])?;
    posts.select(["a", "b", "c", "d", "e", "f"])?;
    posts.select(["a", "b", "c", "d", "e", "f", "g"])?;
    posts.drop_nulls::<String>(None)?;
    posts.column("a")?.cast(&DataType::Float64)?.f64()?.mean();
    for value in posts.column("a")?.str()?.iter() {
        println!("{value:?}");
    }
    for value in posts.column("a")?.f64()?.iter() {
        println!("{value:?}");
    }
    let numbers: Vec<f64> = posts.column("a")?.f64()?.iter().flatten().collect();
    let lazy = comments.filter(col("a").is_not_null().and(col("b").gt(lit(1)))).filter(col("a").eq(lit("a"))).limit(4);
    let lazy = lazy.filter(col("a").gt_eq(5)).filter(col("a").gt(0.5)).filter(col("a").lt_eq(lit(0.5)));
    let lazy = lazy
        .with_columns([col("a").alias("b")])
        .with_columns([col("a"), col("b")])
        .with_column(col("a").cast(DataType::Float64));
    let lazy = lazy.select([col("a")]).select([col("a"), col("b")]).select([col("a"), col("b"), col("c")]);
    let lazy =
        lazy.group_by([col("a")]).agg([len().alias("n")]).group_by([col("a")]).agg([col("a").sum(), col("b").mean()]);
    let lazy = lazy.group_by([col("a"), col("b")]).agg([col("a").min().alias("a"), col("b").max(), col("c").median()]);
    let lazy =
        lazy.sort(["a"], SortMultipleOptions::new().with_order_descending(true)).sort(["a", "b"], Default::default());
    let joined = lazy.join(posts.clone().lazy(), [col("a")], [col("b")], JoinArgs::new(JoinType::Left)).collect()?;
    left_join(&posts, &made, ["a", "b"], ["a", "b"])?;
    left_join(&posts, &joined.clone().lazy(), ["a", "b"], ["a", "b"])?;
    left_join(&more.lazy(), &lists.lazy(), ["a", "b"], ["a", "b"])?;
    let counted = (
        posts.only("a", "b")?.summary()?,
        count(&posts, "a")?,
        top_n(&posts, "a", 25)?,
        mean_by(&posts, "a", "b", 0.95)?,
    );
    let drawn = (
        downsample(&posts, "a", 1)?,
        upsample(&posts, "a", 1)?,
        fives.lazy().summary()?,
        count_per(&posts, "a", "1mo")?,
    );
    let found = (text_features(&posts, "a")?, word_frequencies(&posts, "a")?, missing(&posts)?, correlation(&posts)?);
    let figures = (
        bar(&posts, "a", "b")?.title("a").x_label("x").y_label("y"),
        hbar(&posts, "a", "b")?,
        histogram(&posts, "a")?.by("b")?.title("a").x_label("x").y_label("y"),
        density(&posts, "a")?.by("b")?.log_x().title("a").x_label("x").y_label("y"),
        box_plot(&posts, "a")?.by("b")?.title("a").x_label("x").y_label("y"),
        missing_chart(&posts)?.title("a").x_label("x").y_label("y"),
    );
    store.put("", (counted, drawn, found));
    store.put("", (figures, numbers, ids_and_classes(&posts, "a", "b")?));
    Ok(())
}

/// Pictures and networks, as notebooks treat them. A network's own type is the cell's; what it is made of is not.
pub fn networks(store: &mut Store) -> Result<(), CellError> {
    let labels = store.take::<Vec<(String, String)>>("").unwrap_or_default();
    let images = ImageSet::from_ids(data("images"), &labels, [64, 64])?;
    ImageSet::from_archive(&data("a"), "a", [32, 32])?;
    ImageSet::from_archive(data("a"), "a", [32, 32])?;
    let (train, validation, test) = ImageSet::from_folder(data("a"), [64, 64])?.split([0.6, 0.2, 0.2], 1)?;
    let (first, second) = images.take(5, 1).split([0.75, 0.25], 1)?;
    let how = Fit::new().epochs(10).steps_per_epoch(5).batch_size(32).seed(1).quiet().optimizer(Optimizer::adam(1e-3));
    if let Some(mut network) = store.take::<Network>("") {
        let history = network.fit(&train, &how.clone().validation(&validation))?;
        let result = network.evaluate(&test)?;
        history.curves().title("a").evcxr_display();
        result.confusion().figure().title("a").x_label("x").y_label("y").evcxr_display();
        println!("{:.3} {:.3}", result.accuracy, history.loss().last().copied().unwrap_or(0.0));
        network.fit(&second, &how)?;
        network.predict(&first)?;
        network.summary().evcxr_display();
        let evaluations = [result];
        store.put("", evaluations.each_ref().map(|result| result.accuracy));
    }
    train.sample(5, 1).title("a").columns(5).evcxr_display();
    let varied = train.augmented(&Augmentation::new().rotation(20.0).zoom(0.2).horizontal_flip(), 1)?;
    varied.preview(0, 5)?.title("a").evcxr_display();
    Ok(())
}

/// Numbers and text.
pub fn basics(store: &mut Store) -> Result<(), CellError> {
    run(|| Ok(()));
    at(1);
    let words: Vec<String> = "a b".split_whitespace().map(str::to_string).collect();
    let mut numbers: Vec<f64> = (0..3).map(f64::from).collect();
    numbers.sort_by(f64::total_cmp);
    let total: f64 = numbers.iter().sum::<f64>()
        + numbers.iter().copied().fold(0.0, f64::max)
        + numbers.iter().copied().sum::<f64>();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in &words {
        check_interrupt();
        *counts.entry(word.clone()).or_insert(0) += 1;
        *counts.entry(word.to_string()).or_default() += 1;
    }
    for (number, word) in words.iter().enumerate().skip(1).take(2) {
        println!("{number} {word} {} {:?} {total:.2}", words.len(), counts.get(word));
    }
    for index in (0..words.len()).rev() {
        println!("{} {}", words[index], format!("{index:>5}"));
    }
    let ratios: Vec<f64> =
        numbers.windows(2).map(|pair| pair[0] / pair[1]).zip(1..=3_i32).map(|(a, b)| a * f64::from(b)).collect();
    println!("{:?} {:?} {} {}", ratios, words, words.join(", "), words.concat());
    let text = std::fs::read_to_string(Path::new("a"))?;
    let lengths: Vec<usize> = text.lines().map(str::len).collect();
    let shapes = store.take::<Vec<Shape>>("").unwrap_or_default();
    let epochs = store.take::<Vec<Epoch>>("").unwrap_or_default();
    let groups = store.take::<Vec<Group>>("").unwrap_or_default();
    println!("{} {} {}", shapes.len(), epochs.len(), groups.len());
    assert_eq!(lengths.iter().sum::<usize>(), lengths.iter().max().copied().unwrap_or(0));
    assert_eq!(ratios, numbers);
    assert_eq!(words, [String::new()]);
    store.put("", (ratios, lengths, "1".parse::<f64>()?, "1".parse::<usize>()?, "1".parse::<i32>()?));
    Ok(())
}
