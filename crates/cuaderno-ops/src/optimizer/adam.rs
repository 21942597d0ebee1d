//! Adam (Kingma and Ba, 2014) and AdamW (Loshchilov and Hutter, 2017).

use super::for_each_update;

/// Keras's Adam: `m += (1 - β₁)(g - m)`, `v += (1 - β₂)(g² - v)`, `p -= lr √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)`.
///
/// With a weight decay it is AdamW: `p -= lr · decay · p` comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Step size (Keras: 0.001).
    pub learning_rate: f32,
    /// Memory of the gradient (Keras: 0.9).
    pub beta_1: f32,
    /// Memory of the squared gradient (Keras: 0.999).
    pub beta_2: f32,
    /// Added to the root (Keras: 1e-7).
    pub epsilon: f32,
    /// Share of each parameter taken away per step, times the learning rate (AdamW in Keras: 0.004; Adam: 0).
    pub weight_decay: f32,
}

impl Default for Adam {
    fn default() -> Self {
        Self { learning_rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, weight_decay: 0.0 }
    }
}

impl Adam {
    /// Keras's AdamW: weight decay 0.004.
    pub fn with_decay() -> Self {
        Self { weight_decay: 0.004, ..Self::default() }
    }

    /// Step number `t`, counted from 1; `momentum` and `velocity` are the two moments.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn step(&self, t: u64, parameters: &mut [f32], gradient: &[f32], momentum: &mut [f32], velocity: &mut [f32]) {
        let Self { learning_rate, beta_1, beta_2, epsilon, weight_decay } = *self;
        // powers in f64: 1 - β₂ᵗ loses its digits in f32
        let power = |beta: f32| libm::pow(f64::from(beta), t as f64);
        let correction = (1.0 - power(beta_2)).sqrt() / (1.0 - power(beta_1));
        let alpha = (f64::from(learning_rate) * correction) as f32;
        let keep = 1.0 - learning_rate * weight_decay;
        for_each_update(parameters, gradient, [momentum, velocity], |p, g, [m, v]| {
            for ((p, g), (m, v)) in p.iter_mut().zip(g).zip(m.iter_mut().zip(v)) {
                *m += (g - *m) * (1.0 - beta_1);
                *v += (g * g - *v) * (1.0 - beta_2);
                *p = *p * keep - *m * alpha / (v.sqrt() + epsilon);
            }
        });
    }
}
