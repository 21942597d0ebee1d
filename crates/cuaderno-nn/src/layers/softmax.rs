//! Softmax: `y_i = exp(x_i) / Σ exp(x_j)` over the values of an example, `[n]` to `[n]`.

use super::{Backward, Forward, Head, Operation};
use crate::stack::mismatch::need_row;
use crate::{Layer, Stack};
use cuaderno_ops::{softmax_backward, softmax_forward};

impl Stack {
    /// Class scores become probabilities that sum to 1: `[n]` to `[n]`. As the last layer it may be left out: training works
    /// from the scores either way.
    #[track_caller]
    pub const fn softmax(self) -> Self {
        if need_row(&self, "softmax") == 1 && !self.lenient {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                " (softmax): of a single value softmax makes 1.0, whatever it is; use `sigmoid`, or dense(2) before it"
            );
        }
        let shape = self.output();
        self.push(Layer::Softmax, shape, 0, 0)
    }
}

#[derive(Debug)]
pub(super) struct Softmax {
    pub classes: usize,
}

impl Operation for Softmax {
    fn forward(&self, run: Forward) {
        softmax_forward(self.classes, run.input, run.output);
    }

    fn backward(&self, run: Backward) {
        softmax_backward(self.classes, run.output, run.d_output);
    }

    fn works_in_place(&self) -> bool {
        true
    }

    fn head(&self) -> Head {
        Head::Softmax
    }
}
