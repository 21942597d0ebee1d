//! The table of layers behind [`cnn!`](crate::cnn!), built and checked while compiling.
//!
//! A [`Stack`] is built by `const` methods, one per kind of layer, in the layer's file. Each works out its output shape and stops compilation
//! when it does not fit; the panic names the layer and both sizes. Because the methods are `#[track_caller]` and the macro
//! calls each one in the student's own tokens, the compiler puts its mark under the layer itself.

pub(crate) mod mismatch;
mod options;

use crate::Shape;
use crate::layers::{Block, Layer};
use options::Options;

/// Most layers a stack can hold: constants have one size. Longer networks nest models, and [`Sequential`](crate::Sequential)
/// has no limit.
const CAPACITY: usize = 256;
/// Residual blocks inside residual blocks.
pub(crate) const DEPTH: usize = 4;

/// A network's layers with the shapes between them. Build it with [`cnn!`](crate::cnn!).
#[derive(Clone, Copy, Debug)]
pub struct Stack {
    name: &'static str,
    input: Shape,
    layers: [Layer; CAPACITY],
    shapes: [Shape; CAPACITY],
    pub(crate) len: usize,
    pub(crate) trainable: usize,
    /// Running statistics.
    pub(crate) non_trainable: usize,
    options: Options,
    pub(crate) blocks: [Block; DEPTH],
    pub(crate) depth: usize,
    /// Whether mismatches are passed over.
    pub(crate) lenient: bool,
}

impl Stack {
    /// A stack without layers, whose layers must fit: where one does not, it panics, in a constant while compiling.
    pub const fn strict(name: &'static str, input: Shape) -> Self {
        Self::new(name, input, false)
    }

    /// A stack without layers that passes over mismatches. The types of a model are made from one, so that a mismatch is
    /// reported once, by the strict stack beside it, and not again by every type.
    #[doc(hidden)]
    pub const fn lenient(name: &'static str, input: Shape) -> Self {
        Self::new(name, input, true)
    }

    const fn new(name: &'static str, input: Shape, lenient: bool) -> Self {
        if !lenient && input.is_empty() {
            panic!("the input has no pixels; write the shape as [channels, height, width], for example [3, 64, 64]");
        }
        Self {
            name,
            input,
            layers: [Layer::Flatten; CAPACITY],
            shapes: [input; CAPACITY],
            len: 0,
            trainable: 0,
            non_trainable: 0,
            options: Options::NONE,
            blocks: [Block::start(input); DEPTH],
            depth: 0,
            lenient,
        }
    }

    /// The name of the model.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The shape of one input.
    pub const fn input(&self) -> Shape {
        self.input
    }

    /// The shape of one output.
    pub const fn output(&self) -> Shape {
        if self.len == 0 { self.input } else { self.shapes[self.len - 1] }
    }

    /// The layers in the order they are written; residual blocks are marked by their begin, shortcut and end.
    pub const fn layers(&self) -> &[Layer] {
        self.layers.split_at(self.len).0
    }

    /// What each of [`layers`](Self::layers) puts out.
    pub const fn shapes(&self) -> &[Shape] {
        self.shapes.split_at(self.len).0
    }

    /// Values that training changes.
    pub const fn trainable(&self) -> usize {
        self.trainable
    }

    /// All values that are saved: trainable ones and the running statistics of batch normalization.
    pub const fn parameters(&self) -> usize {
        self.trainable + self.non_trainable
    }

    #[track_caller]
    pub(crate) const fn push(mut self, layer: Layer, output: Shape, trainable: usize, non_trainable: usize) -> Self {
        if !self.lenient {
            self.options.check_taken(self.len + 1, layer.kind());
        }
        self.options = Options::NONE;
        if self.len == CAPACITY {
            if self.lenient {
                return self;
            }
            const_panic::concat_panic!(
                "a model holds at most ",
                CAPACITY,
                " layers; make some of them a model of their own and write model(Name)"
            );
        }
        self.layers[self.len] = layer;
        self.shapes[self.len] = output;
        self.len += 1;
        self.trainable += trainable;
        self.non_trainable += non_trainable;
        self
    }
}
