//! From input to output.

use super::pass::{Memory, Pass};
use super::plan::{Node, Op, Plan};
use crate::layer::Rescaling;
use cuaderno_ops::{
    BatchNorm, BatchStatistics, Dropout, activation_forward, add, global_average_forward, softmax_forward,
};
use rayon::prelude::*;

/// How batch normalization and dropout behave.
pub(crate) enum Mode<'a> {
    /// With the batch's statistics, which also move the running ones; with dropout. Normalizations before node
    /// `statistics_from` behave as in prediction.
    Train {
        /// Running statistics.
        state: &'a mut [f32],
        /// First node that normalizes by the batch.
        statistics_from: usize,
    },
    /// With the running statistics; without dropout.
    Infer(&'a [f32]),
}

impl Plan {
    /// Runs nodes `0..end` on the input in slot 0.
    ///
    /// From node `keep_from` on every slot keeps its values, for the way back; before it a slot's memory is reused as soon as
    /// nothing reads it any more.
    pub fn forward(
        &self,
        weights: &[f32],
        mut mode: Mode,
        keep_from: usize,
        end: usize,
        pass: &mut Pass,
        memory: &mut Memory,
    ) {
        pass.training = matches!(mode, Mode::Train { .. });
        for (index, node) in self.nodes[..end].iter().enumerate() {
            let len = self.slot_len(node.output, pass.batch);
            let keep = index >= keep_from;
            let kept = std::mem::take(&mut pass.values[node.output]);
            let mut output = if kept.is_empty() && !keep { memory.take(len) } else { kept };
            if output.len() < len {
                output.resize(len, 0.0);
            }
            self.run(node, index, weights, &mut mode, keep, pass, memory, &mut output[..len]);
            pass.values[node.output] = output;
            if !keep {
                self.release(index, pass, memory);
            }
        }
    }

    #[allow(clippy::too_many_arguments)] // everything an operation may touch
    fn run(
        &self,
        node: &Node,
        index: usize,
        weights: &[f32],
        mode: &mut Mode,
        keep: bool,
        pass: &mut Pass,
        memory: &mut Memory,
        output: &mut [f32],
    ) {
        let Pass { batch, values, winners, statistics, dropout_key: key, .. } = pass;
        let batch = *batch;
        let input = &values[node.input][..self.slot_len(node.input, batch)];
        let weight = &weights[node.weight.clone()];
        let bias = &weights[node.bias.clone()];
        let some_bias = (!bias.is_empty()).then_some(bias);
        let scratch = &mut memory.scratch;
        match &node.op {
            Op::Conv2d(conv, size, None) => {
                conv.forward(scratch, batch, *size, input, weight, some_bias, node.activation, output);
            }
            Op::Conv2d(conv, size, Some(pool)) => {
                let winners = kept_winners(keep, &mut winners[index], output.len());
                let activation = node.activation;
                conv.forward_max_pool(
                    scratch, batch, *size, input, weight, some_bias, activation, pool, output, winners,
                );
            }
            Op::Dense(dense) => dense.forward(scratch, batch, input, weight, some_bias, node.activation, output),
            Op::BatchNorm(norm) => match mode {
                Mode::Train { state, statistics_from } if index >= *statistics_from => {
                    let (mean, variance) = state[node.state.clone()].split_at_mut(norm.channels);
                    let statistics = &mut statistics[index];
                    norm.forward_train(
                        scratch,
                        input,
                        weight,
                        bias,
                        node.activation,
                        mean,
                        variance,
                        statistics,
                        output,
                    );
                }
                Mode::Train { state, .. } => {
                    infer_norm(node, norm, state, input, [weight, bias], &mut statistics[index], output)
                }
                Mode::Infer(state) => {
                    infer_norm(node, norm, state, input, [weight, bias], &mut statistics[index], output)
                }
            },
            Op::MaxPool(pool, size, channels) => {
                let winners = kept_winners(keep, &mut winners[index], output.len());
                pool.max_forward(batch, *size, *channels, input, output, winners);
            }
            Op::AveragePool(pool, size, channels) => pool.average_forward(batch, *size, *channels, input, output),
            Op::GlobalAveragePool { pixels, channels } => {
                global_average_forward(batch, *pixels, *channels, input, output);
            }
            Op::Rescale(rescaling) => rescale(rescaling, input, output),
            Op::Activation => activation_forward(node.activation, input, output),
            Op::Softmax { classes } => softmax_forward(*classes, input, output),
            Op::Dropout { rate } => {
                output.copy_from_slice(input);
                if let Mode::Train { .. } = mode {
                    Dropout { rate: *rate }.apply(dropout_key(*key, index), output);
                }
            }
            Op::ZeroPad(pad, size, channels) => pad.forward(batch, *size, *channels, input, output),
            Op::Add { other } => {
                output.copy_from_slice(input);
                add(output, &values[*other][..output.len()]);
            }
        }
    }

    /// Gives back the slots that node `index` was the last to read.
    fn release(&self, index: usize, pass: &mut Pass, memory: &mut Memory) {
        let reads = |node: &Node, slot| node.input == slot || matches!(node.op, Op::Add { other } if other == slot);
        for slot in 1..self.nodes[index].output {
            let later = self.nodes[index + 1..].iter().any(|node| reads(node, slot));
            if !later && slot != self.logits && !pass.values[slot].is_empty() {
                memory.give(std::mem::take(&mut pass.values[slot]));
            }
        }
    }
}

/// Each pixel's three numbers scaled and shifted, perhaps in the opposite order.
fn rescale(rescaling: &Rescaling, input: &[f32], output: &mut [f32]) {
    const PIXELS: usize = 1 << 14;
    let Rescaling { factors, offsets, reversed } = *rescaling;
    let pixel = |(out, values): (&mut [f32; 3], &[f32; 3])| {
        let [x, y, z] = *values;
        let values = if reversed { [z, y, x] } else { [x, y, z] };
        *out = std::array::from_fn(|c| values[c] * factors[c] + offsets[c]);
    };
    let (outputs, inputs) = (output.as_chunks_mut().0, input.as_chunks().0);
    let parts = outputs.par_chunks_mut(PIXELS).zip(inputs.par_chunks(PIXELS));
    parts.for_each(|(out, values)| out.iter_mut().zip(values).for_each(pixel));
}

/// Room for the winners of a max pooling, if the way back will ask for them.
fn kept_winners(keep: bool, winners: &mut Vec<u16>, len: usize) -> Option<&mut [u16]> {
    keep.then(|| {
        winners.resize(len, 0);
        &mut winners[..]
    })
}

/// The mask of each dropout layer is its own.
pub(crate) fn dropout_key(step_key: u64, node: usize) -> u64 {
    step_key.wrapping_add((node as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Normalizes with the running statistics.
fn infer_norm(
    node: &Node,
    norm: &BatchNorm,
    state: &[f32],
    input: &[f32],
    [gamma, beta]: [&[f32]; 2],
    statistics: &mut BatchStatistics,
    output: &mut [f32],
) {
    let (mean, variance) = state[node.state.clone()].split_at(norm.channels);
    // The way back needs what was used here; no batch statistics tell it apart from a training pass.
    statistics.mean.clear();
    norm.forward_inference(input, gamma, beta, node.activation, mean, variance, output);
}
