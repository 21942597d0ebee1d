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

/// Where [`Conv2d::backward`] and [`Dense::backward`](crate::Dense::backward) write; everything is overwritten.
#[derive(Debug, Default)]
pub struct Gradients<'a> {
    /// With respect to the input; `None` for a network's first layer, which saves the work.
    pub input: Option<&'a mut [f32]>,
    /// With respect to the weight, in its layout; `None` for a frozen layer.
    pub weight: Option<&'a mut [f32]>,
    /// With respect to the bias; `None` for a layer without one.
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

    /// Computes `output` (`[batch, out height, out width, out_channels]`) from `input` (`[batch, height, width, in_channels]`,
    /// `size = [height, width]`), bias and activation included.
    ///
    /// # Panics
    /// If a slice's length does not fit the geometry, or the groups do not divide the channels.
    #[allow(clippy::too_many_arguments)] // a convolution has this many operands
    pub fn forward(
        &self,
        scratch: &mut Scratch,
        batch: usize,
        size: [usize; 2],
        input: &[f32],
        weight: &[f32],
        bias: Option<&[f32]>,
        activation: Activation,
        output: &mut [f32],
    ) {
        self.check(batch, size, input.len(), weight.len(), output.len());
        assert!(bias.is_none_or(|b| b.len() == self.out_channels), "conv2d: one bias per output channel");
        if self.is_depthwise() {
            depthwise::forward(self, batch, size, input, weight, bias, activation, output);
        } else {
            let (conv, size) = self.flattened(size);
            let forward = forward::Forward { conv: &conv, batch, size, input, weight, bias, activation, pool: None };
            forward.run(scratch, output, None);
        }
    }

    /// [`forward`](Self::forward) followed by max pooling: `output` is `activation(max_pool(conv + bias))`, which equals
    /// pooling after the (increasing) activation.
    ///
    /// The convolution's own output is never stored: less memory, and rows or columns that no window looks at are not
    /// computed. `argmax` is what [`Pool2d::max_forward`] writes, `None` for prediction.
    ///
    /// # Panics
    /// If a slice's length does not fit the geometry, or the groups do not divide the channels.
    #[allow(clippy::too_many_arguments)] // two layers have this many operands
    pub fn forward_max_pool(
        &self,
        scratch: &mut Scratch,
        batch: usize,
        size: [usize; 2],
        input: &[f32],
        weight: &[f32],
        bias: Option<&[f32]>,
        activation: Activation,
        pool: &Pool2d,
        output: &mut [f32],
        argmax: Option<&mut [u16]>,
    ) {
        let inner = self.output_size(size);
        self.check(batch, size, input.len(), weight.len(), self.output_len(batch, size));
        pool.check_max(batch, inner, self.out_channels, output.len(), argmax.as_ref().map(|w| w.len()));
        assert!(bias.is_none_or(|b| b.len() == self.out_channels), "conv2d: one bias per output channel");
        if self.is_depthwise() {
            let mut full = vec![0.0; self.output_len(batch, size)];
            depthwise::forward(self, batch, size, input, weight, bias, activation, &mut full);
            return pool.max_forward(batch, inner, self.out_channels, &full, output, argmax);
        }
        let pool = Some(pool);
        forward::Forward { conv: self, batch, size, input, weight, bias, activation, pool }
            .run(scratch, output, argmax);
    }

    /// Computes the gradients asked for.
    ///
    /// `output` and `activation` are those of [`forward`](Self::forward); `d_output` is the gradient with respect to it; its
    /// content afterwards is unspecified.
    ///
    /// # Panics
    /// If a slice's length does not fit the geometry.
    #[allow(clippy::too_many_arguments)] // a convolution has this many operands
    pub fn backward(
        &self,
        scratch: &mut Scratch,
        batch: usize,
        size: [usize; 2],
        input: &[f32],
        weight: &[f32],
        output: &[f32],
        activation: Activation,
        d_output: &mut [f32],
        gradients: Gradients,
    ) {
        self.check(batch, size, input.len(), weight.len(), output.len());
        assert_eq!(output.len(), d_output.len(), "conv2d: one gradient per output value");
        self.check_gradients(batch, size, &gradients);
        if self.is_depthwise() {
            crate::activation_backward(activation, output, d_output);
            return self.depthwise_backward(scratch, batch, size, input, weight, d_output, gradients);
        }
        let (conv, size) = self.flattened(size);
        let conv = &conv;
        backward::Backward { conv, batch, size, input, weight, output, activation, d_output, pool: None }
            .run(scratch, gradients);
    }

    /// Gradients through [`forward_max_pool`](Self::forward_max_pool): `output`, `argmax` and `activation` are those of the
    /// forward pass, `d_output` is the gradient with respect to the pooled output.
    ///
    /// # Panics
    /// If a slice's length does not fit the geometry.
    #[allow(clippy::too_many_arguments)] // two layers have this many operands
    pub fn backward_max_pool(
        &self,
        scratch: &mut Scratch,
        batch: usize,
        size: [usize; 2],
        input: &[f32],
        weight: &[f32],
        output: &[f32],
        activation: Activation,
        pool: &Pool2d,
        argmax: &[u16],
        d_output: &[f32],
        gradients: Gradients,
    ) {
        let inner = self.output_size(size);
        self.check(batch, size, input.len(), weight.len(), self.output_len(batch, size));
        pool.check_max(batch, inner, self.out_channels, output.len(), Some(argmax.len()));
        assert_eq!(output.len(), d_output.len(), "conv2d: one gradient per output value");
        self.check_gradients(batch, size, &gradients);
        if self.is_depthwise() {
            let mut small = d_output.to_vec();
            crate::activation_backward(activation, output, &mut small);
            let mut full = vec![0.0; self.output_len(batch, size)];
            pool.max_backward(batch, inner, self.out_channels, argmax, &small, &mut full);
            return self.depthwise_backward(scratch, batch, size, input, weight, &full, gradients);
        }
        let pool = Some((pool, argmax));
        backward::Backward { conv: self, batch, size, input, weight, output, activation, d_output, pool }
            .run(scratch, gradients);
    }

    #[allow(clippy::too_many_arguments)] // mirrors `backward`
    fn depthwise_backward(
        &self,
        scratch: &mut Scratch,
        batch: usize,
        size: [usize; 2],
        input: &[f32],
        weight: &[f32],
        d_output: &[f32],
        gradients: Gradients,
    ) {
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
    fn flattened(&self, size: [usize; 2]) -> (Self, [usize; 2]) {
        if self.kernel == [1, 1] && self.stride == [1, 1] && self.zeros(size) == [0; 4] {
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

    fn check(&self, batch: usize, size: [usize; 2], input: usize, weight: usize, output: usize) {
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
        assert_eq!(input, self.input_len(batch, size), "conv2d: input length");
        assert_eq!(weight, self.weight_len(), "conv2d: weight length");
        assert_eq!(output, self.output_len(batch, size), "conv2d: output length");
    }
}
