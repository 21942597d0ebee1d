//! The training loop.

mod between_epochs;

use super::batches::{Batch, Batches, Order, prepared};
use super::check::class_weights;
use super::checkpoint::Best;
use super::fit::Fit;
use super::optimizer::{Optimizer, OptimizerState};
use super::show::Show;
use super::totals::Totals;
use super::{History, Loss, identity};
use crate::network::{GradientBuffers, Memory, Mode, Pass, Taught, all_finite, dropout_key};
use crate::random::{Stream, hash};
use crate::subset::Subset;
use crate::{Examples, Network, NetworkError};
use cuaderno_display::interrupt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

impl Network {
    /// Trains on these examples. An interrupt ends it after the current step, with the model and history so far.
    ///
    /// Each call is a run of its own: order, augmentation, dropout and the optimizer's memory begin anew. To go on with other
    /// random numbers, give another [`seed`](Fit::seed).
    ///
    /// # Errors
    /// If examples or settings do not fit the model, the loss is no number any more, or a file cannot be written.
    pub fn fit(&mut self, train: &dyn Examples, how: &Fit) -> Result<History, NetworkError> {
        self.check_fit(train, how)?;
        self.check_training_memory(how, train.len())?;
        let seed = how.seed.unwrap_or(self.seed);
        if how.validation.is_some() || how.validation_split == 0.0 {
            let validation = how.validation_examples().map(|examples| some(examples, how, seed));
            return Run::new(self, train, validation, how)?.train();
        }
        let (rest, held_back) = Subset::split(train, how.validation_split, seed);
        if rest.is_empty() || held_back.is_empty() {
            let found = format!("{}, which leaves {} of {} examples", how.validation_split, rest.len(), train.len());
            let advice = "both parts need examples; use another share, or more pictures".into();
            return Err(NetworkError::Setting { setting: "validation_split", found, advice });
        }
        let held_back = held_back.plain();
        Run::new(self, &rest, Some(some(&held_back, how, seed)), how)?.train()
    }
}

/// The validation examples to look at.
fn some(validation: &dyn Examples, how: &Fit, seed: u64) -> Subset {
    let wanted = how.validation_steps.map_or(usize::MAX, |steps| steps.saturating_mul(how.batch_size));
    match validation.len() {
        all if wanted < all => Subset::split(validation, wanted as f64 / all as f64, seed).1,
        all => Subset::new(validation, 0..all),
    }
}

/// A loss of classes that no training comes back from: scores are off by millions, where guessing costs `ln(classes)`.
const EXPLODED: f32 = 1e6;

/// Everything a run needs.
pub(super) struct Run<'a> {
    network: &'a mut Network,
    train: &'a dyn Examples,
    validation: Option<Subset>,
    how: &'a Fit,
    pub loss: Loss,
    class_weights: Option<Vec<f32>>,
    pub order: Order,
    steps_per_epoch: usize,
    /// With the learning rate that it has by now.
    pub rule: Optimizer,
    optimizer: OptimizerState,
    /// Parameters before this one are frozen.
    trained_from: usize,
    /// Running statistics before the step, to go back to if it breaks down.
    state_before: Vec<f32>,
    /// The network's trainable parameters while the run changes them.
    weights: Arc<Vec<f32>>,
    gradient: Vec<f32>,
    /// The sum of the gradients since the last step of the optimizer, and of how many batches, where several make a step.
    sum: (Vec<f32>, usize),
    pass: Pass,
    memory: Memory,
    history: History,
    /// Parameters of the best epoch, where they will be wanted.
    best: Option<Best>,
    /// What a checkpoint must agree on.
    settings: String,
    /// Whether the function that is called after each epoch has ended the run.
    ended: bool,
}

impl<'a> Run<'a> {
    pub fn new(
        network: &'a mut Network,
        train: &'a dyn Examples,
        validation: Option<Subset>,
        how: &'a Fit,
    ) -> Result<Self, NetworkError> {
        let order = Order::new(train, how, how.seed.unwrap_or(network.seed));
        let weights = network.current();
        let parameters = weights.len();
        let steps_per_epoch = how.steps_per_epoch.unwrap_or(order.batches_per_pass());
        let trained_from = network.graph.first_trained(network.trained_from);
        let loss = Loss::chosen(how.loss, &network.graph, train)?;
        let class_weights = class_weights(how, train, train.class_names().len());
        // Fingerprints look at pictures; only a checkpoint needs them.
        let settings = how.checkpoint.as_ref().map_or_else(String::new, |_| {
            let mut facts = vec![
                format!("{steps_per_epoch} steps of {} an epoch", order.batch_size),
                format!("{:?}", how.optimizer),
                format!("{loss:?}"),
                how.clip.to_string(),
                format!("class weights {class_weights:?}"),
                format!("seed {}, shuffle {}", order.seed, order.shuffle),
                format!("{trained_from} parameters frozen, {} normalizations kept", network.normalizations_kept()),
                identity::of_examples("trained on", train),
            ];
            // Said only where they change something: files of runs without them stay theirs.
            facts.extend((how.label_smoothing != 0.0).then(|| format!("label smoothing {}", how.label_smoothing)));
            facts.extend(how.mixup.map(|alpha| format!("mixup {alpha}")));
            facts.extend((how.accumulate > 1).then(|| format!("{} batches a step", how.accumulate)));
            facts.extend(validation.as_ref().map(|examples| identity::of_examples("validated on", examples)));
            identity::of_run(network, facts)
        });
        let mut run = Self {
            loss,
            class_weights,
            steps_per_epoch,
            order,
            rule: how.optimizer.clone(),
            optimizer: OptimizerState::new(&how.optimizer, parameters - trained_from),
            trained_from,
            state_before: Vec::new(),
            gradient: vec![0.0; parameters],
            sum: (vec![0.0; if how.accumulate > 1 { parameters - trained_from } else { 0 }], 0),
            weights,
            pass: Pass::new(&network.graph),
            memory: Memory::default(),
            history: History::default(),
            best: None,
            settings,
            ended: false,
            network,
            train,
            validation,
            how,
        };
        run.resume()?;
        run.network.loss = Some(loss);
        let (classes, preparation) = (train.class_names().to_vec(), train.preparation());
        run.network.taught = Some(Arc::new(Taught { classes, preparation }));
        Ok(run)
    }

    fn train(mut self) -> Result<History, NetworkError> {
        let epochs = self.history.epochs.len();
        // A run that had been stopped early is over.
        let epochs = epochs..if self.history.stopped.is_some() { epochs } else { self.how.epochs };
        let (first, last) = (epochs.start * self.steps_per_epoch, epochs.end * self.steps_per_epoch);
        let images = self.order.seen_before(last) - self.order.seen_before(first);
        let title = self.how.title.as_deref().unwrap_or(self.network.name());
        let unit = if self.network.input().is_image() { "images" } else { "rows" };
        let mut show = Show::new(title, self.how.epochs, images, unit, self.how.quiet);
        let (examples, order) = (self.train, self.order.clone());
        let result = prepared(examples, &order, first..last, |batches| self.epochs(epochs, batches, &mut show));
        if let (Some((weights, state)), Some(_)) = (self.best.take(), self.restore_best()) {
            self.weights = Arc::new(weights);
            self.network.state = state;
        }
        self.network.set_weights(self.weights.clone());
        show.finish(&self.history);
        result.map(|()| self.history)
    }

    fn epochs(&mut self, epochs: Range<usize>, batches: &Batches, show: &mut Show) -> Result<(), NetworkError> {
        for epoch in epochs {
            let start = Instant::now();
            let mut totals = Totals::of(self.loss);
            for step in 0..self.steps_per_epoch {
                let Some(mut batch) = batches.next() else { return Ok(()) };
                self.step(&mut batch, epoch, step, &mut totals)?;
                show.step(batch.labels.len(), epoch, totals.loss(), totals.accuracy(), totals.mae());
                batches.give_back(batch);
                if interrupt::requested() {
                    self.history.stopped = Some(format!("interrupted in epoch {}, after step {}", epoch + 1, step + 1));
                    break;
                }
            }
            self.take_step();
            self.end_of_epoch(&totals, start)?;
            show.epoch(&self.history);
            if self.history.stopped.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Forward, loss, backward, and a step of the optimizer.
    pub fn step(
        &mut self,
        batch: &mut Batch,
        epoch: usize,
        step: usize,
        totals: &mut Totals,
    ) -> Result<(), NetworkError> {
        let network = &mut *self.network;
        let graph = network.graph.clone();
        let outputs = graph.layers.output().len();
        let pass = &mut self.pass;
        pass.batch = batch.labels.len();
        let batches = epoch as u64 * self.steps_per_epoch as u64 + step as u64;
        let step_key = hash(self.order.seed, Stream::Dropout, batches, 0);
        pass.dropout_key = dropout_key(step_key, network.nodes_before());
        std::mem::swap(&mut pass.values[0], &mut batch.images);
        let statistics_from = network.statistics_from();
        self.state_before.clone_from(&network.state);
        let mode = Mode::Train { state: &mut network.state, statistics_from };
        graph.forward(&self.weights, mode, network.trained_from, graph.logits_end, pass, &mut self.memory);

        let logits = pass.slot(&graph, graph.logits);
        let weights = self.class_weights.as_ref().map(|weights| batch.weights(weights));
        let mut d_logits = self.memory.take(logits.len());
        let wanted = Some(&mut d_logits[..logits.len()]);
        let loss = self.loss.compute(outputs, logits, batch, self.how.label_smoothing, weights.as_deref(), wanted);
        totals.add(loss, outputs, logits, batch);

        let buffers = GradientBuffers {
            weights: &mut self.gradient,
            trained_from: network.trained_from,
            state: &network.state,
            input: false,
        };
        graph.backward(&self.weights, graph.logits_end, d_logits, pass, &mut self.memory, buffers);
        // The gradient is looked at too: an activation like relu turns a broken value into a harmless zero.
        if !loss.is_finite() || !all_finite(&self.gradient) {
            network.state.clone_from(&self.state_before);
            return Err(NetworkError::NotFinite {
                epoch: epoch + 1,
                step: step + 1,
                loss,
                place: pass.first_not_finite(&graph, &self.weights, &self.gradient).to_owned(),
                learning_rate: self.rule.learning_rate_at(self.optimizer.step),
            });
        }
        if loss > EXPLODED && !self.loss.is_of_numbers() {
            network.state.clone_from(&self.state_before);
            let (place, largest) = pass.steepest(&graph);
            return Err(NetworkError::Exploded {
                epoch: epoch + 1,
                step: step + 1,
                loss,
                place: place.to_owned(),
                largest,
                learning_rate: self.rule.learning_rate_at(self.optimizer.step),
            });
        }
        std::mem::swap(&mut pass.values[0], &mut batch.images);
        self.take_gradient();
        Ok(())
    }

    /// Takes a step by the gradient of a batch, or keeps it for the step that several batches make together.
    fn take_gradient(&mut self) {
        if self.how.accumulate > 1 {
            cuaderno_ops::add(&mut self.sum.0, &self.gradient[self.trained_from..]);
            self.sum.1 += 1;
            if self.sum.1 == self.how.accumulate {
                self.take_step();
            }
            return;
        }
        let gradient = &mut self.gradient[self.trained_from..];
        self.how.clip.apply(gradient);
        let weights: &mut Vec<f32> = Arc::make_mut(&mut self.weights);
        self.optimizer.apply(&self.rule, &mut weights[self.trained_from..], gradient);
    }

    /// Takes a step by the mean of the gradients that were kept, if there are some.
    fn take_step(&mut self) {
        let (sum, batches) = &mut self.sum;
        if *batches == 0 {
            return;
        }
        sum.iter_mut().for_each(|value| *value /= *batches as f32);
        self.how.clip.apply(sum);
        let weights: &mut Vec<f32> = Arc::make_mut(&mut self.weights);
        self.optimizer.apply(&self.rule, &mut weights[self.trained_from..], sum);
        sum.fill(0.0);
        *batches = 0;
    }
}
