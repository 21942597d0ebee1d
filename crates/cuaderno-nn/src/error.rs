//! What can go wrong with a network, in one clear line each.

use cuaderno_display::{did_you_mean, nearest_name};
use std::path::PathBuf;

/// Why a network could not be trained, used, saved or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The pictures have another size than the network's input.
    #[error("{model} takes pictures {expected:?}, these examples are {found:?}; load them at {}x{} or change the model's input", .expected[1], .expected[2])]
    ImageShape {
        /// Name of the model.
        model: String,
        /// `[channels, height, width]` of the input.
        expected: [usize; 3],
        /// `[channels, height, width]` of the examples.
        found: [usize; 3],
    },
    /// The examples are not the rows of numbers that the network takes.
    #[error("{model} takes rows of {expected} values, these examples are {}; {}", rows_or_pictures(*.found), advice_on_values(*.found))]
    Values {
        /// Name of the model.
        model: String,
        /// Values of the input.
        expected: usize,
        /// `[channels, height, width]` of the examples; `[values, 1, 1]` of rows.
        found: [usize; 3],
    },
    /// The examples have another number of classes than the network has outputs.
    #[error(
        "{model} ends in {outputs} outputs, these examples have {classes} classes; end the model in dense({classes})"
    )]
    Classes {
        /// Name of the model.
        model: String,
        /// Length of the output.
        outputs: usize,
        /// Number of classes.
        classes: usize,
    },
    /// The examples name their classes otherwise than those that the network was trained on.
    #[error(
        "class {index} of the {what} examples is {found}, in training it is {trained}; both need the same classes in the same \
         order, which `Loader::classes` can give to pictures"
    )]
    OtherClasses {
        /// `validation`, `test` or `prediction`.
        what: &'static str,
        /// The first class that differs.
        index: usize,
        /// Its name there, or `missing`.
        found: String,
        /// Its name in training, or `missing`.
        trained: String,
    },
    /// The network does not end in class scores.
    #[error(
        "{model} ends in pictures {shape}, a classifier needs one score per class; add flatten and dense({classes})"
    )]
    NoScores {
        /// Name of the model.
        model: String,
        /// Its output.
        shape: String,
        /// Number of classes.
        classes: usize,
    },
    /// There is nothing to learn from.
    #[error("there are no {what} examples; check the folder, the filter or the split they come from")]
    Empty {
        /// `training` or `validation`.
        what: &'static str,
    },
    /// Examples without classes where these are needed.
    #[error("the {what} examples have no classes: such pictures can be predicted, not learnt from or scored")]
    Unlabelled {
        /// Which examples: `training`, `validation` and the like.
        what: &'static str,
    },
    /// A label names no class.
    #[error("example {index} has label {label}, but there are only the classes 0 to {}", .classes - 1)]
    Label {
        /// Which example.
        index: usize,
        /// Its label.
        label: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A setting makes no sense.
    #[error("{setting} is {found}; {advice}")]
    Setting {
        /// What was set.
        setting: &'static str,
        /// To what.
        found: String,
        /// What to do.
        advice: String,
    },
    /// Training broke down.
    #[error(
        "epoch {epoch}, step {step}: the loss is {loss}, and {place} is the first that holds numbers that are not finite; lower \
         the learning rate (now {learning_rate}), clip the gradients, or check the pictures' values"
    )]
    NotFinite {
        /// From 1.
        epoch: usize,
        /// From 1, within the epoch.
        step: usize,
        /// The loss.
        loss: f32,
        /// The first layer with such a value.
        place: String,
        /// At that step.
        learning_rate: f32,
    },
    /// The user stopped it.
    #[error("interrupted after {done} of {total} {what}; run the cell again to {}", if *.kept { "go on" } else { "start over" })]
    Interrupted {
        /// How many were done.
        done: usize,
        /// How many were asked for.
        total: usize,
        /// Of what: `images`, `runs`.
        what: &'static str,
        /// Whether a file keeps what is done.
        kept: bool,
    },
    /// Training runs away.
    #[error(
        "epoch {epoch}, step {step}: the loss has grown to {loss:.3e}, and {place} enlarges its input the most, to {largest:.3e}; \
         lower the learning rate (now {learning_rate}), clip the gradients, or scale the pictures' values"
    )]
    Exploded {
        /// From 1.
        epoch: usize,
        /// From 1, within the epoch.
        step: usize,
        /// The loss.
        loss: f32,
        /// The layer whose largest output is largest beside its largest input.
        place: String,
        /// Its largest output.
        largest: f32,
        /// At that step.
        learning_rate: f32,
    },
    /// A file could not be read or written.
    #[error("{path}: {action} failed: {source}{}", did_you_mean(path))]
    File {
        /// Which file.
        path: PathBuf,
        /// `reading` or `writing`.
        action: &'static str,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file is no weights file, or is damaged.
    #[error("{path}: not a whole safetensors file ({reason}); save the weights again, or check the download")]
    Format {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A checkpoint belongs to another run.
    #[error(
        "{path} is not of this run: there it is {found}, here {expected}; choose another file, or train as that run did"
    )]
    OtherRun {
        /// Which file.
        path: PathBuf,
        /// What the file's run did, where it first differs.
        found: String,
        /// What this run does there.
        expected: String,
    },
    /// A checkpoint has done more than is asked for.
    #[error(
        "{path} has done {done} epochs, and {wanted} are asked for; ask for {done} or more, or choose another file"
    )]
    Further {
        /// Which file.
        path: PathBuf,
        /// Epochs done.
        done: usize,
        /// Epochs asked for.
        wanted: usize,
    },
    /// A weights file holds what no training ends with.
    #[error("{path}: its {tensor} holds numbers that are not finite; save the weights of a network that works")]
    Broken {
        /// Which file.
        path: PathBuf,
        /// The first such tensor.
        tensor: String,
    },
    /// There is not enough memory.
    #[error("{model} needs about {needed:.1} GB {what}, and {free:.1} GB are free; {advice}")]
    Memory {
        /// Name of the model.
        model: String,
        /// `to train`, `to predict`.
        what: &'static str,
        /// Gigabytes.
        needed: f64,
        /// Gigabytes.
        free: f64,
        /// What to do.
        advice: &'static str,
    },
    /// A weights file belongs to another network.
    #[error("{path}: {reason}; these weights belong to a model other than {model}")]
    Mismatch {
        /// Which file.
        path: PathBuf,
        /// Name of the model.
        model: String,
        /// The first difference.
        reason: String,
    },
    /// What a pretrained network or a set of pictures reported, so that `?` works in the function given to
    /// [`repeat`](crate::repeat), [`CrossValidation::run`](crate::CrossValidation::run) and the like.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl NetworkError {
    /// Something was asked for by a name that is not among these.
    pub(crate) fn unknown<'n>(setting: &'static str, name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Self {
        let near = nearest_name(name, names.clone());
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
        let advice = format!("there are {}{near}", names.collect::<Vec<_>>().join(", "));
        Self::Setting { setting, found: format!("{name:?}"), advice }
    }
}

fn rows_or_pictures(shape: [usize; 3]) -> String {
    match shape {
        [values, 1, 1] => format!("rows of {values}"),
        shape => format!("pictures {shape:?}"),
    }
}

fn advice_on_values(shape: [usize; 3]) -> String {
    match shape {
        [values, 1, 1] => format!("change the model's input to [{values}], or choose other columns"),
        shape => format!("change the model's input to {shape:?} and begin with flatten"),
    }
}
