//! Stopping before the last epoch.

/// Stops training when the watched loss has not improved for a while.
#[derive(Clone, Copy, Debug)]
pub struct EarlyStopping {
    pub(crate) patience: usize,
    pub(crate) min_delta: f32,
    pub(crate) restore_best: bool,
}

impl EarlyStopping {
    /// Waits this many epochs for an improvement.
    pub fn patience(epochs: usize) -> Self {
        Self { patience: epochs, min_delta: 0.0, restore_best: false }
    }

    /// Counts only improvements larger than this.
    pub fn min_delta(mut self, delta: f32) -> Self {
        self.min_delta = delta;
        self
    }

    /// Goes back to the weights of the best epoch at the end.
    pub fn restore_best(mut self) -> Self {
        self.restore_best = true;
        self
    }
}
