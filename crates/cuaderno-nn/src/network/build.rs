//! From layers to a graph: operations in a row, each with what it can take over from the one behind it.

use super::graph::{Graph, Node, Slot, Tensor};
use crate::layers::{Add, Follower, Head, Layer, Operation};
use crate::sequential::Part;
use crate::{Sequential, Shape};
use std::ops::Range;
use std::sync::Arc;

impl Graph {
    pub fn new(layers: Sequential) -> Self {
        Builder::new(layers, true).build()
    }

    /// The same computation with every convolution's own output, where [`new`](Self::new) pools it at once.
    pub fn unpooled(layers: Sequential) -> Self {
        Builder::new(layers, false).build()
    }
}

struct Builder {
    graph: Graph,
    /// Slot and shape of the last layer's output. A flattened slot has two shapes.
    slot: Slot,
    shape: Shape,
    trainable: usize,
    state: usize,
    /// Open residual blocks: input, and the branch's end once it is known.
    blocks: Vec<((Slot, Shape), Option<Slot>)>,
    /// Whether a convolution and the max pooling behind it become one operation.
    pools_at_once: bool,
    /// A slot that more than one layer reads: the layer writing it must not be changed.
    shared: Slot,
}

/// What messages call a layer.
struct Labelled {
    number: usize,
    name: String,
    label: String,
}

impl Builder {
    fn new(layers: Sequential, pools_at_once: bool) -> Self {
        let shape = layers.input();
        let graph = Graph {
            layers,
            nodes: Vec::new(),
            slots: vec![shape],
            tensors: Vec::new(),
            output: 0,
            logits: 0,
            logits_end: 0,
            head: Head::Scores,
        };
        Self { graph, slot: 0, shape, trainable: 0, state: 0, blocks: Vec::new(), pools_at_once, shared: 0 }
    }

    fn build(mut self) -> Graph {
        let layers = self.graph.layers.clone();
        self.add_all(&layers, "", None, true);
        let graph = &mut self.graph;
        graph.output = self.slot;
        (graph.logits, graph.logits_end) = match graph.head {
            Head::Scores => (self.slot, graph.nodes.len()),
            Head::Softmax | Head::Sigmoid => {
                (graph.nodes.last().map_or(0, |node| node.input), graph.nodes.len().saturating_sub(1))
            }
        };
        self.graph
    }

    /// Appends layers; those of a nested model carry the outer layer's number. `ends` says whether the network ends with these.
    fn add_all(&mut self, layers: &Sequential, prefix: &str, outer: Option<usize>, ends: bool) {
        for (index, (part, shape)) in layers.parts().enumerate() {
            let last = ends && index + 1 == layers.len();
            let name = format!("{prefix}{}_{}", index + 1, part.kind());
            let number = outer.unwrap_or(index + 1);
            let label = match outer {
                None => format!("layer {} ({})", index + 1, part.kind()),
                Some(outer) => format!("layer {outer} ({}: layer {}, {})", layers.name(), index + 1, part.kind()),
            };
            match part {
                Part::Model(inner) => self.add_all(inner, &format!("{name}/"), Some(number), last),
                Part::Layer(layer) => self.add(layer, shape, Labelled { number, name, label }, last),
            }
        }
    }

    fn add(&mut self, layer: &Layer, output: Shape, at: Labelled, last: bool) {
        match layer {
            Layer::ResidualBegin => {
                self.blocks.push(((self.slot, self.shape), None));
                self.shared = self.slot;
            }
            Layer::Shortcut => {
                let (input, branch) = self.blocks.last_mut().expect("the stack is well formed");
                *branch = Some(self.slot);
                self.shared = self.slot;
                (self.slot, self.shape) = *input;
            }
            Layer::ResidualEnd => {
                let ((input, _), branch) = self.blocks.pop().expect("the stack is well formed");
                self.node(Arc::new(Add), Some(branch.unwrap_or(input)), output, at);
            }
            layer => match layer.operation(self.shape) {
                Some(operation) => self.run(operation, output, at, last),
                None => self.shape = output,
            },
        }
    }

    fn run(&mut self, operation: Arc<dyn Operation>, output: Shape, at: Labelled, last: bool) {
        if last {
            self.graph.head = operation.head();
        }
        // What a loss folds into itself stays an operation of its own.
        let follower = if last && self.graph.head != Head::Scores { None } else { operation.follower(None) };
        let follower = follower.filter(|follower| self.pools_at_once || !matches!(follower, Follower::MaxPool(_)));
        let taken = follower.is_some_and(|follower| self.join(&follower, output));
        if !taken {
            self.node(operation, None, output, at);
        }
    }

    /// Lets the operation that writes the current slot do the next one's work as well, if it can and nobody else reads its
    /// result.
    fn join(&mut self, next: &Follower, output: Shape) -> bool {
        let slot = self.slot;
        let shared =
            self.shared == slot || self.blocks.iter().any(|(input, branch)| input.0 == slot || *branch == Some(slot));
        let Some(node) = self.graph.nodes.last_mut().filter(|node| node.output == slot && !shared) else {
            return false;
        };
        let Some(joined) = node.operation.joined(next) else { return false };
        node.operation = joined;
        if let Follower::MaxPool(_) = next {
            self.graph.slots[slot] = output;
            self.shape = output;
        }
        true
    }

    fn node(&mut self, operation: Arc<dyn Operation>, other: Option<Slot>, shape: Shape, at: Labelled) {
        let output = self.graph.slots.len();
        self.graph.slots.push(shape);
        let (weight, bias, state) = self.tensors(&*operation, &at.name);
        let Labelled { number: layer, name, label } = at;
        self.graph.nodes.push(Node {
            operation,
            input: self.slot,
            other,
            output,
            label,
            name,
            layer,
            weight,
            bias,
            state,
        });
        (self.slot, self.shape) = (output, shape);
    }

    /// Room for the parameters of an operation: where its weight, its bias and its running statistics lie.
    fn tensors(&mut self, operation: &dyn Operation, layer: &str) -> (Range<usize>, Range<usize>, Range<usize>) {
        let (mut trained, first_state) = (Vec::new(), self.state);
        for parameter in operation.parameters() {
            let end = if parameter.trainable { &mut self.trainable } else { &mut self.state };
            let range = *end..*end + parameter.shape.iter().product::<usize>();
            *end = range.end;
            if parameter.trainable {
                trained.push(range.clone());
            }
            self.graph.tensors.push(Tensor {
                name: format!("{layer}/{}", parameter.name),
                shape: parameter.shape,
                trainable: parameter.trainable,
                range,
                init: parameter.init,
            });
        }
        let mut trained = trained.into_iter();
        let (weight, bias) = (trained.next().unwrap_or(0..0), trained.next().unwrap_or(0..0));
        (weight, bias, first_state..self.state)
    }
}
