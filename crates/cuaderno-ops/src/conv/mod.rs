//! Two-dimensional convolution: geometry and entry points.

mod backward;
mod depthwise;
mod forward;
mod input_block;
mod pack_gradient;
mod packed;
mod panels;
mod winograd;

use crate::sizes::product;
use crate::{Activation, Padding, Pool2d, Scratch};

/// A convolution of `[batch, height, width, in_channels]` with a kernel
/// `[kernel height, kernel width, in_channels / groups, out_channels]` (Keras's HWIO layout; a depthwise kernel
/// `[height, width, channels, multiplier]` is the same memory with `groups = channels`).
///
/// `y[n, i, j, o] = activation(b[o] + Σ x[n, i·s + u·d - top, j·s + v·d - left, c] · w[u, v, c, o])`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv2d {
    /// Channels of the input.
    pub in_channels: usize,
    /// Channels of the output: the number of filters.
    pub out_channels: usize,
    /// `[height, width]` of a filter.
    pub kernel: [usize; 2],
    /// Step of the window, `[down, right]`.
    pub stride: [usize; 2],
    /// Zeros around the image.
    pub padding: Padding,
    /// Distance between a filter's taps, `[down, right]`.
    pub dilation: [usize; 2],
    /// Independent groups of channels; `in_channels` of them make a depthwise convolution.
    pub groups: usize,
}

/// What a convolution works on, forward and back.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConvOperands<'a> {
    /// How many images.
    pub batch: usize,
    /// `[height, width]` of an image.
    pub size: [usize; 2],
    /// `[batch, height, width, in_channels]`
    pub input: &'a [f32],
    /// `[kernel height, kernel width, in_channels / groups, out_channels]`
    pub weight: &'a [f32],
    /// One value per output channel; the way back does not look at it.
    pub bias: Option<&'a [f32]>,
    /// Applied to the result.
    pub activation: Activation,
    /// Max pooling of the result.
    pub pool: Option<Pool2d>,
}

/// What [`Conv2d::forward`] left behind.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConvResult<'a> {
    /// Its output.
    pub output: &'a [f32],
    /// With pooling: where in its window each largest value was.
    pub argmax: &'a [u16],
}

/// Where [`Conv2d::backward`], [`Dense::backward`](crate::Dense::backward) and [`BatchNorm::backward`](crate::BatchNorm::backward) write;
/// everything is overwritten.
#[derive(Debug, Default)]
pub struct Gradients<'a> {
    /// With respect to the input; `None` for a network's first layer, which saves the work.
    pub input: Option<&'a mut [f32]>,
    /// With respect to the weight, or γ, in its layout; `None` for a frozen layer.
    pub weight: Option<&'a mut [f32]>,
    /// With respect to the bias, or β; `None` for a layer without one.
    pub bias: Option<&'a mut [f32]>,
}

impl Conv2d {
    /// Stride 1, no padding, no dilation, one group.
    pub const fn new(in_channels: usize, out_channels: usize, kernel: [usize; 2]) -> Self {
        Self { in_channels, out_channels, kernel, stride: [1, 1], padding: Padding::Valid, dilation: [1, 1], groups: 1 }
    }

    /// `[height, width]` of the output for an input of `size`; zero where the kernel does not fit.
    pub const fn output_size(&self, size: [usize; 2]) -> [usize; 2] {
        self.padding.output_size(size, self.kernel, self.stride, self.dilation)
    }

    /// Number of values in the kernel.
    ///
    /// # Panics
    /// If it exceeds `usize`, as all sizes here.
    pub const fn weight_len(&self) -> usize {
        product(&[self.taps(), self.out_channels])
    }

    /// Values in a batch of inputs of `size`.
    pub const fn input_len(&self, batch: usize, size: [usize; 2]) -> usize {
        product(&[batch, size[0], size[1], self.in_channels])
    }

    /// Values in a batch of outputs for inputs of `size`.
    pub const fn output_len(&self, batch: usize, size: [usize; 2]) -> usize {
        let [height, width] = self.output_size(size);
        product(&[batch, height, width, self.out_channels])
    }

    /// Multiplications and additions of one forward pass.
    pub const fn flops(&self, batch: usize, size: [usize; 2]) -> usize {
        self.output_len(batch, size).saturating_mul(self.taps()).saturating_mul(2)
    }

    /// Computes `output`, `[batch, out height, out width, out_channels]`: bias, activation and pooling included.
    ///
    /// With pooling it is `activation(max_pool(conv + bias))`, which equals pooling after the (increasing) activation. The
    /// convolution's own output is then never stored: less memory, and rows or columns that no window looks at are not computed.
    /// `argmax` is what [`Pool2d::max_forward`] writes, `None` for prediction and without pooling.
    ///
    /// # Panics
    /// If a slice's length does not fit the geometry, or the groups do not divide the channels.
    pub fn forward(
        &self,
        scratch: &mut Scratch,
        operands: ConvOperands,
        output: &mut [f32],
        argmax: Option<&mut [u16]>,
    ) {
        let ConvOperands { batch, size, bias, activation, .. } = operands;
        self.check(&operands, output.len(), argmax.as_ref().map(|argmax| argmax.len()));
        assert!(bias.is_none_or(|b| b.len() == self.out_channels), "conv2d: one bias per output channel");
        match &operands.pool {
            Some(pool) if self.is_depthwise() => {
                let mut full = vec![0.0; self.output_len(batch, size)];
                depthwise::forward(self, &operands, &mut full);
                pool.max_forward(batch, self.output_size(size), self.out_channels, &full, output, argmax);
            }
            None if self.is_depthwise() => depthwise::forward(self, &operands, output),
            pool => {
                let (conv, size) = self.flattened(size, pool.as_ref());
                let ConvOperands { input, weight, .. } = operands;
                let pool = pool.as_ref();
                forward::Forward { conv: &conv, batch, size, input, weight, bias, activation, pool }
                    .run(scratch, output, argmax);
            }
        }
    }

    /// Computes the gradients asked for.
    ///
    /// `operands` and `result` are those of [`forward`](Self::forward); `d_output` is the gradient with respect to its output;
    /// its content afterwards is unspecified.
    ///
    /// # Panics
    /// If a slice's length does not fit the geometry.
    pub fn backward(
        &self,
        scratch: &mut Scratch,
        operands: ConvOperands,
        result: ConvResult,
        d_output: &mut [f32],
        gradients: Gradients,
    ) {
        let ConvOperands { batch, size, activation, .. } = operands;
        let ConvResult { output, argmax } = result;
        self.check(&operands, output.len(), operands.pool.is_some().then_some(argmax.len()));
        assert_eq!(output.len(), d_output.len(), "conv2d: one gradient per output value");
        self.check_gradients(batch, size, &gradients);
        if self.is_depthwise() {
            crate::activation_backward(activation, output, d_output);
            let Some(pool) = operands.pool else {
                return self.depthwise_backward(scratch, &operands, d_output, gradients);
            };
            let mut full = vec![0.0; self.output_len(batch, size)];
            pool.max_backward(batch, self.output_size(size), self.out_channels, argmax, d_output, &mut full);
            return self.depthwise_backward(scratch, &operands, &full, gradients);
        }
        let pool = operands.pool.as_ref();
        let (conv, size) = self.flattened(size, pool);
        let ConvOperands { input, weight, .. } = operands;
        let (conv, pool) = (&conv, pool.map(|pool| (pool, argmax)));
        backward::Backward { conv, batch, size, input, weight, output, activation, d_output, pool }
            .run(scratch, gradients);
    }

    fn depthwise_backward(
        &self,
        scratch: &mut Scratch,
        operands: &ConvOperands,
        d_output: &[f32],
        gradients: Gradients,
    ) {
        let ConvOperands { batch, size, input, weight, .. } = *operands;
        if let Some(d_bias) = gradients.bias {
            crate::column_sums(scratch, d_output, d_bias);
        }
        if let Some(d_weight) = gradients.weight {
            depthwise::weight_gradient(self, scratch, batch, size, input, d_output, d_weight);
        }
        if let Some(d_input) = gradients.input {
            depthwise::input_gradient(self, batch, size, weight, d_output, d_input);
        }
    }

    /// A 1 × 1 convolution does not care where rows end: one long row per image makes fuller blocks.
    fn flattened(&self, size: [usize; 2], pool: Option<&Pool2d>) -> (Self, [usize; 2]) {
        if pool.is_none() && self.kernel == [1, 1] && self.stride == [1, 1] && self.zeros(size) == [0; 4] {
            (Self { padding: Padding::Valid, ..*self }, [1, size[0] * size[1]])
        } else {
            (*self, size)
        }
    }

    const fn is_depthwise(&self) -> bool {
        self.groups == self.in_channels && self.groups > 1
    }

    /// `[top, bottom, left, right]` zeros for this input.
    const fn zeros(&self, size: [usize; 2]) -> [usize; 4] {
        self.padding.resolve(size, self.kernel, self.stride, self.dilation)
    }

    /// Inputs one output value of a group is summed over.
    const fn taps(&self) -> usize {
        product(&[self.kernel[0], self.kernel[1], self.in_channels / self.groups])
    }

    fn check_gradients(&self, batch: usize, size: [usize; 2], gradients: &Gradients) {
        let Gradients { input, weight, bias } = gradients;
        let fits = |slice: &Option<&mut [f32]>, len: usize| slice.as_ref().is_none_or(|s| s.len() == len);
        assert!(fits(input, self.input_len(batch, size)), "conv2d: one gradient per input value");
        assert!(fits(weight, self.weight_len()), "conv2d: one gradient per weight");
        assert!(fits(bias, self.out_channels), "conv2d: one gradient per bias");
    }

    fn check(&self, operands: &ConvOperands, output: usize, argmax: Option<usize>) {
        let ConvOperands { batch, size, input, weight, .. } = *operands;
        assert!(
            self.groups > 0
                && self.in_channels.is_multiple_of(self.groups)
                && self.out_channels.is_multiple_of(self.groups),
            "conv2d: {} groups do not divide {} input and {} output channels",
            self.groups,
            self.in_channels,
            self.out_channels
        );
        let steps = [self.kernel, self.stride, self.dilation];
        assert!(steps.as_flattened().iter().all(|size| *size > 0), "conv2d: a kernel, stride or dilation of 0");
        assert_eq!(input.len(), self.input_len(batch, size), "conv2d: input length");
        assert_eq!(weight.len(), self.weight_len(), "conv2d: weight length");
        match &operands.pool {
            None => assert_eq!(output, self.output_len(batch, size), "conv2d: output length"),
            Some(pool) => pool.check_max(batch, self.output_size(size), self.out_channels, output, argmax),
        }
    }
}
