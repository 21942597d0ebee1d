//! A student's laptop and the grader's server find the same: each set of instructions and number of threads runs a small report
//! in a process of its own.

use cuaderno::Digest;
use cuaderno::prelude::*;
use std::process::Command;

const MARK: &str = "found\t";
const SEED: u64 = 2026;

type Failure = Box<dyn std::error::Error>;

cnn! { Cells: [3, 30, 40] => [
    conv2d(16, 3).same(), batch_norm, relu, max_pool(2),
    residual(conv2d(16, 3).same(), leaky_relu, conv2d(16, 3).same()), sigmoid,
    conv2d(24, 5).stride(2).no_bias(), tanh, avg_pool(2),
    flatten, dropout(0.2), dense(20), relu, dense(4), softmax,
] }

/// What a report shows, under names: fingerprints of numbers, and figures as their text.
fn report() -> Result<Digest, Failure> {
    analysis(networks(digest())?)
}

/// Texts, counts, tests and figures of the posts.
fn analysis(found: Digest) -> Result<Digest, Failure> {
    let posts = read_posts(data("reddit/multimodal_train.tsv"))?;
    let titles = text_features(&downsample(&posts, "class", SEED)?, "title")?;
    let found = found
        .of("summary", &posts.summary()?.numbers)
        .of("titles", &titles)
        .of("means", &mean_by(&titles, "capitals", "class", 0.95)?)
        .of("t test", &t_test(&titles, "score", "class", 0.95)?)
        .of("correlation", &correlation(&titles)?)
        .of("line", &straight_line(&posts, "num_comments", "score", 0.95)?);
    Ok(found
        .of("missing", &missing_chart(&posts)?.svg())
        .of("bars", &bar(&count(&posts, "class")?, "class", "count")?.svg())
        .of("histogram", &histogram(&posts, "created_at")?.by("class")?.svg())
        .of("density", &density(&titles, "capitals")?.by("class")?.log_x().svg())
        .of("densities of scores", &density(&posts, "score")?.svg())
        .of("box plot", &box_plot(&titles, "score")?.by("class")?.svg())
        .of("scatter", &scatter(&posts, "num_comments", "score")?.svg()))
}

/// Pictures read, changed, and learnt from; what became of it.
fn networks(found: Digest) -> Result<Digest, Failure> {
    let cells = ImageSet::from_folder(data("blood-cells/TRAIN"), [30, 40])?;
    let (train, validation) = cells.split([0.75, 0.25], SEED)?;
    let change = Augmentation::new().rotation(28.0).shear(0.15).zoom(0.15).width_shift(0.2).horizontal_flip();
    let varied = train.augmented(&change, SEED)?.normalized(&train.normalization()?);
    let mixed = Augmentation::new().random_crop(3).cutout(0.3);
    let mixed = train.augmented(&mixed, SEED)?.normalized(&train.normalization()?);
    let small = ImageSet::from_folder(data("blood-cells/TRAIN"), [9, 12])?;
    let white = small.whitened(&small.zca_whitening(1e-6)?)?;
    let judged = validation.normalized(&train.normalization()?);
    let mut found = found.of("pictures", &values(&cells)).of("changed pictures", &values(&varied));
    found = found.of("holes", &values(&mixed)).of("whitened", &values(&white));
    let cosine = Schedule::Cosine { steps: 8, floor: 0.1 };
    let optimizers: [(&str, Optimizer); 3] = [
        ("sgd", Optimizer::sgd(0.02).momentum(0.9).schedule(cosine.clone())),
        ("rmsprop", Optimizer::rmsprop(1e-3).schedule(cosine.clone())),
        ("adam", Optimizer::adam(1e-3).schedule(cosine)),
    ];
    for (name, optimizer) in optimizers {
        let mut model = Cells::new(SEED);
        let how = Fit::new().epochs(2).batch_size(20).optimizer(optimizer).seed(SEED).quiet();
        let history = model.fit(&varied, &how.validation(&judged))?;
        let result = model.evaluate(&judged)?;
        found = found
            .of(&format!("{name}: history"), &history)
            .of(&format!("{name}: network"), &Network::from(model))
            .of(&format!("{name}: result"), &result)
            .of(&format!("{name}: curves"), &history.curves().svg())
            .of(&format!("{name}: confusion"), &result.confusion().figure().svg());
    }
    let mut model = Cells::new(SEED);
    let how = Fit::new().batch_size(20).mixup(0.3).seed(SEED).quiet();
    found = found.of("mixup: history", &model.fit(&mixed, &how)?).of("mixup: network", &Network::from(model));
    let base = mobilenet_v2(0.35).input([3, 32, 32]).pooling(Pooling::Average).random(SEED)?;
    let small = |folder| ImageSet::from_folder(data(folder), [32, 32]);
    let (train, test) = (small("blood-cells/TRAIN")?, small("blood-cells/TEST")?);
    let machine = SupportVectors::fit(&base.features(&train)?, &Svm::new())?;
    Ok(found.of("features and support vectors", &machine.predict(&base.features(&test)?)?))
}

/// Every value of every picture, as epoch 1 sees it.
fn values(set: &ImageSet) -> Vec<f32> {
    let mut values = vec![0.0; set.len() * Examples::image_shape(set).iter().product::<usize>()];
    let each = values.len() / set.len();
    values.chunks_mut(each).enumerate().for_each(|(index, picture)| set.write_image(index, 1, picture));
    values
}

#[test]
#[ignore = "the tests below start it, in a process with the setting they ask for"]
fn print_findings() {
    println!("\ninstructions\t{}", cuaderno_ops::instructions());
    report().unwrap().to_string().lines().for_each(|line| println!("{MARK}{line}"));
}

/// The instructions that a process with this setting used, and what it found.
fn findings(instructions: Option<&str>, threads: usize) -> (String, Vec<String>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "same_bits::print_findings", "--ignored", "--nocapture", "--test-threads=1"]);
    for pool in ["RAYON_NUM_THREADS", "POLARS_MAX_THREADS"] {
        command.env(pool, threads.to_string());
    }
    command.env_remove("CUADERNO_DATA").env("CUADERNO_SIMD", instructions.unwrap_or_default());
    let output = command.output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
    let used = stdout.lines().find_map(|line| line.strip_prefix("instructions\t")).unwrap().to_owned();
    let found: Vec<_> = stdout.lines().filter_map(|line| line.strip_prefix(MARK)).map(str::to_owned).collect();
    assert!(found.len() > 30, "{stdout}");
    (used, found)
}

#[test]
fn a_report_finds_the_same_with_any_instructions_and_number_of_threads() {
    let (best, expected) = findings(None, 1);
    let mut settings = vec![(None, 2), (None, 3), (None, 4), (Some("portable"), 1), (Some("portable"), 4)];
    if best == "avx512" {
        settings.extend([(Some("avx2"), 1), (Some("avx2"), 3)]);
    }
    for (instructions, threads) in settings {
        let (used, found) = findings(instructions, threads);
        assert_eq!(used, instructions.unwrap_or(&best), "these instructions were asked for");
        let moved: Vec<_> = found.iter().zip(&expected).filter(|(found, expected)| found != expected).collect();
        assert!(found.len() == expected.len() && moved.is_empty(), "{used}, {threads} threads: {moved:#?}");
    }
}
