//! Copying files and folders.

use crate::problem::{Context, Result};
use crate::process;
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};

/// Copies a file into a folder, in one step for whoever reads it there; a program that runs keeps the one that was there.
pub fn file(file: &Path, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).context(|| folder.display().to_string())?;
    let target = folder.join(file.file_name().unwrap_or_default());
    let partial = target.with_added_extension("partial");
    std::fs::copy(file, &partial).context(|| format!("{} to {}", file.display(), folder.display()))?;
    std::fs::rename(&partial, &target).context(|| target.display().to_string())
}

/// Copies those files of a folder that are wanted to the same places below another.
pub fn folder(from: &Path, to: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Result<()> {
    for path in files_below(from)?.into_iter().filter(|path| is_wanted(path)) {
        let inside = path.parent().and_then(|folder| folder.strip_prefix(from).ok()).unwrap_or(Path::new(""));
        file(&path, &to.join(inside))?;
    }
    Ok(())
}

/// Copies a folder of this clone below another, without what runs have left in it: the files that git does not ignore, where there is git.
pub fn committed(workspace: &Workspace, name: &str, to: &Path) -> Result<()> {
    let mut git = workspace.command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", name]);
    let known = process::read(&mut git, "git").unwrap_or_default();
    let known: Vec<_> =
        known.split('\0').filter(|path| !path.is_empty()).map(|path| workspace.root.join(path)).collect();
    folder(&workspace.root.join(name), &to.join(name), &|path| {
        known.is_empty() || known.iter().any(|file| file == path)
    })
}

/// All files below a folder.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).context(|| folder.display().to_string())? {
        let path = entry.context(|| folder.display().to_string())?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
