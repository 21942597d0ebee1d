//! Trains a report's network on its real data and prints the test accuracy beside Keras's.
//!
//! Expected: `cifar10` at least 66.0 % (Keras 66.96), `basenet` at least 44 % (45.1), `pre` at least 63 % (63.96).
//! `CUADERNO_DATA=… cargo run --example accuracy -p cuaderno-nn -- cifar10 [EPOCHS]`

use cuaderno_images::{Augmentation, CifarLabels, ImageSet};
use cuaderno_nn::{Examples, Fit, Network, Optimizer, cnn};
use std::error::Error;
use std::path::PathBuf;

cnn! { Cifar10: [3, 32, 32] => [
    conv2d(32, 3), relu, max_pool(2),
    conv2d(64, 3), relu, max_pool(2),
    conv2d(64, 3), relu,
    flatten, dense(64), relu, dense(10),
] }

cnn! { BaseNet: [3, 32, 32] => [
    conv2d(6, 5), relu, max_pool(2),
    conv2d(16, 5), relu, max_pool(2),
    flatten, dense(50), relu, dense(25), softmax,
] }

cnn! { Pre: [3, 32, 32] => [
    conv2d(16, 3), batch_norm, relu, conv2d(32, 3), batch_norm, relu, max_pool(2), dropout(0.2),
    conv2d(64, 3), batch_norm, relu, conv2d(64, 3), batch_norm, relu, max_pool(2), dropout(0.5),
    flatten, dense(128), batch_norm, relu, dense(50), batch_norm, relu, dense(25), softmax,
] }

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let which = arguments.next().unwrap_or_else(|| "cifar10".into());
    let data = PathBuf::from(std::env::var_os("CUADERNO_DATA").ok_or("set CUADERNO_DATA to the folder of real data")?);
    let mut epochs = |default: usize| arguments.next().map_or(Ok(default), |n| n.parse());
    let seed = 2026;
    match which.as_str() {
        "cifar10" => {
            let archive = data.join("cifar10.tar.gz");
            let train = ImageSet::from_archive(&archive, "cifar10/train", [32, 32])?;
            let test = ImageSet::from_archive(&archive, "cifar10/test", [32, 32])?;
            let how = Fit::new().epochs(epochs(10)?).optimizer(Optimizer::adam(1e-3));
            run(&mut Cifar10::new(seed), &train, &test, &how, "66.96 %, 93 s")
        }
        "basenet" | "pre" => {
            let (train, test) = ImageSet::cifar100(data.join("cifar100-25"), CifarLabels::Fine)?;
            let normalization = train.normalization()?;
            let (train, test) = (train.normalized(&normalization), test.normalized(&normalization));
            if which == "basenet" {
                let how = Fit::new().epochs(epochs(30)?).optimizer(Optimizer::sgd(0.01));
                return run(&mut BaseNet::new(seed), &train, &test, &how, "45.1 %, 40 s");
            }
            let train = train.augmented(&Augmentation::new().horizontal_flip(), seed)?;
            let how = Fit::new().epochs(epochs(60)?).optimizer(Optimizer::sgd(0.01));
            run(&mut Pre::new(seed), &train, &test, &how, "63.96 %, 478 s")
        }
        other => Err(format!("{other}: there are cifar10, basenet and pre").into()),
    }
}

fn run(
    network: &mut Network,
    train: &dyn Examples,
    test: &dyn Examples,
    how: &Fit,
    keras: &str,
) -> Result<(), Box<dyn Error>> {
    let history = network.fit(train, how)?;
    let (accuracy, seconds) = (100.0 * network.evaluate(test)?.accuracy, history.seconds());
    println!("{}: test accuracy {accuracy:.2} %, {seconds:.0} s (Keras: {keras})", network.name());
    Ok(())
}
