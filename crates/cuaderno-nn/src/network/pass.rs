//! What one batch leaves behind on its way through the network.

use super::graph::{Graph, Node, Slot};
use crate::layers::Kept;
use cuaderno_ops::Scratch;

/// Values of one batch between the layers, kept for the way back. Reused from step to step: after the first one, a training
/// step allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    pub batch: usize,
    /// Whether this was a training pass: dropout was active.
    pub training: bool,
    /// One buffer per slot; its first [`Graph::slot_len`] values count.
    pub values: Vec<Vec<f32>>,
    /// For each node what its way back looks at, besides values.
    pub kept: Vec<Kept>,
    /// Seeds the dropout masks of this step.
    pub dropout_key: u64,
}

/// The mask of each dropout layer is its own.
pub(crate) fn dropout_key(step_key: u64, node: usize) -> u64 {
    step_key.wrapping_add((node as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Buffers that outlive one step.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub scratch: Scratch,
    free: Vec<Vec<f32>>,
}

impl Memory {
    /// A buffer of at least `len` values of unspecified content. It is never made shorter: to make it longer again would fill it
    /// with zeros, step after step, on one thread.
    pub fn take(&mut self, len: usize) -> Vec<f32> {
        let fitting = self.free.iter().enumerate().filter(|(_, b)| b.len() >= len).min_by_key(|(_, b)| b.len());
        let mut buffer = match fitting {
            Some((index, _)) => self.free.swap_remove(index),
            None => self.free.pop().unwrap_or_default(),
        };
        if buffer.len() < len {
            buffer.resize(len, 0.0);
        }
        buffer
    }

    /// Gives a buffer back for later use.
    pub fn give(&mut self, buffer: Vec<f32>) {
        self.free.push(buffer);
    }
}

impl Pass {
    pub fn new(graph: &Graph) -> Self {
        Self {
            values: vec![Vec::new(); graph.slots.len()],
            kept: graph.nodes.iter().map(|_| Kept::default()).collect(),
            ..Self::default()
        }
    }

    /// The key of a node's dropout mask, in training.
    pub fn dropout_key_of(&self, node: usize) -> Option<u64> {
        self.training.then(|| dropout_key(self.dropout_key, node))
    }

    /// Values of a slot.
    pub fn slot(&self, graph: &Graph, slot: Slot) -> &[f32] {
        &self.values[slot][..graph.slot_len(slot, self.batch)]
    }

    /// The first layer whose output, parameters or gradient are not finite.
    pub fn first_not_finite<'p>(&self, graph: &'p Graph, weights: &[f32], gradient: &[f32]) -> &'p str {
        if !all_finite(self.slot(graph, 0)) {
            return "the input";
        }
        let whole = |node: &Node, values: &[f32]| {
            all_finite(&values[node.weight.clone()]) && all_finite(&values[node.bias.clone()])
        };
        // A final softmax or sigmoid is part of the loss and has not run.
        let ran = &graph.nodes[..graph.logits_end];
        // Of frozen layers nothing is left.
        let broken = |node: &&Node| {
            let values = &self.values[node.output];
            !whole(node, weights) || (!values.is_empty() && !all_finite(self.slot(graph, node.output)))
        };
        let value = ran.iter().find(broken);
        let found = value.or_else(|| ran.iter().rev().find(|node| !whole(node, gradient)));
        found.map_or("the loss", |node| &node.label)
    }

    /// The trained layer that enlarges its input the most, and its largest output.
    pub fn steepest<'p>(&self, graph: &'p Graph) -> (&'p str, f32) {
        let growth = |node: &Node| {
            let (input, output) = (largest(self.slot(graph, node.input)), largest(self.slot(graph, node.output)));
            (output / input.max(f32::MIN_POSITIVE), output)
        };
        // Of frozen layers nothing is left.
        let left = |node: &&Node| !self.values[node.input].is_empty() && !self.values[node.output].is_empty();
        let ran = graph.nodes[..graph.logits_end].iter().filter(left).map(|node| (&node.label, growth(node)));
        let steepest = ran.max_by(|a, b| a.1.0.total_cmp(&b.1.0));
        steepest.map_or(("the input", 0.0), |(label, (_, output))| (label, output))
    }
}

impl Graph {
    /// The first layer with a parameter or running statistic that is not finite.
    pub fn first_broken(&self, weights: &[f32], state: &[f32]) -> Option<&str> {
        let whole = |node: &&Node| {
            [&weights[node.weight.clone()], &weights[node.bias.clone()], &state[node.state.clone()]].map(all_finite)
                == [true; 3]
        };
        self.nodes.iter().find(|node| !whole(node)).map(|node| node.label.as_str())
    }
}

/// The largest value regardless of sign.
fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |largest, x| x.abs().max(largest))
}

/// Whether no value is infinite or NaN. The largest exponent tells, and a maximum of integers is quick to take.
pub(crate) fn all_finite(values: &[f32]) -> bool {
    values.iter().map(|x| x.to_bits() & 0x7fff_ffff).max().unwrap_or(0) < 0x7f80_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_not_filled_again() {
        let mut memory = Memory::default();
        let mut buffer = memory.take(10);
        buffer.fill(7.0);
        memory.give(buffer);
        let short = memory.take(3);
        memory.give(short);
        let long = memory.take(10);
        assert_eq!(long[..10], [7.0; 10]);
        assert!(memory.take(20).len() >= 20);
    }
}
