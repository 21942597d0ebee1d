//! RMSprop.

use super::{Rule, optimizer};
use cuaderno_ops::RmsProp as Formula;

/// RMSprop, begun by [`Optimizer::rmsprop`](super::Optimizer::rmsprop).
#[derive(Clone, Copy, PartialEq)]
pub struct RmsProp(pub(super) Formula);

optimizer!(RmsProp);

impl RmsProp {
    pub(super) fn new(learning_rate: f32) -> Self {
        Self(Formula { learning_rate, ..Formula::default() })
    }

    /// How much of the squared gradients' mean stays at each step (Keras: 0.9).
    pub fn rho(mut self, share: f32) -> Self {
        self.0.rho = share;
        self
    }

    /// Share of the last step that is taken again (Keras: 0).
    pub fn momentum(mut self, share: f32) -> Self {
        self.0.momentum = share;
        self
    }

    /// Divides by the deviation of the gradient instead of its size.
    pub fn centered(mut self) -> Self {
        self.0.centered = true;
        self
    }

    /// What is added to the squared size of a gradient before dividing by its root (Keras: 1e-7).
    pub fn epsilon(mut self, value: f32) -> Self {
        self.0.epsilon = value;
        self
    }
}

impl Rule for RmsProp {
    fn name(&self) -> &'static str {
        "RMSprop"
    }

    fn settings(&self, learning_rate: f32) -> String {
        format!("{:?}", Formula { learning_rate, ..self.0 })
    }

    fn shares(&self) -> Vec<(&'static str, f32)> {
        vec![("momentum", self.0.momentum), ("rho", self.0.rho), ("weight_decay", self.0.weight_decay)]
    }

    fn epsilon(&self) -> Option<f32> {
        Some(self.0.epsilon)
    }

    fn remembers(&self) -> [bool; 3] {
        [true, self.0.momentum != 0.0, self.0.centered]
    }

    fn step(&self, learning_rate: f32, _: u64, parameters: &mut [f32], gradient: &[f32], slots: &mut [Vec<f32>; 3]) {
        let [squares, momentum, average] = slots;
        Formula { learning_rate, ..self.0 }.step(parameters, gradient, squares, momentum, average);
    }
}
