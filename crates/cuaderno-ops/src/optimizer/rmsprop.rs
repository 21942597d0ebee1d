//! RMSprop (Hinton, 2012).

use super::for_each_update;

/// Keras's RMSprop: `v = ρ v + (1 - ρ) g²`, `p -= lr g / √(v + ε)`, optionally centered and with momentum.
///
/// With a weight decay, `p -= lr · decay · p` comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
    /// Step size (Keras: 0.001).
    pub learning_rate: f32,
    /// Memory of the squared gradient (Keras: 0.9).
    pub rho: f32,
    /// Share of the last step that is taken again (Keras: 0).
    pub momentum: f32,
    /// Added under the root (Keras: 1e-7).
    pub epsilon: f32,
    /// Whether the mean gradient's square is subtracted from `v` (Keras: no).
    pub centered: bool,
    /// Share of each parameter taken away per step, times the learning rate (Keras: 0).
    pub weight_decay: f32,
}

impl Default for RmsProp {
    fn default() -> Self {
        Self { learning_rate: 1e-3, rho: 0.9, momentum: 0.0, epsilon: 1e-7, centered: false, weight_decay: 0.0 }
    }
}

impl RmsProp {
    /// One step. `velocity` is always used; `momentum` (state) only when the momentum is not zero, `average` only when
    /// centered: they may be empty otherwise.
    ///
    /// # Panics
    /// If the slices in use differ in length.
    pub fn step(
        &self,
        parameters: &mut [f32],
        gradient: &[f32],
        velocity: &mut [f32],
        momentum: &mut [f32],
        average: &mut [f32],
    ) {
        let Self { learning_rate: lr, rho, momentum: share, epsilon, centered, weight_decay } = *self;
        let keep = 1.0 - lr * weight_decay;
        let denominator = move |v: &mut f32, g: f32| {
            *v = rho * *v + (1.0 - rho) * g * g;
            *v + epsilon
        };
        let center = move |a: &mut f32, g: f32| {
            *a = rho * *a + (1.0 - rho) * g;
            *a * *a
        };
        match (centered, share != 0.0) {
            (false, false) => for_each_update(parameters, gradient, [velocity], |p, g, [v]| {
                for (p, (g, v)) in p.iter_mut().zip(g.iter().zip(v)) {
                    *p = *p * keep - lr * g / denominator(v, *g).sqrt();
                }
            }),
            (false, true) => for_each_update(parameters, gradient, [velocity, momentum], |p, g, [v, m]| {
                for ((p, g), (v, m)) in p.iter_mut().zip(g).zip(v.iter_mut().zip(m)) {
                    *m = share * *m + lr * g / denominator(v, *g).sqrt();
                    *p = *p * keep - *m;
                }
            }),
            (true, false) => for_each_update(parameters, gradient, [velocity, average], |p, g, [v, a]| {
                for ((p, g), (v, a)) in p.iter_mut().zip(g).zip(v.iter_mut().zip(a)) {
                    *p = *p * keep - lr * g / (denominator(v, *g) - center(a, *g)).sqrt();
                }
            }),
            (true, true) => {
                for_each_update(parameters, gradient, [velocity, momentum, average], |p, g, [v, m, a]| {
                    for ((p, g), (v, (m, a))) in p.iter_mut().zip(g).zip(v.iter_mut().zip(m.iter_mut().zip(a))) {
                        *m = share * *m + lr * g / (denominator(v, *g) - center(a, *g)).sqrt();
                        *p = *p * keep - *m;
                    }
                });
            }
        }
    }
}
