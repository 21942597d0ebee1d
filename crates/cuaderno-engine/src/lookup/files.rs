//! Paths of files, in strings.

use cuaderno_display::data;
use std::path::{Path, PathBuf};

/// Files that a path begun in a string may mean, each with the text that completes its last part; folders end in a slash.
///
/// Paths begin in the notebook's folder. Those inside `data("…")` begin where the data of the report lies.
pub fn matching(begun: &str, in_data: bool, working_directory: &Path) -> Vec<String> {
    let base = match in_data {
        true => data::real().unwrap_or_else(|| data::sample(working_directory)),
        false => working_directory.to_owned(),
    };
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
        assert_eq!(matching("po", false, folder.path()), ["posts/"]);
        assert_eq!(matching("posts/t", false, folder.path()), ["train.tsv"]);
        assert_eq!(matching("ü", false, folder.path()), ["über.csv"]);
        assert!(matching("nothing/here", false, folder.path()).is_empty());
    }
}
