//! Stopping before the last epoch.

use super::{History, Monitor};

/// Stops training when the [monitor](crate::Fit::monitor) has not improved for a while.
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
    pub(super) fn verdict(&self, history: &History, monitor: Option<Monitor>) -> Option<String> {
        let (mut best, mut best_epoch) = (f32::INFINITY, 1);
        for (epoch, cost) in history.watched(monitor) {
            if cost < best - self.min_delta {
                (best, best_epoch) = (cost, epoch);
            }
        }
        let epochs = history.epochs.len();
        (epochs.saturating_sub(best_epoch) >= self.patience.max(1))
            .then(|| format!("stopped early after epoch {epochs}: nothing better since epoch {best_epoch}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Epoch;

    fn history(losses: &[f32]) -> History {
        let epoch = |loss: &f32| Epoch {
            loss: *loss,
            accuracy: 1.0 - *loss,
            learning_rate: 0.1,
            seconds: 1.0,
            ..Epoch::default()
        };
        History { epochs: losses.iter().map(epoch).collect(), stopped: None }
    }

    /// keras.callbacks.EarlyStopping(monitor="loss", patience=2): stops after the epoch number that is given.
    #[test]
    fn patience_is_counted_from_the_last_improvement() {
        let losses = [0.9, 0.8, 0.85, 0.79, 0.8, 0.9, 0.7];
        let stops =
            |rule: EarlyStopping| (1..=losses.len()).find(|n| rule.verdict(&history(&losses[..*n]), None).is_some());
        assert_eq!(stops(EarlyStopping::patience(1)), Some(3));
        assert_eq!(stops(EarlyStopping::patience(2)), Some(6));
        assert_eq!(stops(EarlyStopping::patience(3)), None);
        assert_eq!(stops(EarlyStopping::patience(2).min_delta(0.05)), Some(4));
        let by_accuracy = |n: &usize| {
            let monitor = Some(Monitor::Accuracy);
            EarlyStopping::patience(2).verdict(&history(&losses[..*n]), monitor).is_some()
        };
        assert_eq!((1..=losses.len()).find(by_accuracy), Some(6));
    }

    #[test]
    fn an_epoch_that_is_no_number_is_not_the_best() {
        for broken in [f32::NAN, -f32::NAN, f32::INFINITY] {
            assert_eq!(history(&[0.9, broken, 0.8, broken]).best().unwrap().0, 3);
        }
    }
}
