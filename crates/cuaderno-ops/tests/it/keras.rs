use std::collections::HashMap;

use crate::differences::{assert_close, values};
use cuaderno_ops::*;

/// What `tests/keras/values.py` stored, by name.
struct Stored(HashMap<&'static str, Vec<f32>>);

impl Stored {
    fn load() -> Self {
        let parse = |line: &'static str| {
            let (name, numbers) = line.split_once(' ').unwrap();
            (name, numbers.split(' ').map(|x| x.parse().unwrap()).collect())
        };
        Self(include_str!("../keras/values.txt").lines().map(parse).collect())
    }

    fn check(&self, name: &str, got: &[f32]) {
        assert_close(name, got, &self.0[name], 1e-4);
    }
}

#[test]
fn convolutions() {
    let stored = Stored::load();
    let same = Padding::Same;
    let cases = [
        ("conv_valid_relu", [6, 7], Activation::Relu, Conv2d::new(3, 5, [3, 3])),
        (
            "conv_same_stride2",
            [7, 8],
            Activation::Linear,
            Conv2d { stride: [2, 2], padding: same, ..Conv2d::new(4, 6, [3, 3]) },
        ),
        (
            "conv_dilated_same_tanh",
            [7, 6],
            Activation::Tanh,
            Conv2d { dilation: [2, 2], padding: same, ..Conv2d::new(2, 3, [3, 3]) },
        ),
        ("conv_groups_sigmoid", [5, 5], Activation::Sigmoid, Conv2d { groups: 2, ..Conv2d::new(6, 4, [2, 3]) }),
        ("conv_5x5", [9, 8], Activation::Linear, Conv2d::new(3, 8, [5, 5])),
        (
            "depthwise_same",
            [5, 6],
            Activation::Linear,
            Conv2d { groups: 4, padding: same, ..Conv2d::new(4, 4, [3, 3]) },
        ),
        (
            "depthwise_double",
            [6, 6],
            Activation::Linear,
            Conv2d { groups: 3, stride: [2, 2], ..Conv2d::new(3, 6, [3, 3]) },
        ),
    ];
    for (name, size, activation, conv) in cases {
        let mut scratch = Scratch::new();
        let x = values(1, conv.input_len(2, size));
        let w = values(2, conv.weight_len());
        let b = values(3, conv.out_channels);
        let mut y = vec![f32::NAN; conv.output_len(2, size)];
        conv.forward(
            &mut scratch,
            ConvOperands {
                batch: 2,
                size,
                input: &x,
                weight: &w,
                bias: Some(&b),
                activation,
                ..ConvOperands::default()
            },
            &mut y,
            None,
        );
        stored.check(&format!("{name}.output"), &y);
        let (mut d_x, mut d_w, mut d_b) = (vec![f32::NAN; x.len()], vec![f32::NAN; w.len()], vec![f32::NAN; b.len()]);
        let gradients = Gradients { input: Some(&mut d_x), weight: Some(&mut d_w), bias: Some(&mut d_b) };
        let mut d_y = values(4, y.len());
        conv.backward(
            &mut scratch,
            ConvOperands { batch: 2, size, input: &x, weight: &w, activation, ..ConvOperands::default() },
            ConvResult { output: &y, argmax: &[] },
            &mut d_y,
            gradients,
        );
        stored.check(&format!("{name}.d_input"), &d_x);
        stored.check(&format!("{name}.d_weight"), &d_w);
        stored.check(&format!("{name}.d_bias"), &d_b);
    }
}

#[test]
fn pooling() {
    let stored = Stored::load();
    let (batch, size, channels) = (2, [7, 6], 3);
    let x = values(1, batch * 7 * 6 * channels);
    let same = Pool2d { window: [3, 3], stride: [2, 2], padding: Padding::Same };
    for (suffix, pool) in [("", Pool2d::new([2, 2])), ("_same", same)] {
        let mut y = vec![f32::NAN; pool.output_len(batch, size, channels)];
        let d_y = values(4, y.len());
        let mut winners = vec![0; y.len()];
        let mut d_x = vec![f32::NAN; x.len()];
        pool.max_forward(batch, size, channels, &x, &mut y, Some(&mut winners));
        pool.max_backward(batch, size, channels, &winners, &d_y, &mut d_x);
        stored.check(&format!("max_pool{suffix}.output"), &y);
        stored.check(&format!("max_pool{suffix}.d_input"), &d_x);
        pool.average_forward(batch, size, channels, &x, &mut y);
        pool.average_backward(batch, size, channels, &d_y, &mut d_x);
        stored.check(&format!("average_pool{suffix}.output"), &y);
        stored.check(&format!("average_pool{suffix}.d_input"), &d_x);
    }
    let (mut y, mut d_x) = (vec![f32::NAN; batch * channels], vec![f32::NAN; x.len()]);
    global_average_forward(batch, 42, channels, &x, &mut y);
    global_average_backward(batch, 42, channels, &values(4, y.len()), &mut d_x);
    stored.check("global_average.output", &y);
    stored.check("global_average.d_input", &d_x);
}

#[test]
fn dense_and_activations() {
    let stored = Stored::load();
    let dense = Dense::new(8, 5);
    let x = values(1, 24);
    let w: Vec<f32> = values(2, 40).iter().map(|w| w * 6.0).collect();
    let mut y = vec![f32::NAN; 15];
    dense.forward(
        &mut Scratch::new(),
        DenseOperands { batch: 3, input: &x, weight: &w, bias: Some(&values(3, 5)), activation: Activation::Relu6 },
        &mut y,
    );
    stored.check("dense_relu6.output", &y);
    let (mut d_x, mut d_w, mut d_b) = (vec![f32::NAN; 24], vec![f32::NAN; 40], vec![f32::NAN; 5]);
    let gradients = Gradients { input: Some(&mut d_x), weight: Some(&mut d_w), bias: Some(&mut d_b) };
    dense.backward(
        &mut Scratch::new(),
        DenseOperands { batch: 3, input: &x, weight: &w, activation: Activation::Relu6, ..DenseOperands::default() },
        &y,
        &mut values(4, 15),
        gradients,
    );
    stored.check("dense_relu6.d_input", &d_x);
    stored.check("dense_relu6.d_weight", &d_w);
    stored.check("dense_relu6.d_bias", &d_b);

    let (mut y, mut d) = (vec![f32::NAN; 24], values(4, 24));
    activation_forward(Activation::LeakyRelu(0.3), &x, &mut y);
    activation_backward(Activation::LeakyRelu(0.3), &y, &mut d);
    stored.check("leaky_relu.output", &y);
    stored.check("leaky_relu.d_input", &d);

    let mut d = values(4, 24);
    softmax_forward(6, &x, &mut y);
    softmax_backward(6, &y, &mut d);
    stored.check("softmax.output", &y);
    stored.check("softmax.d_input", &d);
}

#[test]
fn batch_norm() {
    let stored = Stored::load();
    let norm = BatchNorm { channels: 5, momentum: 0.9, epsilon: 0.01 };
    let x = values(1, 4 * 9 * 5);
    let (gamma, beta) = (values(2, 5), values(3, 5));
    let (mut mean, mut variance, mut statistics) = (vec![0.0; 5], vec![1.0; 5], BatchStatistics::default());
    let mut y = vec![f32::NAN; x.len()];
    let (mut scratch, linear) = (Scratch::new(), Activation::Linear);
    norm.forward_train(
        &mut scratch,
        NormOperands { input: &x, gamma: &gamma, beta: &beta, activation: linear },
        MovingMoments { mean: &mut mean, variance: &mut variance },
        &mut statistics,
        &mut y,
    );
    stored.check("batch_norm.output", &y);
    stored.check("batch_norm.running_mean", &mean);
    stored.check("batch_norm.running_variance", &variance);
    let (mut d_x, mut d_gamma, mut d_beta) = (vec![f32::NAN; x.len()], vec![f32::NAN; 5], vec![f32::NAN; 5]);
    norm.backward(
        &mut scratch,
        NormOperands { input: &x, gamma: &gamma, activation: linear, ..NormOperands::default() },
        NormalizedBy::Batch(&statistics),
        &y,
        &mut values(4, x.len()),
        Gradients { input: Some(&mut d_x), weight: Some(&mut d_gamma), bias: Some(&mut d_beta) },
    );
    stored.check("batch_norm.d_input", &d_x);
    stored.check("batch_norm.d_weight", &d_gamma);
    stored.check("batch_norm.d_bias", &d_beta);
    norm.forward_inference(
        NormOperands { input: &x, gamma: &gamma, beta: &beta, activation: linear },
        RunningMoments { mean: &mean, variance: &variance },
        &mut y,
    );
    stored.check("batch_norm.inference", &y);
}

#[test]
fn losses() {
    let stored = Stored::load();
    let logits: Vec<f32> = values(1, 20).iter().map(|x| x * 3.0).collect();
    let mut soft: Vec<f32> = values(2, 20).iter().map(|x| x.abs()).collect();
    for row in soft.chunks_mut(4) {
        let sum: f32 = row.iter().sum();
        row.iter_mut().for_each(|x| *x /= sum);
    }
    let labels = Targets::Labels(&[0, 3, 2, 1, 1]);
    let weights = [0.5, 2.0, 1.0, 0.0, 3.0];
    let mut d = vec![f32::NAN; 20];
    let cases = [
        ("sparse", labels, None),
        ("sparse_weighted", labels, Some(&weights[..])),
        ("categorical", Targets::Probabilities(&soft), None),
    ];
    for (name, targets, weights) in cases {
        let loss = softmax_cross_entropy(4, &logits, targets, weights, Some(&mut d));
        stored.check(&format!("{name}.loss"), &[loss]);
        stored.check(&format!("{name}.d_logits"), &d);
    }
    for (name, weights) in [("binary", None), ("binary_weighted", Some(&weights[..]))] {
        let loss = binary_cross_entropy(&logits, &soft, weights, Some(&mut d));
        stored.check(&format!("{name}.loss"), &[loss]);
        stored.check(&format!("{name}.d_logits"), &d);
    }
}

#[test]
fn five_steps_of_every_optimizer() {
    let stored = Stored::load();
    type Step<'a> = &'a mut dyn FnMut(u64, &mut [f32], &[f32]);
    let check = |name: &str, step: Step| {
        let mut parameters = values(1, 10);
        (0..5).for_each(|i| step(i + 1, &mut parameters, &values(10 + i, 10)));
        assert_close(name, &parameters, &stored.0[&*format!("{name}.parameters")], 1e-6);
    };
    let sgd = |name, optimizer: Sgd| {
        let mut velocity = vec![0.0; 10];
        check(name, &mut |_, p, g| optimizer.step(p, g, &mut velocity));
    };
    let momentum = Sgd { learning_rate: 0.1, momentum: 0.9, ..Sgd::default() };
    sgd("sgd", Sgd::default());
    sgd("sgd_momentum", momentum);
    sgd("sgd_nesterov", Sgd { nesterov: true, ..momentum });
    let rmsprop = |name, optimizer: RmsProp| {
        let (mut v, mut m, mut a) = (vec![0.0; 10], vec![0.0; 10], vec![0.0; 10]);
        check(name, &mut |_, p, g| optimizer.step(p, g, &mut v, &mut m, &mut a));
    };
    let base = RmsProp { learning_rate: 0.01, ..RmsProp::default() };
    rmsprop("rmsprop", RmsProp::default());
    rmsprop("rmsprop_momentum", RmsProp { momentum: 0.5, ..base });
    rmsprop("rmsprop_centered", RmsProp { centered: true, ..base });
    rmsprop("rmsprop_centered_momentum", RmsProp { momentum: 0.5, centered: true, ..base });
    let adam = |name, optimizer: Adam| {
        let (mut m, mut v) = (vec![0.0; 10], vec![0.0; 10]);
        check(name, &mut |t, p, g| optimizer.step(t, p, g, &mut m, &mut v));
    };
    adam("adam", Adam::default());
    adam("adamw", Adam { learning_rate: 0.01, ..Adam::with_decay() });
}
