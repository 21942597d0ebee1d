//! Where cargo builds the crates of `:dep`: once per machine, for all notebooks whose compiler is the same.
//!
//! `CACHE/COMPILER/target` holds what was built, `CACHE/COMPILER/lists/LIST` the project that asked for it, one for each list of dependencies. A session
//! holds a shared lock on what it uses; what has grown too large is removed when nobody does.

use crate::cell::rustc::Running;
use rustix::fs::{FlockOperation, flock};
use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const MAX_BYTES: u64 = 4 << 30;
/// What another compiler has built goes when it has not been used for so long.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 3600);
const LOCK: &str = "lock";

/// Where one list of dependencies is built.
pub struct Place {
    /// Cargo's project.
    pub project: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

/// The place for these dependencies in the cache of this machine; `None` where there can be none.
pub fn place(compiler: &str, declared: &BTreeMap<String, String>, hold: &mut Option<Arc<File>>) -> Option<Place> {
    let cache = folder()?;
    let mine = cache.join(format!("{:016x}", hash(compiler)));
    if hold.is_none() {
        *hold = take(&cache, &mine).ok();
    }
    hold.as_ref()?;
    Some(Place { project: mine.join("lists").join(format!("{:016x}", hash(declared))), target: mine.join("target") })
}

/// Waits until no other session builds in this project. The lock goes with the file.
pub fn alone_in(project: &Path, running: &Running) -> io::Result<File> {
    std::fs::create_dir_all(project)?;
    let file = File::create(project.join(LOCK))?;
    while flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() && !running.is_cancelled() {
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(file)
}

/// Removes what no session uses.
///
/// # Errors
/// When it cannot be removed.
pub fn clear() -> io::Result<()> {
    let Some(cache) = folder() else { return Ok(()) };
    entries(&cache).try_for_each(|folder| remove_unused(&folder, |_| true))
}

fn folder() -> Option<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let set = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    Some(set.or_else(home)?.join("cuaderno/dependencies"))
}

fn take(cache: &Path, mine: &Path) -> io::Result<Arc<File>> {
    std::fs::create_dir_all(mine)?;
    for folder in entries(cache) {
        let limit =
            if folder == mine { remove_unused(&folder, is_large) } else { remove_unused(&folder, is_forgotten) };
        // What cannot be removed is no reason not to build.
        drop(limit);
    }
    std::fs::create_dir_all(mine)?;
    let file = File::create(mine.join(LOCK))?;
    flock(&file, FlockOperation::NonBlockingLockShared)?;
    Ok(Arc::new(file))
}

fn remove_unused(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> io::Result<()> {
    let Ok(file) = File::open(folder.join(LOCK)) else { return Ok(()) };
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() && is_wanted(folder) {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}

fn is_large(folder: &Path) -> bool {
    size(folder) > MAX_BYTES
}

fn is_forgotten(folder: &Path) -> bool {
    let used = folder.join(LOCK).metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    used.elapsed().is_ok_and(|age| age > FORGOTTEN)
}

fn size(folder: &Path) -> u64 {
    let size_of = |path: PathBuf| match path.symlink_metadata() {
        Ok(data) if data.is_dir() => size(&path),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries(folder).map(size_of).sum()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_stays() {
        let cache = tempfile::tempdir().unwrap();
        let (used, unused) = (cache.path().join("used"), cache.path().join("unused"));
        let hold = take(cache.path(), &used).unwrap();
        drop(take(cache.path(), &unused).unwrap());
        entries(cache.path()).for_each(|folder| remove_unused(&folder, |_| true).unwrap());
        assert!(used.exists() && !unused.exists());
        drop(hold);
        assert!(!is_forgotten(&used) && !is_large(&used));
        remove_unused(&used, |_| true).unwrap();
        assert!(!used.exists());
    }
}
