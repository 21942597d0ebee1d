//! The folder in which one kernel's compiled cells lie.

use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

const PREFIX: &str = "cuaderno-";
/// Held by the kernel as long as it lives, however it ends.
const LOCK: &str = "lock";
/// A folder without a kernel is left alone until it is this old: its kernel may be about to lock it.
const SETTLED: Duration = Duration::from_secs(60);

/// A folder that goes with its kernel, or, if that is killed, with the next one that starts.
#[derive(Debug)]
pub struct CellsFolder {
    folder: TempDir,
    _lock: File,
}

impl CellsFolder {
    /// Makes the folder, and removes those of kernels that were killed.
    ///
    /// # Errors
    /// When the temporary folder cannot be written.
    pub fn new() -> io::Result<Self> {
        let place = std::env::temp_dir();
        sweep(&place, SETTLED);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
        let lock = File::create(folder.path().join(LOCK))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self { folder, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes folders whose kernel is gone. What cannot be read or removed belongs to somebody else.
fn sweep(place: &Path, settled: Duration) {
    for entry in std::fs::read_dir(place).into_iter().flatten().filter_map(Result::ok) {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|time| time.elapsed().ok());
        if !is_ours || age.is_none_or(|age| age < settled) {
            continue;
        }
        let Ok(lock) = File::open(entry.path().join(LOCK)) else { continue };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_without_a_kernel_are_swept() {
        let place = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            std::fs::create_dir(place.path().join(name)).unwrap();
            File::create(place.path().join(name).join(LOCK)).unwrap()
        };
        drop(make("cuaderno-killed"));
        let alive = make("cuaderno-alive");
        flock(&alive, FlockOperation::NonBlockingLockExclusive).unwrap();
        drop(make("somebody-else"));
        std::fs::create_dir(place.path().join("cuaderno-without-lock")).unwrap();
        sweep(place.path(), Duration::ZERO);
        let mut left: Vec<_> = std::fs::read_dir(place.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["cuaderno-alive", "cuaderno-without-lock", "somebody-else"]);
    }
}
