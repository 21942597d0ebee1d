//! Where the data of a report lies.

use std::path::{Path, PathBuf};

/// Names a folder of real data.
pub const DATA_VARIABLE: &str = "CUADERNO_DATA";

/// A file or folder of the data set: below `CUADERNO_DATA` where that is set, else in the project's synthetic sample.
///
/// Both have the same layout, so a notebook runs unchanged on either.
///
/// ```
/// assert!(cuaderno::data("reddit/multimodal_train.tsv").ends_with("reddit/multimodal_train.tsv"));
/// ```
pub fn data(path: impl AsRef<Path>) -> PathBuf {
    folder().join(path)
}

/// As [`data`]; a file that the folder of real data does not have is taken from the sample.
///
/// ```
/// assert!(cuaderno::data_or_sample("reddit/all_comments.tsv").is_file());
/// ```
pub fn data_or_sample(path: impl AsRef<Path>) -> PathBuf {
    let real = data(&path);
    if real.exists() { real } else { sample().join(path) }
}

/// Whether [`data`] leads to the synthetic sample.
pub fn is_sample() -> bool {
    real().is_none()
}

fn real() -> Option<PathBuf> {
    std::env::var_os(DATA_VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn folder() -> PathBuf {
    real().unwrap_or_else(sample)
}

fn sample() -> PathBuf {
    nearest_sample().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data"))
}

/// A notebook lies in the project or in a copy of it.
fn nearest_sample() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join("data")).find(|data| data.join("reddit").is_dir())
}
