//! What a student gets wrong is answered in one clear line; odd sizes just work.

use crate::support::{Squares, says};
use cuaderno_nn::{EarlyStopping, Examples, Fit, Loss, Optimizer, cnn};
use std::sync::Arc;

cnn! { Net: [3, 16, 16] => [conv2d(4, 3), relu, max_pool(2), flatten, dense(4), softmax] }
cnn! { Each: [3, 16, 16] => [conv2d(4, 3), relu, max_pool(2), flatten, dense(4), sigmoid] }
cnn! { YesNo: [3, 16, 16] => [conv2d(4, 3), relu, max_pool(2), flatten, dense(1), sigmoid] }
cnn! { Maps: [3, 16, 16] => [conv2d(4, 3)] }

/// The squares, with one thing wrong.
#[derive(Clone)]
struct Wrong {
    right: Squares,
    label: usize,
    value: f32,
}

impl Examples for Wrong {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }
    fn len(&self) -> usize {
        self.right.len()
    }
    fn image_shape(&self) -> [usize; 3] {
        self.right.image_shape()
    }
    fn class_names(&self) -> &[String] {
        self.right.class_names()
    }
    fn label(&self, index: usize) -> usize {
        if index == 5 { self.label } else { self.right.label(index) }
    }
    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        self.right.write_image(index, epoch, out);
        out[0] = self.value;
    }
}

#[test]
fn examples_that_do_not_fit_are_refused() {
    let quiet = Fit::new().quiet();
    says(Net::new(1).fit(&Squares::new(8, 20, 4), &quiet), &["[3, 16, 16]", "[3, 20, 20]", "16x16"]);
    says(Net::new(1).fit(&Squares::new(8, 16, 2), &quiet), &["4 outputs", "2 classes", "dense(2)"]);
    says(Maps::new(1).fit(&Squares::new(8, 16, 2), &quiet), &["[4, 14, 14]", "flatten"]);
    says(Net::new(1).fit(&Squares::new(0, 16, 4), &quiet), &["no training examples"]);
    says(Net::new(1).evaluate(&Squares::new(0, 16, 4)), &["no test examples"]);
    let label = Wrong { right: Squares::new(8, 16, 4), label: 4, value: 0.0 };
    says(Net::new(1).fit(&label, &quiet), &["example 5 has label 4", "0 to 3"]);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let data = Squares::new(8, 16, 4);
    says(Net::new(1).fit(&data, &Fit::new().batch_size(0)), &["batch_size is 0"]);
    says(Net::new(1).fit(&data, &Fit::new().steps_per_epoch(0)), &["steps_per_epoch is 0"]);
    says(Net::new(1).fit(&data, &Fit::new().validation_split(1.5)), &["validation_split is 1.5"]);
    says(Net::new(1).fit(&data, &Fit::new().class_weights(&[1.0])), &["class_weights", "4 classes"]);
    says(Net::new(1).fit(&data, &Fit::new().optimizer(Optimizer::sgd(f32::NAN))), &["learning rate is NaN"]);
    let optimizer = |optimizer: Optimizer| Net::new(1).fit(&data, &Fit::new().optimizer(optimizer));
    says(optimizer(Optimizer::sgd(0.1).momentum(9.0).into()), &["momentum is 9", "below 1"]);
    says(optimizer(Optimizer::adam(1e-3).betas(0.9, 1.0).into()), &["the second of betas is 1"]);
    says(optimizer(Optimizer::rmsprop(1e-3).epsilon(0.0).into()), &["epsilon is 0", "positive"]);
    says(optimizer(Optimizer::adam(1e-3).decay(-1e-3)), &["decay is -0.001"]);
    let (yes_no, many) = (Squares::new(8, 16, 2), Fit::new().loss(Loss::CategoricalCrossEntropy));
    says(YesNo::new(1).fit(&yes_no, &many), &["loss is CategoricalCrossEntropy", "BinaryCrossEntropy", "dense(2)"]);
    let binary = Fit::new().loss(Loss::BinaryCrossEntropy);
    says(Net::new(1).fit(&data, &binary), &["loss is BinaryCrossEntropy", "ends in softmax", "sigmoid"]);
    says(Each::new(1).fit(&data, &many), &["loss is CategoricalCrossEntropy", "ends in sigmoid", "softmax"]);
    for limit in [0.0, -1.0, f32::NAN] {
        says(Net::new(1).fit(&data, &Fit::new().clip_value(limit)), &["clip_value is", "positive"]);
        says(Net::new(1).fit(&data, &Fit::new().clip_norm(limit)), &["clip_norm is", "positive"]);
    }
    let weights = Fit::new().class_weights(&[1.0, 1.0, -1.0, 1.0]);
    says(Net::new(1).fit(&data, &weights), &["class_weights is a list with -1"]);
    let zeros = Fit::new().class_weights(&[0.0; 4]);
    says(Net::new(1).fit(&data, &zeros), &["class_weights is a list of zeros", "nothing would be learnt"]);
    let rule = EarlyStopping::patience(2).min_delta(-1.0);
    says(Net::new(1).fit(&data, &Fit::new().early_stopping(rule)), &["min_delta is -1"]);
    says(YesNo::new(1).evaluate(&Squares::new(8, 16, 1)), &["the number of classes is 1", "examples of both"]);
    let mut frozen = Net::new(1);
    frozen.freeze(100);
    says(frozen.fit(&data, &Fit::new()), &["the part to train is empty", "freeze(0)"]);
}

/// Keras: of the probabilities 0.8808 and 0.1192, binary and categorical cross-entropy are 0.1269 if the first class is right.
#[test]
fn of_two_probabilities_both_losses_are_the_same() {
    cnn! { Two: [3, 16, 16] => [conv2d(4, 3), relu, max_pool(2), flatten, dense(2), softmax] }
    let train = Squares::new(8, 16, 2);
    let losses = [Loss::BinaryCrossEntropy, Loss::CategoricalCrossEntropy].map(|loss| {
        let history = Two::new(1).fit(&train, &Fit::new().epochs(3).loss(loss).quiet()).unwrap();
        history.loss()
    });
    assert_eq!(losses[0], losses[1]);
}

#[test]
fn classes_in_another_order_are_refused() {
    let (data, quiet) = (Squares::new(8, 16, 4), Fit::new().quiet());
    let other = Squares::new(8, 16, 4).named(&["class 0", "class 2", "class 1", "class 3"]);
    let expected = ["class 1 of the", "\"class 2\"", "in training it is \"class 1\"", "Loader::classes"];
    says(Net::new(1).fit(&data, &quiet.clone().validation(&other)), &expected);
    let mut net = Net::new(1);
    net.evaluate(&other).unwrap();
    net.fit(&data, &quiet).unwrap();
    says(net.evaluate(&other), &expected);
    says(net.clone().predict(&other), &expected);
    says(net.evaluate(&Squares::new(8, 16, 3)), &["class 3 of the test examples is missing"]);
    let twice = Squares::new(8, 16, 4).named(&["a", "b", "a", "c"]);
    says(Net::new(1).fit(&twice, &quiet), &["the list of class names", "\"a\" twice", "a name of its own"]);
}

/// Enough for a process is not there: a batch of these would take more memory than any machine has.
#[test]
fn what_needs_more_memory_than_there_is_is_refused() {
    cnn! { Vast: [3, 1000000, 1000000] => [conv2d(4, 1), global_avg_pool, dense(4)] }
    let data = Squares::new(1, 1_000_000, 4);
    says(Vast::new(1).predict(&data), &["Vast needs about", "GB to predict", "are free"]);
    says(Vast::new(1).fit(&data, &Fit::new().quiet()), &["Vast needs about", "GB to train", "smaller"]);
}

/// So that a notebook can keep them from cell to cell.
#[test]
fn settings_own_their_validation_examples() {
    let how: Fit = {
        let validation = Squares::new(8, 16, 4);
        Fit::new().validation(&validation).quiet()
    };
    let history = Net::new(1).fit(&Squares::new(8, 16, 4), &how).unwrap();
    assert!(history.last().unwrap().val_loss.is_some());
}

#[test]
fn a_broken_loss_names_epoch_step_and_layer() {
    let picture = Wrong { right: Squares::new(8, 16, 4), label: 0, value: f32::NAN };
    says(Net::new(1).fit(&picture, &Fit::new().quiet()), &["epoch 1, step 1", "the input"]);
    let far = Fit::new().epochs(50).optimizer(Optimizer::sgd(1e30)).quiet();
    says(Net::new(1).fit(&Squares::new(8, 16, 4), &far), &["epoch 2, step 1", "layer", "learning rate"]);
}

/// Nothing looks at what the last step of an epoch has made but the epoch's end.
#[test]
fn an_epoch_whose_last_step_breaks_the_weights_fails_and_writes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("best.safetensors");
    let data = Squares::new(8, 16, 4);
    let far = Fit::new().optimizer(Optimizer::sgd(1e38)).validation(&data).save_best(&file).quiet();
    says(Net::new(1).fit(&data, &far), &["epoch 1, step 1", "not finite", "learning rate"]);
    assert!(!file.exists());
}

#[test]
fn a_step_that_breaks_down_leaves_the_running_statistics_as_they_were() {
    cnn! { Norm: [3, 16, 16] => [conv2d(4, 3), batch_norm, relu, max_pool(2), flatten, dense(4), softmax] }
    let picture = Wrong { right: Squares::new(8, 16, 4), label: 0, value: f32::NAN };
    let mut net = Norm::new(1);
    let before = net.tensor_values();
    says(net.fit(&picture, &Fit::new().quiet()), &["epoch 1, step 1", "the input"]);
    assert_eq!(net.tensor_values(), before);
}

#[test]
fn a_million_epochs_begin_at_once() {
    let how = Fit::new().epochs(1_000_000_000).batch_size(1).early_stopping(EarlyStopping::patience(1).min_delta(1e9));
    let history = Net::new(1).fit(&Squares::new(2, 16, 4), &how.quiet()).unwrap();
    assert_eq!(history.epochs.len(), 2);
}

#[test]
fn an_exploding_loss_is_stopped_before_it_is_no_number() {
    let how = Fit::new().epochs(50).optimizer(Optimizer::sgd(1e6)).quiet();
    let result = Net::new(1).fit(&Squares::new(8, 16, 4), &how);
    says(result, &["epoch 2, step 1", "the loss has grown to", "layer ", "learning rate (now 1000000)"]);
    let mut frozen = Net::new(1);
    frozen.freeze(3);
    says(frozen.fit(&Squares::new(8, 16, 4), &how), &["the loss has grown to", "layer 5 (dense)"]);
}

#[test]
fn odd_sizes_work() {
    let data = Squares::new(33, 16, 4); // the last batch is a single picture
    let mut net = Net::new(1);
    let history = net.fit(&data, &Fit::new().epochs(2).validation_split(0.1).quiet()).unwrap();
    assert!(history.epochs.iter().all(|epoch| epoch.val_loss.is_some()));
    net.fit(&data, &Fit::new().steps_per_epoch(5).epochs(1).batch_size(20).quiet()).unwrap();
    net.fit(&Squares::new(1, 16, 4), &Fit::new().quiet()).unwrap();
    // Only classes 0 and 1 occur.
    net.fit(&cuaderno_nn::Subset::new(&data, 0..2), &Fit::new().balanced_classes().quiet()).unwrap();
    assert_eq!(net.predict(&data).unwrap().len(), 33);
}

#[test]
fn a_single_output_answers_yes_or_no() {
    let data = Squares::new(64, 16, 2);
    let mut net = YesNo::new(1);
    let how = Fit::new().epochs(8).optimizer(Optimizer::adam(3e-3)).loss(Loss::BinaryCrossEntropy).quiet();
    net.fit(&data, &how).unwrap();
    let evaluation = net.evaluate(&data).unwrap();
    assert!(evaluation.accuracy > 0.9 && evaluation.roc().unwrap().auc > 0.95, "{evaluation:?}");
    assert!((evaluation.predictions.row(3).iter().sum::<f32>() - 1.0).abs() < 1e-6);
}

#[test]
fn frozen_layers_stay_as_they_are() {
    let mut net = Net::new(1);
    let before = net.current_weights();
    net.freeze(3);
    net.fit(&Squares::new(32, 16, 4), &Fit::new().quiet()).unwrap();
    let after = net.current_weights();
    let first = 3 * 3 * 3 * 4 + 4;
    assert_eq!(before[..first], after[..first]);
    assert_ne!(before[first..], after[first..]);
    assert_eq!(net.summary().trainable, net.summary().parameters - first);
}

#[test]
fn kept_statistics_make_training_see_what_prediction_sees() {
    cnn! { Normed: [3, 16, 16] => [conv2d(4, 3), batch_norm, relu, conv2d(4, 3), batch_norm, relu, flatten, dense(4)] }
    let data = Squares::new(64, 16, 4);
    let step = |rate| Fit::new().epochs(1).batch_size(64).optimizer(Optimizer::sgd(rate)).quiet();
    let mut net = Normed::new(1);
    net.fit(&data, &step(1e-2)).unwrap(); // statistics move away from 0 and 1
    let statistics = |net: &Normed| {
        let values = net.tensors().zip(net.tensor_values());
        values.filter(|((name, _), _)| name.contains("moving")).map(|(_, values)| values).collect::<Vec<_>>()
    };
    let (before, kept) = (net.evaluate(&data).unwrap().loss, statistics(&net));
    assert_eq!(kept.len(), 4);
    let mut other = net.clone();
    other.fit(&data, &step(1e-4)).unwrap();
    assert_ne!(statistics(&other), kept);

    net.keep_statistics(8);
    let weights = net.current_weights();
    let history = net.fit(&data, &step(1e-4)).unwrap();
    assert!((history.loss()[0] - f64::from(before)).abs() < 1e-4, "{before} {history:?}");
    assert_eq!(statistics(&net), kept);
    // A small step down the gradient g lowers the loss by rate |g|², and moves the parameters by rate g.
    let moved: f64 = weights.iter().zip(net.current_weights()).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    let lowered = f64::from(before - net.evaluate(&data).unwrap().loss);
    assert!((lowered / (moved / 1e-4) - 1.0).abs() < 0.05, "{lowered} {moved}");
}
