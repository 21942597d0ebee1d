use crate::differences::{assert_close, check_gradient, dot, values};
use cuaderno_ops::{
    Activation, BatchNorm, Conv2d, ConvOperands, ConvResult, Gradients, NormOperands, Padding, Pool2d, RunningMoments,
    Scratch,
};
use proptest::prelude::*;

/// The formula in the documentation of `Conv2d`, loop by loop, in double precision.
fn plain(conv: &Conv2d, batch: usize, size: [usize; 2], x: &[f32], w: &[f32], b: &[f32]) -> Vec<f32> {
    let [out_h, out_w] = conv.output_size(size);
    let [top, _, left, _] = conv.padding.resolve(size, conv.kernel, conv.stride, conv.dilation);
    let (inner, filters) = (conv.in_channels / conv.groups, conv.out_channels / conv.groups);
    let mut y = Vec::new();
    for n in 0..batch {
        for i in 0..out_h {
            for j in 0..out_w {
                for o in 0..conv.out_channels {
                    let mut sum = f64::from(b[o]);
                    for u in 0..conv.kernel[0] {
                        for v in 0..conv.kernel[1] {
                            let r = (i * conv.stride[0] + u * conv.dilation[0]).wrapping_sub(top);
                            let c = (j * conv.stride[1] + v * conv.dilation[1]).wrapping_sub(left);
                            if r >= size[0] || c >= size[1] {
                                continue;
                            }
                            for k in 0..inner {
                                let channel = o / filters * inner + k;
                                let at = ((n * size[0] + r) * size[1] + c) * conv.in_channels + channel;
                                let weight = w[((u * conv.kernel[1] + v) * inner + k) * conv.out_channels + o];
                                sum += f64::from(x[at]) * f64::from(weight);
                            }
                        }
                    }
                    y.push(sum as f32);
                }
            }
        }
    }
    y
}

fn check(conv: &Conv2d, batch: usize, size: [usize; 2], activation: Activation) {
    let mut scratch = Scratch::new();
    let x = values(1, conv.input_len(batch, size));
    let w = values(2, conv.weight_len());
    let b = values(3, conv.out_channels);
    let towards = values(4, conv.output_len(batch, size));
    let forward = |x: &[f32], w: &[f32], b: &[f32]| {
        let mut y = vec![f32::NAN; towards.len()];
        conv.forward(
            &mut Scratch::new(),
            ConvOperands { batch, size, input: x, weight: w, bias: Some(b), activation, ..ConvOperands::default() },
            &mut y,
            None,
        );
        y
    };
    let y = forward(&x, &w, &b);
    let mut expected = plain(conv, batch, size, &x, &w, &b);
    // Rounding goes with the largest sums: in Winograd's transform domain it is the same for all of a tile.
    let largest = expected.iter().fold(1.0, |largest: f32, x| largest.max(x.abs()));
    activation.apply(&mut expected);
    assert_close(&format!("{conv:?}"), &y, &expected, 4e-6 * largest);

    let mut d_y = towards.clone();
    let (mut d_x, mut d_w, mut d_b) =
        (vec![f32::NAN; x.len()], vec![f32::NAN; w.len()], vec![f32::NAN; conv.out_channels]);
    conv.backward(
        &mut scratch,
        ConvOperands { batch, size, input: &x, weight: &w, activation, ..ConvOperands::default() },
        ConvResult { output: &y, argmax: &[] },
        &mut d_y,
        Gradients { input: Some(&mut d_x), weight: Some(&mut d_w), bias: Some(&mut d_b) },
    );
    // a linear layer's differences are exact at any step; a smooth one needs a small step, but no smaller than rounding allows
    let step = if activation == Activation::Linear { 0.5 } else { 2e-2 };
    check_gradient("d_input", &x, &d_x, step, 2e-3, |x| dot(&forward(x, &w, &b), &towards));
    check_gradient("d_weight", &w, &d_w, step, 2e-3, |w| dot(&forward(&x, w, &b), &towards));
    check_gradient("d_bias", &b, &d_b, step, 2e-3, |b| dot(&forward(&x, &w, b), &towards));
}

/// Convolution and pooling in one must be the same as one after the other.
fn check_pooled(conv: &Conv2d, pool: &Pool2d, batch: usize, size: [usize; 2], activation: Activation) {
    let mut scratch = Scratch::new();
    let channels = conv.out_channels;
    let inner = conv.output_size(size);
    let x = values(1, conv.input_len(batch, size));
    let w = values(2, conv.weight_len());
    let b = values(3, channels);
    let mut full = vec![f32::NAN; conv.output_len(batch, size)];
    conv.forward(
        &mut scratch,
        ConvOperands { batch, size, input: &x, weight: &w, bias: Some(&b), activation, ..ConvOperands::default() },
        &mut full,
        None,
    );
    let mut expected = vec![f32::NAN; pool.output_len(batch, inner, channels)];
    let mut winners = vec![0; expected.len()];
    pool.max_forward(batch, inner, channels, &full, &mut expected, Some(&mut winners));
    let d_pooled = values(5, expected.len());
    let mut d_full = vec![f32::NAN; full.len()];
    pool.max_backward(batch, inner, channels, &winners, &d_pooled, &mut d_full);
    let expected_gradients = gradients_of(conv, x.len(), |gradients| {
        conv.backward(
            &mut Scratch::new(),
            ConvOperands { batch, size, input: &x, weight: &w, activation, ..ConvOperands::default() },
            ConvResult { output: &full, argmax: &[] },
            &mut d_full,
            gradients,
        );
    });

    for with_winners in [false, true] {
        let mut y = vec![f32::NAN; expected.len()];
        let winners = with_winners.then_some(&mut winners[..]);
        conv.forward(
            &mut scratch,
            ConvOperands { batch, size, input: &x, weight: &w, bias: Some(&b), activation, pool: Some(*pool) },
            &mut y,
            winners,
        );
        assert_close("pooled", &y, &expected, 1e-6);
    }
    let got = gradients_of(conv, x.len(), |gradients| {
        conv.backward(
            &mut scratch,
            ConvOperands {
                batch,
                size,
                input: &x,
                weight: &w,
                activation,
                pool: Some(*pool),
                ..ConvOperands::default()
            },
            ConvResult { output: &expected, argmax: &winners },
            &mut d_pooled.to_vec(),
            gradients,
        );
    });
    for (name, (got, expected)) in ["d_input", "d_weight", "d_bias"].iter().zip(got.iter().zip(&expected_gradients)) {
        // as above, rounding goes with the largest sums
        let largest = expected.iter().fold(10.0, |largest: f32, x| largest.max(x.abs()));
        assert_close(&format!("{name} of {conv:?} {pool:?}"), got, expected, 1e-5 * largest);
    }

    fn gradients_of(conv: &Conv2d, inputs: usize, run: impl FnOnce(Gradients)) -> [Vec<f32>; 3] {
        let (mut d_w, mut d_b) = (vec![f32::NAN; conv.weight_len()], vec![f32::NAN; conv.out_channels]);
        let mut d_x = vec![f32::NAN; inputs];
        run(Gradients { input: Some(&mut d_x), weight: Some(&mut d_w), bias: Some(&mut d_b) });
        [d_x, d_w, d_b]
    }
}

#[test]
fn pooling_in_one_step() {
    let relu = Activation::Relu;
    check_pooled(&Conv2d::new(3, 32, [3, 3]), &Pool2d::new([2, 2]), 3, [20, 18], relu);
    check_pooled(&Conv2d::new(3, 32, [3, 3]), &Pool2d::new([2, 2]), 3, [64, 64], relu);
    check_pooled(&Conv2d::new(8, 16, [3, 3]), &Pool2d::new([2, 2]), 2, [17, 17], Activation::Sigmoid);
    check_pooled(&Conv2d::new(4, 8, [3, 3]), &Pool2d::new([2, 2]), 2, [3, 3], relu); // nothing left to pool
    let overlapping = Pool2d { window: [3, 3], stride: [2, 2], padding: Padding::Same };
    check_pooled(&Conv2d::new(3, 7, [3, 3]), &overlapping, 2, [12, 15], Activation::Tanh);
    check_pooled(&Conv2d::new(16, 24, [3, 3]), &overlapping, 2, [61, 60], relu);
    let depthwise = Conv2d { groups: 6, ..Conv2d::new(6, 6, [3, 3]) };
    check_pooled(&depthwise, &Pool2d::new([2, 2]), 2, [9, 9], relu);
}

#[test]
fn r0_layers_at_reduced_batch() {
    check(&Conv2d::new(3, 32, [3, 3]), 2, [17, 19], Activation::Linear);
    check(&Conv2d::new(32, 64, [3, 3]), 3, [14, 14], Activation::Linear);
    check(&Conv2d::new(32, 32, [5, 5]), 2, [13, 12], Activation::Sigmoid);
    check(&Conv2d::new(3, 6, [5, 5]), 4, [32, 32], Activation::Tanh);
    check(&Conv2d::new(6, 16, [5, 5]), 4, [14, 14], Activation::Linear);
}

#[test]
fn one_by_one_and_whole_image_kernels() {
    check(&Conv2d::new(24, 16, [1, 1]), 2, [7, 9], Activation::Linear);
    check(&Conv2d { stride: [2, 2], ..Conv2d::new(24, 16, [1, 1]) }, 2, [7, 9], Activation::Linear);
    check(&Conv2d::new(5, 7, [6, 4]), 3, [6, 4], Activation::Linear);
}

/// Rows of more pixels than are summed over at a time, as a 1 × 1 convolution makes one of each image.
#[test]
fn rows_in_pieces() {
    check(&Conv2d::new(3, 5, [1, 1]), 2, [20, 15], Activation::Linear);
    check(&Conv2d { stride: [1, 2], ..Conv2d::new(2, 3, [2, 3]) }, 2, [3, 1040], Activation::Linear);
    check(&Conv2d { groups: 2, padding: Padding::Same, ..Conv2d::new(4, 6, [3, 3]) }, 2, [2, 257], Activation::Linear);
}

#[test]
fn mobilenet_depthwise() {
    let depthwise = Conv2d { groups: 24, padding: Padding::Same, ..Conv2d::new(24, 24, [3, 3]) };
    check(&depthwise, 2, [9, 8], Activation::Linear);
    let halving = Conv2d { stride: [2, 2], padding: Padding::Explicit([0, 1, 0, 1]), ..depthwise };
    check(&halving, 2, [8, 8], Activation::Linear);
    check(&Conv2d { out_channels: 48, ..depthwise }, 2, [5, 5], Activation::Linear);
}

/// The only row of windows lies in the padding: the block of the input is empty.
#[test]
fn windows_on_nothing_but_padding() {
    let padding = Padding::Explicit([1, 0, 1, 0]);
    check(&Conv2d { padding, stride: [2, 1], ..Conv2d::new(9, 7, [1, 1]) }, 2, [1, 3], Activation::Linear);
    check(&Conv2d { padding, stride: [2, 2], ..Conv2d::new(30, 40, [1, 1]) }, 1, [1, 1], Activation::Linear);
}

/// Any convolution of a picture of this size.
fn any_conv() -> impl Strategy<Value = (Conv2d, [usize; 2])> {
    let padding = prop_oneof![
        Just(Padding::Valid),
        Just(Padding::Same),
        [0usize..3, 0usize..3, 0usize..3, 0usize..3].prop_map(Padding::Explicit),
    ];
    let window = ([1usize..5, 1usize..5], [1usize..4, 1usize..4], [1usize..3, 1usize..3], padding);
    ([1usize..12, 1usize..12], window, 1usize..4, 1usize..5, 1usize..20).prop_filter_map(
        "the window fits",
        |(size, (kernel, stride, dilation, padding), groups, inner, filters)| {
            let (in_channels, out_channels) = (groups * inner, groups * filters);
            let conv = Conv2d { in_channels, out_channels, kernel, stride, padding, dilation, groups };
            conv.output_size(size).iter().all(|pixels| *pixels > 0).then_some((conv, size))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_geometry((conv, size) in any_conv(), batch in 1usize..4) {
        check(&conv, batch, size, Activation::Linear);
    }

    #[test]
    fn every_geometry_with_pooling(
        (conv, size) in any_conv(),
        batch in 1usize..4,
        window in [1usize..4, 1usize..4],
        stride in [1usize..4, 1usize..4],
        padding in prop_oneof![Just(Padding::Valid), Just(Padding::Same)],
        activation in prop_oneof![Just(Activation::Linear), Just(Activation::Relu), Just(Activation::Tanh)],
    ) {
        check_pooled(&conv, &Pool2d { window, stride, padding }, batch, size, activation);
    }
}

/// Filters that are multiplied in Winograd's transform domain: against the sums as written, forward and both gradients.
#[test]
fn fewer_multiplications_give_the_same_sums() {
    let relu = Activation::Relu;
    check(&Conv2d::new(16, 16, [3, 3]), 3, [11, 14], Activation::Linear);
    check(&Conv2d { padding: Padding::Same, ..Conv2d::new(16, 24, [3, 3]) }, 2, [9, 8], Activation::Tanh);
    check(&Conv2d::new(20, 35, [5, 5]), 2, [10, 9], Activation::Linear);
    check(&Conv2d { padding: Padding::Same, ..Conv2d::new(17, 16, [5, 5]) }, 1, [7, 9], Activation::Sigmoid);
    check_pooled(&Conv2d::new(32, 40, [3, 3]), &Pool2d::new([2, 2]), 5, [31, 30], relu);
    check_pooled(&Conv2d::new(32, 32, [5, 5]), &Pool2d::new([2, 2]), 9, [60, 60], relu);
    let overlapping = Pool2d { window: [3, 3], stride: [2, 2], padding: Padding::Same };
    let same = Conv2d { padding: Padding::Same, ..Conv2d::new(48, 16, [3, 3]) };
    check_pooled(&same, &overlapping, 2, [61, 75], Activation::Tanh);
}

/// Poolings that leave rows and columns out, behind filters in Winograd's transform domain: every height near the sizes of its tiles.
#[test]
fn every_height_below_a_pooling() {
    for height in 5..=41 {
        for window in 2..=4 {
            check_pooled(&Conv2d::new(16, 16, [3, 3]), &Pool2d::new([window; 2]), 2, [height, 9], Activation::Relu);
        }
    }
}

/// The second convolution of Keras's "Simple MNIST convnet" sees 13 × 13, makes 11 × 11, and its pooling leaves a row out.
#[test]
fn the_first_network_of_every_course() {
    check_pooled(&Conv2d::new(32, 64, [3, 3]), &Pool2d::new([2, 2]), 32, [13, 13], Activation::Relu);
}

#[test]
fn a_pooling_that_fits_nowhere() {
    let wide = Pool2d { stride: [1, 1], ..Pool2d::new([1, 3]) };
    check_pooled(&Conv2d::new(16, 16, [5, 5]), &wide, 1, [17, 6], Activation::Linear);
}

#[test]
fn an_odd_convolution_below_a_pooling() {
    for side in [29, 25] {
        check_pooled(&Conv2d::new(32, 16, [3, 3]), &Pool2d::new([2, 2]), 16, [side, side], Activation::Linear);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_pooling_behind_filters_in_the_transform_domain(
        size in [5usize..44, 5usize..44],
        channels in [prop_oneof![Just(16), Just(17), Just(24), Just(32)], prop_oneof![Just(16), Just(20), Just(32), Just(40)]],
        kernel in prop_oneof![Just(3), Just(5)],
        batch in 1usize..5,
        window in [1usize..5, 1usize..5],
        stride in [1usize..5, 1usize..5],
        paddings in [prop_oneof![Just(Padding::Valid), Just(Padding::Same)], prop_oneof![Just(Padding::Valid), Just(Padding::Same)]],
        // not tanh: where it is 1 to the last digit, windows tie that do not before it
        activation in prop_oneof![Just(Activation::Linear), Just(Activation::Relu), Just(Activation::LeakyRelu(0.3))],
    ) {
        let conv = Conv2d { padding: paddings[0], ..Conv2d::new(channels[0], channels[1], [kernel; 2]) };
        check_pooled(&conv, &Pool2d { window, stride, padding: paddings[1] }, batch, size, activation);
    }
}

/// What broke down upstream must be seen downstream, also without vector instructions.
#[test]
fn a_number_that_is_none_stays_none() {
    let conv = Conv2d::new(1, 3, [2, 2]);
    for activation in [Activation::Linear, Activation::Relu, Activation::Sigmoid] {
        let mut y = [0.0; 3];
        let x = [1.0, f32::NAN, 1.0, 1.0];
        conv.forward(
            &mut Scratch::new(),
            ConvOperands {
                batch: 1,
                size: [2, 2],
                input: &x,
                weight: &[0.5; 12],
                activation,
                ..ConvOperands::default()
            },
            &mut y,
            None,
        );
        assert!(y.iter().all(|y| y.is_nan()), "{activation:?}: {y:?}");
        let mut y = [0.0; 2];
        BatchNorm::new(2).forward_inference(
            NormOperands { input: &[f32::NAN; 2], gamma: &[1.0; 2], beta: &[0.0; 2], activation },
            RunningMoments { mean: &[0.0; 2], variance: &[1.0; 2] },
            &mut y,
        );
        assert!(y.iter().all(|y| y.is_nan()), "{activation:?}: {y:?}");
    }
}
