//! From the gradient of the output to those of the parameters and the input.

use super::forward::dropout_key;
use super::pass::{Memory, Pass};
use super::plan::{Node, Op, Plan, Slot};
use crate::layer::Rescaling;
use cuaderno_ops::{Dropout, Gradients, activation_backward, add, global_average_backward, softmax_backward};

/// Where gradients go.
pub(crate) struct Sink<'a> {
    /// One value per trainable parameter, overwritten; frozen layers' values stay untouched.
    pub weights: &'a mut [f32],
    /// Nodes from this one on are trained; gradients stop before it unless the input's is wanted.
    pub trained_from: usize,
    /// Running statistics, for normalizations that used them.
    pub state: &'a [f32],
    /// Whether the gradient with respect to the network's input is needed.
    pub input: bool,
}

impl Plan {
    /// Runs nodes `0..end` backwards from `d_output`, the gradient with respect to the output of node `end - 1`.
    /// Returns the gradient with respect to the input if wanted.
    pub fn backward(
        &self,
        weights: &[f32],
        end: usize,
        d_output: Vec<f32>,
        pass: &mut Pass,
        memory: &mut Memory,
        sink: Sink,
    ) -> Option<Vec<f32>> {
        let mut slots: Vec<Option<Vec<f32>>> = vec![None; self.slots.len()];
        slots[if end == 0 { 0 } else { self.nodes[end - 1].output }] = Some(d_output);
        let first = sink.trained_from.min(end);
        for (index, node) in self.nodes[..end].iter().enumerate().rev() {
            if index < first && !sink.input {
                break;
            }
            let Some(mut d_output) = slots[node.output].take() else { continue };
            let trained = index >= first;
            let reaches_trained = self.nodes[first.min(index)..index].iter().any(|n| !n.weight.is_empty());
            let wants_input = sink.input || reaches_trained;
            if let Op::Add { other } = node.op {
                let mut copy = memory.take(d_output.len());
                copy.copy_from_slice(&d_output);
                accumulate(&mut slots, other, copy, memory);
                accumulate(&mut slots, node.input, d_output, memory);
                continue;
            }
            if let Op::Activation | Op::Softmax { .. } | Op::Dropout { .. } = node.op {
                self.in_place(node, index, pass, &mut d_output);
                accumulate(&mut slots, node.input, d_output, memory);
                continue;
            }
            let mut d_input = wants_input.then(|| memory.take(self.slot_len(node.input, pass.batch)));
            let gradient = trained.then_some(&mut *sink.weights);
            self.run_back(
                node,
                index,
                weights,
                pass,
                memory,
                &mut d_output,
                d_input.as_deref_mut(),
                gradient,
                sink.state,
            );
            memory.give(d_output);
            if let Some(d_input) = d_input {
                accumulate(&mut slots, node.input, d_input, memory);
            }
        }
        let input = slots[0].take();
        slots.into_iter().flatten().for_each(|buffer| memory.give(buffer));
        input
    }

    /// Operations whose gradient takes the place of the one that came in.
    fn in_place(&self, node: &Node, index: usize, pass: &Pass, gradient: &mut [f32]) {
        let output = pass.slot(self, node.output);
        match &node.op {
            Op::Activation => activation_backward(node.activation, output, gradient),
            Op::Softmax { classes } => softmax_backward(*classes, output, gradient),
            Op::Dropout { rate } if pass.training => {
                Dropout { rate: *rate }.apply(dropout_key(pass.dropout_key, index), gradient);
            }
            _ => {}
        }
    }

    #[allow(clippy::too_many_arguments)] // everything an operation may touch
    fn run_back(
        &self,
        node: &Node,
        index: usize,
        weights: &[f32],
        pass: &Pass,
        memory: &mut Memory,
        d_output: &mut [f32],
        d_input: Option<&mut [f32]>,
        gradient: Option<&mut [f32]>,
        state: &[f32],
    ) {
        let batch = pass.batch;
        let (input, output) = (pass.slot(self, node.input), pass.slot(self, node.output));
        let weight = &weights[node.weight.clone()];
        // Bias follows its kernel, β its γ.
        let (d_weight, d_bias) = match gradient {
            Some(gradient) => {
                let both = &mut gradient[node.weight.start..node.weight.end.max(node.bias.end)];
                let (d_weight, d_bias) = both.split_at_mut(node.weight.len());
                (Some(d_weight), (!d_bias.is_empty()).then_some(d_bias))
            }
            None => (None, None),
        };
        let scratch = &mut memory.scratch;
        match &node.op {
            Op::Conv2d(conv, size, pool) => {
                let gradients = Gradients { input: d_input, weight: d_weight, bias: d_bias };
                let (activation, winners) = (node.activation, &pass.winners[index]);
                match pool {
                    None => {
                        conv.backward(scratch, batch, *size, input, weight, output, activation, d_output, gradients)
                    }
                    Some(pool) => conv.backward_max_pool(
                        scratch, batch, *size, input, weight, output, activation, pool, winners, d_output, gradients,
                    ),
                }
            }
            Op::Dense(dense) => {
                let gradients = Gradients { input: d_input, weight: d_weight, bias: d_bias };
                dense.backward(scratch, batch, input, weight, output, node.activation, d_output, gradients);
            }
            Op::BatchNorm(norm) => {
                let (statistics, activation) = (&pass.statistics[index], node.activation);
                // A frozen layer's own gradients are taken and dropped: on the way to an input's gradient only.
                let mut dropped = (Vec::new(), Vec::new());
                let (d_gamma, d_beta) = d_weight.zip(d_bias).unwrap_or_else(|| {
                    dropped = (vec![0.0; norm.channels], vec![0.0; norm.channels]);
                    (&mut dropped.0, &mut dropped.1)
                });
                if statistics.mean.is_empty() {
                    let (mean, variance) = state[node.state.clone()].split_at(norm.channels);
                    norm.backward_inference(
                        scratch, input, weight, mean, variance, output, activation, d_output, d_input, d_gamma, d_beta,
                    );
                } else {
                    norm.backward(
                        scratch, input, weight, statistics, output, activation, d_output, d_input, d_gamma, d_beta,
                    );
                }
            }
            Op::MaxPool(pool, size, channels) => {
                if let Some(d_input) = d_input {
                    pool.max_backward(batch, *size, *channels, &pass.winners[index], d_output, d_input);
                }
            }
            Op::AveragePool(pool, size, channels) => {
                if let Some(d_input) = d_input {
                    pool.average_backward(batch, *size, *channels, d_output, d_input);
                }
            }
            Op::GlobalAveragePool { pixels, channels } => {
                if let Some(d_input) = d_input {
                    global_average_backward(batch, *pixels, *channels, d_output, d_input);
                }
            }
            Op::ZeroPad(pad, size, channels) => {
                if let Some(d_input) = d_input {
                    pad.backward(batch, *size, *channels, d_output, d_input);
                }
            }
            Op::Rescale(Rescaling { factors, reversed, .. }) => {
                if let Some(d_input) = d_input {
                    for (dx, dy) in d_input.as_chunks_mut::<3>().0.iter_mut().zip(d_output.as_chunks::<3>().0) {
                        *dx = std::array::from_fn(|c| dy[c] * factors[c]);
                        if *reversed {
                            dx.reverse();
                        }
                    }
                }
            }
            Op::Activation | Op::Softmax { .. } | Op::Dropout { .. } | Op::Add { .. } => {
                unreachable!("these pass their gradient on without computing a new one")
            }
        }
    }
}

/// A slot read twice gets both gradients.
fn accumulate(slots: &mut [Option<Vec<f32>>], slot: Slot, gradient: Vec<f32>, memory: &mut Memory) {
    match &mut slots[slot] {
        Some(sum) => {
            add(sum, &gradient);
            memory.give(gradient);
        }
        empty => *empty = Some(gradient),
    }
}
