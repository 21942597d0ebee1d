//! Adam and AdamW.

use super::{Rule, optimizer};
use cuaderno_ops::Adam as Formula;

/// Adam, begun by [`Optimizer::adam`](super::Optimizer::adam) or [`Optimizer::adamw`](super::Optimizer::adamw).
#[derive(Clone, Copy, PartialEq)]
pub struct Adam(pub(super) Formula);

optimizer!(Adam);

impl Adam {
    pub(super) fn new(learning_rate: f32) -> Self {
        Self(Formula { learning_rate, ..Formula::default() })
    }

    pub(super) fn with_decay(learning_rate: f32) -> Self {
        Self(Formula { learning_rate, ..Formula::with_decay() })
    }

    /// How much of the gradients' mean, and of that of their squares, stays at each step (Keras: 0.9 and 0.999).
    pub fn betas(mut self, first: f32, second: f32) -> Self {
        (self.0.beta_1, self.0.beta_2) = (first, second);
        self
    }

    /// The first of [`betas`](Self::betas).
    pub fn beta1(mut self, share: f32) -> Self {
        self.0.beta_1 = share;
        self
    }

    /// The second of [`betas`](Self::betas).
    pub fn beta2(mut self, share: f32) -> Self {
        self.0.beta_2 = share;
        self
    }

    /// What is added to the size of a gradient before dividing by it (Keras: 1e-7).
    pub fn epsilon(mut self, value: f32) -> Self {
        self.0.epsilon = value;
        self
    }
}

impl Rule for Adam {
    fn name(&self) -> &'static str {
        if self.0.weight_decay != 0.0 { "AdamW" } else { "Adam" }
    }

    fn settings(&self, learning_rate: f32) -> String {
        format!("{:?}", Formula { learning_rate, ..self.0 })
    }

    fn shares(&self) -> Vec<(&'static str, f32)> {
        let Formula { beta_1, beta_2, weight_decay, .. } = self.0;
        vec![("the first of betas", beta_1), ("the second of betas", beta_2), ("weight_decay", weight_decay)]
    }

    fn epsilon(&self) -> Option<f32> {
        Some(self.0.epsilon)
    }

    fn remembers(&self) -> [bool; 3] {
        [true, true, false]
    }

    fn step(&self, learning_rate: f32, step: u64, parameters: &mut [f32], gradient: &[f32], slots: &mut [Vec<f32>; 3]) {
        let [mean, squares, _] = slots;
        Formula { learning_rate, ..self.0 }.step(step, parameters, gradient, mean, squares);
    }
}
