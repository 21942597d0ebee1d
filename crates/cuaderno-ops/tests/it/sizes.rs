//! Sizes that multiply to more than memory holds: `2⁶³ · 2` is 0 where nobody looks, and a slice of nothing would be long enough.

use crate::differences::values;
use cuaderno_ops::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn must_panic(name: &str, work: impl FnOnce()) {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let result = catch_unwind(AssertUnwindSafe(work));
    std::panic::set_hook(hook);
    assert!(result.is_err(), "{name} accepts sizes that wrap");
}

const HALF: usize = 1 << 63;

#[test]
fn dense_layers_refuse_sizes_that_wrap() {
    let scratch = &mut Scratch::new();
    let dense = Dense::new(HALF, 2);
    must_panic("forward", || {
        dense.forward(
            scratch,
            DenseOperands { batch: 2, input: &[], weight: &[], ..DenseOperands::default() },
            &mut [0.0; 4],
        )
    });
    must_panic("backward", || {
        dense.backward(
            scratch,
            DenseOperands { batch: 2, input: &[], weight: &[], ..DenseOperands::default() },
            &[0.0; 4],
            &mut [0.0; 4],
            Gradients::default(),
        );
    });
    let dense = Dense::new(2, HALF);
    must_panic("forward", || {
        dense.forward(
            scratch,
            DenseOperands { batch: 2, input: &[0.0; 4], weight: &[], ..DenseOperands::default() },
            &mut [],
        )
    });
}

#[test]
fn convolutions_refuse_sizes_that_wrap() {
    let scratch = &mut Scratch::new();
    let wide = Conv2d::new(HALF, 2, [1, 1]);
    let tall = Conv2d::new(1, 1, [HALF, 2]);
    let spread = Conv2d { dilation: [HALF, 1], ..Conv2d::new(1, 1, [3, 1]) };
    let padded = Conv2d { padding: Padding::Explicit([usize::MAX, 1, 0, 0]), ..Conv2d::new(1, 1, [1, 1]) };
    for (conv, size) in [(wide, [2, 1]), (tall, [2, 2]), (spread, [1, 1]), (padded, [1, 1])] {
        must_panic(&format!("{conv:?}"), || {
            conv.forward(
                scratch,
                ConvOperands { batch: 1, size, input: &[], weight: &[], ..ConvOperands::default() },
                &mut [],
                None,
            );
        });
    }
    for conv in [Conv2d::new(1, 1, [0, 1]), Conv2d { dilation: [0, 1], ..Conv2d::new(1, 1, [2, 1]) }] {
        must_panic(&format!("{conv:?}"), || {
            conv.forward(
                scratch,
                ConvOperands { batch: 1, size: [3, 1], input: &[0.0; 3], weight: &[], ..ConvOperands::default() },
                &mut [0.0; 3],
                None,
            );
        });
    }
}

#[test]
fn poolings_refuse_sizes_that_wrap() {
    let pool = Pool2d::new([1, 1]);
    must_panic("max", || pool.max_forward(2, [HALF, 1], 1, &[], &mut [], None));
    must_panic("average", || pool.average_forward(2, [HALF, 1], 1, &[], &mut []));
    must_panic("a window", || Pool2d::new([HALF, 2]).max_forward(1, [1, 1], 1, &[0.0], &mut [], None));
    must_panic("global average", || global_average_forward(2, HALF, 1, &[], &mut [0.0; 2]));
    must_panic("zeros", || ZeroPad2d { padding: [HALF, HALF, 0, 0] }.forward(1, [1, 1], 1, &[0.0], &mut [0.0]));
    must_panic("layout", || nhwc_to_nchw(2, HALF, 1, &[], &mut []));
}

/// No product of them is too large, and still there is nothing to read.
#[test]
fn slices_of_another_length_are_refused() {
    let scratch = &mut Scratch::new();
    let (x, w) = (values(1, 12), values(2, 6));
    let dense = Dense::new(3, 2);
    must_panic("input", || {
        dense.forward(
            scratch,
            DenseOperands { batch: 4, input: &x[1..], weight: &w, ..DenseOperands::default() },
            &mut [0.0; 8],
        )
    });
    must_panic("weight", || {
        dense.forward(
            scratch,
            DenseOperands { batch: 4, input: &x, weight: &w[1..], ..DenseOperands::default() },
            &mut [0.0; 8],
        )
    });
    must_panic("output", || {
        dense.forward(
            scratch,
            DenseOperands { batch: 4, input: &x, weight: &w, ..DenseOperands::default() },
            &mut [0.0; 7],
        )
    });
    must_panic("bias", || {
        dense.forward(
            scratch,
            DenseOperands { batch: 4, input: &x, weight: &w, bias: Some(&[0.0]), ..DenseOperands::default() },
            &mut [0.0; 8],
        )
    });
}
