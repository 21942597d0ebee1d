//! What can go wrong with a pretrained network, in one clear line each.

use cuaderno_display::did_you_mean;
use cuaderno_nn::NetworkError;
use std::path::PathBuf;

/// Why a pretrained network could not be built, loaded, changed or trained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZooError {
    /// A setting makes no sense.
    #[error("{model}: {setting} is {found}; {advice}")]
    Setting {
        /// Name of the model.
        model: String,
        /// What was set.
        setting: &'static str,
        /// To what.
        found: String,
        /// What to do.
        advice: String,
    },
    /// A file could not be read.
    #[error("{path}: reading failed: {source}{}", did_you_mean(path))]
    File {
        /// Which file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Weights that have not been fetched yet.
    #[error(transparent)]
    NotFetched(#[from] cuaderno_display::data::NotFetched),
    /// A file could not be written.
    #[error("{path}: writing failed: {source}")]
    Write {
        /// Which file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file is no weights file, or is damaged.
    #[error("{path}: no whole file of weights ({reason}); .safetensors, .h5 and .keras are read")]
    Format {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Tensors of a file are not those of the model.
    #[error("{path}: {count} of its tensors do not fit {model}: {first}{others}")]
    Mismatch {
        /// Which file.
        path: PathBuf,
        /// Name of the model.
        model: String,
        /// How many are missing, of another shape, or unknown.
        count: usize,
        /// The first difference, explained.
        first: String,
        /// The other differences.
        others: String,
    },
    /// A file of class names cannot be understood.
    #[error(
        "{path}: no class names ({reason}); use a text file with a name a line, or Keras's imagenet_class_index.json"
    )]
    Labels {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// There are more or fewer class names than classes.
    #[error("{found} class names for {classes} classes; give one for each, in the order of the classes")]
    LabelCount {
        /// Names found.
        found: usize,
        /// Classes of the top.
        classes: usize,
    },
    /// A method does not go with the model at hand.
    #[error("{model} {problem}; {advice}")]
    Unsuitable {
        /// Name of the model.
        model: String,
        /// What it has or lacks.
        problem: String,
        /// What to do.
        advice: String,
    },
    /// Pictures that were scaled for another network.
    #[error(
        "{model}: the pictures' values go from {low:.2} to {high:.2}, but it does its own preprocessing and takes 0 to 1; leave out \
         `.scaled(…)` and `.normalized(…)`"
    )]
    Range {
        /// Name of the model.
        model: String,
        /// Smallest value seen.
        low: f32,
        /// Largest value seen.
        high: f32,
    },
    /// Running or training the network failed.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl From<ZooError> for NetworkError {
    fn from(error: ZooError) -> Self {
        match error {
            ZooError::Network(error) => error,
            other => Self::Other(other.into()),
        }
    }
}
