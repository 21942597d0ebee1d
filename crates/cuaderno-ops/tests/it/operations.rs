//! Every operation on sizes of every kind, by name: what must not depend on threads and instructions.

use crate::differences::values;
use cuaderno_ops::*;

/// Results by name.
pub type Results = Vec<(String, Vec<f32>)>;

/// What all operations give.
pub fn all() -> Results {
    let mut results = Vec::new();
    for (conv, size, batch) in convolutions() {
        convolution(&mut results, &conv, size, batch);
    }
    for (batch, inputs, outputs) in [(1, 700, 1), (2, 700, 10), (65, 300, 1), (37, 3000, 33), (130, 64, 100)] {
        dense(&mut results, batch, &Dense::new(inputs, outputs));
    }
    normalization(&mut results);
    pooling(&mut results);
    values_by_value(&mut results);
    losses(&mut results);
    optimizers(&mut results);
    results
}

/// A hash of some values' bits.
pub fn digest(values: &[f32]) -> u64 {
    values.iter().fold(0xcbf2_9ce4_8422_2325, |hash, x| (hash ^ u64::from(x.to_bits())).wrapping_mul(0x0100_0000_01b3))
}

/// Sums of few and of many taps, in one and in several runs, as written and in the transform domain, with filters that fill vectors
/// and panels and that do not.
fn convolutions() -> Vec<(Conv2d, [usize; 2], usize)> {
    let same = Padding::Same;
    vec![
        (Conv2d::new(3, 32, [3, 3]), [24, 22], 37),
        (Conv2d { stride: [2, 2], padding: same, ..Conv2d::new(18, 20, [3, 3]) }, [15, 14], 5),
        (Conv2d::new(6, 16, [5, 5]), [14, 14], 19),
        (Conv2d::new(9, 12, [5, 5]), [11, 12], 3),
        (Conv2d { dilation: [2, 1], padding: same, ..Conv2d::new(20, 33, [3, 3]) }, [9, 10], 4),
        (Conv2d::new(300, 40, [1, 1]), [6, 5], 3),
        (Conv2d { groups: 4, padding: same, ..Conv2d::new(24, 24, [3, 3]) }, [11, 10], 18),
        (Conv2d { groups: 24, padding: same, ..Conv2d::new(24, 48, [3, 3]) }, [11, 10], 18),
        (Conv2d::new(16, 24, [3, 3]), [13, 13], 20),
        (Conv2d::new(48, 20, [3, 3]), [34, 34], 3),
        (Conv2d { padding: same, ..Conv2d::new(32, 40, [5, 5]) }, [11, 10], 18),
    ]
}

fn convolution(results: &mut Results, conv: &Conv2d, size: [usize; 2], batch: usize) {
    let scratch = &mut Scratch::new();
    let name = format!("{conv:?} of {size:?}");
    let (inner, channels) = (conv.output_size(size), conv.out_channels);
    let (x, w, b) = (values(1, conv.input_len(batch, size)), values(2, conv.weight_len()), values(3, channels));
    let backward = |results: &mut Results, name: &str, run: &mut dyn FnMut(Gradients)| {
        let (mut d_x, mut d_w, mut d_b) = (vec![0.0; x.len()], vec![0.0; w.len()], vec![0.0; channels]);
        run(Gradients { input: Some(&mut d_x), weight: Some(&mut d_w), bias: Some(&mut d_b) });
        results.push((format!("{name}: input gradient"), d_x));
        results.push((format!("{name}: weight gradient"), d_w));
        results.push((format!("{name}: bias gradient"), d_b));
    };

    let tanh = Activation::Tanh;
    let mut y = vec![0.0; conv.output_len(batch, size)];
    conv.forward(
        scratch,
        ConvOperands {
            batch,
            size,
            input: &x,
            weight: &w,
            bias: Some(&b),
            activation: tanh,
            ..ConvOperands::default()
        },
        &mut y,
        None,
    );
    let mut d_y = values(4, y.len());
    backward(results, &name, &mut |gradients| {
        conv.backward(
            &mut Scratch::new(),
            ConvOperands { batch, size, input: &x, weight: &w, activation: tanh, ..ConvOperands::default() },
            ConvResult { output: &y, argmax: &[] },
            &mut d_y,
            gradients,
        );
    });
    results.push((name.clone(), y));

    let (relu, pool, name) = (Activation::Relu, Pool2d::new([2, 2]), format!("{name}, pooled"));
    let mut y = vec![0.0; pool.output_len(batch, inner, channels)];
    let mut winners = vec![0; y.len()];
    conv.forward(
        scratch,
        ConvOperands {
            batch,
            size,
            input: &x,
            weight: &w,
            activation: relu,
            pool: Some(pool),
            ..ConvOperands::default()
        },
        &mut y,
        Some(&mut winners),
    );
    let d_y = values(5, y.len());
    backward(results, &name, &mut |gradients| {
        let scratch = &mut Scratch::new();
        conv.backward(
            scratch,
            ConvOperands {
                batch,
                size,
                input: &x,
                weight: &w,
                activation: relu,
                pool: Some(pool),
                ..ConvOperands::default()
            },
            ConvResult { output: &y, argmax: &winners },
            &mut d_y.to_vec(),
            gradients,
        );
    });
    results.push((name, y));
}

fn dense(results: &mut Results, batch: usize, dense: &Dense) {
    let (scratch, name) = (&mut Scratch::new(), format!("{dense:?} of {batch}"));
    let (x, w, b) = (values(1, batch * dense.inputs), values(2, dense.weight_len()), values(3, dense.outputs));
    let mut y = vec![0.0; batch * dense.outputs];
    dense.forward(
        scratch,
        DenseOperands { batch, input: &x, weight: &w, bias: Some(&b), activation: Activation::Relu },
        &mut y,
    );
    let (mut d_x, mut d_w, mut d_b) = (vec![0.0; x.len()], vec![0.0; w.len()], vec![0.0; b.len()]);
    let gradients = Gradients { input: Some(&mut d_x), weight: Some(&mut d_w), bias: Some(&mut d_b) };
    dense.backward(
        scratch,
        DenseOperands { batch, input: &x, weight: &w, activation: Activation::Relu, ..DenseOperands::default() },
        &y,
        &mut values(4, y.len()),
        gradients,
    );
    results.push((format!("{name}: input gradient"), d_x));
    results.push((format!("{name}: weight gradient"), d_w));
    results.push((format!("{name}: bias gradient"), d_b));
    results.push((name, y));
}

fn normalization(results: &mut Results) {
    let (scratch, channels) = (&mut Scratch::new(), 37);
    let norm = BatchNorm::new(channels);
    let x: Vec<f32> = values(1, 2500 * channels).iter().map(|x| 3.0 * x + 1.0).collect();
    let (gamma, beta) = (values(2, channels), values(3, channels));
    let (mut mean, mut variance, mut statistics) = (vec![0.0; channels], vec![1.0; channels], Default::default());
    let (mut y, relu, tanh) = (vec![0.0; x.len()], Activation::Relu, Activation::Tanh);
    norm.forward_train(
        scratch,
        NormOperands { input: &x, gamma: &gamma, beta: &beta, activation: tanh },
        MovingMoments { mean: &mut mean, variance: &mut variance },
        &mut statistics,
        &mut y,
    );
    let (mut d_x, mut d_gamma, mut d_beta) = (vec![0.0; x.len()], vec![0.0; channels], vec![0.0; channels]);
    let mut d_y = values(4, x.len());
    let d = Some(&mut d_x[..]);
    norm.backward(
        scratch,
        NormOperands { input: &x, gamma: &gamma, activation: tanh, ..NormOperands::default() },
        NormalizedBy::Batch(&statistics),
        &y,
        &mut d_y,
        Gradients { input: d, weight: Some(&mut d_gamma), bias: Some(&mut d_beta) },
    );
    for (name, values) in [("", &y), (": mean", &mean), (": variance", &variance), (": input gradient", &d_x)] {
        results.push((format!("batch norm{name}"), values.clone()));
    }
    results.push(("batch norm: gamma gradient".into(), d_gamma.clone()));
    results.push(("batch norm: beta gradient".into(), d_beta.clone()));
    norm.forward_inference(
        NormOperands { input: &x, gamma: &gamma, beta: &beta, activation: relu },
        RunningMoments { mean: &mean, variance: &variance },
        &mut y,
    );
    let (mut d_y, d) = (values(5, x.len()), Some(&mut d_x[..]));
    norm.backward(
        scratch,
        NormOperands { input: &x, gamma: &gamma, activation: relu, ..NormOperands::default() },
        NormalizedBy::Running(RunningMoments { mean: &mean, variance: &variance }),
        &y,
        &mut d_y,
        Gradients { input: d, weight: Some(&mut d_gamma), bias: Some(&mut d_beta) },
    );
    for (name, values) in [("", y), (": input gradient", d_x), (": gamma gradient", d_gamma)] {
        results.push((format!("batch norm, prediction{name}"), values));
    }
}

fn pooling(results: &mut Results) {
    let (batch, size, channels) = (7, [23, 20], 19);
    let x = values(1, batch * size[0] * size[1] * channels);
    for pool in [Pool2d::new([2, 2]), Pool2d { window: [3, 2], stride: [2, 3], padding: Padding::Same }] {
        let mut y = vec![0.0; pool.output_len(batch, size, channels)];
        let (mut winners, mut d_x, d_y) = (vec![0; y.len()], vec![0.0; x.len()], values(2, y.len()));
        pool.max_forward(batch, size, channels, &x, &mut y, Some(&mut winners));
        results.push((format!("max {pool:?}"), y.clone()));
        pool.max_backward(batch, size, channels, &winners, &d_y, &mut d_x);
        results.push((format!("max {pool:?}: gradient"), d_x.clone()));
        pool.average_forward(batch, size, channels, &x, &mut y);
        results.push((format!("average {pool:?}"), y.clone()));
        pool.average_backward(batch, size, channels, &d_y, &mut d_x);
        results.push((format!("average {pool:?}: gradient"), d_x));
    }
    let (mut y, mut d_x) = (vec![0.0; batch * channels], vec![0.0; x.len()]);
    global_average_forward(batch, size[0] * size[1], channels, &x, &mut y);
    global_average_backward(batch, size[0] * size[1], channels, &y, &mut d_x);
    results.push(("global average".into(), y));
    results.push(("global average: gradient".into(), d_x));
}

fn values_by_value(results: &mut Results) {
    let x: Vec<f32> = values(1, 100_003).iter().map(|x| x * 20.0).collect();
    let all = [Activation::Relu, Activation::Relu6, Activation::LeakyRelu(0.3), Activation::Sigmoid, Activation::Tanh];
    for activation in all {
        let (mut y, mut d) = (x.clone(), values(2, x.len()));
        activation_forward(activation, &x, &mut y);
        activation_backward(activation, &y, &mut d);
        results.push((format!("{activation:?}"), y));
        results.push((format!("{activation:?}: gradient"), d));
    }
    results.push(("sigmoid of one".into(), x.iter().map(|x| sigmoid(*x)).collect()));
    let mut dropped = x.clone();
    Dropout { rate: 0.2 }.apply(99, &mut dropped);
    add(&mut dropped, &x);
    scale(&mut dropped, 0.7);
    results.push(("dropout, add, scale".into(), dropped));
    results.push(("sum of squares".into(), vec![sum_of_squares(&x) as f32]));
}

fn losses(results: &mut Results) {
    let (batch, classes) = (64, 11);
    let x: Vec<f32> = values(1, batch * classes).iter().map(|x| x * 9.0).collect();
    let mut y = vec![0.0; x.len()];
    softmax_forward(classes, &x, &mut y);
    let mut d = values(2, x.len());
    softmax_backward(classes, &y, &mut d);
    results.push(("softmax: gradient".into(), d.clone()));
    let labels: Vec<usize> = (0..batch).map(|n| n % classes).collect();
    let weights: Vec<f32> = values(3, batch).iter().map(|x| x.abs()).collect();
    for (name, targets) in [("labels", Targets::Labels(&labels)), ("probabilities", Targets::Probabilities(&y))] {
        let loss = softmax_cross_entropy(classes, &x, targets, Some(&weights), Some(&mut d));
        results.push((format!("cross-entropy of {name}"), [&[loss], &d[..]].concat()));
    }
    let loss = binary_cross_entropy(&x, &y, Some(&weights), Some(&mut d));
    results.push(("binary cross-entropy".into(), [&[loss], &d[..]].concat()));
    results.push(("softmax".into(), y));
}

fn optimizers(results: &mut Results) {
    let count = 100_003;
    let gradient = values(1, count);
    type Step<'a> = &'a dyn Fn(u64, &mut [f32], [&mut [f32]; 3]);
    let mut run = |name: String, step: Step| {
        let mut p = values(2, count);
        let [mut a, mut b, mut c] = [(); 3].map(|()| vec![0.0; count]);
        (1..4).for_each(|t| step(t, &mut p, [&mut a, &mut b, &mut c]));
        results.push((name, p));
    };
    for nesterov in [false, true] {
        let sgd = Sgd { momentum: 0.9, nesterov, weight_decay: 0.01, ..Sgd::default() };
        run(format!("{sgd:?}"), &|_, p, [v, ..]| sgd.step(p, &gradient, v));
    }
    for (momentum, centered) in [(0.0, false), (0.9, false), (0.0, true), (0.9, true)] {
        let rule = RmsProp { momentum, centered, ..RmsProp::default() };
        run(format!("{rule:?}"), &|_, p, [v, m, a]| rule.step(p, &gradient, v, m, a));
    }
    for adam in [Adam::default(), Adam::with_decay()] {
        run(format!("{adam:?}"), &|t, p, [m, v, _]| adam.step(t, p, &gradient, m, v));
    }
}
