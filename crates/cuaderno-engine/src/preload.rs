//! The prebuilt library that cells are compiled against.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Names the manifest that `cargo xtask setup` writes.
pub const MANIFEST_VARIABLE: &str = "CUADERNO_PRELOAD";

/// What setup recorded about the preload and the compiler that built it.
#[derive(Clone, Debug, Deserialize)]
pub struct Preload {
    /// The compiler itself, not the rustup proxy, which costs 30 ms a call.
    pub rustc: PathBuf,
    /// `rustc 1.95.0 (…)`.
    pub rustc_version: String,
    /// Holds the standard library's dylib.
    pub sysroot_lib: PathBuf,
    /// The preload.
    pub dylib: PathBuf,
    /// Folders with the libraries inside the preload, which the compiler reads for their types.
    pub deps: Vec<PathBuf>,
    /// Crates that a cell may `use`, with their files.
    pub externs: BTreeMap<String, PathBuf>,
    /// Their versions.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    /// What completion and help know of it, and of the standard library.
    #[serde(default)]
    pub index: Vec<PathBuf>,
}

/// Why there is no preload.
#[derive(Debug, thiserror::Error)]
pub enum PreloadError {
    /// The variable is not set.
    #[error("{MANIFEST_VARIABLE} is not set; run `cargo xtask setup`, which installs the kernel with it")]
    NotSet,
    /// The manifest cannot be read.
    #[error("{path}: {source}; run `cargo xtask setup` again")]
    Unreadable {
        /// The manifest.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// The manifest is not what setup writes.
    #[error("{path}: {source}; run `cargo xtask setup` again")]
    Malformed {
        /// The manifest.
        path: PathBuf,
        /// What went wrong.
        source: serde_json::Error,
    },
    /// A file that the manifest names is gone.
    #[error("{path} is missing; run `cargo xtask setup` again")]
    Missing {
        /// The file.
        path: PathBuf,
    },
}

impl Preload {
    /// Reads the manifest that the environment names.
    ///
    /// # Errors
    /// When it, or a file it names, is not there: in one line, with what to do.
    pub fn from_environment() -> Result<Self, PreloadError> {
        Self::read(Path::new(&std::env::var_os(MANIFEST_VARIABLE).ok_or(PreloadError::NotSet)?))
    }

    /// The version of the language: `1.95.0`.
    pub fn rust_version(&self) -> String {
        self.rustc_version.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// As [`from_environment`](Self::from_environment).
    pub fn read(path: &Path) -> Result<Self, PreloadError> {
        let text = std::fs::read(path).map_err(|source| PreloadError::Unreadable { path: path.into(), source })?;
        let preload: Self =
            serde_json::from_slice(&text).map_err(|source| PreloadError::Malformed { path: path.into(), source })?;
        for path in [&preload.rustc, &preload.dylib] {
            if !path.exists() {
                return Err(PreloadError::Missing { path: path.clone() });
            }
        }
        Ok(preload)
    }
}
