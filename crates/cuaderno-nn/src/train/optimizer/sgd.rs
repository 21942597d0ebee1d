//! Stochastic gradient descent.

use super::{Rule, optimizer};
use cuaderno_ops::Sgd as Formula;

/// Stochastic gradient descent, begun by [`Optimizer::sgd`](super::Optimizer::sgd).
#[derive(Clone, Copy, PartialEq)]
pub struct Sgd(pub(super) Formula);

optimizer!(Sgd);

impl Sgd {
    pub(super) fn new(learning_rate: f32) -> Self {
        Self(Formula { learning_rate, ..Formula::default() })
    }

    /// Share of the last step that is taken again (Keras: 0).
    pub fn momentum(mut self, share: f32) -> Self {
        self.0.momentum = share;
        self
    }

    /// Looks the gradient up ahead of the momentum step.
    pub fn nesterov(mut self) -> Self {
        self.0.nesterov = true;
        self
    }
}

impl Rule for Sgd {
    fn name(&self) -> &'static str {
        "SGD"
    }

    fn settings(&self, learning_rate: f32) -> String {
        format!("{:?}", Formula { learning_rate, ..self.0 })
    }

    fn shares(&self) -> Vec<(&'static str, f32)> {
        vec![("momentum", self.0.momentum), ("weight_decay", self.0.weight_decay)]
    }

    fn epsilon(&self) -> Option<f32> {
        None
    }

    fn remembers(&self) -> [bool; 3] {
        [self.0.momentum != 0.0, false, false]
    }

    fn step(&self, learning_rate: f32, _: u64, parameters: &mut [f32], gradient: &[f32], slots: &mut [Vec<f32>; 3]) {
        Formula { learning_rate, ..self.0 }.step(parameters, gradient, &mut slots[0]);
    }
}
