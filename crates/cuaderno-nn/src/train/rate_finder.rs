//! Which learning rate to begin with.

use super::batches::prepared;
use super::run::Run;
use super::totals::Totals;
use super::{Fit, Schedule};
use crate::{Examples, Network, NetworkError};
use cuaderno_display::{MimeBundle, Rich, interrupt};
use cuaderno_plot::Line;

/// Batches that are tried.
const STEPS: usize = 100;

/// The first and the last rate.
const RATES: [f32; 2] = [1e-6, 1.0];

/// Share of the losses before that a smoothed loss keeps: of 100 batches, few enough that a fall shows where it begins.
const KEPT: f64 = 0.9;

/// How the loss goes while the learning rate grows. As the last expression of a cell it shows its figure.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningRates {
    /// The rates, each a step's.
    pub rates: Vec<f64>,
    /// The loss of each step's batch before the step, smoothed over the steps before.
    pub losses: Vec<f64>,
    /// The rate where the loss falls most steeply; `None` if it falls nowhere.
    pub suggestion: Option<f64>,
}

impl Network {
    /// Trains a copy for 100 steps whose learning rate grows from 0.000001 to 1, until the loss has grown to four times its least,
    /// and looks where it fell most steeply (L. Smith, Cyclical Learning Rates, 2017; as fastai's `lr_find`). The network itself
    /// stays as it is; settings are those of `how`, but for its learning rate and schedule.
    ///
    /// ```no_run
    /// # use cuaderno_nn::{Examples, Fit, Network, Optimizer};
    /// # fn look(model: &Network, train: &dyn Examples) -> Result<(), cuaderno_nn::NetworkError> {
    /// let how = Fit::new().batch_size(64).optimizer(Optimizer::adam(1e-3));
    /// let found = model.find_learning_rate(train, &how)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`fit`](Self::fit), or if an interrupt came.
    pub fn find_learning_rate(&self, train: &dyn Examples, how: &Fit) -> Result<LearningRates, NetworkError> {
        let [first, last] = RATES;
        let factor = libm::powf(last / first, 1.0 / (STEPS - 1) as f32);
        let schedule = Schedule::Exponential { steps: 1, factor, staircase: false };
        let (mut best, mut smoothed, mut weight) = (f64::INFINITY, 0.0, 1.0);
        let (mut rates, mut losses) = (Vec::new(), Vec::new());
        let mut goes_on = |rate: f32, loss: f32| {
            smoothed = KEPT * smoothed + (1.0 - KEPT) * f64::from(loss);
            weight *= KEPT;
            let mean = smoothed / (1.0 - weight);
            rates.push(f64::from(rate));
            losses.push(mean);
            best = mean.min(best);
            mean <= 4.0 * best
        };
        let how = Fit { checkpoint: None, accumulate: 1, ..how.clone() };
        self.check_fit(train, &how)?;
        self.check_training_memory(&how, train.len())?;
        let mut network = self.clone();
        let mut run = Run::new(&mut network, train, None, &how)?;
        run.rule = how.optimizer.with_schedule(first, schedule);
        prepared(train, &run.order.clone(), 0..STEPS, |batches| {
            for step in 0..STEPS {
                let Some(mut batch) = batches.next() else { break };
                let rate = run.rule.learning_rate_at(step as u64);
                let mut totals = Totals::of(run.loss);
                match run.step(&mut batch, 0, step, &mut totals) {
                    // The largest rates may well break it.
                    Err(NetworkError::NotFinite { .. } | NetworkError::Exploded { .. }) => break,
                    result => result?,
                }
                batches.give_back(batch);
                if interrupt::requested() {
                    return Err(NetworkError::Interrupted { done: step + 1, total: STEPS, what: "steps", kept: false });
                }
                if !goes_on(rate, totals.loss()) {
                    break;
                }
            }
            Ok(())
        })?;
        let suggestion = steepest(&rates, &losses);
        Ok(LearningRates { rates, losses, suggestion })
    }
}

/// The rate at which the losses fall most steeply over the logarithm of the rate; the first ten steps, whose losses are hardly
/// smoothed yet, and the last one do not count.
fn steepest(rates: &[f64], losses: &[f64]) -> Option<f64> {
    let slope = |at: usize| losses[at + 1] - losses[at - 1]; // the logarithms are evenly spaced
    let places = 10..losses.len().saturating_sub(1);
    let least = places.min_by(|a, b| slope(*a).total_cmp(&slope(*b)))?;
    (slope(least) < 0.0).then(|| rates[least])
}

impl LearningRates {
    /// Loss over the learning rate, the suggestion marked.
    pub fn figure(&self) -> Line {
        let figure = Line::new(self.rates.clone(), self.losses.clone()).expect("a loss for each rate");
        let figure = figure.log_x().x_label("learning rate").y_label("loss");
        match self.suggestion {
            Some(rate) => figure.x_line(rate, &format!("{rate:.1e}")),
            None => figure.caption("the loss falls nowhere: train longer batches, or look at the data"),
        }
    }
}

impl Rich for LearningRates {
    fn mime_bundle(&self) -> MimeBundle {
        self.figure().mime_bundle()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steepest_fall_is_found() {
        let rates: Vec<f64> = (0..40).map(|step| libm::pow(10.0, -6.0 + 0.1 * f64::from(step))).collect();
        let fall = |step: i32| 1.0 / (1.0 + libm::exp(f64::from(step - 25)));
        let losses: Vec<f64> = (0..40).map(fall).collect();
        assert_eq!(steepest(&rates, &losses), Some(rates[25]));
        assert_eq!(steepest(&rates, &[1.0; 40]), None);
        assert_eq!(steepest(&rates[..3], &[3.0, 2.0, 1.0]), None);
    }
}
