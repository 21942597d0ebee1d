//! A named part of an architecture: its layers, and what their weights are called elsewhere.

use cuaderno_nn::{Shape, Stack};

/// A few layers that belong together, run as a model within the model.
#[derive(Debug)]
pub(crate) struct Block {
    pub name: String,
    pub stack: Stack,
    /// The layers with parameters and, as far as Keras lists them, those without; in the order of the stack.
    pub layers: Vec<Layer>,
}

/// A layer as Keras and torchvision know it.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub keras: String,
    pub torch: String,
    pub kind: Kind,
}

/// What a layer's tensors look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Conv,
    Depthwise,
    Norm,
    /// Fully connected; behind a flattened picture with its shape `[channels, height, width]`.
    Dense(Option<[usize; 3]>),
    /// Without parameters.
    Plain,
}

/// A window over the picture.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub size: usize,
    pub stride: usize,
    /// As many zeros around the picture as TensorFlow's `same`.
    pub same: bool,
    pub bias: bool,
}

impl Window {
    pub const fn new(size: usize) -> Self {
        Self { size, stride: 1, same: false, bias: false }
    }

    pub const fn stride(self, stride: usize) -> Self {
        Self { stride, ..self }
    }

    pub const fn same(self) -> Self {
        Self { same: true, ..self }
    }

    pub const fn bias(self, bias: bool) -> Self {
        Self { bias, ..self }
    }
}

impl Block {
    pub fn new(name: &str, input: Shape) -> Self {
        Self { name: name.to_owned(), stack: Stack::strict("block", input), layers: Vec::new() }
    }

    pub fn output(&self) -> Shape {
        self.stack.output()
    }

    fn layer(&mut self, [keras, torch]: [&str; 2], kind: Kind) {
        self.layers.push(Layer { keras: keras.into(), torch: torch.into(), kind });
    }

    /// A layer without parameters.
    pub fn plain(&mut self, keras: &str, layer: impl FnOnce(Stack) -> Stack) {
        self.layer([keras, ""], Kind::Plain);
        self.stack = layer(self.stack);
    }

    /// Something that is a layer for the stack, but none for Keras.
    pub fn mark(&mut self, layer: impl FnOnce(Stack) -> Stack) {
        self.stack = layer(self.stack);
    }

    pub fn conv(&mut self, names: [&str; 2], filters: usize, window: Window) {
        self.layer(names, Kind::Conv);
        self.stack = options(self.stack, window).conv2d(filters, window.size);
    }

    pub fn depthwise(&mut self, names: [&str; 2], window: Window) {
        self.layer(names, Kind::Depthwise);
        let channels = self.output().channels();
        self.stack = options(self.stack, window).groups(channels).conv2d(channels, window.size);
    }

    pub fn norm(&mut self, names: [&str; 2], momentum: f32, epsilon: f32) {
        self.layer(names, Kind::Norm);
        self.stack = self.stack.momentum(momentum).epsilon(epsilon).batch_norm();
    }

    pub fn dense(&mut self, names: [&str; 2], units: usize, flattened: Option<Shape>) {
        let picture = flattened.map(|shape| [shape.channels(), shape.size()[0], shape.size()[1]]);
        self.layer(names, Kind::Dense(picture));
        self.stack = self.stack.dense(units);
    }
}

fn options(stack: Stack, window: Window) -> Stack {
    let stack = stack.stride(window.stride);
    let stack = if window.same { stack.same() } else { stack };
    if window.bias { stack } else { stack.no_bias() }
}
