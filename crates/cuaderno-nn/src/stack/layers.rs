//! One method per kind of layer.

use super::Stack;
use super::misfit::{need_image, need_row, window_too_large};
use crate::layer::{Layer, Rescaling};
use crate::shape::Shape;
use cuaderno_ops::{Activation, Conv2d, Pool2d};

/// The layers; in [`cnn!`](crate::cnn) they are written in a list. Shapes are `[channels, height, width]`.
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
        let conv = Conv2d {
            stride,
            padding,
            dilation: [dilation, dilation],
            groups,
            ..Conv2d::new(channels, filters, kernel)
        };
        let [height, width] = conv.output_size(size);
        if height == 0 || width == 0 {
            let reach = [(kernel[0] - 1) * dilation + 1, (kernel[1] - 1) * dilation + 1];
            window_too_large(&self, "conv2d", reach, size);
        }
        let trainable = conv.weight_len() + if bias { filters } else { 0 };
        let layer = Layer::Conv2d { filters, kernel, stride, padding, dilation, groups, bias };
        self.push(layer, image(filters, height, width), trainable, 0)
    }

    /// The largest value of each `window` × `window` pixels. Options: `width(n)`, `stride(n)`, `strides(down, right)`,
    /// `same()`.
    ///
    /// `[c, h, w]` to `[c, h / window, w / window]`, rounded down.
    #[track_caller]
    pub const fn max_pool(self, window: usize) -> Self {
        self.pool("max_pool", window, true)
    }

    /// The mean of each `window` × `window` pixels. Options: `width(n)`, `stride(n)`, `strides(down, right)`,
    /// `same()`.
    ///
    /// `[c, h, w]` to `[c, h / window, w / window]`, rounded down.
    #[track_caller]
    pub const fn avg_pool(self, window: usize) -> Self {
        self.pool("avg_pool", window, false)
    }

    #[track_caller]
    const fn pool(mut self, kind: &str, window: usize, max: bool) -> Self {
        let (channels, size) = need_image(&self, kind);
        let window = self.take_window(window);
        let [down, right] = window;
        if !self.lenient && (down == 0 || down > 256 || right == 0 || right > 256) {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                " (",
                display: kind,
                ") has a window of ",
                down,
                "x",
                right,
                "; use 1 to 256"
            );
        }
        let window = [at_least_one(down), at_least_one(right)];
        let (stride, padding) = (self.take_stride(window), self.take_padding());
        let pool = Pool2d { window, stride, padding };
        let [height, width] = pool.output_size(size);
        if height == 0 || width == 0 {
            window_too_large(&self, kind, window, size);
        }
        let layer = if max { Layer::MaxPool(pool) } else { Layer::AveragePool(pool) };
        self.push(layer, image(channels, height, width), 0, 0)
    }

    /// The mean of each channel: `[c, h, w]` to `[c]`.
    #[track_caller]
    pub const fn global_avg_pool(self) -> Self {
        let (channels, _) = need_image(&self, "global_avg_pool");
        self.push(Layer::GlobalAveragePool, Shape::Features(channels), 0, 0)
    }

    /// The largest value of each channel: `[c, h, w]` to `[c]`; a channel has at most 65,536 pixels.
    #[track_caller]
    pub const fn global_max_pool(self) -> Self {
        let (channels, size) = need_image(&self, "global_max_pool");
        if !self.lenient && size[0] * size[1] > 65_536 {
            const_panic::concat_panic!("layer ", self.len + 1, " (global_max_pool): ", size, " pixels; pool before");
        }
        self.push(Layer::GlobalMaxPool, Shape::Features(channels), 0, 0)
    }

    /// Scales and shifts the channels of a picture, which has three: preprocessing as part of the model. The shape stays.
    #[track_caller]
    pub const fn rescale(self, rescaling: Rescaling) -> Self {
        let (channels, _) = need_image(&self, "rescale");
        if !self.lenient && channels != 3 {
            const_panic::concat_panic!("layer ", self.len + 1, " (rescale) needs 3 channels, but gets ", channels);
        }
        let shape = self.output();
        self.push(Layer::Rescale(rescaling), shape, 0, 0)
    }

    /// Zeros around the picture: `[c, h, w]` to `[c, h + 2 border, w + 2 border]`.
    #[track_caller]
    pub const fn zero_pad(self, border: usize) -> Self {
        self.zero_pad_sides(border, border, border, border)
    }

    /// Zeros on each side of the picture: `[c, h, w]` to `[c, top + h + bottom, left + w + right]`.
    #[track_caller]
    pub const fn zero_pad_sides(self, top: usize, bottom: usize, left: usize, right: usize) -> Self {
        let (channels, [height, width]) = need_image(&self, "zero_pad");
        let output = Shape::Image { channels, height: top + height + bottom, width: left + width + right };
        self.push(Layer::ZeroPad([top, bottom, left, right]), output, 0, 0)
    }

    /// A picture becomes a row: `[c, h, w]` to `[h * w * c]`, the channels of a pixel side by side (as in Keras).
    #[track_caller]
    pub const fn flatten(self) -> Self {
        let length = self.output().len();
        self.push(Layer::Flatten, Shape::Features(length), 0, 0)
    }

    /// Fully connected: `[n]` to `[units]`. Option: `no_bias()`.
    #[track_caller]
    pub const fn dense(mut self, units: usize) -> Self {
        let inputs = need_row(&self, "dense");
        if !self.lenient && units == 0 {
            const_panic::concat_panic!("layer ", self.len + 1, " (dense) has 0 units; use 1 or more");
        }
        let bias = self.take_bias();
        let trainable = inputs * units + if bias { units } else { 0 };
        self.push(Layer::Dense { units, bias }, Shape::Features(units), trainable, 0)
    }

    /// Normalizes each channel over the batch, then scales and shifts it. Options: `momentum(0.99)`, `epsilon(0.001)`.
    /// The shape stays.
    #[track_caller]
    pub const fn batch_norm(mut self) -> Self {
        let channels = self.output().channels();
        let layer = Layer::BatchNorm { momentum: self.take_momentum(), epsilon: self.take_epsilon() };
        let shape = self.output();
        self.push(layer, shape, 2 * channels, 2 * channels)
    }

    /// Zeroes this share of the values while training, and scales the others up. The shape stays.
    #[track_caller]
    pub const fn dropout(self, rate: f32) -> Self {
        let is_share = rate >= 0.0 && rate < 1.0;
        if !self.lenient && !is_share {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                " (dropout): the share of dropped values must be at least 0.0 and below 1.0"
            );
        }
        let shape = self.output();
        self.push(Layer::Dropout { rate }, shape, 0, 0)
    }

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

    /// Class scores become probabilities that sum to 1: `[n]` to `[n]`. As the last layer it may be left out: training works
    /// from the scores either way.
    #[track_caller]
    pub const fn softmax(self) -> Self {
        if need_row(&self, "softmax") == 1 && !self.lenient {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                " (softmax): of a single value softmax makes 1.0, whatever it is; use `sigmoid`, or dense(2) before it"
            );
        }
        let shape = self.output();
        self.push(Layer::Softmax, shape, 0, 0)
    }

    /// A whole model as one layer, written `model(Name)`, with parameters of its own.
    #[track_caller]
    pub const fn model(self, inner: &'static Stack) -> Self {
        if !self.output().same_as(inner.input()) {
            super::misfit::wrong_model(&self, inner);
        }
        self.push(Layer::Model(inner), inner.output(), inner.trainable, inner.frozen)
    }
}

/// A picture with at least one pixel.
const fn image(channels: usize, height: usize, width: usize) -> Shape {
    Shape::Image { channels, height: at_least_one(height), width: at_least_one(width) }
}

const fn at_least_one(number: usize) -> usize {
    if number == 0 { 1 } else { number }
}
