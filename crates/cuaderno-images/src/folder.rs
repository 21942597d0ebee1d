//! A folder with a sub-folder for each class.

use crate::store::Entry;
use crate::{ImageSet, ImagesError, Loader};
use cuaderno_decode::Source;
use cuaderno_display::full_path;
use std::fs;
use std::path::{Path, PathBuf};

impl Loader {
    /// Reads a folder with a sub-folder for each class. Pictures are ordered by class, then by path; names that begin with a dot
    /// are left out, links to folders are not followed.
    ///
    /// # Errors
    /// As [`ImageSet::from_folder`].
    pub fn folder(&self, folder: impl AsRef<Path>) -> Result<ImageSet, ImagesError> {
        let folder = &*full_path(folder);
        self.check_size()?;
        let root = fs::canonicalize(folder).map_err(|source| ImagesError::Io { path: folder.to_owned(), source })?;
        let class_names = match self.given_classes() {
            Some(classes) => classes.to_vec(),
            None => {
                let mut names = Vec::new();
                for path in sorted(folder)? {
                    if is_folder(&path) && !files_below(&path)?.is_empty() {
                        names.push(name_of(&path));
                    }
                }
                names
            }
        };
        let mut entries = Vec::new();
        for (label, class) in class_names.iter().enumerate() {
            for path in files_below(&folder.join(class))? {
                entries.push(entry(folder, &root, path, label as u32));
            }
        }
        if entries.is_empty() {
            return Err(ImagesError::NoClasses { path: folder.to_owned(), found: found(folder)? });
        }
        self.load(folder, entries, class_names, Vec::new())
    }
}

/// A picture of a folder, named by its path from there.
pub(crate) fn entry(folder: &Path, root: &Path, path: PathBuf, label: u32) -> Entry {
    let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
    Entry { name, label, source: Source::File { path, root: root.to_owned() } }
}

/// What is in a folder, sorted by name, without what begins with a dot.
pub(crate) fn sorted(folder: &Path) -> Result<Vec<PathBuf>, ImagesError> {
    let io = |source| ImagesError::Io { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if !name_of(&path).starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Everything that is not a folder, at any depth, in the order of paths.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, ImagesError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for path in sorted(&current)? {
            match is_folder(&path) {
                true => folders.push(path),
                // A link to a folder is neither: following it could lead anywhere, or round in a circle.
                false if path.is_dir() => {}
                false => files.push(path),
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a folder holds instead of classes.
fn found(folder: &Path) -> Result<String, ImagesError> {
    let paths = sorted(folder)?;
    Ok(match paths.first() {
        None => "nothing".to_owned(),
        Some(first) => format!("{} entries, the first is {}", paths.len(), name_of(first)),
    })
}
