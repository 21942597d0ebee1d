use crate::differences::values;
use cuaderno_ops::*;

/// A stroke on black, as in pictures of digits.
fn stroke(size: [usize; 2], channels: usize) -> Vec<f32> {
    let mut picture = vec![0.0; size[0] * size[1] * channels];
    for (i, x) in values(1, 6).into_iter().enumerate() {
        let pixel = (i + 2) * size[1] + i / 2 + 1;
        picture[pixel * channels..][..channels].iter_mut().for_each(|value| *value = x);
    }
    picture
}

/// Whether the window of output pixel `(i, j)` sees only zeros.
fn sees_nothing(conv: &Conv2d, size: [usize; 2], x: &[f32], (i, j): (usize, usize)) -> bool {
    let [top, _, left, _] = conv.padding.resolve(size, conv.kernel, conv.stride, conv.dilation);
    (0..conv.kernel[0]).all(|u| {
        (0..conv.kernel[1]).all(|v| {
            let (row, column) = ((i + u).wrapping_sub(top), (j + v).wrapping_sub(left));
            row >= size[0]
                || column >= size[1]
                || x[(row * size[1] + column) * conv.in_channels..][..conv.in_channels].iter().all(|x| *x == 0.0)
        })
    })
}

/// In the transform domain they are computed with the pixels beside them; a ReLU would pass their rounding errors on.
#[test]
fn windows_of_zeros_give_the_bias() {
    for (kernel, padding) in [(3, Padding::Valid), (3, Padding::Same), (5, Padding::Valid), (5, Padding::Same)] {
        let (size, conv) = ([28, 26], Conv2d { padding, ..Conv2d::new(16, 20, [kernel; 2]) });
        let (x, w, b) = (stroke(size, 16), values(2, conv.weight_len()), values(3, 20));
        for bias in [None, Some(&b[..])] {
            let mut y = vec![f32::NAN; conv.output_len(1, size)];
            conv.forward(
                &mut Scratch::new(),
                ConvOperands { batch: 1, size, input: &x, weight: &w, bias, ..ConvOperands::default() },
                &mut y,
                None,
            );
            let [height, width] = conv.output_size(size);
            let (mut zero, mut other) = (0, 0);
            for (index, y) in y.chunks(20).enumerate() {
                if sees_nothing(&conv, size, &x, (index / width, index % width)) {
                    assert!(y.iter().zip(bias.unwrap_or(&[0.0; 20])).all(|(y, b)| y == b), "{conv:?} {index}: {y:?}");
                    zero += 1;
                } else {
                    other += 1;
                    assert!(bias.is_some() || y.iter().all(|y| *y != 0.0), "{conv:?} {index}: {y:?}");
                }
            }
            assert!(zero > height * width / 3 && other > 20, "{zero} {other}");
        }
    }
}

/// The gradient of the input looks at that of the output, as the output at the input.
#[test]
fn windows_of_zeros_pass_nothing_back() {
    let (size, conv) = ([28, 26], Conv2d::new(20, 16, [3, 3]));
    let inner = conv.output_size(size);
    let (x, w, mut d_y) = (values(1, conv.input_len(1, size)), values(2, conv.weight_len()), stroke(inner, 16));
    let back = Conv2d { padding: Padding::Explicit([2; 4]), ..Conv2d::new(16, 20, [3, 3]) };
    let zero: Vec<bool> = (0..size[0] * size[1])
        .map(|index| sees_nothing(&back, inner, &d_y, (index / size[1], index % size[1])))
        .collect();
    let (mut d_x, y) = (vec![f32::NAN; x.len()], vec![0.0; d_y.len()]);
    let gradients = Gradients { input: Some(&mut d_x), ..Default::default() };
    conv.backward(
        &mut Scratch::new(),
        ConvOperands { batch: 1, size, input: &x, weight: &w, ..ConvOperands::default() },
        ConvResult { output: &y, argmax: &[] },
        &mut d_y,
        gradients,
    );
    for (index, (d_x, zero)) in d_x.chunks(20).zip(&zero).enumerate() {
        assert!(d_x.iter().all(|d| (*d == 0.0) == *zero), "{index}: {zero}, {d_x:?}");
    }
    assert!(zero.iter().filter(|zero| **zero).count() > 400);
}

/// A weight that is no number is noticed, also where pictures are black.
#[test]
fn numbers_that_are_none_stay_none_on_black() {
    let (size, conv) = ([12, 12], Conv2d::new(16, 16, [3, 3]));
    let mut y = vec![0.0; conv.output_len(1, size)];
    let (x, w) = (vec![0.0; conv.input_len(1, size)], vec![f32::NAN; conv.weight_len()]);
    conv.forward(
        &mut Scratch::new(),
        ConvOperands { batch: 1, size, input: &x, weight: &w, activation: Activation::Relu, ..ConvOperands::default() },
        &mut y,
        None,
    );
    assert!(y.iter().all(|y| y.is_nan()));
}

/// keras: BatchNormalization on one row, training=True: y = beta, and tape.gradient(y * d, x) = 0 exactly
#[test]
fn a_normalization_over_one_row_passes_nothing_back() {
    for channels in [1, 7, 64] {
        let norm = BatchNorm::new(channels);
        let (x, gamma, beta) = (values(1, channels), values(2, channels), values(3, channels));
        let (mut mean, mut variance, mut statistics) = (vec![0.0; channels], vec![1.0; channels], Default::default());
        let (scratch, mut y, mut d_x) = (&mut Scratch::new(), vec![0.0; channels], vec![f32::NAN; channels]);
        let (mut d_gamma, mut d_beta, linear) = (vec![0.0; channels], vec![0.0; channels], Activation::Linear);
        norm.forward_train(
            scratch,
            NormOperands { input: &x, gamma: &gamma, beta: &beta, activation: linear },
            MovingMoments { mean: &mut mean, variance: &mut variance },
            &mut statistics,
            &mut y,
        );
        assert_eq!(y, beta);
        let mut d_y = values(4, channels);
        let d = Some(&mut d_x[..]);
        norm.backward(
            scratch,
            NormOperands { input: &x, gamma: &gamma, activation: linear, ..NormOperands::default() },
            NormalizedBy::Batch(&statistics),
            &y,
            &mut d_y,
            Gradients { input: d, weight: Some(&mut d_gamma), bias: Some(&mut d_beta) },
        );
        assert!(d_x.iter().chain(&d_gamma).all(|d| *d == 0.0), "{d_x:?} {d_gamma:?}");
    }
}
