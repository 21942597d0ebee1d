//! Fully connected layer.

use crate::matmul::{Matrix, matmul};
use crate::parallel::for_each_chunk;
use crate::{Activation, Gradients, Scratch, activation_backward, add_bias, column_sums};

/// `y = activation(x W + b)`: `x` is `[batch, inputs]`, `W` is `[inputs, outputs]` (Keras's layout), `y` is `[batch, outputs]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    /// Values per example coming in.
    pub inputs: usize,
    /// Values per example going out.
    pub outputs: usize,
}

/// Examples one task handles, whatever the number of threads.
const ROWS: usize = 64;

impl Dense {
    /// A layer of this size.
    pub const fn new(inputs: usize, outputs: usize) -> Self {
        Self { inputs, outputs }
    }

    /// Number of weights.
    pub const fn weight_len(&self) -> usize {
        self.inputs * self.outputs
    }

    /// Computes `output`, bias and activation included.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    #[allow(clippy::too_many_arguments)] // a layer has this many operands
    pub fn forward(
        &self,
        _scratch: &mut Scratch,
        batch: usize,
        input: &[f32],
        weight: &[f32],
        bias: Option<&[f32]>,
        activation: Activation,
        output: &mut [f32],
    ) {
        self.check(batch, input.len(), weight.len(), output.len());
        assert!(bias.is_none_or(|b| b.len() == self.outputs), "dense: one bias per output");
        for_each_chunk(output, ROWS * self.outputs, batch * self.weight_len(), |index, rows| {
            let count = rows.len() / self.outputs;
            let input = &input[index * ROWS * self.inputs..];
            matmul(
                Matrix::new(input, count, self.inputs, self.inputs),
                Matrix::new(weight, self.inputs, self.outputs, self.outputs),
                rows,
                self.outputs,
                false,
            );
            add_bias(rows, bias);
            activation.apply(rows);
        });
    }

    /// Computes the gradients asked for.
    ///
    /// `output` and `activation` are those of [`forward`](Self::forward); `d_output` is the gradient with respect to it and
    /// is overwritten (by the gradient before the activation).
    ///
    /// # Panics
    /// If a slice's length does not fit.
    #[allow(clippy::too_many_arguments)] // a layer has this many operands
    pub fn backward(
        &self,
        scratch: &mut Scratch,
        batch: usize,
        input: &[f32],
        weight: &[f32],
        output: &[f32],
        activation: Activation,
        d_output: &mut [f32],
        gradients: Gradients,
    ) {
        self.check(batch, input.len(), weight.len(), output.len());
        assert_eq!(output.len(), d_output.len(), "dense: one gradient per output value");
        activation_backward(activation, output, d_output);
        let d_output = &*d_output;
        let cost = batch * self.weight_len();
        if let Some(d_bias) = gradients.bias {
            assert_eq!(d_bias.len(), self.outputs, "dense: one gradient per bias");
            column_sums(scratch, d_output, d_bias);
        }
        if let Some(d_weight) = gradients.weight {
            assert_eq!(d_weight.len(), self.weight_len(), "dense: one gradient per weight");
            for_each_chunk(d_weight, 4 * ROWS * self.outputs, cost, |index, rows| {
                let count = rows.len() / self.outputs;
                let columns = &input[(index * 4 * ROWS).min(input.len())..];
                matmul(
                    Matrix::new(columns, batch, count, self.inputs).transposed(),
                    Matrix::new(d_output, batch, self.outputs, self.outputs),
                    rows,
                    self.outputs,
                    false,
                );
                if batch == 0 {
                    rows.fill(0.0);
                }
            });
        }
        if let Some(d_input) = gradients.input {
            assert_eq!(d_input.len(), batch * self.inputs, "dense: one gradient per input value");
            for_each_chunk(d_input, ROWS * self.inputs, cost, |index, rows| {
                let count = rows.len() / self.inputs;
                matmul(
                    Matrix::new(&d_output[index * ROWS * self.outputs..], count, self.outputs, self.outputs),
                    Matrix::new(weight, self.inputs, self.outputs, self.outputs).transposed(),
                    rows,
                    self.inputs,
                    false,
                );
            });
        }
    }

    fn check(&self, batch: usize, input: usize, weight: usize, output: usize) {
        assert_eq!(input, batch * self.inputs, "dense: input length");
        assert_eq!(weight, self.weight_len(), "dense: weight length");
        assert_eq!(output, batch * self.outputs, "dense: output length");
    }
}
