//! Where networks look, beside Keras and scikit-learn; `tests/peers/explaining.py` prints the numbers.

use cuaderno_display::Rich;
use cuaderno_nn::{Examples, Explanation, Network, NetworkError, cnn};
use cuaderno_plot::Figure;
use std::sync::Arc;

cnn! { Classifier: [3, 16, 12] => [
    conv2d(6, 3), relu, max_pool(2),
    conv2d(8, 3).same(), batch_norm.epsilon(0.001), relu, max_pool(2),
    flatten, dense(5), softmax,
] }
cnn! { Single: [3, 8, 8] => [
    conv2d(4, 3).same(), tanh, residual(conv2d(4, 3).same()), relu, global_avg_pool, dense(1), sigmoid,
] }

/// Numbers in -1..1 that look random, as the script computes them.
fn scatter(index: usize, phase: f64) -> f64 {
    let x = (index as f64 * 12.9898 + phase).sin() * 43758.5453;
    2.0 * (x - x.floor()) - 1.0
}

/// The script's weights.
fn weigh(network: &mut Network) {
    let tensors: Vec<(String, Vec<usize>)> =
        network.tensors().map(|(name, shape)| (name.to_owned(), shape.to_vec())).collect();
    let values = |(number, (name, shape)): (usize, &(String, Vec<usize>))| -> Vec<f32> {
        let (place, scale) = match name.rsplit('/').next().unwrap() {
            "kernel" => {
                let (outputs, rest) = shape.split_last().unwrap();
                let taps: usize = shape[..shape.len() - 2].iter().product();
                (0.0, (6.0 / (rest.iter().product::<usize>() + taps * outputs) as f64).sqrt())
            }
            "gamma" | "moving_variance" => (1.0, 0.3),
            _ => (0.0, 0.2),
        };
        (0..shape.iter().product()).map(|i| (place + scale * scatter(i, number as f64)) as f32).collect()
    };
    let values: Vec<Vec<f32>> = tensors.iter().enumerate().map(values).collect();
    network.set_tensor_values(&values);
}

/// The script's pictures.
#[derive(Clone)]
struct Waves {
    count: usize,
    shape: [usize; 3],
    phase: f64,
    names: Vec<String>,
}

impl Waves {
    fn new(count: usize, shape: [usize; 3], phase: f64, names: &[&str]) -> Self {
        Self { count, shape, phase, names: names.iter().map(|name| (*name).to_owned()).collect() }
    }
}

impl Examples for Waves {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }
    fn len(&self) -> usize {
        self.count
    }
    fn image_shape(&self) -> [usize; 3] {
        self.shape
    }
    fn class_names(&self) -> &[String] {
        &self.names
    }
    fn label(&self, index: usize) -> usize {
        index % self.names.len()
    }
    fn write_image(&self, index: usize, _: usize, out: &mut [f32]) {
        let start = index * out.len();
        out.iter_mut().enumerate().for_each(|(i, x)| *x = (0.5 + 0.5 * scatter(start + i, self.phase)) as f32);
    }
}

fn classifier() -> (Classifier, Waves) {
    let mut model = Classifier::new(1);
    weigh(&mut model);
    (model, Waves::new(40, [3, 16, 12], 0.5, &["a", "b", "c", "d", "e"]))
}

fn expected(name: &str) -> Vec<f64> {
    let lines = include_str!("../peers/explaining.txt").lines();
    let line = lines.filter_map(|line| line.strip_prefix(name)).find(|rest| rest.starts_with(' ')).unwrap();
    line.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

/// Within a thousandth of the largest.
#[track_caller]
fn close(name: &str, found: &[f32]) {
    let expected = expected(name);
    let largest = expected.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    assert!(largest > 0.0 && found.len() == expected.len(), "{name}: {} and {}", found.len(), expected.len());
    for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!((f64::from(*found) - expected).abs() < 1e-3 * largest, "{name} {place}: {found}, Keras {expected}");
    }
}

#[track_caller]
fn close_map(case: &str, map: &Explanation, size: [usize; 2], saliency: &Explanation) {
    close(&format!("{case}/cam"), &map.values);
    close(&format!("{case}/resized"), &map.resized(size));
    close(&format!("{case}/saliency"), &saliency.values);
}

#[test]
fn maps_of_a_classifier_are_those_of_keras() {
    let (model, pictures) = classifier();
    let map = model.grad_cam(&pictures, 3, "d").unwrap();
    assert_eq!((map.size, map.label().as_str()), ([7, 5], "Grad-CAM of d"));
    close_map("last", &map, [16, 12], &model.saliency(&pictures, 3, 3).unwrap());
    let first = model.grad_cam_at("1_conv2d", &pictures, 3, 4).unwrap();
    assert_eq!(first.size, [14, 10]);
    close_map("first", &first, [16, 12], &model.saliency(&pictures, 3, "e").unwrap());
    assert!(map.mime_bundle().get("image/svg+xml").unwrap().starts_with("<svg"));
}

#[test]
fn a_single_score_speaks_for_either_class() {
    let mut model = Single::new(1);
    weigh(&mut model);
    let picture = Waves::new(1, [3, 8, 8], 1.5, &["no", "yes"]);
    for (case, class) in [("first class", "no"), ("second class", "yes")] {
        let map = model.grad_cam(&picture, 0, class).unwrap();
        close_map(case, &map, [8, 8], &model.saliency(&picture, 0, class).unwrap());
    }
}

#[test]
fn features_lie_on_the_plane_that_sklearn_finds() {
    let (model, pictures) = classifier();
    let found = model.embedding("5_batch_norm", &pictures).unwrap();
    let flat: Vec<f32> = found.points.iter().flatten().map(|x| *x as f32).collect();
    close("pca/points", &flat);
    for (found, expected) in found.explained.iter().zip(expected("pca/explained")) {
        assert!((found - expected).abs() < 1e-5 * expected, "{found}, scikit-learn {expected}");
    }
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one.install(|| model.embedding("5_batch_norm", &pictures).unwrap()), found);
    assert!(found.figure().describe().contains("principal component 1, 10 % of the variance"));
}

#[test]
fn pictures_that_excite_a_filter_are_found() {
    let (model, pictures) = classifier();
    let found = model.most_activating("5_batch_norm", 5, &pictures, 4).unwrap();
    let places: Vec<f64> = found.iter().map(|(place, _)| *place as f64).collect();
    assert_eq!(places, expected("strongest/places"));
    let values: Vec<f32> = found.iter().map(|(_, value)| *value).collect();
    close("strongest/values", &values);
}

#[test]
fn mistakes_get_one_clear_line() {
    let (model, pictures) = classifier();
    let says = |result: Result<Explanation, NetworkError>, text: &str| {
        let message = result.unwrap_err().to_string();
        assert!(message.contains(text), "{message}");
    };
    says(model.grad_cam(&pictures, 40, 0), "the example is 40; there are 40 examples, counted from 0");
    says(model.grad_cam(&pictures, 0, 5), "the class is 5; there are 5 classes, counted from 0");
    says(model.saliency(&pictures, 0, "f"), "the class is \"f\"; there are a, b, c, d, e");
    says(model.grad_cam_at("9_dense", &pictures, 0, 0), "Grad-CAM looks at layers before `flatten`");
    says(model.grad_cam_at("9_dens", &pictures, 0, 0), "use one of 1_conv2d");
    let message = model.most_activating("1_conv2d", 6, &pictures, 1).unwrap_err().to_string();
    assert!(message.contains("the channel is 6; 1_conv2d has 6, counted from 0"), "{message}");
    cnn! { Flat: [4] => [dense(2)] }
    let rows = Waves::new(2, [4, 1, 1], 0.0, &["x", "y"]);
    says(Flat::new(1).grad_cam(&rows, 0, 0), "Grad-CAM needs a convolution");
}
