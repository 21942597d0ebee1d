//! How many zeros surround an image before a window slides over it.

use crate::sizes::{reach, sum};

/// Zeros around an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Padding {
    /// None: the window stays inside the image.
    #[default]
    Valid,
    /// As many as make the output `ceil(size / stride)` large; an odd one goes to the bottom and right, as in TensorFlow.
    Same,
    /// These many, `[top, bottom, left, right]`.
    Explicit([usize; 4]),
}

impl Padding {
    /// The zeros `[top, bottom, left, right]` for an image of `size` (`[height, width]`) and a window.
    pub const fn resolve(
        self,
        size: [usize; 2],
        window: [usize; 2],
        stride: [usize; 2],
        dilation: [usize; 2],
    ) -> [usize; 4] {
        match self {
            Self::Valid => [0; 4],
            Self::Same => {
                let [top, bottom] = same(size[0], window[0], stride[0], dilation[0]);
                let [left, right] = same(size[1], window[1], stride[1], dilation[1]);
                [top, bottom, left, right]
            }
            Self::Explicit(padding) => padding,
        }
    }

    /// `[height, width]` after sliding the window; zero where the window does not fit.
    pub const fn output_size(
        self,
        size: [usize; 2],
        window: [usize; 2],
        stride: [usize; 2],
        dilation: [usize; 2],
    ) -> [usize; 2] {
        let [top, bottom, left, right] = self.resolve(size, window, stride, dilation);
        [
            slide(sum(&[size[0], top, bottom]), window[0], stride[0], dilation[0]),
            slide(sum(&[size[1], left, right]), window[1], stride[1], dilation[1]),
        ]
    }
}

/// Zeros before and after one axis so that it shrinks by the stride only.
const fn same(size: usize, window: usize, stride: usize, dilation: usize) -> [usize; 2] {
    let output = size.div_ceil(stride);
    let needed = reach(output, stride, reach(window, dilation, 1)).saturating_sub(size);
    [needed / 2, needed - needed / 2]
}

/// Positions of a window along one axis.
const fn slide(size: usize, window: usize, stride: usize, dilation: usize) -> usize {
    let reach = reach(window, dilation, 1);
    if size < reach { 0 } else { (size - reach) / stride + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_keras() {
        // keras.layers.Conv2D(..).compute_output_shape and tf.nn.conv2d's documented rule for SAME
        assert_eq!(Padding::Valid.output_size([64, 64], [3, 3], [1, 1], [1, 1]), [62, 62]);
        assert_eq!(Padding::Same.output_size([7, 8], [3, 3], [2, 2], [1, 1]), [4, 4]);
        assert_eq!(Padding::Same.resolve([8, 8], [3, 3], [2, 2], [1, 1]), [0, 1, 0, 1]);
        assert_eq!(Padding::Same.resolve([9, 9], [3, 3], [1, 1], [2, 2]), [2, 2, 2, 2]);
        assert_eq!(Padding::Explicit([0, 1, 0, 1]).output_size([224, 224], [3, 3], [2, 2], [1, 1]), [112, 112]);
        assert_eq!(Padding::Valid.output_size([2, 2], [3, 3], [1, 1], [1, 1]), [0, 0]);
    }
}
