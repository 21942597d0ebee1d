use crate::differences::values;
use cuaderno_ops::*;

/// `run(batch, inputs)` for all examples, and for the last one alone.
fn check(name: &str, batch: usize, len: usize, run: impl Fn(usize, &[f32]) -> Vec<f32>) {
    let x = values(1, batch * len);
    let all = run(batch, &x);
    for n in [0, 1, batch - 1] {
        let one = run(1, &x[n * len..][..len]);
        assert!(all[n * one.len()..][..one.len()] == one, "{name}: example {n}");
    }
}

/// Nor do they depend on where a task begins.
#[test]
fn pictures_through_convolutions() {
    let same = Padding::Same;
    for (conv, size) in [
        (Conv2d::new(32, 32, [3, 3]), [11, 10]),
        (Conv2d { padding: same, ..Conv2d::new(32, 48, [5, 5]) }, [40, 50]),
        (Conv2d { padding: same, stride: [2, 2], ..Conv2d::new(96, 20, [3, 3]) }, [40, 41]),
        (Conv2d { padding: same, ..Conv2d::new(40, 12, [3, 3]) }, [61, 60]),
        (Conv2d { padding: same, groups: 24, ..Conv2d::new(24, 24, [3, 3]) }, [20, 20]),
        (Conv2d::new(200, 30, [1, 1]), [9, 9]),
    ] {
        let w = values(2, conv.weight_len());
        let len = conv.input_len(1, size);
        check(&format!("{conv:?}"), 18, len, |batch, x| {
            let mut y = vec![0.0; conv.output_len(batch, size)];
            conv.forward(
                &mut Scratch::new(),
                ConvOperands { batch, size, input: x, weight: &w, ..ConvOperands::default() },
                &mut y,
                None,
            );
            y
        });
        let pool = Pool2d { window: [3, 3], stride: [2, 2], padding: Padding::Valid };
        check(&format!("pooled {conv:?}"), 18, len, |batch, x| {
            let mut y = vec![0.0; pool.output_len(batch, conv.output_size(size), conv.out_channels)];
            conv.forward(
                &mut Scratch::new(),
                ConvOperands {
                    batch,
                    size,
                    input: x,
                    weight: &w,
                    activation: Activation::Relu,
                    pool: Some(pool),
                    ..ConvOperands::default()
                },
                &mut y,
                None,
            );
            y
        });
    }
}

#[test]
fn examples_through_dense_layers() {
    for dense in [Dense::new(700, 1), Dense::new(700, 10), Dense::new(3000, 33), Dense::new(64, 100)] {
        let w = values(2, dense.weight_len());
        check(&format!("{dense:?}"), 65, dense.inputs, |batch, x| {
            let mut y = vec![0.0; batch * dense.outputs];
            dense.forward(
                &mut Scratch::new(),
                DenseOperands { batch, input: x, weight: &w, ..DenseOperands::default() },
                &mut y,
            );
            y
        });
        check(&format!("{dense:?}, input gradient"), 65, dense.outputs, |batch, d_y| {
            let (x, y) = (vec![0.0; batch * dense.inputs], vec![0.0; batch * dense.outputs]);
            let mut d_x = x.clone();
            let gradients = Gradients { input: Some(&mut d_x), ..Default::default() };
            dense.backward(
                &mut Scratch::new(),
                DenseOperands { batch, input: &x, weight: &w, ..DenseOperands::default() },
                &y,
                &mut d_y.to_vec(),
                gradients,
            );
            d_x
        });
    }
}
