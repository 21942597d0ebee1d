//! Stochastic gradient descent.

use super::for_each_update;

/// Keras's SGD: `v = momentum v - lr g`, then `p += v`, or with Nesterov `p += momentum v - lr g`. With a weight decay,
/// `p -= lr · decay · p` comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// Step size (Keras: 0.01).
    pub learning_rate: f32,
    /// Share of the last step that is taken again (Keras: 0).
    pub momentum: f32,
    /// Whether the gradient is looked up ahead of the momentum step.
    pub nesterov: bool,
    /// Share of each parameter taken away per step, times the learning rate (Keras: 0).
    pub weight_decay: f32,
}

impl Default for Sgd {
    fn default() -> Self {
        Self { learning_rate: 0.01, momentum: 0.0, nesterov: false, weight_decay: 0.0 }
    }
}

impl Sgd {
    /// One step; `velocity` is untouched and may be empty when `momentum` is zero.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn step(&self, parameters: &mut [f32], gradient: &[f32], velocity: &mut [f32]) {
        let Self { learning_rate, momentum, nesterov, weight_decay } = *self;
        let keep = 1.0 - learning_rate * weight_decay;
        if momentum == 0.0 {
            return for_each_update(parameters, gradient, [], |p, g, []| {
                p.iter_mut().zip(g).for_each(|(p, g)| *p = *p * keep - learning_rate * g);
            });
        }
        for_each_update(parameters, gradient, [velocity], |p, g, [v]| {
            for (p, (g, v)) in p.iter_mut().zip(g.iter().zip(v)) {
                *v = momentum * *v - learning_rate * g;
                *p = *p * keep + if nesterov { momentum * *v - learning_rate * g } else { *v };
            }
        });
    }
}
