//! From input to output.

use super::graph::{Graph, Node};
use super::pass::{Memory, Pass};
use crate::layers::{Forward, Statistics};

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

impl Mode<'_> {
    fn statistics(&mut self, node: &Node, index: usize) -> Statistics<'_> {
        match self {
            Self::Train { state, statistics_from } => {
                let state = &mut state[node.state.clone()];
                if index >= *statistics_from { Statistics::Moving(state) } else { Statistics::Fixed(state) }
            }
            Self::Infer(state) => Statistics::Fixed(&state[node.state.clone()]),
        }
    }
}

impl Graph {
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
            let reused = std::mem::take(&mut pass.values[node.output]);
            let mut output = if reused.is_empty() && !keep { memory.take(len) } else { reused };
            if output.len() < len {
                output.resize(len, 0.0);
            }
            let dropout_key = pass.dropout_key_of(index);
            let Pass { batch, values, kept, .. } = &mut *pass;
            let read = |slot| &values[slot][..self.slot_len(slot, *batch)];
            node.operation.forward(Forward {
                batch: *batch,
                input: read(node.input),
                other: node.other.map(read),
                weight: &weights[node.weight.clone()],
                bias: &weights[node.bias.clone()],
                statistics: mode.statistics(node, index),
                dropout_key,
                keep,
                kept: &mut kept[index],
                scratch: &mut memory.scratch,
                output: &mut output[..len],
            });
            pass.values[node.output] = output;
            if !keep {
                self.release(index, pass, memory);
            }
        }
    }

    /// Gives back the slots that node `index` was the last to read.
    fn release(&self, index: usize, pass: &mut Pass, memory: &mut Memory) {
        for slot in 1..self.nodes[index].output {
            let is_held = !pass.values[slot].is_empty() && slot != self.logits;
            if is_held && !self.nodes[index + 1..].iter().any(|node| node.reads(slot)) {
                memory.give(std::mem::take(&mut pass.values[slot]));
            }
        }
    }
}
