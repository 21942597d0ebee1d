//! Fully connected: `y = activation(x W + b)`, `[inputs]` to `[units]`.

use super::{Backward, Follower, Forward, Init, Operation, Parameter};
use crate::stack::mismatch::need_row;
use crate::{Layer, Shape, Stack};
use cuaderno_ops::{Activation, DenseOperands};
use std::sync::Arc;

/// A fully connected layer as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Dense {
    /// Values of the output.
    pub units: usize,
    /// Whether a bias is added.
    pub bias: bool,
}

impl Stack {
    /// Fully connected: `[n]` to `[units]`. Option: `no_bias()`.
    #[track_caller]
    pub const fn dense(mut self, units: usize) -> Self {
        let inputs = need_row(&self, "dense");
        if !self.lenient && units == 0 {
            const_panic::concat_panic!("layer ", self.len + 1, " (dense) has 0 units; use 1 or more");
        }
        let bias = self.take_bias();
        let trainable = inputs * units + if bias { units } else { 0 };
        self.push(Layer::Dense(Dense { units, bias }), Shape::Features(units), trainable, 0)
    }
}

impl Dense {
    pub(super) fn operation(&self, input: Shape) -> Arc<dyn Operation> {
        let sizes = cuaderno_ops::Dense::new(input.len(), self.units);
        Arc::new(FullyConnected { sizes, bias: self.bias, activation: Activation::Linear })
    }
}

/// A fully connected layer with the activation behind it.
#[derive(Clone, Debug)]
struct FullyConnected {
    sizes: cuaderno_ops::Dense,
    bias: bool,
    activation: Activation,
}

impl Operation for FullyConnected {
    fn parameters(&self) -> Vec<Parameter> {
        let cuaderno_ops::Dense { inputs, outputs } = self.sizes;
        let init = Init::Glorot { fan_in: inputs, fan_out: outputs };
        let kernel = Parameter::trained("kernel", &[inputs, outputs], init);
        let bias = self.bias.then(|| Parameter::trained("bias", &[outputs], Init::Zeros));
        [kernel].into_iter().chain(bias).collect()
    }

    fn forward(&self, run: Forward) {
        let (bias, activation) = (run.some_bias(), self.activation);
        let operands = DenseOperands { batch: run.batch, input: run.input, weight: run.weight, bias, activation };
        self.sizes.forward(run.scratch, operands, run.output);
    }

    fn backward(&self, run: Backward) {
        let Backward { batch, input, output, values, scratch, d_output, gradients, .. } = run;
        let operands = DenseOperands { batch, input, weight: values.weight, bias: None, activation: self.activation };
        self.sizes.backward(scratch, operands, output, d_output, gradients);
    }

    /// An activation; a normalization of its outputs, whose factors go into the weights.
    fn joined(&self, next: &Follower) -> Option<Arc<dyn Operation>> {
        if self.activation != Activation::Linear {
            return None;
        }
        match next {
            Follower::Activation(activation) => Some(Arc::new(Self { activation: *activation, ..self.clone() })),
            Follower::Affine { factors, activation, .. } if factors.len() == self.sizes.outputs => {
                Some(Arc::new(Self { bias: true, activation: *activation, ..self.clone() }))
            }
            _ => None,
        }
    }
}
