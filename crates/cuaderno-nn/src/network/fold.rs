//! Operations that prediction can do without: each is merged into the one before it, so that values go to memory and back once.
//!
//! - Batch normalization behind a convolution or dense layer: `γ (w x + b - μ) / σ + β` is a layer with the weights `w γ/σ` and
//!   the bias `(b - μ) γ/σ + β`.
//! - Max pooling behind a convolution, also when a normalization that turns nothing upside down lies between: it then has a
//!   quarter of the values to work on, and the same bits come out.
//! - Dropout, which does nothing.

use super::plan::{Node, Op, Plan, Slot, increasing};
use cuaderno_ops::{Activation, BatchNorm};

impl Plan {
    /// The same computation with fewer operations, and its trainable parameters. The values of slot `wanted` stay available.
    pub fn folded(&self, weights: &[f32], state: &[f32], wanted: Slot) -> (Self, Vec<f32>) {
        let mut folding = Folding { plan: self, weights, state, nodes: Vec::new(), folded: weights.to_vec() };
        let mut slots = self.slots.clone();
        for node in &self.nodes {
            let done = folding.is_private(node.input, wanted)
                && match &node.op {
                    Op::BatchNorm(norm) => folding.normalization(node, norm),
                    Op::MaxPool(..) => folding.pooling(node, &mut slots, wanted),
                    Op::Dropout { .. } => folding.dropout(node),
                    _ => false,
                };
            if !done {
                folding.nodes.push(node.clone());
            }
        }
        let Folding { nodes, folded, .. } = folding;
        let logits_end = nodes.iter().position(|node| node.output == self.logits).map_or(0, |index| index + 1);
        (Self { nodes, slots, tensors: Vec::new(), logits_end, ..*self }, folded)
    }

    /// How many operations read a slot.
    fn readers(&self, slot: Slot) -> usize {
        let reads = |node: &Node| {
            usize::from(node.input == slot) + usize::from(matches!(node.op, Op::Add { other } if other == slot))
        };
        self.nodes.iter().map(reads).sum()
    }
}

struct Folding<'a> {
    plan: &'a Plan,
    weights: &'a [f32],
    state: &'a [f32],
    /// What is left so far.
    nodes: Vec<Node>,
    /// The weights, and new biases behind them.
    folded: Vec<f32>,
}

impl Folding<'_> {
    /// Whether the last operation writes this slot, and only one reads it.
    fn is_private(&self, slot: Slot, wanted: Slot) -> bool {
        let is_last = self.nodes.last().is_some_and(|last| last.output == slot);
        is_last && slot != wanted && self.plan.readers(slot) == 1
    }

    /// Puts a normalization into the layer before it; whether that was possible.
    fn normalization(&mut self, node: &Node, norm: &BatchNorm) -> bool {
        let factors = self.factors(node, norm);
        // Behind a flattened convolution each value has factors of its own, not each filter.
        let fits = |layer: &&mut Node| linear_outputs(layer) == Some(norm.channels);
        let Some(layer) = self.nodes.last_mut().filter(fits) else { return false };
        let beta = &self.weights[node.bias.clone()];
        let mean = &self.state[node.state.clone()][..norm.channels];
        // The filters, or units, are the last axis of a kernel.
        for filters in self.folded[layer.weight.clone()].chunks_exact_mut(norm.channels) {
            filters.iter_mut().zip(&factors).for_each(|(w, factor)| *w *= factor);
        }
        let old = if layer.bias.is_empty() { &[][..] } else { &self.weights[layer.bias.clone()] };
        let start = self.folded.len();
        let bias = |c: usize| (old.get(c).unwrap_or(&0.0) - mean[c]) * factors[c] + beta[c];
        self.folded.extend((0..norm.channels).map(bias));
        layer.bias = start..self.folded.len();
        (layer.activation, layer.output) = (node.activation, node.output);
        true
    }

    /// Puts a pooling into the convolution before it, past a normalization; whether that was possible.
    fn pooling(&mut self, node: &Node, slots: &mut [crate::Shape], wanted: Slot) -> bool {
        let Op::MaxPool(window, ..) = node.op else { return false };
        let (norm, before) = match self.nodes.as_slice() {
            [before @ .., last] if self.keeps_order(last) => (Some(last), before),
            before => (None, before),
        };
        let Some(conv) = before.last() else { return false };
        let (Op::Conv2d(geometry, size, None), true) = (&conv.op, increasing(conv.activation)) else { return false };
        if norm.is_some_and(|norm| {
            norm.input != conv.output || conv.output == wanted || self.plan.readers(conv.output) != 1
        }) {
            return false;
        }
        let op = Op::Conv2d(*geometry, *size, Some(window));
        // What the convolution writes is pooled now; without a normalization it is what the pooling wrote.
        let written = if norm.is_some() { conv.output } else { node.output };
        slots[written] = slots[node.output];
        let conv = before.len() - 1;
        (self.nodes[conv].op, self.nodes[conv].output) = (op, written);
        self.nodes.last_mut().expect("there is a convolution").output = node.output;
        true
    }

    /// Passes over a dropout.
    fn dropout(&mut self, node: &Node) -> bool {
        self.nodes.last_mut().expect("its input is private").output = node.output;
        true
    }

    /// What a normalization multiplies each channel with.
    fn factors(&self, node: &Node, norm: &BatchNorm) -> Vec<f32> {
        let variance = &self.state[node.state.clone()][norm.channels..];
        self.weights[node.weight.clone()].iter().zip(variance).map(|(g, v)| g / (v + norm.epsilon).sqrt()).collect()
    }

    /// Whether an operation is a normalization behind which the larger of two values is the same one as before it.
    fn keeps_order(&self, node: &Node) -> bool {
        match &node.op {
            Op::BatchNorm(norm) => {
                increasing(node.activation) && self.factors(node, norm).iter().all(|factor| *factor >= 0.0)
            }
            _ => false,
        }
    }
}

/// The number of filters or units of an operation that multiplies with weights, and does nothing else.
fn linear_outputs(node: &Node) -> Option<usize> {
    match &node.op {
        _ if node.activation != Activation::Linear => None,
        Op::Conv2d(conv, _, None) => Some(conv.out_channels),
        Op::Dense(dense) => Some(dense.outputs),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::Stack;
    use crate::network::{Memory, Mode, Pass, Plan};
    use models::{Every, Flat};

    #[allow(dead_code, reason = "the macro makes more than a stack")]
    mod models {
        crate::cnn! { Every: [3, 12, 12] => [
            conv2d(8, 3), sigmoid, batch_norm.epsilon(0.01), max_pool(2), dropout(0.2),
            conv2d(8, 3).same(), batch_norm, relu, max_pool(2), dropout(0.5),
            flatten, dense(6), batch_norm, relu, dense(4),
        ] }
        crate::cnn! { Flat: [3, 6, 6] => [conv2d(4, 3), flatten, batch_norm, relu, dense(2)] }
    }

    /// Random weights and running statistics; `scale` multiplies what normalizations multiply with.
    fn numbers(stack: &'static Stack, scale: impl Fn(usize) -> f32) -> (Vec<f32>, Vec<f32>) {
        let plan = Plan::new(stack);
        let noise = |i: usize| ((i * 7919 + 13) % 101) as f32 / 101.0;
        let mut weights: Vec<f32> = (0..stack.trainable()).map(|i| noise(i) - 0.5).collect();
        for tensor in plan.tensors.iter().filter(|tensor| tensor.name.ends_with("gamma")) {
            tensor.range.clone().for_each(|i| weights[i] = (0.5 + noise(i)) * scale(i));
        }
        let state =
            (0..plan.nodes.iter().map(|node| node.state.end).max().unwrap_or(0)).map(|i| 0.2 + noise(i)).collect();
        (weights, state)
    }

    fn run(plan: &Plan, weights: &[f32], state: &[f32]) -> Vec<f32> {
        let mut pass = Pass::new(plan);
        pass.batch = 2;
        pass.values[0] = (0..plan.slot_len(0, 2)).map(|i| (i * 31 % 97) as f32 / 97.0).collect();
        plan.forward(weights, Mode::Infer(state), usize::MAX, plan.nodes.len(), &mut pass, &mut Memory::default());
        pass.slot(plan, plan.logits).to_vec()
    }

    #[track_caller]
    fn check(stack: &'static Stack, scale: impl Fn(usize) -> f32, operations: usize) {
        let (weights, state) = numbers(stack, scale);
        let reference = run(&Plan::unpooled(stack), &weights, &state);
        let plan = Plan::new(stack);
        let (folded, folded_weights) = plan.folded(&weights, &state, plan.logits);
        assert_eq!(folded.nodes.len(), operations);
        for (a, b) in run(&folded, &folded_weights, &state).iter().zip(&reference) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }

    #[test]
    fn fewer_operations_give_the_same_values() {
        check(Every::STACK, |_| 1.0, 5);
    }

    #[test]
    fn a_normalization_that_turns_values_upside_down_stays_before_its_pooling() {
        check(Every::STACK, |i| if i % 3 == 0 { -1.0 } else { 1.0 }, 6);
    }

    #[test]
    fn a_normalization_of_flattened_pictures_stays() {
        check(Flat::STACK, |_| 1.0, 3);
    }

    #[test]
    fn what_is_asked_for_stays() {
        let (weights, state) = numbers(Every::STACK, |_| 1.0);
        let plan = Plan::unpooled(Every::STACK);
        let reference = {
            let mut pass = Pass::new(&plan);
            pass.batch = 1;
            pass.values[0] = vec![0.3; plan.slot_len(0, 1)];
            let keep_all = 0;
            plan.forward(&weights, Mode::Infer(&state), keep_all, plan.nodes.len(), &mut pass, &mut Memory::default());
            pass.values
        };
        for node in &plan.nodes {
            let (folded, folded_weights) = plan.folded(&weights, &state, node.output);
            let end = folded.nodes.iter().position(|n| n.output == node.output).expect("its output is there") + 1;
            let mut pass = Pass::new(&folded);
            pass.batch = 1;
            pass.values[0] = vec![0.3; folded.slot_len(0, 1)];
            folded.forward(&folded_weights, Mode::Infer(&state), usize::MAX, end, &mut pass, &mut Memory::default());
            let (found, expected) = (pass.slot(&folded, node.output), &reference[node.output]);
            assert_eq!(found.len(), expected.len(), "{}", node.label);
            for (a, b) in found.iter().zip(expected) {
                assert!((a - b).abs() < 1e-5, "{}: {a} {b}", node.label);
            }
        }
    }
}
