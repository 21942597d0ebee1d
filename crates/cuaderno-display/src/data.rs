//! Where the data of a report lies: for cells, and for the kernel, which completes paths in them.

use std::fmt;
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

/// Names the folder of fetched files instead of the platform's cache.
const CACHE: &str = "CUADERNO_CACHE";

/// The folder of fetched files.
pub fn cache() -> PathBuf {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable(CACHE).map(crate::full_path).unwrap_or_else(|| {
        let platform = variable("XDG_CACHE_HOME").unwrap_or_else(|| crate::full_path("~/.cache"));
        platform.join("cuaderno/data")
    })
}

/// A file or folder that `cuaderno fetch` has brought, by its path below the cache. Nothing is fetched here.
///
/// # Errors
/// [`NotFetched`], which says how to bring it.
pub fn fetched(path: impl AsRef<Path>) -> Result<PathBuf, NotFetched> {
    let folder = cache();
    let found = folder.join(&path);
    if found.exists() {
        return Ok(found);
    }
    let name = path.as_ref().components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
    Err(NotFetched { name: name.unwrap_or_default(), folder })
}

/// A set that has not been fetched yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFetched {
    /// The set.
    pub name: String,
    /// Where it was looked for.
    pub folder: PathBuf,
}

impl fmt::Display for NotFetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, folder } = self;
        write!(
            f,
            "{name} is not on this machine yet ({}): `cuaderno fetch {name}` in a terminal brings it, in a clone \
             `cargo xtask fetch {name}`",
            folder.display()
        )
    }
}

impl std::error::Error for NotFetched {}
