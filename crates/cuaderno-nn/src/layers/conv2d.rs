//! Convolution: `y[i, j, o] = activation(b[o] + Σ x[i·s + u·d - top, j·s + v·d - left, c] · w[u, v, c, o])`, perhaps with the max
//! pooling behind it, `[channels, height, width]` to `[filters, out height, out width]`.

use super::{Backward, Follower, Forward, Init, Operation, Parameter, at_least_one, image, increasing};
use crate::stack::mismatch::{need_image, window_too_large};
use crate::{Layer, Shape, Stack};
use cuaderno_ops::{Activation, ConvOperands, ConvResult, Padding, Pool2d};
use std::sync::Arc;

/// A convolution as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Conv2d {
    /// Channels of the output.
    pub filters: usize,
    /// `[height, width]` of a filter.
    pub kernel: [usize; 2],
    /// Step of the window, `[down, right]`.
    pub stride: [usize; 2],
    /// Zeros around the image.
    pub padding: Padding,
    /// Distance between a filter's taps.
    pub dilation: usize,
    /// Independent groups of channels.
    pub groups: usize,
    /// Whether a bias is added; pointless before batch normalization.
    pub bias: bool,
}

impl Stack {
    /// Convolution with `filters` filters of `kernel` × `kernel`, stride 1, no padding.
    /// Options: `width(n)`, `stride(n)`, `strides(down, right)`, `same()`, `dilation(n)`, `groups(n)`, `no_bias()`.
    ///
    /// `[c, h, w]` to `[filters, h - kernel + 1, w - kernel + 1]`.
    #[track_caller]
    pub const fn conv2d(mut self, filters: usize, kernel: usize) -> Self {
        let (channels, size) = need_image(&self, "conv2d");
        let (kernel, stride, padding) = (self.take_window(kernel), self.take_stride([1, 1]), self.take_padding());
        let (dilation, groups, bias) = (self.take_dilation(), self.take_groups(), self.take_bias());
        if !self.lenient && (filters == 0 || kernel[0] == 0 || kernel[1] == 0) {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                " (conv2d) has ",
                filters,
                " filters of size ",
                kernel[0],
                "x",
                kernel[1],
                "; all must be 1 or more"
            );
        }
        if !self.lenient && (groups == 0 || !channels.is_multiple_of(groups) || !filters.is_multiple_of(groups)) {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                " (conv2d): ",
                groups,
                " groups divide neither or only one of its ",
                channels,
                " input channels and ",
                filters,
                " filters; both must be multiples of the groups"
            );
        }
        // What only a lenient stack still sees becomes harmless.
        let (kernel, groups) = ([at_least_one(kernel[0]), at_least_one(kernel[1])], at_least_one(groups));
        let layer = Conv2d { filters, kernel, stride, padding, dilation, groups, bias };
        let conv = layer.geometry(channels);
        let [height, width] = conv.output_size(size);
        if height == 0 || width == 0 {
            let reach = [(kernel[0] - 1) * dilation + 1, (kernel[1] - 1) * dilation + 1];
            window_too_large(&self, "conv2d", reach, size);
        }
        let trainable = conv.weight_len() + if bias { filters } else { 0 };
        self.push(Layer::Conv2d(layer), image(filters, height, width), trainable, 0)
    }
}

impl Conv2d {
    const fn geometry(&self, channels: usize) -> cuaderno_ops::Conv2d {
        cuaderno_ops::Conv2d {
            stride: self.stride,
            padding: self.padding,
            dilation: [self.dilation, self.dilation],
            groups: self.groups,
            ..cuaderno_ops::Conv2d::new(channels, self.filters, self.kernel)
        }
    }

    pub(super) fn operation(&self, input: Shape) -> Arc<dyn Operation> {
        let (geometry, size) = (self.geometry(input.channels()), input.size());
        Arc::new(Convolution { geometry, size, bias: self.bias, activation: Activation::Linear, pool: None })
    }
}

/// A convolution of pictures of one size, with the activation and the max pooling behind it: together with the pooling, its
/// own output is never stored.
#[derive(Clone, Debug)]
struct Convolution {
    geometry: cuaderno_ops::Conv2d,
    size: [usize; 2],
    bias: bool,
    activation: Activation,
    pool: Option<Pool2d>,
}

impl Convolution {
    fn operands<'a>(
        &self,
        batch: usize,
        input: &'a [f32],
        weight: &'a [f32],
        bias: Option<&'a [f32]>,
    ) -> ConvOperands<'a> {
        let Self { size, activation, pool, .. } = *self;
        ConvOperands { batch, size, input, weight, bias, activation, pool }
    }
}

impl Operation for Convolution {
    fn parameters(&self) -> Vec<Parameter> {
        let cuaderno_ops::Conv2d { in_channels, out_channels, kernel: [height, width], groups, .. } = self.geometry;
        let (taps, channels) = (height * width, in_channels / groups);
        let init = Init::Glorot { fan_in: taps * channels, fan_out: taps * out_channels };
        let kernel = Parameter::trained("kernel", &[height, width, channels, out_channels], init);
        let bias = self.bias.then(|| Parameter::trained("bias", &[out_channels], Init::Zeros));
        [kernel].into_iter().chain(bias).collect()
    }

    fn forward(&self, run: Forward) {
        let operands = self.operands(run.batch, run.input, run.weight, run.some_bias());
        let argmax = run.kept.argmax_if(run.keep && self.pool.is_some(), run.output.len());
        self.geometry.forward(run.scratch, operands, run.output, argmax);
    }

    fn backward(&self, run: Backward) {
        let operands = self.operands(run.batch, run.input, run.values.weight, None);
        let result = ConvResult { output: run.output, argmax: &run.kept.argmax };
        self.geometry.backward(run.scratch, operands, result, run.d_output, run.gradients);
    }

    /// An activation of its values; the max pooling behind an increasing one, which does not move the maximum; a normalization
    /// of its channels, whose factors go into the filters.
    fn joined(&self, next: &Follower) -> Option<Arc<dyn Operation>> {
        let is_linear = self.activation == Activation::Linear;
        let this = self.clone();
        Some(Arc::new(match next {
            Follower::Activation(activation) if is_linear => Self { activation: *activation, ..this },
            Follower::MaxPool(pool) if self.pool.is_none() && increasing(self.activation) => {
                Self { pool: Some(*pool), ..this }
            }
            Follower::Affine { factors, activation, .. }
                if is_linear && self.pool.is_none() && factors.len() == self.geometry.out_channels =>
            {
                Self { bias: true, activation: *activation, ..this }
            }
            _ => return None,
        }))
    }
}
