//! Training is steered: a function after each epoch, rates that fall, the monitor, the rate finder.

use crate::support::{Squares, says};
use cuaderno_nn::{EarlyStopping, Fit, History, Monitor, Next, Optimizer, ReduceOnPlateau, cnn};
use std::sync::{Arc, Mutex};

cnn! { Net: [3, 16, 16] => [conv2d(8, 3), relu, max_pool(4), flatten, dropout(0.2), dense(4)] }

fn rates(history: &History) -> Vec<f32> {
    history.epochs.iter().map(|epoch| epoch.learning_rate).collect()
}

fn how(epochs: usize) -> Fit {
    Fit::new().epochs(epochs).steps_per_epoch(2).optimizer(Optimizer::adam(0.01)).quiet()
}

#[test]
fn a_function_after_each_epoch_ends_training_and_changes_the_rate() {
    let train = Squares::new(64, 16, 4);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = seen.clone();
    let steered = how(9).on_epoch(move |history| {
        kept.lock().unwrap().push(history.epochs.len());
        match history.epochs.len() {
            2 => Next::LearningRate(0.001),
            5 => Next::Stop,
            _ => Next::GoOn,
        }
    });
    let history = Net::new(1).fit(&train, &steered).unwrap();
    assert_eq!(rates(&history), [0.01, 0.01, 0.001, 0.001, 0.001]);
    assert_eq!(*seen.lock().unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(history.stopped.as_deref(), Some("ended by on_epoch after epoch 5"));
    // One that only looks changes nothing.
    let (mut looked_at, mut plain) = (Net::new(1), Net::new(1));
    looked_at.fit(&train, &how(2).on_epoch(|_| ())).unwrap();
    plain.fit(&train, &how(2)).unwrap();
    assert_eq!(looked_at.current_weights(), plain.current_weights());
    let broken = how(2).on_epoch(|_| Next::LearningRate(f32::NAN));
    says(Net::new(1).fit(&train, &broken).map(|_| ()), &["learning rate is NaN"]);
}

#[test]
fn a_killed_run_that_is_steered_ends_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let (train, validation) = (Squares::new(70, 16, 4), Squares::new(20, 16, 4));
    let steered = |epochs| {
        let plateau = ReduceOnPlateau::patience(1).factor(0.5).min_delta(0.2);
        let how = how(epochs).validation(&validation).reduce_on_plateau(plateau).accumulate(2).steps_per_epoch(3);
        how.label_smoothing(0.1)
            .mixup(0.4)
            .on_epoch(|history| if history.epochs.len() == 7 { Next::Stop } else { Next::GoOn })
    };
    let mut straight = Net::new(9);
    let whole = straight.fit(&train, &steered(12)).unwrap();
    assert_eq!(whole.epochs.len(), 7);
    assert!(rates(&whole)[6] < 0.01, "{:?}", rates(&whole));
    for killed_after in [3, 7] {
        let _ = std::fs::remove_file(&path);
        Net::new(9).fit(&train, &steered(killed_after).checkpoint(&path, 1)).unwrap();
        let mut resumed = Net::new(9);
        let history = resumed.fit(&train, &steered(12).checkpoint(&path, 1)).unwrap();
        assert_eq!((rates(&history), history.loss()), (rates(&whole), whole.loss()));
        assert_eq!(history.stopped, whole.stopped);
        assert_eq!(resumed.current_weights(), straight.current_weights());
    }
}

#[test]
fn the_monitor_says_which_epoch_is_best() {
    let (train, validation) = (Squares::new(64, 16, 4), Squares::new(40, 16, 4));
    let by = |monitor| {
        let rule = EarlyStopping::patience(20).restore_best();
        let how = how(8).validation(&validation).monitor(monitor).early_stopping(rule);
        let mut net = Net::new(3);
        let history = net.fit(&train, &how).unwrap();
        (history, net.evaluate(&validation).unwrap())
    };
    let (history, kept) = by(Monitor::ValAccuracy);
    let accuracies: Vec<f32> = history.epochs.iter().filter_map(|epoch| epoch.val_accuracy).collect();
    assert_eq!(kept.accuracy, accuracies.iter().copied().fold(0.0, f32::max), "{accuracies:?}");
    let (history, kept) = by(Monitor::ValLoss);
    let least = history.val_loss().into_iter().fold(f64::INFINITY, f64::min);
    assert!((f64::from(kept.loss) - least).abs() < 1e-5);
    says(Net::new(1).fit(&train, &how(2).monitor(Monitor::ValLoss)).map(|_| ()), &["ValLoss", "validation_split"]);
    says(Net::new(1).fit(&train, &how(2).monitor(Monitor::Mae)).map(|_| ()), &["Mae where classes are learnt"]);
}

#[test]
fn a_network_that_learns_from_blends_knows_what_it_saw() {
    let train = Squares::new(128, 16, 4);
    let mixed = |epochs| Fit::new().epochs(epochs).optimizer(Optimizer::adam(0.01)).mixup(0.4).quiet();
    let mut net = Net::new(3);
    let history = net.fit(&train, &mixed(12)).unwrap();
    let judged = net.evaluate(&train).unwrap();
    assert!(judged.accuracy > 0.95, "{}", judged.accuracy);
    // Targets of blends have an entropy of their own, which no loss comes below.
    assert!(history.last().unwrap().loss > judged.loss + 0.1, "{history:?}");
    // The same bits with any number of threads.
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut net = Net::new(3);
            net.fit(&train, &mixed(1)).unwrap();
            net.current_weights()
        })
    };
    assert_eq!(with_threads(1), with_threads(3));
    let mut plain = Net::new(3);
    plain.fit(&train, &Fit::new().optimizer(Optimizer::adam(0.01)).quiet()).unwrap();
    assert_ne!(plain.current_weights(), with_threads(1));
}

#[test]
fn settings_without_sense_get_a_line() {
    let train = Squares::new(64, 16, 4);
    let fit = |how: Fit| Net::new(1).fit(&train, &how).map(|_| ());
    says(fit(how(1).accumulate(0)), &["accumulate is 0", "1 or more"]);
    says(fit(how(1).label_smoothing(1.0)), &["label_smoothing is 1", "usually 0.1"]);
    for alpha in [0.0, -1.0, f64::NAN, 1e9] {
        says(fit(how(1).mixup(alpha)), &["mixup is ", "usually 0.2"]);
    }
    says(fit(how(1).reduce_on_plateau(ReduceOnPlateau::patience(1).factor(1.0))), &["factor is 1", "0.1"]);
    says(fit(how(1).reduce_on_plateau(ReduceOnPlateau::patience(1).min_delta(f32::NAN))), &["min_delta is NaN"]);
}

#[test]
fn the_rate_finder_leaves_the_network_as_it_was_and_finds_a_rate_that_learns() {
    let train = Squares::new(256, 16, 4);
    let how = Fit::new().batch_size(32).optimizer(Optimizer::adam(0.001)).quiet();
    let net = Net::new(5);
    let before = net.current_weights();
    let found = net.find_learning_rate(&train, &how).unwrap();
    assert_eq!(net.current_weights(), before);
    assert_eq!(found, net.find_learning_rate(&train, &how).unwrap());
    let rate = found.suggestion.expect("a fall");
    assert!((1e-4..0.3).contains(&rate), "{rate}");
    let learns = |rate: f64| {
        let how = how.clone().epochs(3).optimizer(Optimizer::adam(rate as f32));
        net.clone().fit(&train, &how).unwrap().last().unwrap().loss
    };
    assert!(learns(rate) < learns(1e-6), "{} {}", learns(rate), learns(1e-6));
}
