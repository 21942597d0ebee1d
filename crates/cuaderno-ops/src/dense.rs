//! Fully connected layer.

use crate::micro_kernel::{
    DEPTH, Panels, Row, Segment, Taps, TransposedProduct, WindowProduct, add_products, multiply,
};
use crate::parallel::{PARTS, for_each_chunk};
use crate::scratch::with_block;
use crate::sizes::product;
use crate::{Activation, Gradients, Scratch, activation_backward, column_sums};

/// `y = activation(x W + b)`: `x` is `[batch, inputs]`, `W` is `[inputs, outputs]` (Keras's layout), `y` is `[batch, outputs]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    /// Values per example coming in.
    pub inputs: usize,
    /// Values per example going out.
    pub outputs: usize,
}

/// What a fully connected layer works on, forward and back.
#[derive(Clone, Copy, Debug, Default)]
pub struct DenseOperands<'a> {
    /// How many examples.
    pub batch: usize,
    /// `[batch, inputs]`
    pub input: &'a [f32],
    /// `[inputs, outputs]`
    pub weight: &'a [f32],
    /// One value per output; the way back does not look at it.
    pub bias: Option<&'a [f32]>,
    /// Applied to the result.
    pub activation: Activation,
}

/// The most examples, and the fewest, that a task multiplies: they share what they read of the weights.
const MOST_ROWS: usize = 60;
const FEWEST_ROWS: usize = 12;

/// Rows of the weights whose gradient a task computes, and examples that it is summed over at a time.
const INPUTS: usize = 240;
const EXAMPLES: usize = 256;

impl Dense {
    /// A layer of this size.
    pub const fn new(inputs: usize, outputs: usize) -> Self {
        Self { inputs, outputs }
    }

    /// Number of weights.
    ///
    /// # Panics
    /// If it exceeds `usize`.
    pub const fn weight_len(&self) -> usize {
        product(&[self.inputs, self.outputs])
    }

    /// Computes `output`, bias and activation included.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn forward(&self, scratch: &mut Scratch, operands: DenseOperands, output: &mut [f32]) {
        let DenseOperands { batch, input, weight, bias, activation } = operands;
        self.check(batch, input.len(), weight.len(), output.len());
        assert!(bias.is_none_or(|b| b.len() == self.outputs), "dense: one bias per output");
        let panels = Panels::new(self.inputs, self.outputs);
        let packed = scratch.take(panels.len());
        panels.pack(packed, |k, first, target| {
            let start = k * self.outputs + first;
            target.copy_from_slice(&weight[start..start + target.len()]);
        });
        let floor = if activation == Activation::Relu { 0.0 } else { f32::NEG_INFINITY };
        self.multiply(batch, panels, packed, input, bias, floor, output, |rows| {
            if activation != Activation::Relu {
                activation.apply(rows);
            }
        });
    }

    /// Computes the gradients asked for.
    ///
    /// `operands` and `output` are those of [`forward`](Self::forward); `d_output` is the gradient with respect to it and
    /// is overwritten (by the gradient before the activation).
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn backward(
        &self,
        scratch: &mut Scratch,
        operands: DenseOperands,
        output: &[f32],
        d_output: &mut [f32],
        gradients: Gradients,
    ) {
        let DenseOperands { batch, input, weight, activation, .. } = operands;
        self.check(batch, input.len(), weight.len(), output.len());
        assert_eq!(output.len(), d_output.len(), "dense: one gradient per output value");
        activation_backward(activation, output, d_output);
        let d_output = &*d_output;
        if let Some(d_bias) = gradients.bias {
            assert_eq!(d_bias.len(), self.outputs, "dense: one gradient per bias");
            column_sums(scratch, d_output, d_bias);
        }
        if let Some(d_weight) = gradients.weight {
            assert_eq!(d_weight.len(), self.weight_len(), "dense: one gradient per weight");
            self.weight_gradient(scratch, batch, input, d_output, d_weight);
        }
        if let Some(d_input) = gradients.input {
            assert_eq!(d_input.len(), product(&[batch, self.inputs]), "dense: one gradient per input value");
            let panels = Panels::new(self.outputs, self.inputs);
            let packed = scratch.take(panels.len());
            panels.pack_transposed(weight, self.outputs, packed);
            self.multiply(batch, panels, packed, d_output, None, f32::NEG_INFINITY, d_input, |_| ());
        }
    }

    /// Rows of `input` times a packed matrix, plus bias, at least `floor`; `finish` is called for rows that are done.
    #[allow(clippy::too_many_arguments)] // forward and backward share it
    fn multiply(
        &self,
        batch: usize,
        panels: Panels,
        packed: &[f32],
        input: &[f32],
        bias: Option<&[f32]>,
        floor: f32,
        output: &mut [f32],
        finish: impl Fn(&mut [f32]) + Sync + Send,
    ) {
        let Panels { depth, columns, .. } = panels;
        let segments: Vec<Segment> =
            (0..depth).step_by(DEPTH).map(|k| Segment { a: k, b: k, len: DEPTH.min(depth - k) }).collect();
        let rows = batch.div_ceil(PARTS).next_multiple_of(FEWEST_ROWS).clamp(FEWEST_ROWS, MOST_ROWS);
        for_each_chunk(output, rows * columns, batch * self.weight_len(), |index, out| {
            let pixels = out.len() / columns;
            let input = &input[index * rows * depth..][..pixels * depth];
            // several are copied, since rows that lie a large power of two apart contend for the same place in a cache
            let step = if pixels > 1 { depth.next_multiple_of(16) + 16 } else { depth };
            with_block(if pixels > 1 { pixels * step } else { 0 }, |block| {
                for (to, from) in block.chunks_exact_mut(step.max(1)).zip(input.chunks_exact(depth.max(1))) {
                    to[..depth].copy_from_slice(from);
                }
                multiply(WindowProduct {
                    image: if pixels > 1 { block } else { input },
                    pixel_step: step,
                    panels: packed,
                    depth,
                    at_a_time: DEPTH,
                    columns,
                    segments: &segments,
                    rows: &[Row { segments: 0..segments.len(), pixels, out: 0 }],
                    bias,
                    floor,
                    out: &mut *out,
                    out_step: columns,
                });
            });
            finish(out);
        });
    }

    /// `dW = xᵀ dy`
    fn weight_gradient(
        &self,
        scratch: &mut Scratch,
        batch: usize,
        input: &[f32],
        d_output: &[f32],
        d_weight: &mut [f32],
    ) {
        let panels = Panels::new(batch, self.outputs);
        let packed = scratch.take(panels.len());
        panels.pack(packed, |n, first, target| {
            let start = n * self.outputs + first;
            target.copy_from_slice(&d_output[start..start + target.len()]);
        });
        let packed = &*packed;
        for_each_chunk(d_weight, INPUTS * self.outputs, batch * self.weight_len(), |index, out| {
            out.fill(0.0);
            let (start, count) = (index * INPUTS, out.len() / self.outputs);
            // a copy, since examples that lie a large power of two apart contend for the same place in a cache
            let step = count.next_multiple_of(16) + 16;
            with_block(batch * step, |block| {
                for (n, row) in block.chunks_exact_mut(step).enumerate() {
                    row[..count].copy_from_slice(&input[n * self.inputs + start..][..count]);
                }
                for (first, columns, gradient) in panels.each(packed) {
                    for n in (0..batch).step_by(EXAMPLES) {
                        add_products(TransposedProduct {
                            image: block,
                            pixel_step: step,
                            gradient,
                            columns,
                            segments: &[Segment { a: n * step, b: n, len: EXAMPLES.min(batch - n) }],
                            taps: &[Taps { segments: 0..1, count, out: 0 }],
                            out: &mut out[first..],
                            out_step: self.outputs,
                        });
                    }
                }
            });
        });
    }

    fn check(&self, batch: usize, input: usize, weight: usize, output: usize) {
        assert_eq!(input, product(&[batch, self.inputs]), "dense: input length");
        assert_eq!(weight, self.weight_len(), "dense: weight length");
        assert_eq!(output, product(&[batch, self.outputs]), "dense: output length");
    }
}
