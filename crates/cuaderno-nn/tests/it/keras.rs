//! Training takes the same steps as Keras. The losses are printed by `tests/keras/ten_steps.py`.

use crate::architectures::Cifar10;
use cuaderno_nn::{Examples, Fit, Optimizer};
use std::sync::Arc;

/// Numbers in -1..1 that look random, as the script computes them.
fn scatter(index: usize, phase: f64) -> f64 {
    let x = (index as f64 * 12.9898 + phase).sin() * 43758.5453;
    2.0 * (x - x.floor()) - 1.0
}

/// The script's pictures: a class can be told by a bright row.
#[derive(Clone)]
struct Waves(Vec<String>);

impl Examples for Waves {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }
    fn len(&self) -> usize {
        320
    }
    fn image_shape(&self) -> [usize; 3] {
        [3, 32, 32]
    }
    fn class_names(&self) -> &[String] {
        &self.0
    }
    fn label(&self, index: usize) -> usize {
        index % 10
    }
    fn write_image(&self, index: usize, _: usize, out: &mut [f32]) {
        for (i, value) in out.iter_mut().enumerate() {
            *value = (0.5 + 0.5 * scatter(index * 3072 + i, 0.0)) as f32;
        }
        let row = 3 * self.label(index);
        out[row * 96..(row + 1) * 96].iter_mut().for_each(|value| *value += 1.0);
    }
}

/// Kernels and biases of the script, in the network's order, which is Keras's.
fn weights() -> Vec<f32> {
    let kernels: [&[usize]; 5] = [&[3, 3, 3, 32], &[3, 3, 32, 64], &[3, 3, 64, 64], &[1024, 64], &[64, 10]];
    let mut weights = Vec::new();
    for (number, shape) in kernels.iter().enumerate() {
        let (outputs, rest) = shape.split_last().unwrap();
        let taps: usize = shape[..shape.len() - 2].iter().product();
        let limit = (6.0 / (rest.iter().product::<usize>() + taps * outputs) as f64).sqrt();
        let count: usize = shape.iter().product();
        weights.extend((0..count).map(|i| (limit * scatter(i, 2.0 * number as f64)) as f32));
        weights.extend(vec![0.0; *outputs]);
    }
    weights
}

fn losses(optimizer: impl Into<Optimizer>, class_weights: &[f32; 10]) -> Vec<f64> {
    // An epoch of one step shows each step's loss.
    losses_of(&Fit::new().epochs(10).steps_per_epoch(1).optimizer(optimizer).class_weights(class_weights))
}

fn losses_of(how: &Fit) -> Vec<f64> {
    let mut net = Cifar10::new(0);
    net.tensor_mut::<{ Cifar10::TRAINABLE }>().copy_from(&weights());
    let data = Waves((0..10).map(|class| class.to_string()).collect());
    net.fit(&data, &how.clone().batch_size(32).shuffle(false).quiet()).unwrap().loss()
}

#[test]
fn ten_steps_have_the_losses_of_keras() {
    let cases: [(Optimizer, [f64; 10]); 7] = [
        (
            Optimizer::adam(0.001).into(),
            [2.314663, 2.273544, 2.218358, 2.167459, 2.124470, 2.071815, 1.975082, 1.835599, 1.711854, 1.634157],
        ),
        (
            Optimizer::rmsprop(0.001).into(),
            [2.314663, 2.290708, 2.275676, 2.181255, 2.055714, 1.872097, 1.734416, 1.561449, 1.120692, 0.999111],
        ),
        (
            Optimizer::sgd(0.01).momentum(0.9).nesterov().into(),
            [2.314663, 2.311420, 2.299562, 2.281304, 2.280670, 2.265642, 2.257032, 2.235218, 2.228376, 2.218018],
        ),
        (
            Optimizer::adamw(0.001).into(),
            [2.314663, 2.273544, 2.218361, 2.167466, 2.124482, 2.071836, 1.975112, 1.835648, 1.711922, 1.634218],
        ),
        (
            Optimizer::sgd(0.01).into(),
            [2.314663, 2.314664, 2.308964, 2.295148, 2.302031, 2.291497, 2.300232, 2.293548, 2.283438, 2.283843],
        ),
        (
            Optimizer::sgd(0.01).momentum(0.9).weight_decay(0.5).into(),
            [2.314663, 2.314221, 2.305531, 2.288902, 2.289551, 2.275587, 2.272133, 2.257600, 2.253760, 2.251038],
        ),
        (
            Optimizer::rmsprop(1e-4).weight_decay(0.5).into(),
            [2.314663, 2.299567, 2.279680, 2.266135, 2.265692, 2.254456, 2.250218, 2.231912, 2.224242, 2.223975],
        ),
    ];
    for (optimizer, keras) in cases {
        let ours = losses(optimizer.clone(), &[1.0; 10]);
        for (step, (ours, keras)) in ours.iter().zip(keras).enumerate() {
            assert!((ours - keras).abs() < 1e-3, "{} step {step}: {ours}, Keras {keras}", optimizer.name());
        }
    }
}

#[test]
fn class_weights_weigh_as_in_keras() {
    let keras = [3.627995, 3.573771, 3.531042, 3.449494, 3.469706, 3.178198, 3.121938, 2.962655, 2.924117, 2.794062];
    let ours = losses(Optimizer::adam(0.001), &std::array::from_fn(|label| 0.5 + 0.25 * label as f32));
    for (step, (ours, keras)) in ours.iter().zip(keras).enumerate() {
        assert!((ours - keras).abs() < 1e-3, "step {step}: {ours}, Keras {keras}");
    }
}

#[test]
fn smoothed_labels_and_accumulated_gradients_are_those_of_keras() {
    let adam = || Fit::new().optimizer(Optimizer::adam(0.001));
    let smoothed = [2.313961, 2.276323, 2.228242, 2.181622, 2.149962, 2.105268, 2.025746, 1.902221, 1.792408, 1.732562];
    let accumulated = [2.316363, 2.261759, 2.229893, 2.160288, 2.100316];
    let ours = [
        (losses_of(&adam().epochs(10).steps_per_epoch(1).label_smoothing(0.1)), &smoothed[..]),
        (losses_of(&adam().epochs(5).steps_per_epoch(2).accumulate(2)), &accumulated[..]),
    ];
    for (ours, keras) in ours {
        assert_eq!(ours.len(), keras.len());
        for (step, (ours, keras)) in ours.iter().zip(keras).enumerate() {
            assert!((ours - keras).abs() < 1e-3, "step {step}: {ours}, Keras {keras}");
        }
    }
}
