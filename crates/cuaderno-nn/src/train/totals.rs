//! What an epoch adds up to.

use super::{Batch, Loss, count_right};
use cuaderno_ops::mean_absolute_error;

/// Sums over the steps of an epoch.
#[derive(Default)]
pub struct Totals {
    loss: f64,
    right: usize,
    /// Of absolute errors, each example's the mean over its numbers; where numbers are learnt.
    error: f64,
    of_numbers: bool,
    seen: usize,
}

impl Totals {
    /// Of nothing yet.
    pub fn of(loss: Loss) -> Self {
        Self { of_numbers: loss.is_of_numbers(), ..Self::default() }
    }

    /// Adds a batch's mean loss, and how right its scores are.
    pub fn add(&mut self, loss: f32, outputs: usize, logits: &[f32], batch: &Batch) {
        let count = batch.labels.len();
        self.loss += f64::from(loss) * count as f64;
        if self.of_numbers {
            self.error += f64::from(mean_absolute_error(logits, &batch.targets, None)) * count as f64;
        } else {
            self.right += count_right(outputs, logits, &batch.labels);
        }
        self.seen += count;
    }

    /// Mean loss of an example.
    pub fn loss(&self) -> f32 {
        (self.loss / self.seen.max(1) as f64) as f32
    }

    /// Share of right answers; NaN where numbers are learnt.
    pub fn accuracy(&self) -> f32 {
        if self.of_numbers { f32::NAN } else { self.right as f32 / self.seen.max(1) as f32 }
    }

    /// Mean absolute error, where numbers are learnt.
    pub fn mae(&self) -> Option<f32> {
        self.of_numbers.then(|| (self.error / self.seen.max(1) as f64) as f32)
    }
}
