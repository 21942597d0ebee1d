//! What a result on so many pictures says about all others.

use super::Evaluation;
use crate::NetworkError;
use cuaderno_display::{MimeBundle, Rich};
use std::fmt;

/// The confidence of intervals where none is asked for.
pub(super) const LEVEL: f64 = 0.95;

/// Between which values the true one lies, at a level of confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Share of such intervals that hold the true value, between 0 and 1.
    pub level: f64,
}

impl Evaluation {
    /// Where the accuracy on pictures of this kind lies, at a confidence `level` such as 0.95: Wilson's interval. It knows what
    /// chance does to so many test pictures, not what another seed does to the training; [`repeat`](crate::repeat) shows that.
    ///
    /// ```
    /// # use cuaderno_nn::{Evaluation, Predictions};
    /// # let said = [0, 0, 1, 1, 1, 0, 1, 0, 1, 1];
    /// # let predictions = Predictions { probabilities: vec![0.5; 20], classes: said.into(), class_names: vec!["a".into(), "b".into()] };
    /// # let mut evaluation = Evaluation { loss: 0.5, accuracy: 0.8, labels: said.into(), predictions };
    /// # (evaluation.labels[0], evaluation.labels[2]) = (1, 0);
    /// // eight of ten are right
    /// assert_eq!(evaluation.accuracy_interval(0.95)?.to_string(), "0.4902 to 0.9433");
    /// # Ok::<(), cuaderno_nn::NetworkError>(())
    /// ```
    ///
    /// # Errors
    /// If the level is not between 0 and 1.
    pub fn accuracy_interval(&self, level: f64) -> Result<Interval, NetworkError> {
        if !(level > 0.0 && level < 1.0) {
            let advice = "it must lie between 0 and 1, for example 0.95".into();
            return Err(NetworkError::Setting { setting: "the level", found: level.to_string(), advice });
        }
        Ok(self.interval(level))
    }

    /// The same at a level that is one.
    pub(super) fn interval(&self, level: f64) -> Interval {
        Interval::of_share(self.right().filter(|right| *right).count(), self.labels.len(), level)
    }

    /// Whether each answer is right.
    pub(super) fn right(&self) -> impl Iterator<Item = bool> {
        self.labels.iter().zip(&self.predictions.classes).map(|(label, said)| label == said)
    }
}

impl Interval {
    pub(super) fn of_share(successes: usize, n: usize, level: f64) -> Self {
        let (low, high) = cuaderno_stats::wilson_interval(successes, n, level);
        Self { low, high, level }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4} to {:.4}", self.low, self.high)
    }
}

impl Rich for Interval {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(format!("{self} ({} %)", 100.0 * self.level))
    }
}
