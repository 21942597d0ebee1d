//! Stopping before the last epoch.

use super::History;

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

    /// Why to stop now, if so. Found from the history alone, so that it survives a kill.
    pub(super) fn verdict(&self, history: &History) -> Option<String> {
        let (mut best, mut best_epoch) = (f32::INFINITY, 1);
        for (epoch, loss) in history.watched() {
            if loss < best - self.min_delta {
                (best, best_epoch) = (loss, epoch);
            }
        }
        let epochs = history.epochs.len();
        (epochs.saturating_sub(best_epoch) >= self.patience.max(1))
            .then(|| format!("stopped early after epoch {epochs}: nothing better since epoch {best_epoch}"))
    }
}
