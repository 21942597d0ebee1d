//! Operations that prediction can do without: each is merged into the one before it, so that values go to memory and back once.
//!
//! - Batch normalization behind a convolution or dense layer: `γ (w x + b - μ) / σ + β` is a layer with the weights `w γ/σ` and
//!   the bias `(b - μ) γ/σ + β`.
//! - Max pooling behind a convolution, also when a normalization that turns nothing upside down lies between: it then has a
//!   quarter of the values to work on, and the same bits come out.
//! - Dropout, which does nothing.

use super::graph::{Graph, Node, Slot};
use crate::layers::Follower;

impl Graph {
    /// The same computation with fewer operations, and its trainable parameters. The values of slot `wanted` stay available.
    pub fn folded(&self, weights: &[f32], state: &[f32], wanted: Slot) -> (Self, Vec<f32>) {
        let mut folding = Folding {
            graph: self,
            state,
            wanted,
            nodes: Vec::new(),
            slots: self.slots.clone(),
            folded: weights.to_vec(),
        };
        for node in &self.nodes {
            if !folding.is_private(node.input) || !folding.join(node) {
                folding.nodes.push(node.clone());
            }
        }
        let Folding { nodes, slots, folded, .. } = folding;
        let logits_end = nodes.iter().position(|node| node.output == self.logits).map_or(0, |index| index + 1);
        let (layers, tensors) = (self.layers.clone(), Vec::new());
        (Self { layers, nodes, slots, tensors, logits_end, ..*self }, folded)
    }

    /// How many operations read a slot.
    fn readers(&self, slot: Slot) -> usize {
        self.nodes.iter().map(|node| usize::from(node.input == slot) + usize::from(node.other == Some(slot))).sum()
    }
}

struct Folding<'a> {
    graph: &'a Graph,
    state: &'a [f32],
    wanted: Slot,
    /// What is left so far.
    nodes: Vec<Node>,
    /// The shapes that its slots have now.
    slots: Vec<crate::Shape>,
    /// The weights, and new biases behind them.
    folded: Vec<f32>,
}

impl Folding<'_> {
    /// Whether the last operation writes this slot, and only one reads it.
    fn is_private(&self, slot: Slot) -> bool {
        let is_last = self.nodes.last().is_some_and(|last| last.output == slot);
        is_last && slot != self.wanted && self.graph.readers(slot) == 1
    }

    /// Puts an operation into what is there before it; whether that was possible.
    fn join(&mut self, node: &Node) -> bool {
        match self.follower(node) {
            Some(next @ Follower::Affine { .. }) => self.normalization(node, &next),
            Some(next @ Follower::MaxPool(_)) => self.pooling(node, &next),
            Some(Follower::Nothing) => {
                self.nodes.last_mut().expect("its input is private").output = node.output;
                true
            }
            Some(Follower::Activation(_)) | None => false,
        }
    }

    fn follower(&self, node: &Node) -> Option<Follower> {
        node.operation.follower(Some(node.values(&self.folded, self.state)))
    }

    /// Puts a normalization into the layer before it; whether that was possible. Behind a flattened convolution each value has
    /// factors of its own, not each filter.
    fn normalization(&mut self, node: &Node, next: &Follower) -> bool {
        let Follower::Affine { factors, means, offsets, .. } = next else { return false };
        let layer = self.nodes.last_mut().expect("its input is private");
        let Some(joined) = layer.operation.joined(next) else { return false };
        // The filters, or units, are the last axis of a kernel.
        for filters in self.folded[layer.weight.clone()].chunks_exact_mut(factors.len()) {
            filters.iter_mut().zip(factors).for_each(|(w, factor)| *w *= factor);
        }
        let old = self.folded[layer.bias.clone()].to_vec();
        let start = self.folded.len();
        let bias = |c: usize| (old.get(c).unwrap_or(&0.0) - means[c]) * factors[c] + offsets[c];
        self.folded.extend((0..factors.len()).map(bias));
        layer.bias = start..self.folded.len();
        (layer.operation, layer.output) = (joined, node.output);
        true
    }

    /// Puts a pooling into the convolution before it, past a normalization; whether that was possible.
    fn pooling(&mut self, node: &Node, next: &Follower) -> bool {
        let last = self.nodes.len() - 1;
        let past = self.follower(&self.nodes[last]).is_some_and(|follower| follower.keeps_order());
        let Some(at) = last.checked_sub(usize::from(past)) else { return false };
        let written = self.nodes[at].output;
        if past && (self.nodes[last].input != written || written == self.wanted || self.graph.readers(written) != 1) {
            return false;
        }
        let Some(joined) = self.nodes[at].operation.joined(next) else { return false };
        self.nodes[at].operation = joined;
        // What the convolution writes is pooled now; without a normalization it is what the pooling wrote.
        let written = if past { written } else { node.output };
        self.slots[written] = self.slots[node.output];
        self.nodes[at].output = written;
        self.nodes[last].output = node.output;
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::Stack;
    use crate::network::{Graph, Memory, Mode, Pass};
    use models::{Every, Flat, Twice};

    #[allow(dead_code, reason = "the macro makes more than a stack")]
    mod models {
        crate::cnn! { Every: [3, 12, 12] => [
            conv2d(8, 3), sigmoid, batch_norm.epsilon(0.01), max_pool(2), dropout(0.2),
            conv2d(8, 3).same(), batch_norm, relu, max_pool(2), dropout(0.5),
            flatten, dense(6), batch_norm, relu, dense(4),
        ] }
        crate::cnn! { Twice: [3, 6, 6] => [
            conv2d(4, 3), batch_norm, batch_norm.epsilon(0.1), relu, max_pool(2), flatten, dense(3), batch_norm, batch_norm, dense(2),
        ] }
        crate::cnn! { Flat: [3, 6, 6] => [conv2d(4, 3), flatten, batch_norm, relu, dense(2)] }
    }

    /// Random weights and running statistics; `scale` multiplies what normalizations multiply with.
    fn numbers(stack: &'static Stack, scale: impl Fn(usize) -> f32) -> (Vec<f32>, Vec<f32>) {
        let graph = Graph::new(stack.into());
        let noise = |i: usize| ((i * 7919 + 13) % 101) as f32 / 101.0;
        let mut weights: Vec<f32> = (0..stack.trainable()).map(|i| noise(i) - 0.5).collect();
        for tensor in graph.tensors.iter().filter(|tensor| tensor.name.ends_with("gamma")) {
            tensor.range.clone().for_each(|i| weights[i] = (0.5 + noise(i)) * scale(i));
        }
        let state =
            (0..graph.nodes.iter().map(|node| node.state.end).max().unwrap_or(0)).map(|i| 0.2 + noise(i)).collect();
        (weights, state)
    }

    fn run(graph: &Graph, weights: &[f32], state: &[f32]) -> Vec<f32> {
        let mut pass = Pass::new(graph);
        pass.batch = 2;
        pass.values[0] = (0..graph.slot_len(0, 2)).map(|i| (i * 31 % 97) as f32 / 97.0).collect();
        graph.forward(weights, Mode::Infer(state), usize::MAX, graph.nodes.len(), &mut pass, &mut Memory::default());
        pass.slot(graph, graph.logits).to_vec()
    }

    #[track_caller]
    fn check(stack: &'static Stack, scale: impl Fn(usize) -> f32, operations: usize) {
        let (weights, state) = numbers(stack, scale);
        let reference = run(&Graph::unpooled(stack.into()), &weights, &state);
        let graph = Graph::new(stack.into());
        let (folded, folded_weights) = graph.folded(&weights, &state, graph.logits);
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
    fn one_normalization_after_the_other_folds() {
        check(Twice::STACK, |_| 1.0, 3);
    }

    #[test]
    fn a_normalization_of_flattened_pictures_stays() {
        check(Flat::STACK, |_| 1.0, 3);
    }

    #[test]
    fn what_is_asked_for_stays() {
        let (weights, state) = numbers(Every::STACK, |_| 1.0);
        let graph = Graph::unpooled(Every::STACK.into());
        let reference = {
            let mut pass = Pass::new(&graph);
            pass.batch = 1;
            pass.values[0] = vec![0.3; graph.slot_len(0, 1)];
            let keep_all = 0;
            graph.forward(
                &weights,
                Mode::Infer(&state),
                keep_all,
                graph.nodes.len(),
                &mut pass,
                &mut Memory::default(),
            );
            pass.values
        };
        for node in &graph.nodes {
            let (folded, folded_weights) = graph.folded(&weights, &state, node.output);
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
