//! Numbers are learnt as in Keras, and judged as in scikit-learn. The values are printed by `tests/keras/regression.py`.

use crate::support::{Squares, says};
use cuaderno_nn::{Examples, Fit, Loss, Monitor, Optimizer, Subset, cnn};
use std::sync::Arc;

cnn! { Net: [3] => [dense(8), relu, dense(2)] }
cnn! { Wide: [4] => [dense(2)] }
cnn! { Sure: [3] => [dense(2), softmax] }
cnn! { Short: [3] => [dense(1)] }
cnn! { Seeing: [3, 8, 8] => [flatten, dense(2)] }

/// Numbers in -1..1 that look random, as the script computes them.
fn scatter(index: usize, phase: f64) -> f64 {
    let x = (index as f64 * 12.9898 + phase).sin() * 43758.5453;
    2.0 * (x - x.floor()) - 1.0
}

/// The script's rows.
#[derive(Clone)]
struct Rows(Vec<String>);

impl Rows {
    fn new() -> Self {
        Self(["large", "small"].map(String::from).to_vec())
    }

    fn row(index: usize) -> [f32; 3] {
        std::array::from_fn(|column| scatter(index * 3 + column, 0.0) as f32)
    }
}

impl Examples for Rows {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }
    fn len(&self) -> usize {
        200
    }
    fn image_shape(&self) -> [usize; 3] {
        [3, 1, 1]
    }
    fn class_names(&self) -> &[String] {
        &[]
    }
    fn target_names(&self) -> &[String] {
        &self.0
    }
    fn label(&self, _: usize) -> usize {
        0
    }
    fn write_targets(&self, index: usize, out: &mut [f32]) {
        let [a, b, c] = Self::row(index);
        out.copy_from_slice(&[100.0 + 50.0 * a - 20.0 * b * c, 3.0 * c.abs()]);
    }
    fn write_image(&self, index: usize, _: usize, out: &mut [f32]) {
        out.copy_from_slice(&Self::row(index));
    }
}

fn net() -> Net {
    let mut net = Net::new(0);
    let values = |count, phase| (0..count).map(move |index| scatter(index, phase) as f32);
    let weights: Vec<f32> = values(24, 1.0).chain([0.0; 8]).chain(values(16, 2.0)).chain([0.0; 2]).collect();
    net.tensor_mut::<{ Net::TRAINABLE }>().copy_from(&weights);
    net
}

/// Losses, mean absolute errors and R² with a tolerance of a few parts in 100,000, as Keras computes in single precision.
fn close(found: impl IntoIterator<Item = f64>, expected: &[f64]) {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4 * expected.abs().max(1.0), "{found}, expected {expected}");
    }
}

#[test]
fn numbers_are_learnt_as_in_keras() {
    let all = Rows::new();
    let (train, test) = (Subset::new(&all, 0..160), Subset::new(&all, 160..200));
    let how = |optimizer: Optimizer, loss| {
        let how = Fit::new().epochs(4).batch_size(50).shuffle(false).optimizer(optimizer).validation(&test).quiet();
        match loss {
            Some(loss) => how.loss(loss),
            None => how,
        }
    };
    let mut model = net();
    let history = model.fit(&train, &how(Optimizer::adam(0.05).into(), None)).unwrap();
    close(history.loss(), &[5615.60645, 5501.70605, 5346.85156, 5136.33057]);
    close(history.mae(), &[51.55723, 50.84341, 50.17684, 49.34309]);
    close(history.val_loss(), &[5432.17871, 5289.24609, 5096.50928, 4840.54004]);
    close(history.val_mae(), &[50.92703, 50.08697, 49.29018, 48.06353]);
    assert!(history.last().unwrap().accuracy.is_nan());
    let found = model.evaluate_regression(&test).unwrap();
    let [large, small] = found.each()[..] else { panic!("two numbers") };
    close([large.mse, large.mae, large.r2], &[9679.48633, 95.10393, -12.37614]);
    close([small.mse, small.mae, small.r2], &[1.59453, 1.02313, -1.17523]);
    assert_eq!(found.predicted, model.outputs(&test).unwrap());

    let mut model = net();
    let sgd = Optimizer::sgd(0.05).momentum(0.9).into();
    let history = model.fit(&train, &how(sgd, Some(Loss::MeanAbsoluteError))).unwrap();
    close(history.loss(), &[51.69677, 51.25869, 50.66178, 49.87217]);
    close(history.val_mae(), &[51.33982, 50.63418, 49.85638, 48.56860]);
    let small = model.evaluate_regression(&test).unwrap().each()[1];
    close([small.mse, small.mae, small.r2], &[1.04286, 0.86497, -0.42265]);
}

#[test]
fn what_is_shown_of_numbers_names_them() {
    use cuaderno_display::Rich;
    let all = Rows::new();
    let mut model = net();
    let history = model.fit(&all, &Fit::new().epochs(2).validation_split(0.2).quiet()).unwrap();
    let text = |shown: &dyn Rich| shown.mime_bundle().plain().to_owned();
    assert!(text(&history).starts_with("epoch") && text(&history).contains("val_mae"), "{}", text(&history));
    let found = model.evaluate_regression(&all).unwrap();
    assert!(text(&found).contains("R²") && text(&found).contains("small"), "{}", text(&found));
    assert!(text(&found.figure_of("small").unwrap()).contains("small, predicted"));
    says(found.figure_of("smal").map(|_| ()), &["\"smal\"", "large, small"]);
}

#[test]
fn a_killed_regression_ends_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let all = Rows::new();
    let how = |epochs| Fit::new().epochs(epochs).validation_split(0.2).monitor(Monitor::ValMae).quiet();
    let mut straight = net();
    let whole = straight.fit(&all, &how(4)).unwrap();
    net().fit(&all, &how(2).checkpoint(&path, 1)).unwrap();
    let mut resumed = net();
    let history = resumed.fit(&all, &how(4).checkpoint(&path, 1)).unwrap();
    assert_eq!((whole.mae(), whole.val_mae()), (history.mae(), history.val_mae()));
    assert_eq!(straight.current_weights(), resumed.current_weights());
}

#[test]
fn classes_and_numbers_are_not_mixed_up() {
    let (rows, pictures) = (Rows::new(), Squares::new(8, 8, 2));
    let how = || Fit::new().quiet();
    let fit = |how: Fit| net().fit(&rows, &how).map(|_| ());
    says(fit(how().loss(Loss::CategoricalCrossEntropy)), &["these examples have numbers", "MeanSquaredError"]);
    says(fit(how().balanced_classes()), &["class_weights", "numbers have no classes"]);
    says(fit(how().label_smoothing(0.1)), &["label_smoothing", "numbers have no classes"]);
    says(fit(how().monitor(Monitor::ValAccuracy)), &["ValAccuracy where numbers are learnt", "Monitor::Mae"]);
    says(fit(how().monitor(Monitor::ValMae)), &["no validation examples"]);
    says(fit(how().validation(&pictures)), &["none in validation", "large, small in training"]);
    says(net().evaluate(&rows).map(|_| ()), &["numbers (large, small)", "`evaluate_regression`"]);
    says(net().predict(&rows).map(|_| ()), &["numbers (large, small)", "`outputs`"]);
    says(Seeing::new(0).evaluate_regression(&pictures).map(|_| ()), &["a class in the test examples"]);
    says(Sure::new(0).fit(&rows, &how()).map(|_| ()), &["softmax or sigmoid", "dense(2) as the last layer"]);
    says(Short::new(0).fit(&rows, &how()).map(|_| ()), &["[1] for 2 numbers", "dense(2)"]);
    says(Wide::new(0).fit(&rows, &how()).map(|_| ()), &["rows of 4 values", "rows of 3", "[3]"]);
    says(Wide::new(0).fit(&pictures, &how()).map(|_| ()), &["rows of 4 values", "pictures [3, 8, 8]", "flatten"]);
    let error = Seeing::new(0).fit(&pictures, &how().loss(Loss::MeanSquaredError)).map(|_| ());
    says(error, &["is for numbers, and these examples have classes"]);
}
