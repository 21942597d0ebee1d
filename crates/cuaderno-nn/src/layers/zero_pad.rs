//! Zeros around the picture: `[c, h, w]` to `[c, top + h + bottom, left + w + right]`.

use super::{Backward, Forward, Operation};
use crate::stack::mismatch::need_image;
use crate::{Layer, Shape, Stack};
use cuaderno_ops::ZeroPad2d;

impl Stack {
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
}

#[derive(Debug)]
pub(super) struct ZeroPad {
    pad: ZeroPad2d,
    size: [usize; 2],
    channels: usize,
}

impl ZeroPad {
    pub fn new(padding: [usize; 4], input: Shape) -> Self {
        Self { pad: ZeroPad2d { padding }, size: input.size(), channels: input.channels() }
    }
}

impl Operation for ZeroPad {
    fn forward(&self, run: Forward) {
        self.pad.forward(run.batch, self.size, self.channels, run.input, run.output);
    }

    fn backward(&self, run: Backward) {
        if let Some(d_input) = run.gradients.input {
            self.pad.backward(run.batch, self.size, self.channels, run.d_output, d_input);
        }
    }
}
