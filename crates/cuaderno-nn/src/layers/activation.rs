//! Activations: `y = f(x)`, value by value. The shape stays.

use super::{Backward, Follower, Forward, Head, Operation};
use crate::{Layer, Stack};
use cuaderno_ops::{Activation, activation_backward, activation_forward};

pub(super) const fn kind(activation: Activation) -> &'static str {
    match activation {
        Activation::Linear => "linear",
        Activation::Relu => "relu",
        Activation::Relu6 => "relu6",
        Activation::LeakyRelu(_) => "leaky_relu",
        Activation::Sigmoid => "sigmoid",
        Activation::Tanh => "tanh",
    }
}

impl Stack {
    /// `max(x, 0)`
    #[track_caller]
    pub const fn relu(self) -> Self {
        self.activation(Activation::Relu)
    }

    /// `min(max(x, 0), 6)`
    #[track_caller]
    pub const fn relu6(self) -> Self {
        self.activation(Activation::Relu6)
    }

    /// `x` above zero, `slope * x` below. Option: `slope(0.3)`.
    #[track_caller]
    pub const fn leaky_relu(mut self) -> Self {
        let slope = self.take_slope();
        self.activation(Activation::LeakyRelu(slope))
    }

    /// `1 / (1 + exp(-x))`
    #[track_caller]
    pub const fn sigmoid(self) -> Self {
        self.activation(Activation::Sigmoid)
    }

    /// Hyperbolic tangent.
    #[track_caller]
    pub const fn tanh(self) -> Self {
        self.activation(Activation::Tanh)
    }

    #[track_caller]
    const fn activation(self, activation: Activation) -> Self {
        let shape = self.output();
        self.push(Layer::Activation(activation), shape, 0, 0)
    }
}

/// An activation that no operation before it has taken over.
#[derive(Debug)]
pub(super) struct Elementwise(pub Activation);

impl Operation for Elementwise {
    fn forward(&self, run: Forward) {
        activation_forward(self.0, run.input, run.output);
    }

    fn backward(&self, run: Backward) {
        activation_backward(self.0, run.output, run.d_output);
    }

    fn works_in_place(&self) -> bool {
        true
    }

    fn head(&self) -> Head {
        if self.0 == Activation::Sigmoid { Head::Sigmoid } else { Head::Scores }
    }

    fn follower(&self, _: Option<super::Values>) -> Option<Follower> {
        Some(Follower::Activation(self.0))
    }
}
