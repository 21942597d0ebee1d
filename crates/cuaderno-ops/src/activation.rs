//! Activation functions that need nothing but their own output to be differentiated.

use pulp::{Simd, WithSimd};

use crate::simd::arch;

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
        arch().dispatch(Apply { activation: self, values });
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
        arch().dispatch(Backward { activation: self, output, gradient });
    }
}

struct Apply<'a> {
    activation: Activation,
    values: &'a mut [f32],
}

impl WithSimd for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let values = self.values.iter_mut();
        match self.activation {
            Activation::Linear => {}
            // comparisons instead of `max` and `min`: a NaN stays one, so that it is noticed
            Activation::Relu => values.for_each(|x| *x = if *x < 0.0 { 0.0 } else { *x }),
            Activation::Relu6 => values.for_each(|x| *x = x.clamp(0.0, 6.0)),
            Activation::LeakyRelu(slope) => values.for_each(|x| *x = if *x > 0.0 { *x } else { *x * slope }),
            Activation::Sigmoid => values.for_each(|x| *x = 1.0 / (1.0 + exp(-*x))),
            Activation::Tanh => values.for_each(|x| *x = tanh(*x)),
        }
    }
}

struct Backward<'a> {
    activation: Activation,
    output: &'a [f32],
    gradient: &'a mut [f32],
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let pairs = self.gradient.iter_mut().zip(self.output);
        match self.activation {
            Activation::Linear => {}
            Activation::Relu => pairs.for_each(|(g, y)| *g = if *y > 0.0 { *g } else { 0.0 }),
            Activation::Relu6 => pairs.for_each(|(g, y)| *g = if *y > 0.0 && *y < 6.0 { *g } else { 0.0 }),
            Activation::LeakyRelu(slope) => pairs.for_each(|(g, y)| *g = if *y > 0.0 { *g } else { *g * slope }),
            Activation::Sigmoid => pairs.for_each(|(g, y)| *g *= y * (1.0 - y)),
            Activation::Tanh => pairs.for_each(|(g, y)| *g *= 1.0 - y * y),
        }
    }
}

/// `exp(x)` to about 2 units in the last place, in operations that vectorize (the C library's does not): Cephes' `expf`,
/// `2ⁿ exp(r)` with `r` within half of ln 2. Below -87.3 it stays at the smallest normal number.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2²³: adding it leaves an integer in the last bits
    let x = x.clamp(-87.3, 88.3);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_2e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0f32.to_bits()));
    (p * r * r + r + 1.0) * power
}

/// `tanh(x)`: from `exp(-2|x|)`, or near zero, where that loses digits, from its series.
#[inline(always)]
fn tanh(x: f32) -> f32 {
    let t = exp(-2.0 * x.abs());
    let far = ((1.0 - t) / (1.0 + t)).copysign(x);
    let square = x * x;
    let near = x * (1.0 + square * (-1.0 / 3.0 + square * (2.0 / 15.0 - square * (17.0 / 315.0))));
    if square < 0.04 { near } else { far }
}

/// The logistic function, `1 / (1 + exp(-x))`.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods)] // the C library's `f64` functions as a judge
    fn sigmoid_and_tanh_are_those_of_double_precision() {
        let x: Vec<f32> = (-4000..=4000).map(|i| i as f32 * 0.01 + 0.003).collect();
        let (mut s, mut t) = (x.clone(), x.clone());
        Activation::Sigmoid.apply(&mut s);
        Activation::Tanh.apply(&mut t);
        for ((x, s), t) in x.iter().zip(s).zip(t) {
            let exact = 1.0 / (1.0 + (-f64::from(*x)).exp());
            assert!((f64::from(s) - exact).abs() <= 3e-7 * exact, "sigmoid({x}) = {s}, exactly {exact}");
            let exact = f64::from(*x).tanh();
            assert!((f64::from(t) - exact).abs() <= 4e-7 * exact.abs(), "tanh({x}) = {t}, exactly {exact}");
        }
    }

    #[test]
    fn extremes_and_nan() {
        let mut values = [-1e30, -100.0, 100.0, 1e30, f32::NAN, f32::INFINITY];
        for activation in [Activation::Sigmoid, Activation::Tanh, Activation::Relu, Activation::Relu6] {
            let mut y = values;
            activation.apply(&mut y);
            assert!(y[4].is_nan() && y[..4].iter().all(|y| y.is_finite()), "{activation:?} {y:?}");
        }
        Activation::Sigmoid.apply(&mut values);
        assert!(values[0] < 1e-37 && values[3] == 1.0 && values[5] == 1.0);
    }
}
