//! A learning rate that falls when training no longer gets better.

use super::History;
use super::Monitor;

/// Multiplies the learning rate by a factor whenever the [monitor](crate::Fit::monitor) has not improved for so many epochs:
/// Keras's `ReduceLROnPlateau`, with its defaults.
///
/// ```
/// use cuaderno_nn::{Fit, ReduceOnPlateau};
///
/// let how = Fit::new().epochs(50).reduce_on_plateau(ReduceOnPlateau::patience(5).factor(0.2).min_rate(1e-5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReduceOnPlateau {
    patience: usize,
    pub(super) factor: f32,
    min_delta: f32,
    cooldown: usize,
    pub(super) min_rate: f32,
}

impl ReduceOnPlateau {
    /// Waits this many epochs for an improvement (Keras: 10), then takes a tenth of the rate.
    pub fn patience(epochs: usize) -> Self {
        Self { patience: epochs, factor: 0.1, min_delta: 1e-4, cooldown: 0, min_rate: 0.0 }
    }

    /// What the rate is multiplied by, between 0 and 1 (0.1).
    pub fn factor(mut self, factor: f32) -> Self {
        self.factor = factor;
        self
    }

    /// Counts only improvements larger than this (0.0001).
    pub fn min_delta(mut self, delta: f32) -> Self {
        self.min_delta = delta;
        self
    }

    /// Epochs after a fall in which none is counted (0).
    pub fn cooldown(mut self, epochs: usize) -> Self {
        self.cooldown = epochs;
        self
    }

    /// The rate never falls below this (0).
    pub fn min_rate(mut self, rate: f32) -> Self {
        self.min_rate = rate;
        self
    }

    /// A setting that makes no sense: its name, what was found, and what to do.
    pub(super) fn misfit(&self) -> Option<(&'static str, String, &'static str)> {
        if !(self.factor > 0.0 && self.factor < 1.0) {
            return Some(("factor", self.factor.to_string(), "use a number between 0 and 1, for example 0.1"));
        }
        let named = [("min_delta", self.min_delta), ("min_rate", self.min_rate)];
        let wrong = named.into_iter().find(|(_, value)| !(value.is_finite() && *value >= 0.0));
        wrong.map(|(name, value)| (name, value.to_string(), "use 0 or more"))
    }

    /// Whether the rate falls after the last epoch. Found from the history alone, so that it survives a kill. A rate that is
    /// already the least counts as fallen, too, as nothing follows from it.
    pub(super) fn falls(&self, history: &History, monitor: Option<Monitor>) -> bool {
        let (mut best, mut waited, mut cooling, mut falls) = (f32::INFINITY, 0, 0, false);
        let mut watched = history.watched(monitor).peekable();
        for epoch in 1..=history.epochs.len() {
            falls = false;
            let cost = watched.next_if(|(number, _)| *number == epoch).map(|(_, cost)| cost);
            if cooling > 0 {
                (cooling, waited) = (cooling - 1, 0);
            }
            match cost {
                Some(cost) if cost < best - self.min_delta => (best, waited) = (cost, 0),
                _ if cooling > 0 => {}
                _ => {
                    waited += 1;
                    if waited >= self.patience {
                        (falls, cooling, waited) = (true, self.cooldown, 0);
                    }
                }
            }
        }
        falls
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Epoch;

    const LOSSES: [f32; 15] = [1.0, 0.9, 0.95, 0.9, 0.89995, 0.8, 0.8, 0.8, 0.8, 0.8, 0.7, 0.75, 0.75, 0.75, 0.6];

    /// The epochs after which the rate falls.
    fn falls(rule: ReduceOnPlateau) -> Vec<usize> {
        let falls = |epochs: &usize| {
            let epoch = |loss: &f32| Epoch { loss: *loss, ..Epoch::default() };
            rule.falls(&History { epochs: LOSSES[..*epochs].iter().map(epoch).collect(), stopped: None }, None)
        };
        (1..=LOSSES.len()).filter(falls).collect()
    }

    /// From the rates that `tests/keras/plateau.py` prints.
    #[test]
    fn the_rate_falls_where_it_falls_in_keras() {
        assert_eq!(falls(ReduceOnPlateau::patience(2)), [4, 8, 10, 13]);
        assert_eq!(falls(ReduceOnPlateau::patience(2).cooldown(2)), [4, 8, 13]);
        assert_eq!(falls(ReduceOnPlateau::patience(2).min_delta(0.15)), [3, 5, 8, 10, 12, 14]);
        // there it stays at its least
        assert_eq!(falls(ReduceOnPlateau::patience(1))[..3], [3, 4, 5]);
    }
}
