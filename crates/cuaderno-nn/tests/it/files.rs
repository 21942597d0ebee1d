//! Weights survive the disk, damaged files are told apart, and a killed run ends as if it had never stopped.

use crate::support::{Squares, says};
use cuaderno_nn::{EarlyStopping, Fit, History, Loss, Network, Optimizer, Schedule, cnn};

cnn! { Net: [3, 16, 16] => [
    conv2d(4, 3), batch_norm, relu, max_pool(2), flatten, dropout(0.3), dense(4),
] }
cnn! { Wider: [3, 16, 16] => [
    conv2d(5, 3), batch_norm, relu, max_pool(2), flatten, dropout(0.3), dense(4),
] }
cnn! { Deeper: [3, 16, 16] => [
    conv2d(4, 3), batch_norm, relu, max_pool(2), flatten, dropout(0.3), dense(4), relu, dense(4),
] }

cnn! { Alone: [3, 16, 16] => [flatten, dense(4)] }

#[test]
fn weights_survive_the_disk_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder").join("net.safetensors");
    let data = Squares::new(40, 16, 4);
    let mut net = Net::new(1);
    net.fit(&data, &Fit::new().quiet()).unwrap();
    net.save(&path).unwrap();
    let mut other = Net::new(2);
    other.load(&path).unwrap();
    assert_eq!(net.predict(&data).unwrap(), other.predict(&data).unwrap());
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn a_damaged_or_foreign_file_gets_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let mut net = Net::new(1);
    net.save(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let before = net.current_weights();

    says(Wider::new(1).load(&path), &["net.safetensors", "1_conv2d/kernel", "[3, 3, 3, 4]", "[3, 3, 3, 5]", "Wider"]);
    says(Deeper::new(1).load(&path), &["lacks 9_dense/kernel"]);
    Deeper::new(1).save(&path).unwrap();
    says(net.load(&path), &["9_dense"]);
    for length in [0, 7, 100, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        says(net.load(&path), &["not a whole safetensors file"]);
    }
    std::fs::write(&path, b"\x89PNG, and so on, for more than eight bytes").unwrap();
    says(net.load(&path), &["not a whole safetensors file"]);
    says(net.load(folder.path().join("missing")), &["missing", "reading failed"]);
    assert_eq!(before, net.current_weights());
}

/// A dropout more or an activation less does not make it another network's file.
#[test]
fn layers_without_parameters_may_come_and_go() {
    cnn! { Changed: [3, 16, 16] => [
        dropout(0.1), conv2d(4, 3), tanh, batch_norm, max_pool(2), flatten, dense(4), softmax,
    ] }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let net = Net::new(1);
    net.save(&path).unwrap();
    let (mut loaded, mut matched) = (Changed::new(2), Changed::new(3));
    loaded.load(&path).unwrap();
    assert_eq!(matched.load_matching(&path).unwrap(), [""; 0]);
    assert_eq!(net.tensor_values(), loaded.tensor_values());
    assert_eq!(net.tensor_values(), matched.tensor_values());
}

#[test]
fn a_tensor_of_another_precision_is_not_called_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    Alone::new(1).save(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let text = String::from_utf8(bytes[8..header].to_vec()).unwrap().replace("\"F32\"", "\"I32\"");
    std::fs::write(&path, [&bytes[..8], text.as_bytes(), &bytes[header..]].concat()).unwrap();
    says(Alone::new(1).load(&path), &["2_dense/", "I32", "F32 is needed"]);
}

#[test]
fn layers_in_common_are_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let net = Net::new(1);
    net.save(&path).unwrap();
    let mut wider = Deeper::new(2);
    let fresh = wider.current_weights();
    assert_eq!(wider.load_matching(&path).unwrap(), ["9_dense/kernel", "9_dense/bias"]);
    let common = net.current_weights().len();
    assert_eq!(wider.current_weights()[..common], net.current_weights());
    assert_eq!(wider.current_weights()[common..], fresh[common..]);
    says(Alone::new(1).load_matching(&path).map(|_| ()), &["none of its tensors", "Alone"]);
}

#[test]
fn a_killed_run_ends_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let (train, validation) = (Squares::new(70, 16, 4), Squares::new(20, 16, 4));
    // Everything a run remembers: moments, the schedule's step, dropout masks, order, the pictures of each pass (which differ,
    // as augmented ones do), the best weights, how long nothing got better.
    let cosine = Schedule::Cosine { steps: 8, floor: 0.1 };
    let optimizers = [
        Optimizer::sgd(0.05).momentum(0.9).nesterov().decay(0.1),
        Optimizer::rmsprop(1e-3).momentum(0.5).into(),
        Optimizer::adamw(3e-3).schedule(cosine),
        Optimizer::adam(1e-3).into(),
    ];
    let stopping = EarlyStopping::patience(3).min_delta(0.05).restore_best();
    let finished = |net: &Network| (net.current_weights(), net.predict(&validation).unwrap().probabilities);
    let without_time = |history: &History| -> (Vec<_>, Option<String>) {
        let epochs = history.epochs.iter();
        (epochs.map(|e| (e.loss, e.val_loss, e.val_accuracy, e.learning_rate)).collect(), history.stopped.clone())
    };
    for optimizer in optimizers {
        let how = |epochs| {
            let how = Fit::new().epochs(epochs).steps_per_epoch(2).optimizer(optimizer.clone());
            how.validation(&validation).clip_norm(5.0).balanced_classes().early_stopping(stopping).quiet()
        };
        let mut straight = Net::new(9);
        let history = straight.fit(&train, &how(9)).unwrap();
        let _ = std::fs::remove_file(&path);
        Net::new(9).fit(&train, &how(3).checkpoint(&path, 1)).unwrap(); // "killed" after the third epoch
        let mut resumed = Net::new(9);
        let resumed_history = resumed.fit(&train, &how(9).checkpoint(&path, 1)).unwrap();
        assert!(finished(&straight) == finished(&resumed), "{}", optimizer.name());
        assert_eq!(without_time(&history), without_time(&resumed_history));
    }

    let how = |epochs| Fit::new().epochs(epochs).steps_per_epoch(2).optimizer(Optimizer::adam(1e-3)).quiet();
    let other = Net::new(9).fit(&train, &how(5).batch_size(16).checkpoint(&path, 1));
    says(other.map(|_| ()), &["run.safetensors", "2 steps of 32", "2 steps of 16"]);
}

#[test]
fn a_checkpoint_of_another_experiment_is_refused() {
    cnn! { Less: [3, 16, 16] => [conv2d(4, 3), batch_norm, relu, max_pool(2), flatten, dropout(0.2), dense(4)] }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let (train, others) = (Squares::new(40, 16, 4), Squares::new(80, 16, 4));
    let how = || Fit::new().optimizer(Optimizer::sgd(0.01)).quiet().checkpoint(&path, 1);
    Net::new(1).fit(&train, &how()).unwrap();
    let resume = |how: Fit| Net::new(1).fit(&train, &how.epochs(2)).map(|_| ());
    says(
        resume(how().optimizer(Optimizer::sgd(0.01).momentum(0.9))),
        &["run.safetensors", "momentum: 0.0", "momentum: 0.9"],
    );
    says(resume(how().loss(Loss::BinaryCrossEntropy)), &["CategoricalCrossEntropy", "BinaryCrossEntropy"]);
    says(resume(how().clip_norm(1.0)), &["gradients not clipped", "gradients clipped to the length 1"]);
    says(resume(how().class_weights(&[1.0, 1.0, 1.0, 2.0])), &["class weights None", "2.0"]);
    says(resume(how().seed(5)), &["seed 1", "seed 5"]);
    says(resume(how().validation(&others)), &["validated on 80 images"]);
    // As many pictures as before, but others.
    let rest = cuaderno_nn::Subset::new(&others, 40..80);
    says(Net::new(1).fit(&rest, &how().epochs(2)).map(|_| ()), &["trained on 40 images (fingerprint"]);
    says(Less::new(1).fit(&train, &how().epochs(2)).map(|_| ()), &["checkpoint of Net", "checkpoint of Less"]);
    Net::new(1).save(&path).unwrap();
    says(resume(how()), &["weights of Net", "a checkpoint of Net"]);
}

#[test]
fn a_checkpoint_that_is_further_than_asked_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let train = Squares::new(16, 16, 4);
    let run = |epochs| Net::new(1).fit(&train, &Fit::new().epochs(epochs).checkpoint(&path, 1).quiet()).map(|_| ());
    run(4).unwrap();
    says(run(2), &["run.safetensors has done 4 epochs, and 2 are asked for"]);
    run(4).unwrap();
}

#[test]
fn a_file_of_weights_knows_its_classes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let train = Squares::new(16, 16, 4);
    let other = Squares::new(16, 16, 4).named(&["class 1", "class 0", "class 2", "class 3"]);
    let mut net = Net::new(1);
    net.fit(&train, &Fit::new().quiet()).unwrap();
    net.save(&path).unwrap();
    let mut loaded = Net::new(2);
    loaded.evaluate(&other).unwrap();
    loaded.load(&path).unwrap();
    loaded.evaluate(&train).unwrap();
    says(loaded.evaluate(&other).map(|_| ()), &["class 0", "\"class 1\"", "in training it is \"class 0\""]);
    // A network that was not trained knows none, nor does its file.
    Net::new(1).save(&path).unwrap();
    loaded.load(&path).unwrap();
    loaded.evaluate(&other).unwrap();
}

#[test]
fn weights_that_are_not_finite_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    for broken in [f32::NAN, f32::INFINITY] {
        let mut net = Net::new(1);
        let mut values = net.tensor_values();
        values[3][1] = broken;
        net.set_tensor_values(&values);
        net.save(&path).unwrap();
        let mut loaded = Net::new(2);
        let before = loaded.tensor_values();
        says(loaded.load(&path), &["net.safetensors", "2_batch_norm/beta", "not finite"]);
        says(loaded.load_matching(&path).map(|_| ()), &["2_batch_norm/beta", "not finite"]);
        assert_eq!(loaded.tensor_values(), before);
    }
}

#[test]
fn a_run_that_stopped_early_stays_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let (train, validation) = (Squares::new(64, 16, 4), Squares::new(32, 16, 4));
    let rule = EarlyStopping::patience(2).restore_best();
    let how = Fit::new().epochs(40).optimizer(Optimizer::sgd(0.8)).validation(&validation).early_stopping(rule).quiet();
    let how = how.checkpoint(&path, 1);
    let (mut first, mut again) = (Net::new(3), Net::new(3));
    let history = first.fit(&train, &how).unwrap();
    assert!(history.epochs.len() < 40 && history.stopped.is_some(), "{history:?}");
    assert_eq!(again.fit(&train, &how).unwrap(), history);
    assert_eq!(first.current_weights(), again.current_weights());
}

#[test]
fn files_of_several_networks_get_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let train = Squares::new(16, 16, 4);
    let how = Fit::new()
        .quiet()
        .save_best(folder.path().join("best.v1.safetensors"))
        .checkpoint(folder.path().join("run"), 1);
    Net::new(3).fit(&train, &how.numbered(2)).unwrap();
    let names =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(
        names.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>(),
        ["best.v1-2.safetensors", "run-2"]
    );
}

#[test]
fn early_stopping_gives_the_best_weights_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("best.safetensors");
    let (train, validation) = (Squares::new(64, 16, 4), Squares::new(32, 16, 4));
    let mut net = Net::new(3);
    // A large learning rate makes the validation loss jump about.
    let how = Fit::new()
        .epochs(40)
        .optimizer(Optimizer::sgd(0.8))
        .validation(&validation)
        .early_stopping(EarlyStopping::patience(3).restore_best())
        .save_best(&path)
        .quiet();
    let history = net.fit(&train, &how).unwrap();
    assert!(history.epochs.len() < 40 && history.stopped.as_ref().unwrap().contains("stopped early"), "{history:?}");
    let (_, best) = history.best().unwrap();
    let loss = net.evaluate(&validation).unwrap().loss;
    assert!((loss - best.val_loss.unwrap()).abs() < 1e-5, "{loss} {best:?}");
    let mut loaded = Net::new(4);
    loaded.load(&path).unwrap();
    assert_eq!(loaded.current_weights(), net.current_weights());
}
