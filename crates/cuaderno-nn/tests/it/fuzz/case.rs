//! What is tried: a network, pictures, and how it is trained; written as a student would write it.

use std::fmt;

/// The size of one example between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `[channels, height, width]`
    Image([usize; 3]),
    Row(usize),
}

impl Shape {
    pub fn channels(self) -> usize {
        match self {
            Self::Image([channels, ..]) => channels,
            Self::Row(n) => n,
        }
    }

    /// `[height, width]`
    pub fn size(self) -> [usize; 2] {
        match self {
            Self::Image([_, height, width]) => [height, width],
            Self::Row(_) => [1, 1],
        }
    }

    pub fn len(self) -> usize {
        self.channels() * self.size()[0] * self.size()[1]
    }
}

/// Where a window stops, and what it sees around the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// `[height, width]`
    pub size: [usize; 2],
    /// `[down, right]`; a convolution's is 1, a pooling's its window where none is given.
    pub stride: Option<[usize; 2]>,
    pub same: bool,
    pub dilation: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    Conv {
        filters: usize,
        window: Window,
        groups: usize,
        bias: bool,
    },
    MaxPool(Window),
    AvgPool(Window),
    GlobalAvg,
    GlobalMax,
    Rescale {
        factors: [f32; 3],
        offsets: [f32; 3],
        reversed: bool,
    },
    ZeroPad([usize; 4]),
    Norm {
        momentum: f32,
        epsilon: f32,
    },
    Dropout(f32),
    Relu,
    Relu6,
    Leaky(f32),
    Sigmoid,
    Tanh,
    Softmax,
    Flatten,
    Dense {
        units: usize,
        bias: bool,
    },
    /// Branch, and shortcut if it has layers of its own.
    Residual(Vec<Layer>, Option<Vec<Layer>>),
    Model(Vec<Layer>),
}

/// One trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Everything random follows from it: pictures, labels, parameters, settings of optimizers.
    pub seed: u64,
    pub input: Shape,
    pub layers: Vec<Layer>,
    /// Examples of a batch, and of the smaller one behind it.
    pub batch: usize,
    pub rest: usize,
    /// Layers from the first one on that are frozen.
    pub frozen: usize,
    /// Whether scores are trained as independent answers.
    pub binary: bool,
    pub class_weights: bool,
    /// Numbers that are learnt instead of classes, and by which loss.
    pub numbers: Option<Numbers>,
    /// The share of the targets that is spread over all classes.
    pub smoothing: f32,
    /// Batches that make a step of the optimizer.
    pub accumulate: usize,
    /// Whether biases start at zero, as they do in a new network.
    pub fresh: bool,
    pub pictures: Pictures,
}

/// A loss of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    SquaredError,
    AbsoluteError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// In `0..1`.
    Bright,
    /// In `-1..1`.
    Centred,
    /// A few bright pixels on black.
    Black,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let input = match self.input {
            Shape::Image([channels, height, width]) => format!("{channels}, {height}, {width}"),
            Shape::Row(n) => n.to_string(),
        };
        writeln!(f, "cnn! {{ Found: [{input}] => [{}] }}", list(&self.layers))?;
        write!(
            f,
            "seed {}, batches of {} and {}, {:?} pictures, {} layers frozen{}{}{}{}{}{}",
            self.seed,
            self.batch,
            self.rest,
            self.pictures,
            self.frozen,
            if self.binary { ", binary loss" } else { "" },
            if self.class_weights { ", class weights" } else { "" },
            if self.fresh { ", fresh biases" } else { "" },
            self.numbers.map_or_else(String::new, |loss| format!(", numbers by {loss:?}")),
            if self.smoothing > 0.0 { format!(", label smoothing {:?}", self.smoothing) } else { String::new() },
            if self.accumulate > 1 { format!(", {} batches a step", self.accumulate) } else { String::new() },
        )
    }
}

fn list(layers: &[Layer]) -> String {
    layers.iter().map(Layer::to_string).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conv { filters, window, groups, bias } => {
                write!(f, "conv2d({filters}, {}){}", window.size[0], window)?;
                if *groups != 1 {
                    write!(f, ".groups({groups})")?;
                }
                f.write_str(if *bias { "" } else { ".no_bias()" })
            }
            Self::MaxPool(window) => write!(f, "max_pool({}){window}", window.size[0]),
            Self::AvgPool(window) => write!(f, "avg_pool({}){window}", window.size[0]),
            Self::GlobalAvg => f.write_str("global_avg_pool"),
            Self::GlobalMax => f.write_str("global_max_pool"),
            Self::Rescale { factors, offsets, reversed } => {
                write!(f, "rescale(Rescaling {{ factors: {factors:?}, offsets: {offsets:?}, reversed: {reversed} }})")
            }
            Self::ZeroPad([t, b, l, r]) => write!(f, "zero_pad_sides({t}, {b}, {l}, {r})"),
            Self::Norm { momentum, epsilon } => write!(f, "batch_norm.momentum({momentum:?}).epsilon({epsilon:?})"),
            Self::Dropout(rate) => write!(f, "dropout({rate:?})"),
            Self::Relu => f.write_str("relu"),
            Self::Relu6 => f.write_str("relu6"),
            Self::Leaky(slope) => write!(f, "leaky_relu.slope({slope:?})"),
            Self::Sigmoid => f.write_str("sigmoid"),
            Self::Tanh => f.write_str("tanh"),
            Self::Softmax => f.write_str("softmax"),
            Self::Flatten => f.write_str("flatten"),
            Self::Dense { units, bias } => write!(f, "dense({units}){}", if *bias { "" } else { ".no_bias()" }),
            Self::Residual(branch, None) => write!(f, "residual({})", list(branch)),
            Self::Residual(branch, Some(shortcut)) => write!(f, "residual({}; {})", list(branch), list(shortcut)),
            Self::Model(layers) => write!(f, "model([{}])", list(layers)),
        }
    }
}

/// The options behind a layer with a window.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.size[1] != self.size[0] {
            write!(f, ".width({})", self.size[1])?;
        }
        match self.stride {
            Some([down, right]) if down == right => write!(f, ".stride({down})")?,
            Some([down, right]) => write!(f, ".strides({down}, {right})")?,
            None => {}
        }
        if self.dilation != 1 {
            write!(f, ".dilation({})", self.dilation)?;
        }
        f.write_str(if self.same { ".same()" } else { "" })
    }
}
