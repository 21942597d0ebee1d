//! Models on dfdx tensors: gradients through dfdx's tape, its losses and its optimizers.

use cuaderno_nn::dfdx::optim::{Adam, Sgd};
use cuaderno_nn::dfdx::prelude::*;
use cuaderno_nn::{Rescaling, cnn};

cnn! { Everything: [2, 9, 9] => [
    zero_pad(1), conv2d(4, 3).stride(2), tanh,
    conv2d(4, 3).same().groups(2), batch_norm, leaky_relu.slope(0.1),
    residual(conv2d(4, 3).same().dilation(2), sigmoid; conv2d(4, 1).no_bias()),
    max_pool(2).stride(1), avg_pool(2), relu6,
    flatten, dense(6), tanh, dense(3), softmax,
] }

cnn! { Oblong: [2, 7, 9] => [
    conv2d(4, 2).width(3).same(), tanh, max_pool(1).width(2), conv2d(3, 3).width(1).strides(2, 1), sigmoid,
    avg_pool(2).width(3).strides(1, 2), flatten, dense(2),
] }

cnn! { FeatureMaps: [2, 6, 6] => [conv2d(3, 3), tanh, batch_norm] }
cnn! { Nested: [2, 6, 6] => [model(FeatureMaps), global_avg_pool, dense(2)] }

const RESCALING: Rescaling = Rescaling { factors: [0.5, 2.0, 1.5], offsets: [0.1, 0.2, -0.3], reversed: true };
cnn! { Rescaled: [3, 4, 4] => [rescale(RESCALING), conv2d(4, 2), tanh, global_max_pool, dense(2)] }

/// A smooth function of the index, so that nothing depends on a random generator.
fn wave(len: usize, phase: f32) -> Vec<f32> {
    (0..len).map(|i| (i as f32 * 0.37 + phase).sin()).collect()
}

/// Compares the tape's gradients with `(f(x + h) - f(x - h)) / 2h`, where f is `Σ c y` in training or in prediction.
macro_rules! check_gradients {
    ($model:ty, $input:ty, $method:ident) => {{
        let device = Cpu::default();
        let model = <$model>::new(3);
        let x: Tensor<$input, f32, Cpu> =
            device.tensor_from_vec(wave(<$input>::default().num_elements(), 0.0), Default::default());
        let value = |model: &$model, x: &Tensor<$input, f32, Cpu>| -> f64 {
            let y = model.clone().$method(x.clone()).as_vec();
            y.iter().zip(wave(y.len(), 1.0)).map(|(y, c)| f64::from(*y) * f64::from(c)).sum()
        };
        #[allow(unused_mut)] // `forward` needs no change
        let mut traced = model.clone();
        let y = traced.$method(x.leaky_trace());
        let c = device.tensor_from_vec(wave(y.shape().num_elements(), 1.0), *y.shape());
        let gradients = (y * c).sum().backward();

        let h = 3e-3f32;
        let close = |what: &str, at: usize, tape: f32, numeric: f64| {
            let error = (f64::from(tape) - numeric).abs();
            assert!(error < 2e-2 * (1.0 + numeric.abs()), "{what} {at}: tape {tape}, differences {numeric}");
        };
        let dx = gradients.get(&x).as_vec();
        for at in (0..dx.len()).step_by(7) {
            let moved = |by: f32| {
                let mut values = x.as_vec();
                values[at] += by;
                value(&model, &device.tensor_from_vec(values, Default::default()))
            };
            close("input", at, dx[at], (moved(h) - moved(-h)) / f64::from(2.0 * h));
        }
        let dw = gradients.get(traced.tensor::<{ <$model>::TRAINABLE }>()).as_vec();
        for at in (0..dw.len()).step_by(5) {
            let moved = |by: f32| {
                let mut model = model.clone();
                let mut weights = model.tensor::<{ <$model>::TRAINABLE }>().as_vec();
                weights[at] += by;
                model.tensor_mut::<{ <$model>::TRAINABLE }>().copy_from(&weights);
                value(&model, &x)
            };
            close("weight", at, dw[at], (moved(h) - moved(-h)) / f64::from(2.0 * h));
        }
    }};
}

#[test]
fn gradients_match_finite_differences() {
    check_gradients!(Everything, Rank4<4, 2, 9, 9>, forward_mut);
    check_gradients!(Everything, Rank4<4, 2, 9, 9>, forward);
    check_gradients!(Oblong, Rank4<3, 2, 7, 9>, forward_mut);
    check_gradients!(FeatureMaps, Rank4<3, 2, 6, 6>, forward_mut);
    check_gradients!(Nested, Rank4<3, 2, 6, 6>, forward_mut);
    check_gradients!(Nested, Rank4<3, 2, 6, 6>, forward);
    check_gradients!(Rescaled, Rank4<3, 3, 4, 4>, forward_mut);
}

#[test]
fn shapes_are_in_the_types() {
    let device = Cpu::default();
    let images: Tensor<Rank4<5, 2, 6, 6>, f32, Cpu> = device.zeros();
    let maps: Tensor<Rank4<5, 3, 4, 4>, f32, Cpu> = FeatureMaps::new(1).forward(images.clone());
    assert_eq!(maps.shape().concrete(), [5, 3, 4, 4]);
    let scores: Tensor<Rank2<5, 2>, f32, Cpu> = Nested::new(1).forward(images);
    assert_eq!(scores.shape().concrete(), [5, 2]);
    // Worked out by hand: 7x9, 7x4 pooled, (7 - 3) / 2 + 1 = 3 by 4, (3 - 2) + 1 = 2 by (4 - 3) / 2 + 1 = 1.
    assert_eq!(Oblong::SHAPES[4].size(), [3, 4]);
    assert_eq!(Oblong::SHAPES[5], cuaderno_nn::Shape::image([3, 2, 1]));
    assert_eq!(Oblong::PARAMETERS, (2 * 3 * 2 + 1) * 4 + (3 * 4 + 1) * 3 + (6 + 1) * 2);
    let last: Tensor<(usize, Const<2>, Const<6>, Const<6>), f32, Cpu> = device.zeros_like(&(3, Const, Const, Const));
    let scores: Tensor<(usize, Const<2>), f32, Cpu> = Nested::new(1).forward(last);
    assert_eq!(scores.shape().concrete(), [3, 2]);
}

#[test]
fn a_hand_written_dfdx_loop_learns() {
    let device = Cpu::default();
    let mut model = Nested::new(5);
    let mut adam = Adam::new(&model, AdamConfig { lr: 1e-2, ..Default::default() });
    let mut gradients = model.alloc_grads();
    // Class 1: the first channel is bright.
    let images: Vec<f32> = (0..16)
        .flat_map(|i| (0..72).map(move |p| if i % 2 == 1 && p < 36 { 1.0 } else { ((i * 72 + p) as f32).sin() * 0.3 }))
        .collect();
    let images: Tensor<Rank4<16, 2, 6, 6>, f32, Cpu> = device.tensor_from_vec(images, Default::default());
    let labels = (0..16).flat_map(|i| if i % 2 == 1 { [0.0, 1.0] } else { [1.0, 0.0] }).collect();
    let labels: Tensor<Rank2<16, 2>, f32, Cpu> = device.tensor_from_vec(labels, Default::default());
    let mut losses = Vec::new();
    for _ in 0..60 {
        let scores = model.forward_mut(images.trace(gradients));
        let loss = cross_entropy_with_logits_loss(scores, labels.clone());
        losses.push(loss.array());
        gradients = loss.backward();
        adam.update(&mut model, &gradients).unwrap();
        model.zero_grads(&mut gradients);
    }
    assert!(losses[59] < 0.2 * losses[0], "{losses:?}");
    assert_ne!(model.current_weights(), Nested::new(5).current_weights());
}

cnn! { Conv: [2, 6, 6] => [conv2d(3, 3)] }
cnn! { Norm: [3, 4, 4] => [batch_norm] }
cnn! { Pool: [3, 4, 4] => [max_pool(2)] }

#[test]
fn layers_work_one_by_one_between_dfdx_operations() {
    let device = Cpu::default();
    let (mut conv, mut norm, pool) = (Conv::new(1), Norm::new(1), Pool::new(1));
    let mut linear = device.build_module::<builders::Linear<12, 2>, f32>();
    let images: Tensor<Rank4<4, 2, 6, 6>, f32, Cpu> = device.tensor_from_vec(wave(288, 0.0), Default::default());
    let mut losses = Vec::new();
    let mut optimizers = (
        Sgd::new(&conv, SgdConfig { lr: 0.1, ..Default::default() }),
        Sgd::new(&norm, SgdConfig { lr: 0.1, ..Default::default() }),
        Sgd::new(&linear, SgdConfig { lr: 0.1, ..Default::default() }),
    );
    let targets: Tensor<Rank2<4, 2>, f32, Cpu> = device.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]);
    for _ in 0..30 {
        let maps: Tensor<Rank4<4, 3, 4, 4>, f32, Cpu, _> =
            norm.forward_mut(conv.forward_mut(images.leaky_trace()).tanh());
        let pooled: Tensor<Rank4<4, 3, 2, 2>, f32, Cpu, _> = pool.forward(maps);
        let scores = linear.forward_mut(pooled.reshape::<Rank2<4, 12>>());
        let loss = cross_entropy_with_logits_loss(scores, targets.clone());
        losses.push(loss.array());
        let gradients = loss.backward();
        optimizers.0.update(&mut conv, &gradients).unwrap();
        optimizers.1.update(&mut norm, &gradients).unwrap();
        optimizers.2.update(&mut linear, &gradients).unwrap();
    }
    assert!(losses[29] < 0.5 * losses[0], "{losses:?}");
    assert_ne!(conv.current_weights(), Conv::new(1).current_weights());
}

#[test]
fn models_compose_with_dfdx_modules() {
    let device = Cpu::default();
    let mut both = (FeatureMaps::new(2), device.build_module::<builders::Sigmoid, f32>());
    let images: Tensor<Rank4<2, 2, 6, 6>, f32, Cpu> = device.ones();
    let maps: Tensor<Rank4<2, 3, 4, 4>, f32, Cpu> = both.forward(images.clone());
    assert!(maps.as_vec().iter().all(|x| (0.0..1.0).contains(x)));
    let mut sgd = Sgd::new(&both, SgdConfig { lr: 0.1, ..Default::default() });
    let before = both.0.current_weights();
    let gradients = both.forward_mut(images.leaky_trace()).mean().backward();
    sgd.update(&mut both, &gradients).unwrap();
    assert_ne!(before, both.0.current_weights());
}
