//! The training loop.

use super::batches::{Batch, Order, prepare};
use super::check::{check_settings, class_weights};
use super::checkpoint::{Best, Checkpoint};
use super::fit::{Clip, Fit};
use super::optimizer::OptimizerState;
use super::show::Show;
use super::{EarlyStopping, Epoch, History, Loss, check_examples, count_right};
use crate::evaluate::score;
use crate::network::{Memory, Mode, Pass, Sink, all_finite};
use crate::random::{Stream, hash};
use crate::subset::Subset;
use crate::{Examples, Network, NetworkError};
use cuaderno_display::interrupt;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::time::Instant;

impl Network {
    /// Trains on these examples. An interrupt ends it after the current step, with the model and history so far.
    ///
    /// # Errors
    /// If examples or settings do not fit the model, the loss is no number any more, or a file cannot be written.
    pub fn fit(&mut self, train: &dyn Examples, how: &Fit) -> Result<History, NetworkError> {
        check_examples(self, train, "training")?;
        check_settings(how, train.class_names().len())?;
        let held_back = (train.len() as f64 * how.validation_split).round() as usize;
        if held_back == 0 || how.validation.is_some() {
            return Run::new(self, train, how.validation, how)?.train();
        }
        let cut = train.len() - held_back;
        let (rest, validation) = (Subset::new(train, 0..cut), Subset::new(train, cut..train.len()));
        Run::new(self, &rest, Some(&validation), how)?.train()
    }
}

/// A loss that no training comes back from: scores are off by millions, where guessing costs `ln(classes)`.
const EXPLODED: f32 = 1e6;

/// Everything a run needs.
struct Run<'a> {
    network: &'a mut Network,
    train: &'a dyn Examples,
    validation: Option<&'a dyn Examples>,
    how: &'a Fit<'a>,
    loss: Loss,
    class_weights: Option<Vec<f32>>,
    order: Order,
    steps_per_epoch: usize,
    optimizer: OptimizerState,
    /// Parameters before this one are frozen.
    trained_from: usize,
    /// The network's trainable parameters while the run changes them.
    weights: Arc<Vec<f32>>,
    gradient: Vec<f32>,
    pass: Pass,
    memory: Memory,
    history: History,
    /// Parameters of the best epoch, where they will be wanted.
    best: Option<Best>,
    /// What a checkpoint must agree on.
    settings: String,
}

/// Sums over the steps of an epoch.
#[derive(Default)]
struct Totals {
    loss: f64,
    right: usize,
    seen: usize,
}

impl Totals {
    fn loss(&self) -> f32 {
        (self.loss / self.seen.max(1) as f64) as f32
    }

    fn accuracy(&self) -> f32 {
        self.right as f32 / self.seen.max(1) as f32
    }
}

impl<'a> Run<'a> {
    fn new(
        network: &'a mut Network,
        train: &'a dyn Examples,
        validation: Option<&'a dyn Examples>,
        how: &'a Fit<'a>,
    ) -> Result<Self, NetworkError> {
        check_examples(network, train, "training")?;
        if let Some(validation) = validation {
            check_examples(network, validation, "validation")?;
        }
        let order = Order {
            len: train.len(),
            batch_size: how.batch_size,
            shuffle: how.shuffle,
            seed: how.seed.unwrap_or(network.seed),
        };
        let weights = network.current();
        let parameters = weights.len();
        let steps_per_epoch = how.steps_per_epoch.unwrap_or(order.batches_per_pass());
        let trained_from = network.plan.first_trained(network.trained_from);
        let mut settings = format!(
            "{} on {} images, {} steps of {} an epoch, {} from {}, seed {}",
            network.name(),
            order.len,
            steps_per_epoch,
            order.batch_size,
            how.optimizer.name(),
            how.optimizer.learning_rate,
            order.seed
        );
        if trained_from > 0 {
            settings += &format!(", the first {trained_from} parameters frozen");
        }
        let mut run = Self {
            loss: how.loss.unwrap_or_else(|| Loss::suggested(&network.plan)),
            class_weights: class_weights(how, train, train.class_names().len()),
            steps_per_epoch,
            order,
            optimizer: OptimizerState::new(&how.optimizer, parameters - trained_from),
            trained_from,
            gradient: vec![0.0; parameters],
            weights,
            pass: Pass::new(&network.plan),
            memory: Memory::default(),
            history: History::default(),
            best: None,
            settings,
            network,
            train,
            validation,
            how,
        };
        run.resume()?;
        Ok(run)
    }

    /// Goes on where an earlier run with the same checkpoint file stopped.
    fn resume(&mut self) -> Result<(), NetworkError> {
        let Some((path, _)) = &self.how.checkpoint else { return Ok(()) };
        if let Some(found) = Checkpoint::read(self.network, &self.settings, path)? {
            self.weights = Arc::new(found.weights);
            self.network.state = found.state;
            (self.optimizer, self.history, self.best) = (found.optimizer, found.history, found.best);
        }
        Ok(())
    }

    fn train(mut self) -> Result<History, NetworkError> {
        let first = self.history.epochs.len() * self.steps_per_epoch;
        let last = self.how.epochs * self.steps_per_epoch;
        let images: usize = (first..last).map(|step| self.order.batch_len(step)).sum();
        let mut show = Show::new(self.network.name(), self.how.epochs, images, self.how.quiet);
        // One batch in work, one ready, one in the making.
        let (ready, batches) = sync_channel(1);
        let (back, used) = channel();
        let (examples, order) = (self.train, self.order.clone());
        let result = std::thread::scope(|scope| {
            scope.spawn(move || prepare(examples, &order, first..last, ready, used));
            let result = self.epochs(&batches, &back, &mut show);
            drop(batches); // ends the other thread
            result
        });
        if let (Some((weights, state)), Some(_)) = (self.best.take(), self.restore_best()) {
            self.weights = Arc::new(weights);
            self.network.state = state;
        }
        self.network.set_weights(self.weights.clone());
        show.finish(&self.history);
        result.map(|()| self.history)
    }

    fn epochs(
        &mut self,
        batches: &std::sync::mpsc::Receiver<Batch>,
        back: &Sender<Batch>,
        show: &mut Show,
    ) -> Result<(), NetworkError> {
        for epoch in self.history.epochs.len()..self.how.epochs {
            let start = Instant::now();
            let mut totals = Totals::default();
            for step in 0..self.steps_per_epoch {
                let Ok(mut batch) = batches.recv() else { return Ok(()) };
                self.step(&mut batch, epoch, step, &mut totals)?;
                show.step(batch.labels.len(), epoch, totals.loss(), totals.accuracy());
                let _ = back.send(batch);
                if interrupt::requested() {
                    self.history.stopped = Some(format!("interrupted in epoch {}, after step {}", epoch + 1, step + 1));
                    break;
                }
            }
            self.end_of_epoch(&totals, start)?;
            show.epoch(&self.history);
            if self.history.stopped.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Forward, loss, backward, and a step of the optimizer.
    fn step(&mut self, batch: &mut Batch, epoch: usize, step: usize, totals: &mut Totals) -> Result<(), NetworkError> {
        let network = &mut *self.network;
        let plan = network.plan.clone();
        let outputs = plan.stack.output().len();
        let pass = &mut self.pass;
        pass.batch = batch.labels.len();
        pass.dropout_key = hash(self.order.seed, Stream::Dropout, self.optimizer.step, 0);
        std::mem::swap(&mut pass.values[0], &mut batch.images);
        let statistics_from = network.statistics_from();
        let mode = Mode::Train { state: &mut network.state, statistics_from };
        plan.forward(&self.weights, mode, network.trained_from, plan.logits_end, pass, &mut self.memory);

        let logits = pass.slot(&plan, plan.logits);
        let weights = self.class_weights.as_ref().map(|w| batch.labels.iter().map(|l| w[*l]).collect::<Vec<_>>());
        let mut d_logits = self.memory.take(logits.len());
        let loss = self.loss.compute(outputs, logits, &batch.labels, weights.as_deref(), Some(&mut d_logits));
        totals.loss += f64::from(loss) * batch.labels.len() as f64;
        totals.right += count_right(outputs, logits, &batch.labels);
        totals.seen += batch.labels.len();

        let sink = Sink {
            weights: &mut self.gradient,
            trained_from: network.trained_from,
            state: &network.state,
            input: false,
        };
        plan.backward(&self.weights, plan.logits_end, d_logits, pass, &mut self.memory, sink);
        // The gradient is looked at too: an activation like relu turns a broken value into a harmless zero.
        if !loss.is_finite() || !all_finite(&self.gradient) {
            return Err(NetworkError::NotFinite {
                epoch: epoch + 1,
                step: step + 1,
                loss,
                place: pass.first_not_finite(&plan, &self.weights, &self.gradient).to_owned(),
                learning_rate: self.how.optimizer.learning_rate_at(self.optimizer.step),
            });
        }
        if loss > EXPLODED {
            let (place, largest) = pass.steepest(&plan);
            return Err(NetworkError::Exploded {
                epoch: epoch + 1,
                step: step + 1,
                loss,
                place: place.to_owned(),
                largest,
                learning_rate: self.how.optimizer.learning_rate_at(self.optimizer.step),
            });
        }
        std::mem::swap(&mut pass.values[0], &mut batch.images);
        let gradient = &mut self.gradient[self.trained_from..];
        clip(self.how.clip, gradient);
        let weights: &mut Vec<f32> = Arc::make_mut(&mut self.weights);
        self.optimizer.apply(&self.how.optimizer, &mut weights[self.trained_from..], gradient);
        Ok(())
    }

    /// The early stopping rule, if it wants the best weights back.
    fn restore_best(&self) -> Option<&EarlyStopping> {
        self.how.early_stopping.as_ref().filter(|rule| rule.restore_best)
    }

    /// Validation, and the files that are due.
    fn end_of_epoch(&mut self, totals: &Totals, start: Instant) -> Result<(), NetworkError> {
        self.network.set_weights(self.weights.clone());
        let interrupted = self.history.stopped.is_some();
        let limit = self.how.validation_steps.map_or(usize::MAX, |steps| steps.saturating_mul(self.how.batch_size));
        let scored = self.validation.filter(|_| !interrupted).map(|examples| {
            score(self.network, &Subset::new(examples, 0..limit), self.how.batch_size, self.loss, &mut self.memory)
        });
        self.history.epochs.push(Epoch {
            loss: totals.loss(),
            accuracy: totals.accuracy(),
            val_loss: scored.as_ref().map(|s| s.loss),
            val_accuracy: scored.as_ref().map(|s| s.accuracy),
            learning_rate: self.how.optimizer.learning_rate_at(self.optimizer.step.saturating_sub(1)),
            seconds: start.elapsed().as_secs_f64(),
        });
        if interrupted {
            return Ok(());
        }
        let done = self.history.epochs.len();
        if self.history.best().is_some_and(|(best, _)| best == done) {
            if let Some(path) = &self.how.save_best {
                self.network.save(path)?;
            }
            if self.restore_best().is_some() {
                self.best = Some((self.weights.to_vec(), self.network.state.clone()));
            }
        }
        self.history.stopped = self.how.early_stopping.and_then(|rule| rule.verdict(&self.history));
        if let Some((path, every)) = &self.how.checkpoint
            && (done.is_multiple_of(*every) || done == self.how.epochs || self.history.stopped.is_some())
        {
            self.checkpoint().write(self.network, &self.settings, path)?;
        }
        Ok(())
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            weights: self.weights.to_vec(),
            state: self.network.state.clone(),
            optimizer: self.optimizer.clone(),
            history: self.history.clone(),
            best: self.best.clone(),
        }
    }
}

/// Limits the gradient, first each value, then its length.
fn clip(clip: Clip, gradient: &mut [f32]) {
    if let Some(limit) = clip.value {
        gradient.iter_mut().for_each(|g| *g = g.clamp(-limit, limit));
    }
    if let Some(limit) = clip.norm {
        let norm = cuaderno_ops::sum_of_squares(gradient).sqrt() as f32;
        if norm > limit {
            cuaderno_ops::scale(gradient, limit / norm);
        }
    }
}
