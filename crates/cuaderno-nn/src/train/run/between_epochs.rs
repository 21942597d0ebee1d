//! Where epochs meet: validation, the files that are due, whether and how to go on, and where an earlier run stopped.

use super::Run;
use crate::NetworkError;
use crate::evaluate::{Scored, validate};
use crate::train::checkpoint::Checkpoint;
use crate::train::totals::Totals;
use crate::train::{EarlyStopping, Epoch, Next};
use std::sync::Arc;
use std::time::Instant;

impl Run<'_> {
    /// The early stopping rule, if it wants the best weights back.
    pub(super) fn restore_best(&self) -> Option<&EarlyStopping> {
        self.how.early_stopping.as_ref().filter(|rule| rule.restore_best)
    }

    /// Why to stop now, by the rule for that or because the function that is called after each epoch said so.
    fn verdict(&self) -> Option<String> {
        let ended = || self.ended.then(|| format!("ended by on_epoch after epoch {}", self.history.epochs.len()));
        self.how.early_stopping.and_then(|rule| rule.verdict(&self.history, self.how.monitor)).or_else(ended)
    }

    /// What the epoch's results change about those that follow.
    fn steer(&mut self) -> Result<(), NetworkError> {
        let rate = self.rule.learning_rate();
        if let Some(plateau) = self.how.reduce_on_plateau.filter(|rule| rule.falls(&self.history, self.how.monitor)) {
            self.rule.set_learning_rate((rate * plateau.factor).max(plateau.min_rate).min(rate));
        }
        match self.how.on_epoch.as_ref().map_or(Next::GoOn, |hook| hook.next(&self.history)) {
            Next::GoOn => Ok(()),
            Next::Stop => {
                self.ended = true;
                Ok(())
            }
            Next::LearningRate(rate) => {
                self.rule.set_learning_rate(rate);
                self.rule.check()
            }
        }
    }

    /// Validation, and the files that are due. After an interrupt there are neither.
    pub(super) fn end_of_epoch(&mut self, totals: &Totals, start: Instant) -> Result<(), NetworkError> {
        self.network.set_weights(self.weights.clone());
        let validation = self.validation.as_ref().filter(|_| self.history.stopped.is_none());
        let scored = validation
            .map(|examples| validate(self.network, examples, self.how.batch_size, self.loss, self.how.label_smoothing));
        let scored: Result<Option<Scored>, _> = scored.transpose();
        let scored = match scored {
            Err(NetworkError::Interrupted { done, total, .. }) => {
                let epoch = self.history.epochs.len() + 1;
                let place = format!("after {done} of {total} validation images");
                self.history.stopped = Some(format!("interrupted in epoch {epoch}, {place}"));
                None
            }
            scored => scored?,
        };
        self.check_result(scored.as_ref().map(|s| s.loss))?;
        self.history.epochs.push(Epoch {
            loss: totals.loss(),
            accuracy: totals.accuracy(),
            val_loss: scored.as_ref().map(|s| s.loss),
            val_accuracy: scored.as_ref().and_then(|s| s.accuracy),
            mae: totals.mae(),
            val_mae: scored.as_ref().and_then(|s| s.mae),
            learning_rate: self.rule.learning_rate_at(self.optimizer.step.saturating_sub(1)),
            seconds: start.elapsed().as_secs_f64(),
        });
        if self.history.stopped.is_some() {
            return Ok(());
        }
        let done = self.history.epochs.len();
        if self.history.best_by(self.how.monitor).is_some_and(|(best, _)| best == done) {
            if let Some(path) = &self.how.save_best {
                self.network.save(path)?;
            }
            if self.restore_best().is_some() {
                self.best = Some((self.weights.to_vec(), self.network.state.clone()));
            }
        }
        self.steer()?;
        self.history.stopped = self.verdict();
        if let Some((path, every)) = &self.how.checkpoint
            && (done.is_multiple_of(*every) || done == self.how.epochs || self.history.stopped.is_some())
        {
            self.checkpoint().write(self.network, &self.settings, path)?;
        }
        Ok(())
    }

    /// Whether the epoch's last step, which no later one looks at, has left numbers: before a file is written.
    fn check_result(&self, val_loss: Option<f32>) -> Result<(), NetworkError> {
        let graph = &self.network.graph;
        let broken = graph.first_broken(&self.weights, &self.network.state);
        let loss = val_loss.unwrap_or(f32::NAN);
        if broken.is_none() && val_loss.is_none_or(f32::is_finite) {
            return Ok(());
        }
        Err(NetworkError::NotFinite {
            epoch: self.history.epochs.len() + 1,
            step: self.steps_per_epoch,
            loss,
            place: broken.unwrap_or("the validation").to_owned(),
            learning_rate: self.rule.learning_rate_at(self.optimizer.step.saturating_sub(1)),
        })
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            weights: self.weights.to_vec(),
            state: self.network.state.clone(),
            optimizer: self.optimizer.clone(),
            history: self.history.clone(),
            best: self.best.clone(),
            learning_rate: self.rule.learning_rate(),
            ended: self.ended,
        }
    }

    /// Goes on where an earlier run with the same checkpoint file stopped.
    pub(super) fn resume(&mut self) -> Result<(), NetworkError> {
        let Some((path, _)) = &self.how.checkpoint else { return Ok(()) };
        let rate = self.rule.learning_rate();
        if let Some(found) = Checkpoint::read(self.network, &self.settings, &self.optimizer, rate, path)? {
            let (done, wanted) = (found.history.epochs.len(), self.how.epochs);
            if done > wanted {
                return Err(NetworkError::Further { path: path.clone(), done, wanted });
            }
            self.weights = Arc::new(found.weights);
            self.network.state = found.state;
            (self.optimizer, self.history, self.best) = (found.optimizer, found.history, found.best);
            self.rule.set_learning_rate(found.learning_rate);
            self.ended = found.ended;
            if self.restore_best().is_some() && self.best.is_none() && self.history.best_by(self.how.monitor).is_some()
            {
                let (found, expected) = ("without restore_best", "with it");
                let path = path.clone();
                return Err(NetworkError::OtherRun { path, found: found.into(), expected: expected.into() });
            }
            self.history.stopped = self.verdict();
        }
        Ok(())
    }
}
