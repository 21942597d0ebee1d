//! What is kept on this machine between notebooks, in the user's cache: `cuaderno/KIND/NAME`.
//!
//! A session holds a shared lock on what it uses; what nobody has used for long goes.

use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What `:dep` has built, by compiler.
pub const DEPENDENCIES: &str = "dependencies";
/// Preloads of installations that this user may not write to.
pub const PRELOADS: &str = "preloads";

const MAX_BYTES: u64 = 4 << 30;
/// What was made for another compiler or installation goes when it has not been used for so long.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 3600);
/// The file in a folder that is locked, and that tells by its time when the folder was used.
pub const LOCK: &str = "lock";

/// Removes what no session uses.
///
/// # Errors
/// When it cannot be removed.
pub fn clear() -> io::Result<()> {
    [DEPENDENCIES, PRELOADS]
        .into_iter()
        .filter_map(folder)
        .try_for_each(|cache| entries(&cache).try_for_each(|folder| remove_unused(&folder, |_| true)))
}

/// Where things of one kind lie; `None` where there can be none.
pub fn folder(kind: &str) -> Option<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let set = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    Some(set.or_else(home)?.join("cuaderno").join(kind))
}

/// Makes `mine`, a folder of `cache`, and holds it for as long as the file lives.
///
/// # Errors
/// When it cannot be made.
pub fn take(cache: &Path, mine: &Path) -> io::Result<Arc<File>> {
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

/// A name for what something is made for.
pub fn hash(value: &(impl Hash + ?Sized)) -> u64 {
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
