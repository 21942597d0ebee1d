//! Stochastic gradient descent.

use super::for_each_update;

/// Keras's SGD: `v = momentum v - lr g`, then `p += v`, or with Nesterov `p += momentum v - lr g`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// Step size (Keras: 0.01).
    pub learning_rate: f32,
    /// Share of the last step that is taken again (Keras: 0).
    pub momentum: f32,
    /// Whether the gradient is looked up ahead of the momentum step.
    pub nesterov: bool,
}

impl Default for Sgd {
    fn default() -> Self {
        Self { learning_rate: 0.01, momentum: 0.0, nesterov: false }
    }
}

impl Sgd {
    /// One step; `velocity` is untouched and may be empty when `momentum` is zero.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn step(&self, parameters: &mut [f32], gradient: &[f32], velocity: &mut [f32]) {
        let Self { learning_rate, momentum, nesterov } = *self;
        if momentum == 0.0 {
            return for_each_update(parameters, gradient, [], |p, g, []| {
                p.iter_mut().zip(g).for_each(|(p, g)| *p -= learning_rate * g);
            });
        }
        for_each_update(parameters, gradient, [velocity], |p, g, [v]| {
            for (p, (g, v)) in p.iter_mut().zip(g.iter().zip(v)) {
                *v = momentum * *v - learning_rate * g;
                *p += if nesterov { momentum * *v - learning_rate * g } else { *v };
            }
        });
    }
}
