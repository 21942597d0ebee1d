//! What one batch leaves behind on its way through the network.

use super::plan::{Node, Plan, Slot};
use cuaderno_ops::{BatchStatistics, Scratch};

/// Values of one batch between the layers, kept for the way back. Reused from step to step: after the first one, a training
/// step allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    pub batch: usize,
    /// Whether this was a training pass: dropout was active.
    pub training: bool,
    /// One buffer per slot; its first [`Plan::slot_len`] values count.
    pub values: Vec<Vec<f32>>,
    /// For each node that is a max pooling: the winners.
    pub winners: Vec<Vec<u16>>,
    /// For each node that is a batch normalization: the batch's moments; empty where running ones were used.
    pub statistics: Vec<BatchStatistics>,
    /// Seeds the dropout masks of this step.
    pub dropout_key: u64,
}

/// Buffers that outlive one step.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub scratch: Scratch,
    free: Vec<Vec<f32>>,
}

impl Memory {
    /// A buffer of `len` values of unspecified content.
    pub fn take(&mut self, len: usize) -> Vec<f32> {
        let fitting =
            self.free.iter().enumerate().filter(|(_, b)| b.capacity() >= len).min_by_key(|(_, b)| b.capacity());
        let mut buffer = match fitting {
            Some((index, _)) => self.free.swap_remove(index),
            None => self.free.pop().unwrap_or_default(),
        };
        buffer.resize(len, 0.0);
        buffer
    }

    /// Gives a buffer back for later use.
    pub fn give(&mut self, buffer: Vec<f32>) {
        self.free.push(buffer);
    }
}

impl Pass {
    pub fn new(plan: &Plan) -> Self {
        Self {
            values: vec![Vec::new(); plan.slots.len()],
            winners: vec![Vec::new(); plan.nodes.len()],
            statistics: plan.nodes.iter().map(|_| BatchStatistics::default()).collect(),
            ..Self::default()
        }
    }

    /// Values of a slot.
    pub fn slot(&self, plan: &Plan, slot: Slot) -> &[f32] {
        &self.values[slot][..plan.slot_len(slot, self.batch)]
    }

    /// The first layer whose output, parameters or gradient are not finite.
    pub fn first_not_finite<'p>(&self, plan: &'p Plan, weights: &[f32], gradient: &[f32]) -> &'p str {
        if !all_finite(self.slot(plan, 0)) {
            return "the input";
        }
        let whole = |node: &Node, values: &[f32]| {
            all_finite(&values[node.weight.clone()]) && all_finite(&values[node.bias.clone()])
        };
        // A final softmax or sigmoid is part of the loss and has not run.
        let ran = &plan.nodes[..plan.logits_end];
        // Of frozen layers nothing is left.
        let broken = |node: &&Node| {
            let values = &self.values[node.output];
            !whole(node, weights) || (!values.is_empty() && !all_finite(self.slot(plan, node.output)))
        };
        let value = ran.iter().find(broken);
        let found = value.or_else(|| ran.iter().rev().find(|node| !whole(node, gradient)));
        found.map_or("the loss", |node| &node.label)
    }

    /// The trained layer that enlarges its input the most, and its largest output.
    pub fn steepest<'p>(&self, plan: &'p Plan) -> (&'p str, f32) {
        let growth = |node: &Node| {
            let (input, output) = (largest(self.slot(plan, node.input)), largest(self.slot(plan, node.output)));
            (output / input.max(f32::MIN_POSITIVE), output)
        };
        // Of frozen layers nothing is left.
        let left = |node: &&Node| !self.values[node.input].is_empty() && !self.values[node.output].is_empty();
        let ran = plan.nodes[..plan.logits_end].iter().filter(left).map(|node| (&node.label, growth(node)));
        let steepest = ran.max_by(|a, b| a.1.0.total_cmp(&b.1.0));
        steepest.map_or(("the input", 0.0), |(label, (_, output))| (label, output))
    }
}

impl Plan {
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
