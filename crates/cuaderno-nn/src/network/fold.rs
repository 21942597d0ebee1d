//! Batch normalization folded into the convolution before it, for prediction: `γ (w x + b - μ) / σ + β` is a convolution with
//! the kernel `w γ/σ` and the bias `(b - μ) γ/σ + β`. One pass over the values instead of two.

use super::plan::{Node, Op, Plan, Slot};
use cuaderno_ops::Activation;

impl Plan {
    /// The same computation with fewer operations, and its trainable parameters. The values of slot `wanted` stay available.
    pub fn folded(&self, weights: &[f32], state: &[f32], wanted: Slot) -> (Self, Vec<f32>) {
        let (mut nodes, mut folded): (Vec<Node>, _) = (Vec::new(), weights.to_vec());
        for node in &self.nodes {
            let before = nodes.last_mut().filter(|before| {
                before.output == node.input && before.output != wanted && self.readers(node.input) == 1
            });
            match (&node.op, before) {
                (Op::BatchNorm(norm), Some(conv)) if is_plain_conv(conv) => {
                    let (gamma, beta) = (&weights[node.weight.clone()], &weights[node.bias.clone()]);
                    let (mean, variance) = state[node.state.clone()].split_at(norm.channels);
                    let factors: Vec<f32> =
                        gamma.iter().zip(variance).map(|(g, v)| g / (v + norm.epsilon).sqrt()).collect();
                    // The filters are the last axis of a kernel.
                    for filters in folded[conv.weight.clone()].chunks_exact_mut(norm.channels) {
                        filters.iter_mut().zip(&factors).for_each(|(w, factor)| *w *= factor);
                    }
                    let old = if conv.bias.is_empty() { &[][..] } else { &weights[conv.bias.clone()] };
                    let start = folded.len();
                    let bias = |c: usize| (old.get(c).unwrap_or(&0.0) - mean[c]) * factors[c] + beta[c];
                    folded.extend((0..norm.channels).map(bias));
                    conv.bias = start..folded.len();
                    (conv.activation, conv.output) = (node.activation, node.output);
                }
                _ => nodes.push(node.clone()),
            }
        }
        let logits_end = nodes.iter().position(|node| node.output == self.logits).map_or(0, |index| index + 1);
        let (slots, tensors) = (self.slots.clone(), Vec::new());
        (Self { nodes, slots, tensors, logits_end, ..*self }, folded)
    }

    /// How many operations read a slot.
    fn readers(&self, slot: Slot) -> usize {
        let reads = |node: &Node| {
            usize::from(node.input == slot) + usize::from(matches!(node.op, Op::Add { other } if other == slot))
        };
        self.nodes.iter().map(reads).sum()
    }
}

fn is_plain_conv(node: &Node) -> bool {
    matches!(node.op, Op::Conv2d(_, _, None)) && node.activation == Activation::Linear
}
