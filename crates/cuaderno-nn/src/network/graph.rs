//! Layers made ready to run: operations that read and write slots, and where their parameters lie.

use crate::layers::{Head, Init, Operation, Values};
use crate::{NetworkError, Sequential, Shape};
use std::ops::Range;
use std::sync::Arc;

/// Where a value between layers lives; slot 0 is the input.
pub(crate) type Slot = usize;

/// A network ready to run, without its parameters.
#[derive(Debug)]
pub(crate) struct Graph {
    /// What it was built from.
    pub layers: Sequential,
    pub nodes: Vec<Node>,
    /// Shape of each slot.
    pub slots: Vec<Shape>,
    /// Every parameter tensor, in the order of the layers.
    pub tensors: Vec<Tensor>,
    /// What the network puts out.
    pub output: Slot,
    /// Class scores, before a final softmax or sigmoid.
    pub logits: Slot,
    /// Node from which gradients start: the one that writes `logits`, counted from 1.
    pub logits_end: usize,
    /// A final layer that a loss folds into itself.
    pub head: Head,
}

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub operation: Arc<dyn Operation>,
    pub input: Slot,
    /// A second input.
    pub other: Option<Slot>,
    pub output: Slot,
    /// `layer 3 (conv2d)`, for messages.
    pub label: String,
    /// `3_conv2d`, as its tensors are named; inside a nested model `2_model/3_conv2d`.
    pub name: String,
    /// Number of the layer in the model, from 1.
    pub layer: usize,
    /// The weight, among the trainable parameters.
    pub weight: Range<usize>,
    /// The bias behind it; empty without one.
    pub bias: Range<usize>,
    /// Running statistics, one behind the other, among the state.
    pub state: Range<usize>,
}

impl Node {
    pub fn reads(&self, slot: Slot) -> bool {
        self.input == slot || self.other == Some(slot)
    }

    pub fn values<'a>(&self, weights: &'a [f32], state: &'a [f32]) -> Values<'a> {
        Values {
            weight: &weights[self.weight.clone()],
            bias: &weights[self.bias.clone()],
            state: &state[self.state.clone()],
        }
    }
}

/// A named parameter tensor, as it is initialized and saved.
#[derive(Clone, Debug)]
pub(crate) struct Tensor {
    /// `3_conv2d/kernel`
    pub name: String,
    pub shape: Vec<usize>,
    /// Whether training changes it.
    pub trainable: bool,
    /// Where it lies among the trainable parameters, or among the state.
    pub range: Range<usize>,
    pub init: Init,
}

impl Graph {
    /// Where the parameters begin that training changes when nodes before `trained_from` are frozen.
    pub fn first_trained(&self, trained_from: usize) -> usize {
        let first = self.nodes[trained_from..].iter().find(|node| !node.weight.is_empty());
        first.map_or(self.layers.trainable(), |node| node.weight.start)
    }

    /// The node of a layer by its name: that of its tensors, `3_conv2d`, or that of the summary, `3 (conv2d)`; of a model inside,
    /// `20 (Conv_1)` or `Conv_1`, the last.
    pub fn find(&self, layer: &str) -> Result<usize, NetworkError> {
        let is_called = |node: &Node| node.name == layer || node.label.strip_prefix("layer ") == Some(layer);
        let model = || {
            let is_called = |(name, number): (&str, usize)| name == layer || format!("{number} ({name})") == layer;
            let number = self.layers.models().find(|model| is_called(*model))?.1;
            self.nodes.iter().rposition(|node| node.layer == number)
        };
        self.nodes.iter().position(is_called).or_else(model).ok_or_else(|| {
            const NAMED: usize = 24;
            let names = self.nodes.iter().map(|node| node.name.as_str());
            let mut names: Vec<&str> = self.layers.models().map(|(name, _)| name).chain(names).collect();
            let more = names.len().saturating_sub(NAMED);
            names.truncate(NAMED);
            let more = if more > 0 { format!(" and {more} more, which `activations` names") } else { String::new() };
            let advice = format!("use one of {}{more}", names.join(", "));
            NetworkError::Setting { setting: "the layer", found: format!("{layer:?}"), advice }
        })
    }

    /// Values in one slot of a batch.
    pub fn slot_len(&self, slot: Slot, batch: usize) -> usize {
        self.slots[slot].len() * batch
    }
}
