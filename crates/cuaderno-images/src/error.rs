//! What can go wrong, in one line each.

use cuaderno_decode::Unreadable;
use cuaderno_display::did_you_mean;
use std::io;
use std::path::{Path, PathBuf};

/// Why a set of pictures could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ImagesError {
    /// A file or folder is not there or may not be read.
    #[error("{path}: cannot be read ({source}){}", advice(path))]
    Io {
        /// What was to be read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A single picture cannot be read.
    #[error("{path}: {source}{}", did_you_mean(path))]
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Unreadable,
    },
    /// A folder of classes has no sub-folders with pictures.
    #[error(
        "{path}: no sub-folder with pictures; expected one sub-folder a class, found {found}; `ImageSet::unlabelled` reads pictures without classes"
    )]
    NoClasses {
        /// The folder, or the archive.
        path: PathBuf,
        /// What is there instead.
        found: String,
    },
    /// Nothing is left.
    #[error("{path}: none of {asked} pictures could be read{reasons}")]
    NoPictures {
        /// Where they were looked for.
        path: PathBuf,
        /// How many were asked for.
        asked: usize,
        /// Counts and names, as in the line on dropped pictures.
        reasons: String,
    },
    /// A class that the given order lacks.
    #[error("class {class} is not among the given classes ({known}); add it, or leave the order to the names")]
    UnknownClass {
        /// The class that was met.
        class: String,
        /// The classes that were given.
        known: String,
    },
    /// A class was asked for that is not there.
    #[error("{path}: no pictures of a class {class}; there are {known}")]
    MissingClass {
        /// The archive.
        path: PathBuf,
        /// The class that was asked for.
        class: String,
        /// The classes that are there.
        known: String,
    },
    /// A class that a set does not have.
    #[error("there is no class {class}; there are {known}")]
    NoSuchClass {
        /// The class that was asked for.
        class: String,
        /// The classes that are there.
        known: String,
    },
    /// An evaluation of other pictures.
    #[error(
        "the evaluation is of {found} pictures, these are {pictures} others; evaluate on the set that shows its mistakes"
    )]
    OtherPictures {
        /// How many it is of.
        found: usize,
        /// How many there are here.
        pictures: usize,
    },
    /// Pictures without classes, where classes are needed.
    #[error(
        "pictures without classes cannot be {what}; give each a class: a folder for every class, or a column of a table"
    )]
    Unlabelled {
        /// What was asked: `counted by class`.
        what: &'static str,
    },
    /// A size with a zero.
    #[error("pictures of {height}x{width} (height x width) hold nothing; both have to be at least 1")]
    EmptySize {
        /// Height asked for.
        height: usize,
        /// Width asked for.
        width: usize,
    },
    /// Binary records of the wrong length, or with labels out of range.
    #[error("{path}: {problem}")]
    Records {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        problem: String,
    },
    /// Numbers given as pictures do not have the length they should have.
    #[error(
        "{pictures} pictures of {height}x{width}x{channels} need {expected} values and {pictures} labels, found {found} values and {labels} labels"
    )]
    Arrays {
        /// Pictures, by the number of labels.
        pictures: usize,
        /// Height of each.
        height: usize,
        /// Width of each.
        width: usize,
        /// Channels of each.
        channels: usize,
        /// Values needed.
        expected: usize,
        /// Values given.
        found: usize,
        /// Labels given.
        labels: usize,
    },
    /// A label without a class name.
    #[error("label {label} has no class name, there are {classes}; labels count from 0")]
    Label {
        /// The label.
        label: usize,
        /// How many class names there are.
        classes: usize,
    },
    /// Fractions that are not fractions.
    #[error("a split into {fractions} is not possible: each has to be above 0, and their sum at most 1")]
    Fractions {
        /// What was given.
        fractions: String,
    },
    /// Fewer pictures than asked for.
    #[error("asked for picture {asked}, the set has {available}; indices count from 0")]
    Index {
        /// What was asked for.
        asked: usize,
        /// How many there are.
        available: usize,
    },
    /// Whitening of large pictures.
    #[error(
        "whitening pictures of {height}x{width}x{channels} needs a matrix of {0} rows and columns, and {most} are the most; \
         load smaller ones, for example {1}", .height * .width * .channels, smaller(*.height, *.width, *.channels, *.most)
    )]
    TooLargeToWhiten {
        /// Of a picture.
        height: usize,
        /// Of a picture.
        width: usize,
        /// Of a picture.
        channels: usize,
        /// Values of a picture that can be whitened.
        most: usize,
    },
    /// Whitened pictures that each are normalized by themselves, or others than the whitening was learnt from.
    #[error("{found}; {advice}")]
    Whitening {
        /// What was met.
        found: String,
        /// What to do.
        advice: &'static str,
    },
    /// A file that could not be written.
    #[error("{path}: cannot be written ({source})")]
    Write {
        /// The file, or its folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing to compute with.
    #[error("{what} needs at least one picture, the set is empty")]
    EmptySet {
        /// What was to be computed.
        what: &'static str,
    },
    /// A set that has not been fetched yet.
    #[error(transparent)]
    NotFetched(#[from] cuaderno_display::data::NotFetched),
    /// A model that was asked about a picture takes something else.
    #[error(
        "{model} takes {input}, no pictures of one or three channels; ask the network that has the pictures for its input"
    )]
    NoPictureModel {
        /// Its name.
        model: String,
        /// What it takes.
        input: String,
    },
    /// A network could not say what a picture shows.
    #[error(transparent)]
    Network(#[from] cuaderno_nn::NetworkError),
    /// The user asked to stop.
    #[error("stopped while {doing}")]
    Interrupted {
        /// What was being done, and how far it had come.
        doing: String,
    },
    /// A number that a setting cannot have.
    #[error("{setting} is {value}, expected {expected}")]
    Setting {
        /// The name of the setting.
        setting: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
}

impl From<ImagesError> for cuaderno_nn::NetworkError {
    fn from(error: ImagesError) -> Self {
        match error {
            ImagesError::Network(error) => error,
            other => Self::Other(other.into()),
        }
    }
}

/// A size of the same proportions that can be whitened.
fn smaller(height: usize, width: usize, channels: usize, most: usize) -> String {
    let share = (most as f64 / (height * width * channels) as f64).sqrt();
    let [height, width] = [height, width].map(|length| ((length as f64 * share) as usize).max(1));
    format!("{height}x{width}")
}

/// What to do about a path that cannot be read.
fn advice(path: &Path) -> String {
    let near = did_you_mean(path);
    if !near.is_empty() {
        return near;
    }
    let folder = std::env::current_dir();
    let folder = folder.map_or_else(|_| "the current folder".to_owned(), |folder| folder.display().to_string());
    format!("; check the path, it starts from {folder}")
}
