//! Support vectors: the same classes and probabilities as scikit-learn, on features of layers, and what does not fit.

use crate::support::{Pictures, scatter};
use cuaderno_display::Rich;
use cuaderno_nn::{Examples, Fit, Optimizer, Subset, cnn};
use cuaderno_zoo::{Features, SupportVectors, Svm};
use serde_json::Value;
use std::sync::Arc;

const FEATURES: usize = 6;
const CLASSES: usize = 3;

/// The rows of `sklearn_svm.py`.
#[derive(Clone)]
struct Rows {
    count: usize,
    values: Vec<f32>,
    labels: Vec<usize>,
    names: Vec<String>,
}

impl Rows {
    fn new(count: usize, phase: f64) -> Self {
        let shift = |place: usize| f64::from(place % FEATURES % CLASSES == place / FEATURES % CLASSES) * 0.7;
        let values = scatter(count * FEATURES, phase).enumerate().map(|(place, x)| (x + shift(place)) as f32);
        let labels = (0..count).map(|index| index % CLASSES).collect();
        Self { count, values: values.collect(), labels, names: ["a", "b", "c"].map(String::from).to_vec() }
    }
}

impl Examples for Rows {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.count
    }

    fn image_shape(&self) -> [usize; 3] {
        [FEATURES, 1, 1]
    }

    fn class_names(&self) -> &[String] {
        &self.names
    }

    fn label(&self, index: usize) -> usize {
        self.labels[index]
    }

    fn write_image(&self, index: usize, _: usize, out: &mut [f32]) {
        out.copy_from_slice(&self.values[index * FEATURES..][..FEATURES]);
    }
}

#[test]
fn answers_are_those_of_scikit_learn() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../peers/svm.json")).unwrap();
    let (train, test) = (Rows::new(90, 1.0), Rows::new(45, 2.0));
    for case in &cases {
        let how = Svm::new().cost(case["cost"].as_f64().unwrap());
        let how = if case["linear"] == true { how.linear() } else { how };
        let svm = SupportVectors::fit(&train, &how).unwrap();
        let found = svm.evaluate(&test).unwrap();
        let classes: Vec<usize> = serde_json::from_value(case["classes"].clone()).unwrap();
        assert_eq!(found.predictions.classes, classes);
        assert!((f64::from(found.accuracy) - case["accuracy"].as_f64().unwrap()).abs() < 1e-6);
        assert_eq!(svm.support_vectors() as u64, case["support_vectors"].as_u64().unwrap());
        // Both stop within 0.001 of the best decision value; LIBSVM couples pairs to 0.005 / classes.
        let probabilities: Vec<f32> = serde_json::from_value(case["probabilities"].clone()).unwrap();
        let pairs = found.predictions.probabilities.iter().zip(&probabilities);
        assert!(pairs.clone().all(|(p, q)| (p - q).abs() < 5e-3), "{:?}", pairs.collect::<Vec<_>>());
        assert_eq!(found.confusion().counts.iter().sum::<usize>(), 45);
        // LIBSVM's random numbers would be others in a second fit.
        let again = SupportVectors::fit(&train, &how).unwrap();
        assert_eq!(again.predict(&test).unwrap(), found.predictions);
    }
}

#[test]
fn features_of_a_layer_go_into_support_vectors() {
    cnn! { Net: [3, 8, 8] => [conv2d(4, 3), relu, max_pool(2), flatten, dense(6), relu, dense(2), softmax] }
    let (train, test) = (Pictures::shaded(40, [8, 8]), Pictures::shaded(20, [8, 8]));
    let mut net = Net::new(3);
    net.fit(&train, &Fit::new().epochs(8).batch_size(8).optimizer(Optimizer::adam(1e-2)).quiet()).unwrap();
    let features = Features::of(&net, "5_dense", &train).unwrap();
    assert_eq!(features.image_shape(), [6, 1, 1]);
    assert_eq!(features.values(), net.outputs_after(6, &train, true).unwrap());
    let svm = SupportVectors::fit(&features, &Svm::new()).unwrap();
    let found = svm.evaluate(&Features::of(&net, "5_dense", &test).unwrap()).unwrap();
    assert!(found.accuracy > 0.9, "{found:?}");
    // A convolution before a pooling gives its own map.
    assert_eq!(Features::of(&net, "1_conv2d", &test).unwrap().image_shape(), [4, 6, 6]);
    let text = svm.mime_bundle();
    assert!(format!("{text:?}").contains("of 40 examples in 2 classes"), "{text:?}");
}

#[test]
fn what_support_vectors_cannot_take_is_answered_in_one_line() {
    let message = |result: Result<SupportVectors, cuaderno_zoo::ZooError>| result.unwrap_err().to_string();
    let rows = Rows::new(30, 1.0);
    let mut one_class = Rows::new(30, 1.0);
    one_class.labels.fill(1);
    assert!(message(SupportVectors::fit(&one_class, &Svm::new())).contains("classes with examples is 1"));
    assert!(message(SupportVectors::fit(&Subset::new(&rows, 0..0), &Svm::new())).contains("is 0"));
    assert!(message(SupportVectors::fit(&rows, &Svm::new().cost(-1.0))).contains("cost is -1"));
    assert!(message(SupportVectors::fit(&rows, &Svm::new().gamma(f64::NAN))).contains("gamma is NaN"));
    let mut broken = Rows::new(30, 1.0);
    broken.values[FEATURES * 4] = f32::NAN;
    assert!(message(SupportVectors::fit(&broken, &Svm::new())).contains("not finite in example 4"));
    // Two classes of three, one of them with a single example: no panic, and nothing for the third.
    let mut few = Rows::new(6, 1.0);
    few.labels = vec![0, 0, 0, 0, 0, 1];
    let svm = SupportVectors::fit(&few, &Svm::new()).unwrap();
    let said = svm.predict(&rows).unwrap();
    assert!((0..30).all(|index| said.row(index)[2] == 0.0 && (said.row(index).iter().sum::<f32>() - 1.0).abs() < 1e-3));
    let pictures = Pictures::shaded(4, [8, 8]);
    let misfit = svm.predict(&pictures).unwrap_err().to_string();
    assert!(misfit.contains("[3, 8, 8]") && misfit.contains("[6, 1, 1]"), "{misfit}");
    let misfit = svm.evaluate(&pictures).unwrap_err().to_string();
    assert!(misfit.contains("even, odd") && misfit.contains("a, b, c"), "{misfit}");
}
