//! The folder in which one kernel's compiled cells lie.

use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
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
    /// When no temporary folder can be written: with the reason of the first.
    pub fn new() -> io::Result<Self> {
        let folder = first_that_works(places())?;
        let lock = File::create(folder.path().join(LOCK))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self { folder, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Where temporary files may lie. A batch system may name a folder that is not there (any more).
fn places() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    [Some(std::env::temp_dir()), Some("/tmp".into()), Some("/var/tmp".into()), session, home]
        .into_iter()
        .flatten()
        .collect()
}

fn first_that_works(places: Vec<PathBuf>) -> io::Result<TempDir> {
    let mut reason = None;
    for place in places {
        sweep(&place, SETTLED);
        match tempfile::Builder::new().prefix(PREFIX).tempdir_in(&place) {
            Ok(folder) => return Ok(folder),
            Err(error) => drop(reason.get_or_insert(error)),
        }
    }
    Err(reason.unwrap_or_else(|| io::Error::other("there is no temporary folder")))
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
    fn a_folder_that_is_not_there_is_passed_over() {
        let place = tempfile::tempdir().unwrap();
        let found = first_that_works(vec!["/no/such/folder".into(), place.path().into()]).unwrap();
        assert_eq!(found.path().parent(), Some(place.path()));
        let error = first_that_works(vec!["/no/such/folder".into()]).unwrap_err();
        assert!(error.to_string().contains("/no/such/folder"), "{error}");
    }

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
