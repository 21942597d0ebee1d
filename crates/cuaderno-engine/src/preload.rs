//! The prebuilt library that cells are compiled against.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names the manifest that `cargo xtask setup` writes; without it, the one beside the kernel's executable is read.
pub const MANIFEST_VARIABLE: &str = "CUADERNO_PRELOAD";

/// What setup recorded about the preload and the compiler that built it. Paths may begin in the manifest's own folder, so that an
/// installation may lie anywhere.
#[derive(Clone, Debug, Deserialize)]
pub struct Preload {
    /// Our own version: `0.2.0`, built from a clone `0.2.0+b9f939a`.
    pub cuaderno: String,
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
    /// The synthetic sample, for notebooks that lie apart from it.
    pub sample: PathBuf,
    /// In a wheel, archives of the files that lie with the preload; see [`unpacked`](Self::unpacked).
    #[serde(default)]
    pub packed: Vec<PathBuf>,
    /// Keeps what is unpacked in the cache from being removed.
    #[serde(skip)]
    pub hold: Option<Arc<File>>,
}

/// Why there is no preload.
#[derive(Debug, thiserror::Error)]
pub enum PreloadError {
    /// It is not known where the manifest is.
    #[error("{MANIFEST_VARIABLE} is not set, and this program cannot tell where it lies: {0}")]
    NotSet(std::io::Error),
    /// The manifest cannot be read.
    #[error("{path}: {source}; install cuaderno again (in a clone: `cargo xtask setup`)")]
    Unreadable {
        /// The manifest.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// The manifest is not what setup writes.
    #[error("{path}: {source}; install cuaderno again (in a clone: `cargo xtask setup`)")]
    Malformed {
        /// The manifest.
        path: PathBuf,
        /// What went wrong.
        source: serde_json::Error,
    },
    /// It cannot be unpacked.
    #[error("{path}: {source}; make room where there is none, else install cuaderno again")]
    Packed {
        /// The archive, or where its files should lie.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// A file that the manifest names is gone.
    #[error("{path} is missing; install cuaderno again (in a clone: `cargo xtask setup`)")]
    Missing {
        /// The file.
        path: PathBuf,
    },
}

impl Preload {
    /// Reads the manifest that the environment names, or that lies beside this program.
    ///
    /// # Errors
    /// When it, or a file it names, is not there: in one line, with what to do.
    pub fn from_environment() -> Result<Self, PreloadError> {
        match std::env::var_os(MANIFEST_VARIABLE) {
            Some(manifest) => Self::read(Path::new(&manifest)),
            None => {
                let program = std::env::current_exe().map_err(PreloadError::NotSet)?;
                Self::read(&program.with_file_name("preload.json"))
            }
        }
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
        let preload = preload.in_folder(path.parent().unwrap_or(Path::new("")));
        for path in [&preload.rustc, &preload.dylib] {
            if !path.exists() {
                return Err(PreloadError::Missing { path: path.clone() });
            }
        }
        Ok(preload)
    }

    /// With every path that is relative below `folder`.
    fn in_folder(mut self, folder: &Path) -> Self {
        let single = [&mut self.rustc, &mut self.sysroot_lib, &mut self.dylib, &mut self.sample];
        let several =
            self.deps.iter_mut().chain(self.externs.values_mut()).chain(&mut self.index).chain(&mut self.packed);
        single.into_iter().chain(several).for_each(|path| *path = folder.join(&*path));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_may_be_moved() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["libcuaderno.so", "rustc"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let manifest = serde_json::json!({
            "cuaderno": "0.2.0", "rustc": "rustc", "rustc_version": "rustc 1.95.0", "sysroot_lib": "/opt/rust/lib",
            "dylib": "libcuaderno.so", "deps": ["deps"], "externs": {"serde": "deps/libserde.rmeta"}, "sample": "data",
        });
        let first = folder.path().join("preload.json");
        std::fs::write(&first, manifest.to_string()).unwrap();
        let preload = Preload::read(&first).unwrap();
        assert_eq!(preload.externs["serde"], folder.path().join("deps/libserde.rmeta"));
        assert_eq!(preload.sample, folder.path().join("data"));
        assert_eq!(preload.sysroot_lib, Path::new("/opt/rust/lib"), "a path from the root stays");
        std::fs::remove_file(&preload.rustc).unwrap();
        let error = Preload::read(&first).unwrap_err().to_string();
        assert!(error.contains("rustc is missing; install cuaderno again"), "{error}");
    }
}
