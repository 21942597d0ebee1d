//! Other numbers for the same pixels: `y[c] = factors[c] x[c] + offsets[c]`, `[3, h, w]` to `[3, h, w]`.

use super::{Backward, Forward, Operation};
use crate::stack::mismatch::need_image;
use crate::{Layer, Stack};
use rayon::prelude::*;

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

impl Stack {
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
}

impl Operation for Rescaling {
    fn forward(&self, run: Forward) {
        const PIXELS: usize = 1 << 14;
        let Self { factors, offsets, reversed } = *self;
        let pixel = |(out, values): (&mut [f32; 3], &[f32; 3])| {
            let [x, y, z] = *values;
            let values = if reversed { [z, y, x] } else { [x, y, z] };
            *out = std::array::from_fn(|c| values[c] * factors[c] + offsets[c]);
        };
        let (outputs, inputs) = (run.output.as_chunks_mut().0, run.input.as_chunks().0);
        let parts = outputs.par_chunks_mut(PIXELS).zip(inputs.par_chunks(PIXELS));
        parts.for_each(|(out, values)| out.iter_mut().zip(values).for_each(pixel));
    }

    fn backward(&self, run: Backward) {
        let Some(d_input) = run.gradients.input else { return };
        for (dx, dy) in d_input.as_chunks_mut::<3>().0.iter_mut().zip(run.d_output.as_chunks::<3>().0) {
            *dx = std::array::from_fn(|c| dy[c] * self.factors[c]);
            if self.reversed {
                dx.reverse();
            }
        }
    }
}
