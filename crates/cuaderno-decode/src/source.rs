//! Where the bytes of a picture come from.

use crate::Unreadable;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Encoded pictures are smaller than this.
const MAX_BYTES: u64 = 256_000_000;

/// An encoded picture.
#[derive(Clone, Debug)]
pub enum Source {
    /// In a file, below the folder it must not leave.
    File {
        /// The file.
        path: PathBuf,
        /// A canonical path.
        root: PathBuf,
    },
    /// In memory, read from an archive.
    Bytes(Vec<u8>),
}

impl Source {
    /// Calls `action` with the bytes.
    ///
    /// # Errors
    /// Those of [`read`], and the action's.
    pub fn with_bytes<T>(&self, action: impl FnOnce(&[u8]) -> Result<T, Unreadable>) -> Result<T, Unreadable> {
        match self {
            Self::File { path, root } => action(&read(path, Some(root))?),
            Self::Bytes(bytes) => action(bytes),
        }
    }
}

/// The content of an ordinary file of sensible size. With a root (canonical), links that lead out of it are refused.
///
/// # Errors
/// When it is no ordinary file, is larger than 256 MB, or the system does not give it.
pub fn read(path: &Path, root: Option<&Path>) -> Result<Vec<u8>, Unreadable> {
    let io = |error: std::io::Error| Unreadable::Io(error.to_string());
    if let Some(root) = root
        && fs::symlink_metadata(path).map_err(io)?.is_symlink()
        && !fs::canonicalize(path).map_err(io)?.starts_with(root)
    {
        return Err(Unreadable::NotAFile("a link that leads out of the folder"));
    }
    // Opening a pipe would wait for a writer for ever.
    let metadata = fs::metadata(path).map_err(io)?;
    if !metadata.is_file() {
        return Err(Unreadable::NotAFile("not an ordinary file"));
    }
    if metadata.len() > MAX_BYTES {
        let (megabytes, limit) = (metadata.len() / 1_000_000, MAX_BYTES / 1_000_000);
        return Err(Unreadable::TooManyBytes { megabytes, limit });
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    fs::File::open(path).map_err(io)?.take(MAX_BYTES).read_to_end(&mut bytes).map_err(io)?;
    Ok(bytes)
}
