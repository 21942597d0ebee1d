use crate::differences::{check_gradient, dot, values};
use cuaderno_ops::*;

#[test]
fn dense_gradients() {
    for (batch, dense) in [(1, Dense::new(7, 3)), (130, Dense::new(300, 10)), (5, Dense::new(33, 65))] {
        let x = values(1, batch * dense.inputs);
        let w = values(2, dense.weight_len());
        let b = values(3, dense.outputs);
        let towards = values(4, batch * dense.outputs);
        let forward = |x: &[f32], w: &[f32], b: &[f32]| {
            let mut y = vec![f32::NAN; towards.len()];
            dense.forward(
                &mut Scratch::new(),
                DenseOperands { batch, input: x, weight: w, bias: Some(b), ..DenseOperands::default() },
                &mut y,
            );
            y
        };
        let y = forward(&x, &w, &b);
        let expected = f64::from(b[1])
            + (0..dense.inputs).map(|i| f64::from(x[i]) * f64::from(w[i * dense.outputs + 1])).sum::<f64>();
        assert!((f64::from(y[1]) - expected).abs() < 1e-4);
        let (mut d_x, mut d_w, mut d_b) = (vec![f32::NAN; x.len()], vec![f32::NAN; w.len()], vec![f32::NAN; b.len()]);
        let gradients = Gradients { input: Some(&mut d_x), weight: Some(&mut d_w), bias: Some(&mut d_b) };
        dense.backward(
            &mut Scratch::new(),
            DenseOperands { batch, input: &x, weight: &w, ..DenseOperands::default() },
            &y,
            &mut towards.clone(),
            gradients,
        );
        check_gradient("d_input", &x, &d_x, 0.5, 1e-3, |x| dot(&forward(x, &w, &b), &towards));
        check_gradient("d_weight", &w, &d_w, 0.5, 1e-3, |w| dot(&forward(&x, w, &b), &towards));
        check_gradient("d_bias", &b, &d_b, 0.5, 1e-3, |b| dot(&forward(&x, &w, b), &towards));
    }
}

#[test]
fn activation_gradients() {
    let x: Vec<f32> = values(5, 60).iter().map(|x| x * 8.0).collect();
    let towards = values(6, 60);
    let all = [
        Activation::Linear,
        Activation::Relu,
        Activation::Relu6,
        Activation::LeakyRelu(0.3),
        Activation::Sigmoid,
        Activation::Tanh,
    ];
    for activation in all {
        let forward = |x: &[f32]| {
            let mut y = vec![0.0; x.len()];
            activation_forward(activation, x, &mut y);
            y
        };
        let mut d_x = towards.clone();
        activation_backward(activation, &forward(&x), &mut d_x);
        check_gradient(&format!("{activation:?}"), &x, &d_x, 1e-3, 2e-3, |x| dot(&forward(x), &towards));
    }
}

#[test]
fn pooling_gradients() {
    let pools = [
        (Pool2d::new([2, 2]), [7, 8], 3),
        (Pool2d { stride: [2, 2], padding: Padding::Same, ..Pool2d::new([3, 3]) }, [7, 8], 16),
        (Pool2d { stride: [1, 2], ..Pool2d::new([3, 2]) }, [6, 6], 5),
        (Pool2d::new([2, 2]), [4, 6], 40),
    ];
    for (pool, size, channels) in pools {
        let batch = 3;
        let x = values(7, batch * size[0] * size[1] * channels);
        let towards = values(8, pool.output_len(batch, size, channels));
        let max = |x: &[f32], winners: Option<&mut [u16]>| {
            let mut y = vec![f32::NAN; towards.len()];
            pool.max_forward(batch, size, channels, x, &mut y, winners);
            y
        };
        let mut winners = vec![0; towards.len()];
        assert_eq!(max(&x, Some(&mut winners)), max(&x, None));
        let mut d_x = vec![f32::NAN; x.len()];
        pool.max_backward(batch, size, channels, &winners, &towards, &mut d_x);
        check_gradient("max", &x, &d_x, 1e-5, 2e-2, |x| dot(&max(x, None), &towards));
        let average = |x: &[f32]| {
            let mut y = vec![f32::NAN; towards.len()];
            pool.average_forward(batch, size, channels, x, &mut y);
            y
        };
        let mut d_x = vec![f32::NAN; x.len()];
        pool.average_backward(batch, size, channels, &towards, &mut d_x);
        check_gradient("average", &x, &d_x, 0.5, 1e-3, |x| dot(&average(x), &towards));
    }
}

#[test]
fn global_average_gradients() {
    let x = values(9, 3 * 20 * 7);
    let towards = values(10, 3 * 7);
    let forward = |x: &[f32]| {
        let mut y = vec![f32::NAN; 21];
        global_average_forward(3, 20, 7, x, &mut y);
        y
    };
    let mut d_x = vec![f32::NAN; x.len()];
    global_average_backward(3, 20, 7, &towards, &mut d_x);
    check_gradient("global average", &x, &d_x, 0.5, 1e-3, |x| dot(&forward(x), &towards));
}

#[test]
fn batch_norm_gradients() {
    let norm = BatchNorm::new(6);
    let x: Vec<f32> = values(11, 40 * 6).iter().map(|x| x * 3.0 + 1.0).collect();
    let (gamma, beta, towards) = (values(12, 6), values(13, 6), values(14, x.len()));
    for activation in [Activation::Linear, Activation::Sigmoid] {
        let forward = |x: &[f32], gamma: &[f32], beta: &[f32], statistics: &mut BatchStatistics| {
            let mut y = vec![f32::NAN; x.len()];
            let (mut mean, mut variance) = (vec![0.0; 6], vec![1.0; 6]);
            norm.forward_train(
                &mut Scratch::new(),
                NormOperands { input: x, gamma, beta, activation },
                MovingMoments { mean: &mut mean, variance: &mut variance },
                statistics,
                &mut y,
            );
            y
        };
        let plain =
            |x: &[f32], gamma: &[f32], beta: &[f32]| dot(&forward(x, gamma, beta, &mut Default::default()), &towards);
        let mut statistics = BatchStatistics::default();
        let y = forward(&x, &gamma, &beta, &mut statistics);
        let (mut d_x, mut d_gamma, mut d_beta) = (vec![f32::NAN; x.len()], vec![f32::NAN; 6], vec![f32::NAN; 6]);
        norm.backward(
            &mut Scratch::new(),
            NormOperands { input: &x, gamma: &gamma, activation, ..NormOperands::default() },
            NormalizedBy::Batch(&statistics),
            &y,
            &mut towards.clone(),
            Gradients { input: Some(&mut d_x), weight: Some(&mut d_gamma), bias: Some(&mut d_beta) },
        );
        check_gradient("d_input", &x, &d_x, 1e-2, 2e-3, |x| plain(x, &gamma, &beta));
        check_gradient("d_gamma", &gamma, &d_gamma, 1e-2, 2e-3, |gamma| plain(&x, gamma, &beta));
        check_gradient("d_beta", &beta, &d_beta, 1e-2, 2e-3, |beta| plain(&x, &gamma, beta));
    }
}

#[test]
fn a_large_mean_does_not_swallow_a_small_variance() {
    let norm = BatchNorm { channels: 1, momentum: 0.0, epsilon: 0.0 };
    let x: Vec<f32> = (0..100_000).map(|i| 1000.0 + (i % 2) as f32).collect();
    let (mut y, mut mean, mut variance) = (vec![0.0; x.len()], [0.0], [0.0]);
    let mut statistics = BatchStatistics::default();
    norm.forward_train(
        &mut Scratch::new(),
        NormOperands { input: &x, gamma: &[1.0], beta: &[0.0], ..NormOperands::default() },
        MovingMoments { mean: &mut mean, variance: &mut variance },
        &mut statistics,
        &mut y,
    );
    assert!((mean[0] - 1000.5).abs() < 1e-3, "{mean:?}");
    assert!((variance[0] - 0.25).abs() < 1e-3, "{variance:?}");
}

#[test]
fn softmax_gradients() {
    let x = values(15, 4 * 9);
    let towards = values(16, x.len());
    let forward = |x: &[f32]| {
        let mut y = vec![f32::NAN; x.len()];
        softmax_forward(9, x, &mut y);
        y
    };
    let y = forward(&x);
    assert!(y.chunks(9).all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-6));
    let mut d_x = towards.clone();
    softmax_backward(9, &y, &mut d_x);
    check_gradient("softmax", &x, &d_x, 1e-2, 1e-3, |x| dot(&forward(x), &towards));
}

#[test]
fn loss_gradients() {
    let x: Vec<f32> = values(17, 5 * 4).iter().map(|x| 3.0 * x).collect();
    let soft: Vec<f32> = values(18, 20).iter().map(|x| x.abs()).collect();
    let weights = [0.5, 2.0, 1.0, 0.0, 3.0];
    let mut d = vec![f32::NAN; 20];
    for targets in [Targets::Labels(&[0, 3, 2, 1, 1]), Targets::Probabilities(&soft)] {
        softmax_cross_entropy(4, &x, targets, Some(&weights), Some(&mut d));
        let loss = |x: &[f32]| f64::from(softmax_cross_entropy(4, x, targets, Some(&weights), None));
        check_gradient("cross-entropy", &x, &d, 1e-2, 1e-3, loss);
    }
    binary_cross_entropy(&x, &soft, Some(&weights), Some(&mut d));
    let loss = |x: &[f32]| f64::from(binary_cross_entropy(x, &soft, Some(&weights), None));
    check_gradient("binary cross-entropy", &x, &d, 1e-2, 1e-3, loss);
}

/// A bright first pixel, from which all differences were taken: a sum of 16,384 of them in one go was off by a part in ten thousand.
#[test]
fn the_moments_of_many_rows_below_a_bright_first_one() {
    let norm = BatchNorm { channels: 1, momentum: 0.0, epsilon: 0.0 };
    let mut input: Vec<f32> = values(7, 16_384);
    input[0] = 100.0;
    let mean = input.iter().map(|x| f64::from(*x)).sum::<f64>() / input.len() as f64;
    let variance = input.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / input.len() as f64;
    let (mut running_mean, mut running_variance) = ([0.0], [0.0]);
    let mut output = vec![0.0; input.len()];
    norm.forward_train(
        &mut Scratch::new(),
        NormOperands { input: &input, gamma: &[1.0], beta: &[0.0], ..NormOperands::default() },
        MovingMoments { mean: &mut running_mean, variance: &mut running_variance },
        &mut BatchStatistics::default(),
        &mut output,
    );
    assert!((f64::from(running_mean[0]) - mean).abs() < 1e-6, "{} and {mean}", running_mean[0]);
    assert!((f64::from(running_variance[0]) / variance - 1.0).abs() < 2e-6, "{} and {variance}", running_variance[0]);
}

/// Thousands of equal terms, as a global average passes back: in one go their sum was off by up to 7 parts in ten thousand.
/// Products take up to 256 terms at a time, and may be off by half a unit in the last place for each (2^-24): 1.5e-5.
#[test]
fn sums_of_thousands_of_terms_keep_their_digits() {
    let (batch, size, pixels) = (4, [90, 70], 4 * 90 * 70);
    let exact = pixels as f64 * f64::from(0.3_f32);
    let check = |what: &str, sums: &[f32], exact: f64| {
        let error = sums.iter().map(|sum| (f64::from(*sum) / exact - 1.0).abs()).fold(0.0, f64::max);
        let allowed = if what.starts_with("kernel") { 1.5e-5 } else { 4e-6 };
        assert!(error < allowed, "{what}: {sums:?} for {exact}, off by {error:.1e}");
    };
    let scratch = &mut Scratch::new();
    for (channels, filters, kernel, groups) in
        [(2, 3, 3, 1), (3, 2, 1, 1), (16, 16, 3, 1), (16, 32, 5, 1), (3, 3, 3, 3)]
    {
        let conv = Conv2d { padding: Padding::Same, groups, ..Conv2d::new(channels, filters, [kernel; 2]) };
        let (x, w) = (vec![1.0; conv.input_len(batch, size)], vec![0.0; conv.weight_len()]);
        let y = vec![0.0; pixels * filters];
        let (mut d_w, mut d_b) = (w.clone(), vec![0.0; filters]);
        let gradients = Gradients { input: None, weight: Some(&mut d_w), bias: Some(&mut d_b) };
        conv.backward(
            scratch,
            ConvOperands { batch, size, input: &x, weight: &w, ..ConvOperands::default() },
            ConvResult { output: &y, argmax: &[] },
            &mut vec![0.3; y.len()],
            gradients,
        );
        check(&format!("bias of {conv:?}"), &d_b, exact);
        // the tap in the middle sees all pixels
        let tap = w.len() / kernel / kernel;
        check(&format!("kernel of {conv:?}"), &d_w[kernel * kernel / 2 * tap..][..tap], exact);
    }
    let (x, y) = (vec![1.0; pixels], vec![0.0; pixels]);
    let (mut d_w, mut d_b) = ([0.0], [0.0]);
    let gradients = Gradients { input: None, weight: Some(&mut d_w), bias: Some(&mut d_b) };
    Dense::new(1, 1).backward(
        scratch,
        DenseOperands { batch: pixels, input: &x, weight: &[0.0], ..DenseOperands::default() },
        &y,
        &mut vec![0.3; pixels],
        gradients,
    );
    check("bias of a dense layer", &d_b, exact);
    check("kernel of a dense layer", &d_w, exact);
    let norm = BatchNorm::new(1);
    let (mut d_gamma, mut d_beta) = ([0.0], [0.0]);
    let (gamma, mean, variance, d) = ([1.0], [0.0], [1.0 - norm.epsilon], &mut vec![0.3; pixels]);
    let linear = Activation::Linear;
    norm.backward(
        scratch,
        NormOperands { input: &x, gamma: &gamma, activation: linear, ..NormOperands::default() },
        NormalizedBy::Running(RunningMoments { mean: &mean, variance: &variance }),
        &y,
        d,
        Gradients { input: None, weight: Some(&mut d_gamma), bias: Some(&mut d_beta) },
    );
    check("beta", &d_beta, exact);
    check("gamma", &d_gamma, exact);
    let mut mean = vec![0.0; 2];
    global_average_forward(1, pixels, 2, &vec![0.3; 2 * pixels], &mut mean);
    check("global average", &mean, f64::from(0.3_f32));
}
