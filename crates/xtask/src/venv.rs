//! A Python environment is there as a whole or not at all: made aside, then put in its place. Programs that run from the one before,
//! a JupyterLab for example, never see it half made.

use crate::problem::{Context, Result};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// Makes an environment with `make`, which is given a folder, and puts it at `place`, unless `is_made`. Returns whether it was made.
///
/// Who wants the same at the same time waits.
pub fn renew(place: &Path, is_made: impl Fn() -> bool, make: impl FnOnce(&Path) -> Result<()>) -> Result<bool> {
    if is_made() {
        return Ok(false);
    }
    let lock = File::create(beside(place, "lock")).context(|| place.display().to_string())?;
    // A file system that knows no locks is no reason to stop.
    if let Err(TryLockError::WouldBlock) = lock.try_lock() {
        eprintln!("python: another setup is making .venv; waiting for it");
        lock.lock().context(|| place.display().to_string())?;
    }
    if is_made() {
        return Ok(false);
    }
    let aside = beside(place, "new");
    make(&aside)?;
    move_scripts(&aside, place).and_then(|()| put(&aside, place)).context(|| place.display().to_string())?;
    Ok(true)
}

fn beside(place: &Path, what: &str) -> PathBuf {
    place.with_added_extension(what)
}

/// Scripts name their Python by its full path: writes the later one into them.
fn move_scripts(aside: &Path, place: &Path) -> std::io::Result<()> {
    let (from, to) = (aside.to_string_lossy(), place.to_string_lossy());
    for entry in fs::read_dir(aside.join("bin"))? {
        let file = entry?;
        // Python itself is a link. What is no text names nothing.
        if file.file_type()?.is_file()
            && let Ok(text) = fs::read_to_string(file.path())
            && text.contains(&*from)
        {
            fs::write(file.path(), text.replace(&*from, &to))?;
        }
    }
    Ok(())
}

fn put(aside: &Path, place: &Path) -> std::io::Result<()> {
    let old = beside(place, "old");
    remove(&old)?;
    if place.symlink_metadata().is_ok() {
        fs::rename(place, &old)?;
    }
    fs::rename(aside, place)?;
    remove(&old)
}

fn remove(folder: &Path) -> std::io::Result<()> {
    if folder.symlink_metadata().is_ok() { fs::remove_dir_all(folder) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::{machine, process};
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

    /// An empty folder for one test.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("cuaderno venv {name} {}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn the_old_environment_stays_until_the_new_one_is_whole() {
        let folder = folder("whole");
        let place = folder.join(".venv");
        fs::create_dir_all(place.join("old")).unwrap();
        let failed = renew(&place, || false, |_| Err(Problem::new("no network")));
        assert_eq!(failed, Err(Problem::new("no network")));
        assert!(place.join("old").is_dir());

        let made = renew(
            &place,
            || false,
            |aside| {
                assert!(place.join("old").is_dir());
                let python = machine::python()?;
                process::read(
                    process::command(&python).args(["-m", "venv", "--clear", "--without-pip"]).arg(aside),
                    "venv",
                )?;
                let script = format!(
                    "#!/bin/sh\n'''exec' \"{}/bin/python\" \"$0\"\n' '''\nimport sys; print(sys.prefix)\n",
                    aside.display()
                );
                fs::write(aside.join("bin/where.py"), script).context(|| "where.py".into())
            },
        );
        assert_eq!(made, Ok(true));
        assert!(!place.join("old").exists());
        let prefix = process::read(process::command("sh").arg(place.join("bin/where.py")), "where.py").unwrap();
        assert_eq!(Path::new(&prefix), place.canonicalize().unwrap());
        let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, ".venv and the lock: {left:?}");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn two_setups_at_once_make_it_once() {
        let folder = folder("twice");
        let place = folder.join(".venv");
        let made = AtomicUsize::new(0);
        let setup = || {
            renew(
                &place,
                || place.exists(),
                |aside| {
                    made.fetch_add(1, SeqCst);
                    std::thread::sleep(Duration::from_millis(200));
                    fs::create_dir_all(aside.join("bin")).context(|| "bin".into())
                },
            )
        };
        let results =
            std::thread::scope(|scope| [scope.spawn(setup), scope.spawn(setup)].map(|thread| thread.join().unwrap()));
        assert!(results.contains(&Ok(true)) && results.contains(&Ok(false)), "{results:?}");
        assert_eq!(made.into_inner(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
