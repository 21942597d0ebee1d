//! What an optimizer remembers between steps.

use super::Optimizer;

/// The memory of a run's optimizer.
#[derive(Clone, Debug, Default)]
pub(crate) struct OptimizerState {
    /// Steps taken.
    pub step: u64,
    /// Up to three values per parameter.
    pub slots: [Vec<f32>; 3],
}

impl OptimizerState {
    pub fn new(optimizer: &Optimizer, parameters: usize) -> Self {
        let slots = optimizer.rule.remembers().map(|used| vec![0.0; if used { parameters } else { 0 }]);
        Self { step: 0, slots }
    }

    /// Changes `parameters` by one step.
    pub fn apply(&mut self, optimizer: &Optimizer, parameters: &mut [f32], gradient: &[f32]) {
        let learning_rate = optimizer.learning_rate_at(self.step);
        self.step += 1;
        optimizer.rule.step(learning_rate, self.step, parameters, gradient, &mut self.slots);
    }
}
