//! How to train: the settings of one run.

use super::clip::Clip;
use super::on_epoch::OnEpoch;
use super::{EarlyStopping, History, Loss, Monitor, Next, Optimizer, ReduceOnPlateau};
use crate::Examples;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Settings of a training run. What is not said is Keras's default.
///
/// ```
/// use cuaderno_nn::{Fit, Optimizer};
///
/// let how = Fit::new().epochs(10).steps_per_epoch(10).batch_size(128).optimizer(Optimizer::adam(1e-3));
/// ```
#[derive(Clone)]
pub struct Fit {
    pub(crate) epochs: usize,
    pub(crate) steps_per_epoch: Option<usize>,
    pub(crate) batch_size: usize,
    pub(crate) shuffle: bool,
    pub(crate) seed: Option<u64>,
    pub(crate) validation: Option<Arc<dyn Examples>>,
    pub(crate) validation_split: f64,
    pub(crate) validation_steps: Option<usize>,
    pub(crate) class_weights: ClassWeights,
    pub(crate) optimizer: Optimizer,
    pub(crate) loss: Option<Loss>,
    pub(crate) label_smoothing: f32,
    pub(crate) mixup: Option<f64>,
    pub(crate) clip: Clip,
    pub(crate) accumulate: usize,
    pub(crate) monitor: Option<Monitor>,
    pub(crate) early_stopping: Option<EarlyStopping>,
    pub(crate) reduce_on_plateau: Option<ReduceOnPlateau>,
    pub(crate) on_epoch: Option<OnEpoch>,
    pub(crate) save_best: Option<PathBuf>,
    pub(crate) checkpoint: Option<(PathBuf, usize)>,
    pub(crate) quiet: bool,
    pub(crate) title: Option<String>,
}

/// What is not Keras's default, and the optimizer.
impl fmt::Debug for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // by name, so that none is forgotten
        let Self {
            epochs,
            steps_per_epoch,
            batch_size,
            shuffle,
            seed,
            validation,
            validation_split,
            validation_steps,
            class_weights,
            optimizer,
            loss,
            label_smoothing,
            mixup,
            clip,
            accumulate,
            monitor,
            early_stopping,
            reduce_on_plateau,
            on_epoch,
            save_best,
            checkpoint,
            quiet,
            title,
        } = self;
        let mut shown = f.debug_struct("Fit");
        shown.field("epochs", epochs).field("batch_size", batch_size).field("optimizer", optimizer);
        let mut add = |name: &str, said: Option<&dyn fmt::Debug>| {
            said.map(|value| shown.field(name, value));
        };
        add("steps_per_epoch", steps_per_epoch.as_ref().map(|x| x as _));
        add("shuffle", (!shuffle).then_some(shuffle));
        add("seed", seed.as_ref().map(|x| x as _));
        let images = validation.as_ref().map(|examples| examples.len());
        add("validation_images", images.as_ref().map(|x| x as _));
        add("validation_split", (*validation_split > 0.0).then_some(validation_split));
        add("validation_steps", validation_steps.as_ref().map(|x| x as _));
        add("class_weights", (!matches!(class_weights, ClassWeights::Equal)).then_some(class_weights));
        add("loss", loss.as_ref().map(|x| x as _));
        add("label_smoothing", (*label_smoothing != 0.0).then_some(label_smoothing));
        add("mixup", mixup.as_ref().map(|x| x as _));
        add("clip", (clip.norm.is_some() || clip.value.is_some()).then_some(clip));
        add("accumulate", (*accumulate > 1).then_some(accumulate));
        add("monitor", monitor.as_ref().map(|x| x as _));
        add("early_stopping", early_stopping.as_ref().map(|x| x as _));
        add("reduce_on_plateau", reduce_on_plateau.as_ref().map(|x| x as _));
        add("on_epoch", on_epoch.as_ref().map(|x| x as _));
        add("title", title.as_ref().map(|x| x as _));
        add("save_best", save_best.as_ref().map(|x| x as _));
        add("checkpoint", checkpoint.as_ref().map(|x| x as _));
        add("quiet", quiet.then_some(quiet));
        shown.finish()
    }
}

/// How much each class counts.
#[derive(Clone, Debug, Default)]
pub(crate) enum ClassWeights {
    #[default]
    Equal,
    Given(Vec<f32>),
    Balanced,
}

impl Default for Fit {
    fn default() -> Self {
        Self::new()
    }
}

impl Fit {
    /// One epoch, batches of 32, shuffled, RMSprop.
    pub fn new() -> Self {
        Self {
            epochs: 1,
            steps_per_epoch: None,
            batch_size: 32,
            shuffle: true,
            seed: None,
            validation: None,
            validation_split: 0.0,
            validation_steps: None,
            class_weights: ClassWeights::Equal,
            optimizer: Optimizer::default(),
            loss: None,
            label_smoothing: 0.0,
            mixup: None,
            clip: Clip::default(),
            accumulate: 1,
            monitor: None,
            early_stopping: None,
            reduce_on_plateau: None,
            on_epoch: None,
            save_best: None,
            checkpoint: None,
            quiet: false,
            title: None,
        }
    }

    /// How many epochs.
    pub fn epochs(mut self, count: usize) -> Self {
        self.epochs = count;
        self
    }

    /// How many batches make an epoch; one pass over the examples by default.
    pub fn steps_per_epoch(mut self, count: usize) -> Self {
        self.steps_per_epoch = Some(count);
        self
    }

    /// Examples in a batch.
    pub fn batch_size(mut self, count: usize) -> Self {
        self.batch_size = count;
        self
    }

    /// Whether each pass takes the examples in a new random order.
    pub fn shuffle(mut self, wanted: bool) -> Self {
        self.shuffle = wanted;
        self
    }

    /// Seed of order and dropout; the model's by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Examples to look at after each epoch. The settings keep them, sharing their pixels.
    pub fn validation(mut self, examples: &dyn Examples) -> Self {
        self.validation = Some(examples.shared());
        self
    }

    /// The examples to look at after each epoch, if they were given.
    pub fn validation_examples(&self) -> Option<&dyn Examples> {
        self.validation.as_deref()
    }

    /// Whether nothing is shown while training.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Keeps a share of the training examples for validation, of each class its part, drawn by the seed; the pictures held
    /// back are not augmented. Validation examples that are given take precedence.
    pub fn validation_split(mut self, share: f64) -> Self {
        self.validation_split = share;
        self
    }

    /// Looks at this many batches of the validation examples only: after each epoch the same ones, of each class its part,
    /// drawn by the seed.
    pub fn validation_steps(mut self, count: usize) -> Self {
        self.validation_steps = Some(count);
        self
    }

    /// How much each class counts, in the order of the class names.
    pub fn class_weights(mut self, weights: &[f32]) -> Self {
        self.class_weights = ClassWeights::Given(weights.to_vec());
        self
    }

    /// Weighs classes by `examples / (classes * examples of the class)`, so that rare ones count as much as common ones.
    pub fn balanced_classes(mut self) -> Self {
        self.class_weights = ClassWeights::Balanced;
        self
    }

    /// Which steps to take; RMSprop at 0.001 by default.
    pub fn optimizer(mut self, optimizer: impl Into<Optimizer>) -> Self {
        self.optimizer = optimizer.into();
        self
    }

    /// What to make small; the last layer suggests it.
    pub fn loss(mut self, loss: Loss) -> Self {
        self.loss = Some(loss);
        self
    }

    /// Scales the gradient down to this length (over all parameters) if it is longer: Keras's `global_clipnorm`.
    pub fn clip_norm(mut self, length: f32) -> Self {
        self.clip.norm = Some(length);
        self
    }

    /// Limits each gradient value to `-limit..=limit`: Keras's `clipvalue`.
    pub fn clip_value(mut self, limit: f32) -> Self {
        self.clip.value = Some(limit);
        self
    }

    /// Trains towards targets of which this share is spread evenly over all classes, so that the model is never asked to be certain:
    /// Keras's `label_smoothing`, usually 0.1. Losses of the history are those of such targets; [`evaluate`](crate::Network::evaluate)
    /// has the plain loss.
    pub fn label_smoothing(mut self, share: f32) -> Self {
        self.label_smoothing = share;
        self
    }

    /// Blends each example of a batch with another one, and their targets in the same shares, drawn from Beta(alpha, alpha), usually
    /// 0.2: a model learns that what lies between a cat and a dog is a bit of both (Zhang and others, 2018; Keras's `MixUp`). Losses of the history
    /// are those of blends, accuracies ask for the class of the larger share; validation is of pictures as they are.
    /// `first_batch` of a set of pictures shows what it makes of them.
    ///
    /// ```
    /// use cuaderno_nn::Fit;
    ///
    /// let how = Fit::new().epochs(30).mixup(0.2).label_smoothing(0.1);
    /// ```
    pub fn mixup(mut self, alpha: f64) -> Self {
        self.mixup = Some(alpha);
        self
    }

    /// Whether training blends examples, so that what frozen layers make of one cannot be kept.
    pub fn is_mixing(&self) -> bool {
        self.mixup.is_some()
    }

    /// Takes one step of the optimizer for so many batches, by the mean of their gradients, as if the batch were that much larger
    /// while memory is that of one: Keras's `gradient_accumulation_steps`. What is left at an epoch's end makes a step of its own.
    pub fn accumulate(mut self, batches: usize) -> Self {
        self.accumulate = batches;
        self
    }

    /// What says how good an epoch is, for early stopping, the best weights and [`reduce_on_plateau`](Self::reduce_on_plateau): the
    /// validation loss by default, without validation the loss.
    pub fn monitor(mut self, what: Monitor) -> Self {
        self.monitor = Some(what);
        self
    }

    /// Lowers the learning rate when the [monitor](Self::monitor) no longer improves.
    pub fn reduce_on_plateau(mut self, rule: ReduceOnPlateau) -> Self {
        self.reduce_on_plateau = Some(rule);
        self
    }

    /// Calls a function after each epoch, with all epochs so far; it may end the training or change the learning rate. It is not
    /// called for an epoch that an interrupt ended, and comes after validation and the best weights, before the checkpoint.
    ///
    /// ```
    /// use cuaderno_nn::{Fit, Next};
    ///
    /// let how = Fit::new().epochs(100).on_epoch(|history| match history.last() {
    ///     Some(epoch) if epoch.accuracy > 0.99 => Next::Stop,
    ///     Some(epoch) if history.epochs.len() % 10 == 0 => Next::LearningRate(epoch.learning_rate / 2.0),
    ///     _ => Next::GoOn,
    /// });
    /// ```
    pub fn on_epoch<N: Into<Next>>(mut self, call: impl Fn(&History) -> N + Send + Sync + 'static) -> Self {
        self.on_epoch = Some(OnEpoch::new(call));
        self
    }

    /// Stops when the [monitor](Self::monitor) no longer improves.
    pub fn early_stopping(mut self, rule: EarlyStopping) -> Self {
        self.early_stopping = Some(rule);
        self
    }

    /// Saves the weights after each epoch that beats all before by the [monitor](Self::monitor).
    pub fn save_best(mut self, path: impl Into<PathBuf>) -> Self {
        self.save_best = Some(path.into());
        self
    }

    /// Saves everything every `epochs` epochs. A later run with the same file goes on from there, and ends with the same
    /// bits as if it had never stopped.
    pub fn checkpoint(mut self, path: impl Into<PathBuf>, epochs: usize) -> Self {
        self.checkpoint = Some((path.into(), epochs.max(1)));
        self
    }

    /// The same settings for one of several networks: files get its number behind their names, `best.safetensors` becomes
    /// `best-1.safetensors`.
    pub fn numbered(&self, number: usize) -> Self {
        let name = |path: &PathBuf| {
            let mut name = path.file_stem().unwrap_or_default().to_owned();
            name.push(format!("-{number}"));
            if let Some(extension) = path.extension() {
                name.push(".");
                name.push(extension);
            }
            path.with_file_name(name)
        };
        Self {
            save_best: self.save_best.as_ref().map(name),
            checkpoint: self.checkpoint.as_ref().map(|(path, every)| (name(path), *every)),
            ..self.clone()
        }
    }

    /// What the progress line and the curves are called; the network's name by default.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Shows nothing while training.
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }
}
