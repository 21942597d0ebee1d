//! Pooling over the whole picture: the mean, or the largest value, of each channel, `[c, h, w]` to `[c]`.

use super::{Backward, Forward, Operation};
use crate::stack::mismatch::need_image;
use crate::{Layer, Shape, Stack};
use cuaderno_ops::{global_average_backward, global_average_forward};

impl Stack {
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
}

/// `y[c] = mean x[i, j, c]`; the largest value is [`Max`](super::pool::Max) with one window.
#[derive(Debug)]
pub(super) struct Average {
    pixels: usize,
    channels: usize,
}

impl Average {
    pub fn new(input: Shape) -> Self {
        let [height, width] = input.size();
        Self { pixels: height * width, channels: input.channels() }
    }
}

impl Operation for Average {
    fn forward(&self, run: Forward) {
        global_average_forward(run.batch, self.pixels, self.channels, run.input, run.output);
    }

    fn backward(&self, run: Backward) {
        if let Some(d_input) = run.gradients.input {
            global_average_backward(run.batch, self.pixels, self.channels, run.d_output, d_input);
        }
    }
}
