//! Where the data of a report lies.

pub use crate::display::data::DATA_VARIABLE;
use crate::display::data::{SAMPLE_VARIABLE, real, sample};
use crate::display::full_path;
use std::path::{Path, PathBuf};

/// A file or folder of the data set: below `CUADERNO_DATA` where that is set, else in the project's synthetic sample.
///
/// A path from the root, or from the home folder (`~/photos`), stays what it is. Both have the same layout, so a notebook runs unchanged on either.
///
/// ```
/// assert!(cuaderno::data("reddit/multimodal_train.tsv").ends_with("reddit/multimodal_train.tsv"));
/// ```
pub fn data(path: impl AsRef<Path>) -> PathBuf {
    real().unwrap_or_else(nearest_sample).join(full_path(path))
}

/// As [`data`]; a file that the folder of real data does not have is taken from the sample.
///
/// ```
/// assert!(cuaderno::data_or_sample("reddit/all_comments.tsv").is_file());
/// ```
pub fn data_or_sample(path: impl AsRef<Path>) -> PathBuf {
    let real = data(&path);
    if real.exists() { real } else { nearest_sample().join(full_path(path)) }
}

/// Whether [`data`] leads to the synthetic sample.
pub fn is_sample() -> bool {
    real().is_none()
}

pub(crate) fn nearest_sample() -> PathBuf {
    let installed = std::env::var_os(SAMPLE_VARIABLE).unwrap_or_else(|| "data".into());
    sample(&std::env::current_dir().unwrap_or_default(), Path::new(&installed))
}
