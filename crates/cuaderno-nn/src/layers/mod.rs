//! One layer, one file. Each has, one below the other: how the layer is written in [`cnn!`](crate::cnn!), its options and the
//! shape it gives (a `const` method of [`Stack`]); then an [`Operation`]: parameters and their first values, forward, backward,
//! and what it does together with its neighbours.
//!
//! A new layer is a file here, a variant of [`Layer`], and its lines in [`Layer::kind`] and [`Layer::operation`].

mod activation;
mod batch_norm;
mod conv2d;
mod dense;
mod dropout;
mod flatten;
mod global_pool;
mod model;
mod operation;
mod pool;
mod rescale;
mod residual;
mod softmax;
mod zero_pad;

use crate::{Shape, Stack};
use cuaderno_ops::{Activation, Pool2d};
use std::sync::Arc;

pub use batch_norm::BatchNorm;
pub use conv2d::Conv2d;
pub use dense::Dense;
pub(crate) use operation::{
    Backward, Follower, Forward, Head, Init, Kept, Operation, Parameter, Statistics, Values, increasing,
};
pub use rescale::Rescaling;
pub(crate) use residual::{Add, Block};

/// One layer as it is written in [`cnn!`](crate::cnn!), before the shape of its input is known.
#[derive(Clone, Copy, Debug)]
pub enum Layer {
    /// Convolution.
    Conv2d(Conv2d),
    /// An activation, value by value.
    Activation(Activation),
    /// Softmax over the values of an example.
    Softmax,
    /// The largest value of each window.
    MaxPool(Pool2d),
    /// The mean of each window.
    AveragePool(Pool2d),
    /// The mean of each channel.
    GlobalAveragePool,
    /// The largest value of each channel.
    GlobalMaxPool,
    /// Other numbers for the same pixels.
    Rescale(Rescaling),
    /// Normalization of each channel over the batch.
    BatchNorm(BatchNorm),
    /// Zeroes this share of the values while training.
    Dropout(f32),
    /// A picture becomes a row, pixel by pixel, the channels of a pixel side by side.
    Flatten,
    /// Fully connected.
    Dense(Dense),
    /// Zeros around the picture, `[top, bottom, left, right]`.
    ZeroPad([usize; 4]),
    /// Here a residual block begins: what comes in is kept for its shortcut.
    ResidualBegin,
    /// Here the branch ends; what follows is applied to the shortcut.
    Shortcut,
    /// Here branch and shortcut are added.
    ResidualEnd,
    /// A whole model.
    Model(&'static Stack),
}

impl Layer {
    /// The name under which the layer is written.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Conv2d(_) => "conv2d",
            Self::Activation(activation) => activation::kind(*activation),
            Self::Softmax => "softmax",
            Self::MaxPool(_) => "max_pool",
            Self::AveragePool(_) => "avg_pool",
            Self::GlobalAveragePool => "global_avg_pool",
            Self::GlobalMaxPool => "global_max_pool",
            Self::Rescale(_) => "rescale",
            Self::BatchNorm(_) => "batch_norm",
            Self::Dropout(_) => "dropout",
            Self::Flatten => "flatten",
            Self::Dense(_) => "dense",
            Self::ZeroPad(_) => "zero_pad",
            Self::ResidualBegin | Self::ResidualEnd => "residual",
            Self::Shortcut => "shortcut",
            Self::Model(_) => "model",
        }
    }

    /// The layer ready to run on inputs of this shape; none where it only says how others are joined.
    pub(crate) fn operation(&self, input: Shape) -> Option<Arc<dyn Operation>> {
        Some(match *self {
            Self::Conv2d(conv) => conv.operation(input),
            Self::Activation(activation) => Arc::new(activation::Elementwise(activation)),
            Self::Softmax => Arc::new(softmax::Softmax { classes: input.len() }),
            Self::MaxPool(pool) => Arc::new(pool::Max::new(pool, input)),
            Self::AveragePool(pool) => Arc::new(pool::Average::new(pool, input)),
            Self::GlobalAveragePool => Arc::new(global_pool::Average::new(input)),
            Self::GlobalMaxPool => Arc::new(pool::Max::whole(input)),
            Self::Rescale(rescaling) => Arc::new(rescaling),
            Self::BatchNorm(norm) => norm.operation(input),
            Self::Dropout(rate) => Arc::new(dropout::Dropout { rate }),
            Self::Dense(dense) => dense.operation(input),
            Self::ZeroPad(padding) => Arc::new(zero_pad::ZeroPad::new(padding, input)),
            Self::Flatten | Self::ResidualBegin | Self::Shortcut | Self::ResidualEnd | Self::Model(_) => return None,
        })
    }
}

/// A picture with at least one pixel: what only a lenient stack still sees becomes harmless.
const fn image(channels: usize, height: usize, width: usize) -> Shape {
    Shape::Image { channels, height: at_least_one(height), width: at_least_one(width) }
}

const fn at_least_one(number: usize) -> usize {
    if number == 0 { 1 } else { number }
}
