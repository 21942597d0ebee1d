//! The kinds of layers.

use crate::Stack;
use cuaderno_ops::{Activation, Padding, Pool2d};

/// One layer as it is written in [`cnn!`](crate::cnn), before any size is known.
#[derive(Clone, Copy, Debug)]
pub enum Layer {
    /// Convolution with bias.
    Conv2d {
        /// Channels of the output.
        filters: usize,
        /// `[height, width]` of a filter.
        kernel: [usize; 2],
        /// Step of the window, `[down, right]`.
        stride: [usize; 2],
        /// Zeros around the image.
        padding: Padding,
        /// Distance between a filter's taps.
        dilation: usize,
        /// Independent groups of channels.
        groups: usize,
        /// Whether a bias is added; pointless before batch normalization.
        bias: bool,
    },
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
    BatchNorm {
        /// How much of the running statistics stays at each training step.
        momentum: f32,
        /// Added to the variance.
        epsilon: f32,
    },
    /// Zeroes a share of the values while training.
    Dropout {
        /// The share.
        rate: f32,
    },
    /// A picture becomes a row, pixel by pixel, the channels of a pixel side by side.
    Flatten,
    /// Fully connected, with bias.
    Dense {
        /// Values of the output.
        units: usize,
        /// Whether a bias is added.
        bias: bool,
    },
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

/// What becomes of a pixel's three numbers: `out[c] = factors[c] * in[c] + offsets[c]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rescaling {
    /// One per channel of the output.
    pub factors: [f32; 3],
    /// One per channel of the output.
    pub offsets: [f32; 3],
    /// Whether the channels are taken in the opposite order: red, green, blue become blue, green, red.
    pub reversed: bool,
}

impl Layer {
    /// The name under which the layer is written.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Conv2d { .. } => "conv2d",
            Self::Activation(Activation::Linear) => "linear",
            Self::Activation(Activation::Relu) => "relu",
            Self::Activation(Activation::Relu6) => "relu6",
            Self::Activation(Activation::LeakyRelu(_)) => "leaky_relu",
            Self::Activation(Activation::Sigmoid) => "sigmoid",
            Self::Activation(Activation::Tanh) => "tanh",
            Self::Softmax => "softmax",
            Self::MaxPool(_) => "max_pool",
            Self::AveragePool(_) => "avg_pool",
            Self::GlobalAveragePool => "global_avg_pool",
            Self::GlobalMaxPool => "global_max_pool",
            Self::Rescale(_) => "rescale",
            Self::BatchNorm { .. } => "batch_norm",
            Self::Dropout { .. } => "dropout",
            Self::Flatten => "flatten",
            Self::Dense { .. } => "dense",
            Self::ZeroPad(_) => "zero_pad",
            Self::ResidualBegin | Self::ResidualEnd => "residual",
            Self::Shortcut => "shortcut",
            Self::Model(_) => "model",
        }
    }
}
