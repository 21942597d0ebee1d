//! Trains the reports' networks on their real data: test accuracies beside Keras's, one JSON object a line on stdout.
//!
//! `CUADERNO_DATA=… cargo xtask bench accuracy [--only=cifar10|basenet|pre]`, about ten minutes on two cores. Expected: `cifar10` at
//! least 66.0 % (10 epochs), `basenet` at least 44 % (30), `pre` at least 63 % (60); one that falls short fails the run.

#[path = "../../cuaderno-nn/examples/reports/mod.rs"]
mod reports;

use cuaderno_images::{Augmentation, CifarLabels, ImageSet};
use cuaderno_nn::{Examples, Fit, Network, Optimizer};
use reports::{BaseNet, Cifar10, Pre};
use std::error::Error;
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SEED: u64 = 2026;

/// What is expected of a network, in percent.
struct Goal {
    case: &'static str,
    least: f32,
    /// Keras 3.15 with the same settings.
    keras: f32,
}

fn main() -> Result<()> {
    let only = std::env::args().find_map(|argument| argument.strip_prefix("--only=").map(str::to_owned));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let data = PathBuf::from(std::env::var_os("CUADERNO_DATA").ok_or("set CUADERNO_DATA to the folder of real data")?);
    let mut reached = true;
    if wanted("cifar10") {
        let archive = data.join("cifar10.tar.gz");
        let train = ImageSet::from_archive(&archive, "cifar10/train", [32, 32])?;
        let test = ImageSet::from_archive(&archive, "cifar10/test", [32, 32])?;
        let how = Fit::new().epochs(10).optimizer(Optimizer::adam(1e-3));
        let goal = Goal { case: "R4, 10 epochs", least: 66.0, keras: 66.96 };
        reached &= run(&mut Cifar10::new(SEED), &train, &test, &how, &goal)?;
    }
    if wanted("basenet") {
        let (train, test) = cifar100(&data)?;
        let how = Fit::new().epochs(30).optimizer(Optimizer::sgd(0.01));
        let goal = Goal { case: "R2 BaseNet, 30 epochs", least: 44.0, keras: 45.1 };
        reached &= run(&mut BaseNet::new(SEED), &train, &test, &how, &goal)?;
    }
    if wanted("pre") {
        let (train, test) = cifar100(&data)?;
        let train = train.augmented(&Augmentation::new().horizontal_flip(), SEED)?;
        let how = Fit::new().epochs(60).optimizer(Optimizer::sgd(0.01));
        let goal = Goal { case: "R2 Pre + flip, 60 epochs", least: 63.0, keras: 63.96 };
        reached &= run(&mut Pre::new(SEED), &train, &test, &how, &goal)?;
    }
    if reached { Ok(()) } else { Err("an accuracy falls short of what is expected".into()) }
}

/// Training and test pictures, each channel normalized by the training pictures.
fn cifar100(data: &Path) -> Result<(ImageSet, ImageSet)> {
    let (train, test) = ImageSet::cifar100(data.join("cifar100-25"), CifarLabels::Fine)?;
    let normalization = train.normalization()?;
    Ok((train.normalized(&normalization), test.normalized(&normalization)))
}

/// Trains, tests and prints; whether the goal is reached.
fn run(network: &mut Network, train: &dyn Examples, test: &dyn Examples, how: &Fit, goal: &Goal) -> Result<bool> {
    let Goal { case, least, keras } = goal;
    let history = network.fit(train, how)?;
    let (accuracy, seconds) = (100.0 * network.evaluate(test)?.accuracy, history.seconds());
    eprintln!("{case}: test accuracy {accuracy:.2} % in {seconds:.0} s; at least {least} %, Keras {keras} %");
    println!(
        r#"{{"bench": "accuracy", "case": "{case}", "ours": {accuracy:.2}, "unit": "%", "peer": "keras", "peer_value": {keras}, "ratio": {:.3}, "seconds": {seconds:.1}}}"#,
        accuracy / keras
    );
    Ok(accuracy >= *least)
}
