//! What is written behind a layer: `conv2d(32, 3).stride(2).same()`.
//!
//! The macro applies options before their layer, so that the layer is checked as a whole.

use super::Stack;
use cuaderno_ops::Padding;

/// Options waiting for their layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    width: Option<usize>,
    stride: Option<[usize; 2]>,
    padding: Option<Padding>,
    dilation: Option<usize>,
    groups: Option<usize>,
    no_bias: bool,
    momentum: Option<f32>,
    epsilon: Option<f32>,
    slope: Option<f32>,
}

impl Options {
    pub(super) const NONE: Self = Self {
        width: None,
        stride: None,
        padding: None,
        dilation: None,
        groups: None,
        no_bias: false,
        momentum: None,
        epsilon: None,
        slope: None,
    };

    /// Stops compilation if an option was given that the layer does not have.
    #[track_caller]
    pub(super) const fn check_taken(&self, number: usize, kind: &str) {
        let unused = if self.width.is_some() {
            "width"
        } else if self.stride.is_some() {
            "stride"
        } else if self.padding.is_some() {
            "padding"
        } else if self.dilation.is_some() {
            "dilation"
        } else if self.groups.is_some() {
            "groups"
        } else if self.no_bias {
            "no_bias"
        } else if self.momentum.is_some() {
            "momentum"
        } else if self.epsilon.is_some() {
            "epsilon"
        } else if self.slope.is_some() {
            "slope"
        } else {
            return;
        };
        const_panic::concat_panic!("layer ", number, " (", display: kind, ") has no option `", display: unused, "`");
    }
}

/// Options of layers; in [`cnn!`](crate::cnn!) they follow their layer.
impl Stack {
    /// Width of the window of `conv2d`, `max_pool`, `avg_pool` where it is not square: `conv2d(32, 3).width(5)` looks at 3
    /// rows of 5 pixels.
    pub const fn width(mut self, pixels: usize) -> Self {
        self.options.width = Some(pixels);
        self
    }

    /// Step of the window of `conv2d` (1 by default), `max_pool`, `avg_pool` (their window by default).
    #[track_caller]
    pub const fn stride(self, step: usize) -> Self {
        self.strides(step, step)
    }

    /// Steps of the window that differ: so many pixels down, so many to the right.
    #[track_caller]
    pub const fn strides(mut self, down: usize, right: usize) -> Self {
        if (down == 0 || right == 0) && !self.lenient {
            const_panic::concat_panic!("layer ", self.len + 1, ": a stride of 0 never moves; use 1 or more");
        }
        self.options.stride = Some([down, right]);
        self
    }

    /// As many zeros around the image of `conv2d`, `max_pool`, `avg_pool` as keep its size, at stride 1.
    pub const fn same(mut self) -> Self {
        self.options.padding = Some(Padding::Same);
        self
    }

    /// No zeros around the image: the default.
    pub const fn valid(mut self) -> Self {
        self.options.padding = Some(Padding::Valid);
        self
    }

    /// Distance between the taps of a `conv2d` filter.
    #[track_caller]
    pub const fn dilation(mut self, distance: usize) -> Self {
        if distance == 0 && !self.lenient {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                ": a dilation of 0 puts all taps on one pixel; use 1 or more"
            );
        }
        self.options.dilation = Some(distance);
        self
    }

    /// Independent groups of channels of a `conv2d`; as many as input channels make it depthwise.
    pub const fn groups(mut self, count: usize) -> Self {
        self.options.groups = Some(count);
        self
    }

    /// No bias in `conv2d` or `dense`: batch normalization behind it would remove it.
    pub const fn no_bias(mut self) -> Self {
        self.options.no_bias = true;
        self
    }

    /// How much of its running statistics `batch_norm` keeps at each step (0.99 by default).
    #[track_caller]
    pub const fn momentum(mut self, share: f32) -> Self {
        let is_share = share >= 0.0 && share < 1.0;
        if !is_share && !self.lenient {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                ": momentum is the share that stays, at least 0.0 and below 1.0"
            );
        }
        self.options.momentum = Some(share);
        self
    }

    /// What `batch_norm` adds to the variance (0.001 by default).
    #[track_caller]
    pub const fn epsilon(mut self, value: f32) -> Self {
        let is_small = value > 0.0 && value < f32::INFINITY;
        if !is_small && !self.lenient {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                ": epsilon must be above 0.0, as it keeps from dividing by zero"
            );
        }
        self.options.epsilon = Some(value);
        self
    }

    /// Slope of `leaky_relu` below zero (0.3 by default, as in Keras).
    #[track_caller]
    pub const fn slope(mut self, value: f32) -> Self {
        let rises = value >= 0.0 && value < f32::INFINITY;
        if !rises && !self.lenient {
            const_panic::concat_panic!("layer ", self.len + 1, ": the slope must be 0.0 or more");
        }
        self.options.slope = Some(value);
        self
    }

    /// `[height, width]` of a window of this height.
    pub(crate) const fn take_window(&mut self, height: usize) -> [usize; 2] {
        match self.options.width.take() {
            Some(width) => [height, width],
            None => [height, height],
        }
    }

    pub(crate) const fn take_stride(&mut self, default: [usize; 2]) -> [usize; 2] {
        match self.options.stride.take() {
            Some([0, _] | [_, 0]) | None => default,
            Some(steps) => steps,
        }
    }

    pub(crate) const fn take_padding(&mut self) -> Padding {
        match self.options.padding.take() {
            Some(padding) => padding,
            None => Padding::Valid,
        }
    }

    pub(crate) const fn take_dilation(&mut self) -> usize {
        match self.options.dilation.take() {
            Some(0) | None => 1,
            Some(distance) => distance,
        }
    }

    pub(crate) const fn take_groups(&mut self) -> usize {
        match self.options.groups.take() {
            Some(groups) => groups,
            None => 1,
        }
    }

    pub(crate) const fn take_bias(&mut self) -> bool {
        !std::mem::replace(&mut self.options.no_bias, false)
    }

    pub(crate) const fn take_momentum(&mut self) -> f32 {
        match self.options.momentum.take() {
            Some(momentum) => momentum,
            None => 0.99,
        }
    }

    pub(crate) const fn take_epsilon(&mut self) -> f32 {
        match self.options.epsilon.take() {
            Some(epsilon) => epsilon,
            None => 1e-3,
        }
    }

    pub(crate) const fn take_slope(&mut self) -> f32 {
        match self.options.slope.take() {
            Some(slope) => slope,
            None => 0.3,
        }
    }
}
