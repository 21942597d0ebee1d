use crate::differences::values;
use cuaderno_ops::*;

/// One training step of a network with every kind of reduction; returns all results' bits.
fn step() -> Vec<u32> {
    let mut scratch = Scratch::new();
    let (batch, size) = (37, [24, 22]);
    let conv = Conv2d::new(3, 32, [3, 3]);
    let second = Conv2d { padding: Padding::Same, ..Conv2d::new(32, 40, [5, 5]) };
    let pool = Pool2d::new([2, 2]);
    let inner = conv.output_size(size);
    let pooled = pool.output_size(inner);
    let features = pooled[0] * pooled[1] * 40;
    let dense = Dense::new(features, 70);
    let norm = BatchNorm::new(32);

    let x = values(1, conv.input_len(batch, size));
    let (w1, w2, w3) = (values(2, conv.weight_len()), values(3, second.weight_len()), values(4, dense.weight_len()));
    let (ones, zeros) = (vec![1.0; 32], vec![0.0; 32]);
    let mut y1 = vec![0.0; conv.output_len(batch, size)];
    conv.forward(&mut scratch, batch, size, &x, &w1, None, Activation::Relu, &mut y1);
    let (mut mean, mut variance, mut statistics) = (zeros.clone(), ones.clone(), BatchStatistics::default());
    let mut y2 = y1.clone();
    norm.forward_train(
        &mut scratch,
        &y1,
        &ones,
        &zeros,
        Activation::Tanh,
        &mut mean,
        &mut variance,
        &mut statistics,
        &mut y2,
    );
    let mut p = vec![0.0; batch * pooled[0] * pooled[1] * 32];
    let mut winners = vec![0; p.len()];
    pool.max_forward(batch, inner, 32, &y2, &mut p, Some(&mut winners));
    let mut y3 = vec![0.0; batch * features];
    second.forward(&mut scratch, batch, pooled, &p, &w2, None, Activation::Sigmoid, &mut y3);
    Dropout { rate: 0.2 }.apply(99, &mut y3);
    let mut logits = vec![0.0; batch * 70];
    dense.forward(&mut scratch, batch, &y3, &w3, None, Activation::Linear, &mut logits);
    let labels: Vec<usize> = (0..batch).map(|n| n % 70).collect();
    let mut d = vec![0.0; logits.len()];
    let loss = softmax_cross_entropy(70, &logits, Targets::Labels(&labels), None, Some(&mut d));

    let (mut d3, mut g3, mut b3) = (vec![0.0; y3.len()], vec![0.0; w3.len()], vec![0.0; 70]);
    let gradients = Gradients { input: Some(&mut d3), weight: Some(&mut g3), bias: Some(&mut b3) };
    dense.backward(&mut scratch, batch, &y3, &w3, &logits, Activation::Linear, &mut d, gradients);
    let (mut dp, mut g2, mut b2) = (vec![0.0; p.len()], vec![0.0; w2.len()], vec![0.0; 40]);
    let gradients = Gradients { input: Some(&mut dp), weight: Some(&mut g2), bias: Some(&mut b2) };
    second.backward(&mut scratch, batch, pooled, &p, &w2, &y3, Activation::Sigmoid, &mut d3, gradients);
    let (mut d2, mut d1, mut g, mut b) = (vec![0.0; y2.len()], vec![0.0; y1.len()], vec![0.0; 32], vec![0.0; 32]);
    pool.max_backward(batch, inner, 32, &winners, &dp, &mut d2);
    norm.backward(&mut scratch, &y1, &ones, &statistics, &y2, Activation::Tanh, &mut d2, Some(&mut d1), &mut g, &mut b);
    let mut g1 = vec![0.0; w1.len()];
    let gradients = Gradients { weight: Some(&mut g1), ..Default::default() };
    conv.backward(&mut scratch, batch, size, &x, &w1, &y1, Activation::Relu, &mut d1, gradients);
    let norm = sum_of_squares(&g2) as f32;
    [&y1, &y2, &p, &y3, &logits, &g3, &b3, &g2, &b2, &g, &b, &g1, &mean, &variance, &vec![loss, norm]]
        .iter()
        .flat_map(|v| v.iter().map(|x| x.to_bits()))
        .collect()
}

/// What networks also use: convolution and pooling in one, groups, depthwise filters, average pooling, optimizers.
fn more() -> Vec<u32> {
    let mut scratch = Scratch::new();
    let (batch, size, relu) = (37, [24, 22], Activation::Relu);
    let conv = Conv2d::new(3, 24, [3, 3]);
    let (inner, pool) = (conv.output_size(size), Pool2d::new([2, 2]));
    let pooled = pool.output_size(inner);
    let x = values(1, conv.input_len(batch, size));
    let w = values(2, conv.weight_len());
    let mut y = vec![0.0; pool.output_len(batch, inner, 24)];
    let mut winners = vec![0; y.len()];
    conv.forward_max_pool(&mut scratch, batch, size, &x, &w, None, relu, &pool, &mut y, Some(&mut winners));
    let (mut d_x, mut d_w) = (vec![0.0; x.len()], vec![0.0; w.len()]);
    let gradients = Gradients { input: Some(&mut d_x), weight: Some(&mut d_w), bias: None };
    let d_y = values(3, y.len());
    conv.backward_max_pool(&mut scratch, batch, size, &x, &w, &y, relu, &pool, &winners, &d_y, gradients);
    let mut results = vec![y.clone(), d_x, d_w];
    for groups in [24, 4] {
        let conv = Conv2d { groups, padding: Padding::Same, ..Conv2d::new(24, 24, [3, 3]) };
        let w = values(4, conv.weight_len());
        let mut z = vec![0.0; y.len()];
        conv.forward(&mut scratch, batch, pooled, &y, &w, None, Activation::Tanh, &mut z);
        let (mut d_z, mut d_y, mut d_w) = (values(5, z.len()), vec![0.0; y.len()], vec![0.0; w.len()]);
        let gradients = Gradients { input: Some(&mut d_y), weight: Some(&mut d_w), bias: None };
        conv.backward(&mut scratch, batch, pooled, &y, &w, &z, Activation::Tanh, &mut d_z, gradients);
        results.extend([z, d_y, d_w]);
    }
    let mut means = vec![0.0; pool.output_len(batch, pooled, 24)];
    pool.average_forward(batch, pooled, 24, &y, &mut means);
    let (mut gamma, mut beta, mut d) = (vec![0.0; 24], vec![0.0; 24], values(6, y.len()));
    let (mean, variance) = (values(7, 24), vec![0.7; 24]);
    let mut d_y = vec![0.0; y.len()];
    BatchNorm::new(24).backward_inference(
        &mut scratch,
        &y,
        &[1.0; 24],
        &mean,
        &variance,
        &y,
        relu,
        &mut d,
        Some(&mut d_y),
        &mut gamma,
        &mut beta,
    );
    results.extend([means, d_y, gamma, beta]);
    let (gradient, count) = (values(8, 300_000), 300_000);
    for rule in 0..3 {
        let (mut p, [mut a, mut b, mut c]) = (values(9, count), [(); 3].map(|()| vec![0.0; count]));
        match rule {
            0 => Sgd { momentum: 0.9, nesterov: true, ..Sgd::default() }.step(&mut p, &gradient, &mut a),
            1 => RmsProp { momentum: 0.9, centered: true, ..RmsProp::default() }
                .step(&mut p, &gradient, &mut a, &mut b, &mut c),
            _ => Adam::default().step(1, &mut p, &gradient, &mut a, &mut b),
        }
        results.push(p);
    }
    results.iter().flatten().map(|x| x.to_bits()).collect()
}

#[test]
fn the_same_bits_with_1_2_and_4_threads() {
    let all = || [step(), more()].concat();
    let with = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(all);
    let one = with(1);
    assert!(one.iter().all(|bits| f32::from_bits(*bits).is_finite()));
    assert!(one == with(2), "two threads change the result");
    assert!(one == with(4), "four threads change the result");
}
