//! A stack of layers made ready to run: sizes resolved, activations fused, parameters laid out.

use crate::layer::{Layer, Rescaling};
use crate::{NetworkError, Shape, Stack};
use cuaderno_ops::{Activation, BatchNorm, Conv2d, Dense, Padding, Pool2d, ZeroPad2d};
use std::ops::Range;

/// Where a value between layers lives; slot 0 is the input.
pub(crate) type Slot = usize;

/// A network ready to run, without its parameters.
#[derive(Debug)]
pub(crate) struct Plan {
    pub stack: &'static Stack,
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

/// The last layer, if it turns scores into probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Scores,
    Softmax,
    Sigmoid,
}

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub op: Op,
    pub input: Slot,
    pub output: Slot,
    /// Applied to the result of convolution, dense layer and batch normalization.
    pub activation: Activation,
    /// `layer 3 (conv2d)`, for messages.
    pub label: String,
    /// `3_conv2d`, as its tensors are named; inside a nested model `2_model/3_conv2d`.
    pub name: String,
    /// Number of the layer in the model, from 1.
    pub layer: usize,
    /// Kernel, or γ, among the trainable parameters.
    pub weight: Range<usize>,
    /// Bias, or β; empty without one.
    pub bias: Range<usize>,
    /// Running mean and variance, one behind the other, among the state.
    pub state: Range<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Convolution of pictures of this size, and the max pooling behind it: together the convolution's own output is never
    /// stored.
    Conv2d(Conv2d, [usize; 2], Option<Pool2d>),
    Dense(Dense),
    BatchNorm(BatchNorm),
    MaxPool(Pool2d, [usize; 2], usize),
    AveragePool(Pool2d, [usize; 2], usize),
    GlobalAveragePool {
        pixels: usize,
        channels: usize,
    },
    /// Factors and offsets for the channels of each pixel.
    Rescale(Rescaling),
    Activation,
    Softmax {
        classes: usize,
    },
    Dropout {
        rate: f32,
    },
    ZeroPad(ZeroPad2d, [usize; 2], usize),
    /// Adds another slot to the input.
    Add {
        other: Slot,
    },
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

/// How a tensor starts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Init {
    /// Uniform in ±√(6 / (fan in + fan out)): Keras's default for kernels (Glorot and Bengio, 2010).
    Glorot {
        fan_in: usize,
        fan_out: usize,
    },
    Zeros,
    Ones,
}

impl Plan {
    pub fn new(stack: &'static Stack) -> Self {
        Self::build(Planner::new(stack))
    }

    /// The same computation with every convolution's own output, where [`new`](Self::new) pools it at once.
    pub fn unpooled(stack: &'static Stack) -> Self {
        Self::build(Planner { pools_at_once: false, ..Planner::new(stack) })
    }

    fn build(mut planner: Planner) -> Self {
        planner.add_stack(planner.plan.stack, "", None, true);
        planner.finish()
    }

    /// Where the parameters begin that training changes when nodes before `trained_from` are frozen.
    pub fn first_trained(&self, trained_from: usize) -> usize {
        let first = self.nodes[trained_from..].iter().find(|node| !node.weight.is_empty());
        first.map_or(self.stack.trainable(), |node| node.weight.start)
    }

    /// The node of a layer by its name: that of its tensors, `3_conv2d`, or that of the summary, `3 (conv2d)`.
    pub fn find(&self, layer: &str) -> Result<usize, NetworkError> {
        let is_called = |node: &Node| node.name == layer || node.label.strip_prefix("layer ") == Some(layer);
        self.nodes.iter().position(is_called).ok_or_else(|| {
            let names: Vec<&str> = self.nodes.iter().map(|node| node.name.as_str()).collect();
            let advice = format!("use one of {}", names.join(", "));
            NetworkError::Setting { setting: "the layer", found: format!("{layer:?}"), advice }
        })
    }

    /// Values in one slot of a batch.
    pub fn slot_len(&self, slot: Slot, batch: usize) -> usize {
        self.slots[slot].len() * batch
    }
}

struct Planner {
    plan: Plan,
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

impl Planner {
    fn new(stack: &'static Stack) -> Self {
        let plan = Plan {
            stack,
            nodes: Vec::new(),
            slots: vec![stack.input()],
            tensors: Vec::new(),
            output: 0,
            logits: 0,
            logits_end: 0,
            head: Head::Scores,
        };
        Self {
            plan,
            slot: 0,
            shape: stack.input(),
            trainable: 0,
            state: 0,
            blocks: Vec::new(),
            pools_at_once: true,
            shared: 0,
        }
    }

    /// Appends the layers of a stack; those of a nested one carry the outer layer's number. `ends` says whether the network
    /// ends with this stack.
    fn add_stack(&mut self, stack: &'static Stack, prefix: &str, outer: Option<usize>, ends: bool) {
        for (index, (layer, &shape)) in stack.layers().iter().zip(stack.shapes()).enumerate() {
            let last = ends && index + 1 == stack.layers().len();
            let name = format!("{prefix}{}_{}", index + 1, layer.kind());
            let number = outer.unwrap_or(index + 1);
            let label = match outer {
                None => format!("layer {} ({})", index + 1, layer.kind()),
                Some(outer) => format!("layer {outer} ({}: layer {}, {})", stack.name(), index + 1, layer.kind()),
            };
            if let Layer::Model(inner) = layer {
                self.add_stack(inner, &format!("{name}/"), Some(number), last);
            } else {
                self.add_layer(layer, shape, &name, Labelled { number, name: name.clone(), label }, last);
            }
        }
    }

    fn add_layer(&mut self, layer: &Layer, output: Shape, name: &str, at: Labelled, last: bool) {
        let (channels, size) = (self.shape.channels(), self.shape.size());
        let op = match *layer {
            Layer::Conv2d { filters, kernel, stride, padding, dilation, groups, bias } => {
                let conv = Conv2d {
                    stride,
                    padding,
                    dilation: [dilation; 2],
                    groups,
                    ..Conv2d::new(channels, filters, kernel)
                };
                let taps = kernel[0] * kernel[1];
                let init = Init::Glorot { fan_in: taps * channels / groups, fan_out: taps * filters };
                let weight =
                    self.tensor(name, "kernel", vec![kernel[0], kernel[1], channels / groups, filters], true, init);
                let bias = self.bias(name, filters, bias);
                return self.node(Op::Conv2d(conv, size, None), output, at, weight, bias, 0..0);
            }
            Layer::Dense { units, bias } => {
                let inputs = self.shape.len();
                let init = Init::Glorot { fan_in: inputs, fan_out: units };
                let weight = self.tensor(name, "kernel", vec![inputs, units], true, init);
                let bias = self.bias(name, units, bias);
                return self.node(Op::Dense(Dense::new(inputs, units)), output, at, weight, bias, 0..0);
            }
            Layer::BatchNorm { momentum, epsilon } => {
                let gamma = self.tensor(name, "gamma", vec![channels], true, Init::Ones);
                let beta = self.tensor(name, "beta", vec![channels], true, Init::Zeros);
                let mean = self.tensor(name, "moving_mean", vec![channels], false, Init::Zeros);
                let variance = self.tensor(name, "moving_variance", vec![channels], false, Init::Ones);
                let op = Op::BatchNorm(BatchNorm { channels, momentum, epsilon });
                return self.node(op, output, at, gamma, beta, mean.start..variance.end);
            }
            Layer::Activation(activation) => {
                if last && activation == Activation::Sigmoid {
                    self.plan.head = Head::Sigmoid;
                } else if self.fuse(activation) {
                    return;
                }
                self.node(Op::Activation, output, at, 0..0, 0..0, 0..0);
                self.plan.nodes.last_mut().expect("just added").activation = activation;
                return;
            }
            Layer::Softmax => {
                if last {
                    self.plan.head = Head::Softmax;
                }
                Op::Softmax { classes: output.len() }
            }
            Layer::MaxPool(pool) if self.pools_at_once && self.pool_at_once(pool, output) => return,
            Layer::MaxPool(pool) => Op::MaxPool(pool, size, channels),
            Layer::AveragePool(pool) => Op::AveragePool(pool, size, channels),
            Layer::GlobalAveragePool => Op::GlobalAveragePool { pixels: size[0] * size[1], channels },
            Layer::GlobalMaxPool => {
                Op::MaxPool(Pool2d { window: size, stride: size, padding: Padding::Valid }, size, channels)
            }
            Layer::Rescale(rescaling) => Op::Rescale(rescaling),
            Layer::Dropout { rate } => Op::Dropout { rate },
            Layer::ZeroPad(padding) => Op::ZeroPad(ZeroPad2d { padding }, size, channels),
            // Channels lie last already: flattening changes the name of the memory, not the memory.
            Layer::Flatten => return self.shape = output,
            Layer::ResidualBegin => {
                self.blocks.push(((self.slot, self.shape), None));
                return self.shared = self.slot;
            }
            Layer::Shortcut => {
                let (input, branch) = self.blocks.last_mut().expect("the stack is well formed");
                *branch = Some(self.slot);
                self.shared = self.slot;
                (self.slot, self.shape) = *input;
                return;
            }
            Layer::ResidualEnd => {
                let ((input, _), branch) = self.blocks.pop().expect("the stack is well formed");
                Op::Add { other: branch.unwrap_or(input) }
            }
            Layer::Model(_) => unreachable!("nested models are taken apart before"),
        };
        self.node(op, output, at, 0..0, 0..0, 0..0);
    }

    /// Lets the last operation apply the activation, if it can and nobody else reads its result.
    fn fuse(&mut self, activation: Activation) -> bool {
        match self.last_unshared() {
            Some(Node { op: Op::Conv2d(..) | Op::Dense(_) | Op::BatchNorm(_), activation: own, .. })
                if *own == Activation::Linear =>
            {
                *own = activation;
                true
            }
            _ => false,
        }
    }

    /// Lets the last operation pool its result, if it is a convolution and nobody else reads it. An increasing activation in
    /// between does not move the maximum.
    fn pool_at_once(&mut self, window: Pool2d, output: Shape) -> bool {
        match self.last_unshared() {
            Some(Node { op: Op::Conv2d(_, _, pool @ None), activation, .. }) if increasing(*activation) => {
                *pool = Some(window);
                self.plan.slots[self.slot] = output;
                self.shape = output;
                true
            }
            _ => false,
        }
    }

    /// The operation that writes the current slot, unless another layer reads that too.
    fn last_unshared(&mut self) -> Option<&mut Node> {
        let slot = self.slot;
        let shared =
            self.shared == slot || self.blocks.iter().any(|(input, branch)| input.0 == slot || *branch == Some(slot));
        self.plan.nodes.last_mut().filter(|node| node.output == slot && !shared)
    }

    fn node(
        &mut self,
        op: Op,
        shape: Shape,
        at: Labelled,
        weight: Range<usize>,
        bias: Range<usize>,
        state: Range<usize>,
    ) {
        let output = self.plan.slots.len();
        self.plan.slots.push(shape);
        self.plan.nodes.push(Node {
            op,
            input: self.slot,
            output,
            activation: Activation::Linear,
            label: at.label,
            name: at.name,
            layer: at.number,
            weight,
            bias,
            state,
        });
        (self.slot, self.shape) = (output, shape);
    }

    fn bias(&mut self, layer: &str, len: usize, wanted: bool) -> Range<usize> {
        if wanted { self.tensor(layer, "bias", vec![len], true, Init::Zeros) } else { 0..0 }
    }

    fn tensor(&mut self, layer: &str, name: &str, shape: Vec<usize>, trainable: bool, init: Init) -> Range<usize> {
        let end = if trainable { &mut self.trainable } else { &mut self.state };
        let range = *end..*end + shape.iter().product::<usize>();
        *end = range.end;
        self.plan.tensors.push(Tensor {
            name: format!("{layer}/{name}"),
            shape,
            trainable,
            range: range.clone(),
            init,
        });
        range
    }

    fn finish(mut self) -> Plan {
        let plan = &mut self.plan;
        plan.output = self.slot;
        (plan.logits, plan.logits_end) = match plan.head {
            Head::Scores => (self.slot, plan.nodes.len()),
            Head::Softmax | Head::Sigmoid => {
                (plan.nodes.last().map_or(0, |node| node.input), plan.nodes.len().saturating_sub(1))
            }
        };
        self.plan
    }
}

/// What messages call a layer.
struct Labelled {
    number: usize,
    name: String,
    label: String,
}

pub(super) fn increasing(activation: Activation) -> bool {
    !matches!(activation, Activation::LeakyRelu(slope) if slope <= 0.0)
}
