//! What every layer can do, and the operands it does it with.

use cuaderno_ops::{Activation, BatchStatistics, Gradients, Pool2d, Scratch};
use std::fmt;
use std::sync::Arc;

/// A layer ready to run on examples of one shape.
///
/// At most two of its parameters are trained: a weight, and a bias that is added behind it, one for each channel of the output.
pub(crate) trait Operation: fmt::Debug + Send + Sync {
    /// Its parameters in the order in which they are saved: those that are trained (weight, bias), then running statistics.
    fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    /// From input to output.
    fn forward(&self, run: Forward);

    /// From the gradient of the output to those of input and parameters. Where it [works in place](Self::works_in_place), the
    /// gradient of the output becomes that of the input.
    fn backward(&self, run: Backward);

    /// Whether the gradient of the input takes the place of the output's.
    fn works_in_place(&self) -> bool {
        false
    }

    /// What a loss folds into itself if this is the last layer.
    fn head(&self) -> Head {
        Head::Scores
    }

    /// What it is to the operation before it, which may do its work as well. In prediction, its parameters are known to stay.
    fn follower(&self, _fixed: Option<Values>) -> Option<Follower> {
        None
    }

    /// This operation with the one that follows it, if both can be one. A [`Follower::Affine`] asks for a weight whose last
    /// axis is the channels of the output; the caller changes weight and bias.
    fn joined(&self, _next: &Follower) -> Option<Arc<dyn Operation>> {
        None
    }
}

/// A parameter tensor.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub name: &'static str,
    pub shape: Vec<usize>,
    /// Whether training changes it.
    pub trainable: bool,
    pub init: Init,
}

impl Parameter {
    pub fn trained(name: &'static str, shape: &[usize], init: Init) -> Self {
        Self { name, shape: shape.to_vec(), trainable: true, init }
    }

    /// One value for each channel, moved by batches, not by gradients.
    pub fn running(name: &'static str, channels: usize, init: Init) -> Self {
        Self { name, shape: vec![channels], trainable: false, init }
    }
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

/// The last layer, if it turns scores into probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Scores,
    Softmax,
    Sigmoid,
}

/// An operation as the one before it sees it.
#[derive(Debug)]
pub(crate) enum Follower {
    Activation(Activation),
    MaxPool(Pool2d),
    /// `activation((x - mean) factor + offset)` for each channel.
    Affine {
        factors: Vec<f32>,
        means: Vec<f32>,
        offsets: Vec<f32>,
        activation: Activation,
    },
    /// Does nothing.
    Nothing,
}

impl Follower {
    /// Whether it is an [`Affine`](Self::Affine) behind which the larger of two values is the same one as before it.
    pub fn keeps_order(&self) -> bool {
        matches!(self, Self::Affine { factors, activation, .. }
            if increasing(*activation) && factors.iter().all(|factor| *factor >= 0.0))
    }
}

pub(crate) fn increasing(activation: Activation) -> bool {
    !matches!(activation, Activation::LeakyRelu(slope) if slope <= 0.0)
}

/// The values of an operation's parameters.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    /// Empty where there is none.
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    /// Running statistics, one behind the other.
    pub state: &'a [f32],
}

/// What an operation found on the way forward, besides its output, and looks at on the way back.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Of a max pooling: where in its window each largest value was.
    pub argmax: Vec<u16>,
    /// Of a batch normalization: the batch's moments; empty where running ones were used.
    pub statistics: BatchStatistics,
}

impl Kept {
    /// Room for the argmax indices of a max pooling, if the way back will ask for them.
    pub fn argmax_if(&mut self, keep: bool, len: usize) -> Option<&mut [u16]> {
        keep.then(|| {
            self.argmax.resize(len, 0);
            &mut self.argmax[..]
        })
    }
}

/// Running statistics on the way forward.
pub(crate) enum Statistics<'a> {
    /// The batch's own are used, and move these.
    Moving(&'a mut [f32]),
    /// These are used.
    Fixed(&'a [f32]),
}

/// Operands of [`Operation::forward`].
pub(crate) struct Forward<'a> {
    /// Examples.
    pub batch: usize,
    /// `[batch, shape of the input]`, channels last.
    pub input: &'a [f32],
    /// The second input of an addition.
    pub other: Option<&'a [f32]>,
    pub weight: &'a [f32],
    /// Empty where there is none.
    pub bias: &'a [f32],
    pub statistics: Statistics<'a>,
    /// In training: what the mask of a dropout is drawn by.
    pub dropout_key: Option<u64>,
    /// Whether there will be a way back.
    pub keep: bool,
    pub kept: &'a mut Kept,
    pub scratch: &'a mut Scratch,
    /// Overwritten.
    pub output: &'a mut [f32],
}

impl<'a> Forward<'a> {
    pub fn some_bias(&self) -> Option<&'a [f32]> {
        (!self.bias.is_empty()).then_some(self.bias)
    }
}

/// Operands of [`Operation::backward`].
pub(crate) struct Backward<'a> {
    /// Examples.
    pub batch: usize,
    /// Those of the way forward.
    pub input: &'a [f32],
    pub output: &'a [f32],
    pub values: Values<'a>,
    pub dropout_key: Option<u64>,
    pub kept: &'a Kept,
    pub scratch: &'a mut Scratch,
    /// The gradient with respect to the output; its content afterwards is unspecified, unless the operation works in place.
    pub d_output: &'a mut [f32],
    /// Where the gradients go that are wanted.
    pub gradients: Gradients<'a>,
}
