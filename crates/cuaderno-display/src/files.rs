//! Paths as people write them, and files that can be read to their end.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::{Component, Path, PathBuf};

/// The path with `~` at its beginning replaced by the home folder, as a shell would. Everything that takes a path from a
/// user goes through here.
///
/// ```
/// use cuaderno_display::full_path;
///
/// let home = std::env::home_dir().unwrap();
/// assert_eq!(full_path("~/posts.tsv"), home.join("posts.tsv"));
/// assert_eq!(full_path("data/~/posts.tsv"), std::path::Path::new("data/~/posts.tsv"));
/// ```
pub fn full_path(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    let mut parts = path.components();
    match (parts.next(), std::env::home_dir()) {
        (Some(Component::Normal(first)), Some(home)) if first == "~" => home.join(parts.as_path()),
        _ => path.to_owned(),
    }
}

/// Opens an ordinary file to read it; `~` is the home folder.
///
/// # Errors
/// What the system says; for a folder, a pipe or a device, that it is none. Opening a pipe would wait for a writer for ever.
pub fn open_file(path: impl AsRef<Path>) -> Result<File> {
    let path = full_path(path);
    must_be_file(&std::fs::metadata(&path)?)?;
    File::open(path)
}

/// The content of an ordinary file, as [`open_file`] opens it.
///
/// # Errors
/// As [`open_file`].
pub fn read_file(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Refuses what is no ordinary file: a folder, a pipe, a device.
///
/// # Errors
/// In words for whoever named it.
pub fn must_be_file(metadata: &std::fs::Metadata) -> Result<()> {
    if metadata.is_file() {
        Ok(())
    } else if metadata.is_dir() {
        Err(Error::new(ErrorKind::IsADirectory, "a folder, not a file"))
    } else {
        Err(Error::other("a pipe or a device, not an ordinary file"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_folder_stands_at_the_beginning_only() {
        let home = std::env::home_dir().unwrap();
        assert_eq!(full_path("~"), home);
        assert_eq!(full_path("~/a/b.png"), home.join("a/b.png"));
        for other in ["~ana/b", "./~/b", "a~", "", "/~/b"] {
            assert_eq!(full_path(other), Path::new(other));
        }
    }

    #[cfg(unix)]
    #[test]
    fn folders_pipes_and_devices_are_no_files() {
        let pipe = std::env::temp_dir().join(format!("cuaderno-pipe-{}", std::process::id()));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let messages =
            [Path::new("/"), &pipe, Path::new("/dev/null")].map(|path| read_file(path).unwrap_err().to_string());
        std::fs::remove_file(&pipe).unwrap();
        let neither = "a pipe or a device, not an ordinary file";
        assert_eq!(messages, ["a folder, not a file", neither, neither]);
    }
}
