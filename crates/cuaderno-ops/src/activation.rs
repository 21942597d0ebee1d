//! Activation functions that need nothing but their own output to be differentiated.

/// An activation applied value by value, fused into convolutions, dense layers and batch normalization.
///
/// Each derivative is computed from the output `y` alone, so that the value before the activation need not be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Activation {
    /// `y = x`
    #[default]
    Linear,
    /// `y = max(x, 0)`
    Relu,
    /// `y = min(max(x, 0), 6)`, as MobileNet uses it
    Relu6,
    /// `y = x` above zero, `slope * x` below; the slope must be positive (Keras: 0.3, PyTorch: 0.01)
    LeakyRelu(f32),
    /// `y = 1 / (1 + exp(-x))`
    Sigmoid,
    /// `y = tanh(x)`
    Tanh,
}

impl Activation {
    /// Applies the function to every value, in place.
    pub fn apply(self, values: &mut [f32]) {
        match self {
            Self::Linear => {}
            Self::Relu => values.iter_mut().for_each(|x| *x = x.max(0.0)),
            Self::Relu6 => values.iter_mut().for_each(|x| *x = x.clamp(0.0, 6.0)),
            Self::LeakyRelu(slope) => values.iter_mut().for_each(|x| *x = if *x > 0.0 { *x } else { *x * slope }),
            Self::Sigmoid => values.iter_mut().for_each(|x| *x = sigmoid(*x)),
            Self::Tanh => values.iter_mut().for_each(|x| *x = x.tanh()),
        }
    }

    /// Turns the gradient with respect to the output into the gradient with respect to the input, in place.
    ///
    /// `output` holds the values [`apply`](Self::apply) produced. At the corners of the piecewise functions the derivative
    /// is that of Keras: zero at `x = 0` for ReLU.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn backward(self, output: &[f32], gradient: &mut [f32]) {
        assert_eq!(output.len(), gradient.len(), "activation: output and gradient differ in length");
        let pairs = gradient.iter_mut().zip(output);
        match self {
            Self::Linear => {}
            Self::Relu => pairs.for_each(|(g, y)| *g = if *y > 0.0 { *g } else { 0.0 }),
            Self::Relu6 => pairs.for_each(|(g, y)| *g = if *y > 0.0 && *y < 6.0 { *g } else { 0.0 }),
            Self::LeakyRelu(slope) => pairs.for_each(|(g, y)| *g = if *y > 0.0 { *g } else { *g * slope }),
            Self::Sigmoid => pairs.for_each(|(g, y)| *g *= y * (1.0 - y)),
            Self::Tanh => pairs.for_each(|(g, y)| *g *= 1.0 - y * y),
        }
    }
}

/// The logistic function, `1 / (1 + exp(-x))`.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
