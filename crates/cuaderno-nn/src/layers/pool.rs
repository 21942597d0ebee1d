//! Pooling: the largest value, or the mean, of each window and channel, `[c, h, w]` to `[c, out h, out w]`.

use super::{Backward, Follower, Forward, Operation, Values, at_least_one, image};
use crate::stack::mismatch::{need_image, window_too_large};
use crate::{Layer, Shape, Stack};
use cuaderno_ops::{Padding, Pool2d};

impl Stack {
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
}

/// `y[i, j, c] = max x[i·s + u - top, j·s + v - left, c]` over the window.
#[derive(Debug)]
pub(super) struct Max {
    pool: Pool2d,
    size: [usize; 2],
    channels: usize,
    /// Whether the window is the picture.
    is_global: bool,
}

impl Max {
    pub fn new(pool: Pool2d, input: Shape) -> Self {
        Self { pool, size: input.size(), channels: input.channels(), is_global: false }
    }

    /// Over the whole picture.
    pub fn whole(input: Shape) -> Self {
        let size = input.size();
        Self { is_global: true, ..Self::new(Pool2d { window: size, stride: size, padding: Padding::Valid }, input) }
    }
}

impl Operation for Max {
    fn forward(&self, run: Forward) {
        let argmax = run.kept.argmax_if(run.keep, run.output.len());
        self.pool.max_forward(run.batch, self.size, self.channels, run.input, run.output, argmax);
    }

    fn backward(&self, run: Backward) {
        if let Some(d_input) = run.gradients.input {
            self.pool.max_backward(run.batch, self.size, self.channels, &run.kept.argmax, run.d_output, d_input);
        }
    }

    /// The whole picture as one window joins a convolution in prediction only.
    fn follower(&self, fixed: Option<Values>) -> Option<Follower> {
        (!self.is_global || fixed.is_some()).then_some(Follower::MaxPool(self.pool))
    }
}

/// `y[i, j, c] = mean x[i·s + u - top, j·s + v - left, c]` over the window's pixels inside of the picture.
#[derive(Debug)]
pub(super) struct Average {
    pool: Pool2d,
    size: [usize; 2],
    channels: usize,
}

impl Average {
    pub fn new(pool: Pool2d, input: Shape) -> Self {
        Self { pool, size: input.size(), channels: input.channels() }
    }
}

impl Operation for Average {
    fn forward(&self, run: Forward) {
        self.pool.average_forward(run.batch, self.size, self.channels, run.input, run.output);
    }

    fn backward(&self, run: Backward) {
        if let Some(d_input) = run.gradients.input {
            self.pool.average_backward(run.batch, self.size, self.channels, run.d_output, d_input);
        }
    }
}
