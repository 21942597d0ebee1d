//! Where the data of a report lies: for cells, and for the kernel, which completes paths in them.

use std::path::{Path, PathBuf};

/// Names a folder of real data.
pub const DATA_VARIABLE: &str = "CUADERNO_DATA";

/// The folder of real data, where one is named.
pub fn real() -> Option<PathBuf> {
    std::env::var_os(DATA_VARIABLE)
        .filter(|folder| !folder.is_empty())
        .map(|folder| crate::full_path(PathBuf::from(folder)))
}

/// Names the synthetic sample that is installed with the kernel; the kernel tells it the runner.
pub const SAMPLE_VARIABLE: &str = "CUADERNO_SAMPLE";

/// The synthetic sample nearest to a notebook's folder, which lies in the project or in a copy of it; else the `installed` one.
pub fn sample(working_directory: &Path, installed: &Path) -> PathBuf {
    let mut folders = working_directory.ancestors().map(|folder| folder.join("data"));
    folders.find(|data| data.join("reddit").is_dir()).unwrap_or_else(|| installed.to_owned())
}
