//! Posts told apart by their titles, their pictures and both, beside scikit-learn's logistic regression on the same numbers: the
//! classifiers of notebook 06, with networks of one layer, whose optimum is one. Runs where `CUADERNO_DATA` has the real posts.

use cuaderno::prelude::*;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

const COUNTS: [&str; 7] = ["exclamations", "capitals", "digits", "emojis", "flag_letters", "words", "length"];

cnn! { Titles: [7] => [dense(2), softmax] }
cnn! { Pictures: [1280] => [dense(2), softmax] }
cnn! { Both: [1287] => [dense(2), softmax] }

/// The last quarter is held back: titles of both parts, standardized by the first.
fn titles(table: &DataFrame) -> Result<(Rows, Rows), Box<dyn Error>> {
    let held_back = table.height() / 4;
    let train = Rows::from_table(&table.head(Some(table.height() - held_back)), COUNTS, "class")?.standardized();
    let test = train.like(&table.tail(Some(held_back)))?;
    Ok((train, test))
}

/// All examples in each step, so that the order does not matter; the decay is scikit-learn's `1 / (C n)`.
fn how(examples: usize, epochs: usize, rate: f32, decay: f32) -> Fit {
    Fit::new().epochs(epochs).batch_size(examples).optimizer(Optimizer::sgd(rate).weight_decay(decay)).quiet()
}

/// What `real_posts.py` reads: a line for each example, its class last.
fn write(examples: &dyn Examples, name: &str) -> Done {
    let [channels, height, width] = examples.image_shape();
    let mut row = vec![0.0; channels * height * width];
    let mut text = String::new();
    for index in 0..examples.len() {
        examples.write_plain(index, &mut row);
        row.iter().try_for_each(|value| write!(text, "{value:?},"))?;
        writeln!(text, "{}", examples.label(index))?;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real_posts");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(name), text)?)
}

/// Accuracy, mean cross-entropy and the probabilities of class 1 for the first three test posts are scikit-learn's.
fn is(name: &str, evaluation: &Evaluation, accuracy: f32, loss: f32, first: [f32; 3]) {
    let found: Vec<f32> = (0..3).map(|row| evaluation.predictions.row(row)[1]).collect();
    let said = format!("{name}: {} {} {found:?}", evaluation.accuracy, evaluation.loss);
    assert!((evaluation.accuracy - accuracy).abs() < 1e-4, "{said}");
    assert!((evaluation.loss - loss).abs() < 5e-4, "{said}");
    found.iter().zip(first).for_each(|(found, first)| assert!((found - first).abs() < 5e-4, "{said}"));
}

#[test]
fn real_posts_are_told_apart_as_scikit_learn_tells_them_apart() -> Done {
    let Some(data) = std::env::var_os("CUADERNO_DATA").map(std::path::PathBuf::from) else { return Ok(()) };
    let weights = data.join("weights/mobilenet_v2_0.35_224_notop.safetensors");
    if !weights.is_file() {
        return Ok(());
    }
    let posts = text_features(&read_posts(data.join("reddit/multimodal_train.tsv"))?, "title")?;

    // The titles of all posts.
    let balanced = downsample(&posts, "class", 2026)?;
    let (train, test) = titles(&balanced)?;
    write(&train, "train.csv")?;
    write(&test, "test.csv")?;
    let mut by_titles = Titles::new(1);
    by_titles.fit(&train, &how(train.len(), 2000, 1.0, 0.0))?;
    is("all titles", &by_titles.evaluate(&test)?, 0.7090, 0.6090, [0.5751, 0.4841, 0.4279]);

    // Those that have a picture: by the title, by what MobileNetV2 sees, by both.
    let pictures = ImageSet::from_table(&posts, "id", "class", data.join("reddit/images"), [224, 224])?;
    let seen = mobilenet_v2(0.35).pooling(Pooling::Average).load(weights)?;
    let (train, test) = titles(&pictures.rows_of(&posts, "id")?)?;
    let learnt: Vec<usize> = (0..train.len()).collect();
    let judged: Vec<usize> = (train.len()..pictures.len()).collect();
    let train_seen = seen.features(&pictures.subset(&learnt)?)?;
    let test_seen = seen.features(&pictures.subset(&judged)?)?;
    let (train_both, test_both) = (train.beside(&train_seen)?, test.beside(&test_seen)?);
    write(&train_both, "train_both.csv")?;
    write(&test_both, "test_both.csv")?;

    let mut by_titles = Titles::new(1);
    by_titles.fit(&train, &how(train.len(), 4000, 0.5, 0.01))?;
    let title_result = by_titles.evaluate(&test)?;
    let mut looks = Pictures::new(1);
    looks.fit(&train_seen, &how(train.len(), 4000, 0.02, 0.1))?;
    let by_picture = looks.evaluate(&test_seen)?;
    let mut both = Both::new(1);
    both.fit(&train_both, &how(train.len(), 4000, 0.02, 0.1))?;
    is("titles", &title_result, 0.68, 0.5894, [0.7122, 0.6407, 0.0745]);
    is("pictures", &by_picture, 0.60, 0.7683, [0.4358, 0.3857, 0.0342]);
    is("mean", &title_result.fused(&by_picture)?, 0.68, 0.6042, [0.5740, 0.5132, 0.0543]);
    is("both", &both.evaluate(&test_both)?, 0.56, 0.7712, [0.4975, 0.2461, 0.0252]);
    Ok(())
}
