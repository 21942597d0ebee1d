//! From the gradient of the output to those of the parameters and the input.

use super::graph::{Graph, Node, Slot};
use super::pass::{Memory, Pass};
use crate::layers::Backward;
use cuaderno_ops::{Gradients, add};

/// Where gradients go.
pub(crate) struct GradientBuffers<'a> {
    /// One value per trainable parameter, overwritten; frozen layers' values stay untouched.
    pub weights: &'a mut [f32],
    /// Nodes from this one on are trained; gradients stop before it unless the input's is wanted.
    pub trained_from: usize,
    /// Running statistics, for normalizations that used them.
    pub state: &'a [f32],
    /// Whether the gradient with respect to the network's input is needed.
    pub input: bool,
}

impl Graph {
    /// Runs nodes `0..end` backwards from `d_output`, the gradient with respect to the output of node `end - 1`.
    /// Returns the gradient with respect to the input if wanted. Of both, as of values in a [`Pass`], the first
    /// [`slot_len`](Self::slot_len) values count.
    pub fn backward(
        &self,
        weights: &[f32],
        end: usize,
        d_output: Vec<f32>,
        pass: &Pass,
        memory: &mut Memory,
        buffers: GradientBuffers,
    ) -> Option<Vec<f32>> {
        let wanted = buffers.input.then_some(0);
        self.backward_to(wanted, weights, end, d_output, pass, memory, buffers)
    }

    /// The gradient with respect to the values of a slot, of one pass as in prediction; parameters get none. `d_output` is the one
    /// with respect to the output of node `end - 1`. None if the output does not depend on the slot.
    pub fn gradient_at(
        &self,
        slot: Slot,
        (weights, state): (&[f32], &[f32]),
        end: usize,
        d_output: Vec<f32>,
        pass: &Pass,
    ) -> Option<Vec<f32>> {
        let buffers = GradientBuffers { weights: &mut [], trained_from: end, state, input: true };
        let gradient = self.backward_to(Some(slot), weights, end, d_output, pass, &mut Memory::default(), buffers);
        gradient.map(|mut gradient| {
            gradient.truncate(self.slot_len(slot, pass.batch));
            gradient
        })
    }

    #[expect(clippy::too_many_arguments, reason = "those of `backward`, and how far to go")]
    fn backward_to(
        &self,
        wanted: Option<Slot>,
        weights: &[f32],
        end: usize,
        d_output: Vec<f32>,
        pass: &Pass,
        memory: &mut Memory,
        buffers: GradientBuffers,
    ) -> Option<Vec<f32>> {
        let len = |slot| self.slot_len(slot, pass.batch);
        let mut slots: Vec<Option<Vec<f32>>> = vec![None; self.slots.len()];
        slots[if end == 0 { 0 } else { self.nodes[end - 1].output }] = Some(d_output);
        let first = buffers.trained_from.min(end);
        for (index, node) in self.nodes[..end].iter().enumerate().rev() {
            // Who reads a slot comes behind who writes it, so its gradient is complete here.
            if (index < first && wanted.is_none()) || wanted == Some(node.output) {
                break;
            }
            let Some(mut d_output) = slots[node.output].take() else { continue };
            let in_place = node.operation.works_in_place();
            let reaches_trained = self.nodes[first.min(index)..index].iter().any(|n| !n.weight.is_empty());
            let wants_input = !in_place && (wanted.is_some() || reaches_trained);
            let mut d_input = wants_input.then(|| memory.take(len(node.input)));
            let (d_weight, d_bias) = parameters(node, &mut *buffers.weights, index >= first);
            node.operation.backward(Backward {
                batch: pass.batch,
                input: pass.slot(self, node.input),
                output: pass.slot(self, node.output),
                values: node.values(weights, buffers.state),
                dropout_key: pass.dropout_key_of(index),
                kept: &pass.kept[index],
                scratch: &mut memory.scratch,
                d_output: &mut d_output[..len(node.output)],
                gradients: Gradients {
                    input: d_input.as_mut().map(|d_input| &mut d_input[..len(node.input)]),
                    weight: d_weight,
                    bias: d_bias,
                },
            });
            if let Some(other) = node.other {
                let mut copy = memory.take(len(other));
                copy[..len(other)].copy_from_slice(&d_output[..len(other)]);
                accumulate(&mut slots[other], copy, len(other), memory);
            }
            if in_place {
                accumulate(&mut slots[node.input], d_output, len(node.input), memory);
                continue;
            }
            memory.give(d_output);
            if let Some(d_input) = d_input {
                accumulate(&mut slots[node.input], d_input, len(node.input), memory);
            }
        }
        let found = wanted.and_then(|slot| slots[slot].take());
        slots.into_iter().flatten().for_each(|buffer| memory.give(buffer));
        found
    }
}

/// Where the gradients of a node's weight and bias go; nowhere if it is not trained or has none.
fn parameters<'a>(
    node: &Node,
    gradient: &'a mut [f32],
    trained: bool,
) -> (Option<&'a mut [f32]>, Option<&'a mut [f32]>) {
    if !trained || node.weight.is_empty() {
        return (None, None);
    }
    // The bias lies behind its weight.
    let both = &mut gradient[node.weight.start..node.weight.end.max(node.bias.end)];
    let (d_weight, d_bias) = both.split_at_mut(node.weight.len());
    (Some(d_weight), (!d_bias.is_empty()).then_some(d_bias))
}

/// A slot read twice gets both gradients, of `len` values.
fn accumulate(slot: &mut Option<Vec<f32>>, gradient: Vec<f32>, len: usize, memory: &mut Memory) {
    match slot {
        Some(sum) => {
            add(&mut sum[..len], &gradient[..len]);
            memory.give(gradient);
        }
        empty => *empty = Some(gradient),
    }
}
