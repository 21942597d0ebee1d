//! Where cargo builds the crates of `:dep`: once per machine, for all notebooks whose compiler is the same.
//!
//! `CACHE/COMPILER/target` holds what was built, `CACHE/COMPILER/lists/LIST` the project that asked for it, one for each list of dependencies.

use crate::cache::{self, LOCK, hash};
use crate::cell::rustc::Running;
use rustix::fs::{FlockOperation, flock};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where one list of dependencies is built.
pub struct Place {
    /// Cargo's project.
    pub project: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

/// The place for these dependencies in the cache of this machine; `None` where there can be none.
pub fn place(compiler: &str, declared: &BTreeMap<String, String>, hold: &mut Option<Arc<File>>) -> Option<Place> {
    let cache = cache::folder(cache::DEPENDENCIES)?;
    let mine = cache.join(format!("{:016x}", hash(compiler)));
    if hold.is_none() {
        *hold = cache::take(&cache, &mine).ok();
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
