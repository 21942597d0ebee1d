//! Paths of files, in strings.

use std::path::{Path, PathBuf};

/// Files that a path begun in a string may mean, each with the text that completes its last part; folders end in a slash.
/// Paths begin in the folder `base`.
pub fn matching(begun: &str, base: &Path) -> Vec<String> {
    let (folder, last) = begun.rsplit_once('/').map_or(("", begun), |(folder, last)| (folder, last));
    let folder = match begun.starts_with('/') {
        true => PathBuf::from(format!("{folder}/")),
        false => base.join(folder),
    };
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let is_wanted = name.starts_with(last) && (!name.starts_with('.') || last.starts_with('.'));
            is_wanted.then(|| if entry.path().is_dir() { name + "/" } else { name })
        })
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("posts")).unwrap();
        std::fs::write(folder.path().join("posts/train.tsv"), "").unwrap();
        std::fs::write(folder.path().join("über.csv"), "").unwrap();
        assert_eq!(matching("po", folder.path()), ["posts/"]);
        assert_eq!(matching("posts/t", folder.path()), ["train.tsv"]);
        assert_eq!(matching("ü", folder.path()), ["über.csv"]);
        assert!(matching("nothing/here", folder.path()).is_empty());
    }
}
