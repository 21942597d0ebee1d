//! Files that are there as a whole, or as they were before.

use cuaderno_display::{full_path, must_be_file};
use std::io::{Error, ErrorKind, Result, Write};
use std::path::Path;

/// Writes a file beside the target and then gives it its name. Folders that are missing are made; `~` is the home folder; a
/// link stays one, and the file it leads to is replaced.
///
/// # Errors
/// What the system says; or there is a folder, a pipe or a device of that name, which would not outlive being replaced.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut path = full_path(path);
    match path.symlink_metadata() {
        Ok(found) if found.is_symlink() => {
            let lost = |_| Error::new(ErrorKind::NotFound, "a link that leads nowhere");
            path = path.canonicalize().map_err(lost)?;
            must_be_file(&path.metadata()?)?;
        }
        Ok(found) => must_be_file(&found)?,
        Err(_) => {} // nothing there yet; whatever else is wrong, the system says when the file is made
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    // A temporary file is private; this one gets the permissions that any new file has. The system takes the umask off.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{FileTypeExt, symlink};

    #[test]
    fn what_is_no_file_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [pipe, inner, lost] = ["pipe", "inner", "lost"].map(|name| folder.path().join(name));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        fs::create_dir(&inner).unwrap();
        symlink("nowhere", &lost).unwrap();
        let said = [&pipe, &inner, &lost].map(|path| write_whole(path, b"x").unwrap_err().to_string());
        let expected =
            ["a pipe or a device, not an ordinary file", "a folder, not a file", "a link that leads nowhere"];
        assert_eq!(said, expected);
        assert!(pipe.metadata().unwrap().file_type().is_fifo() && inner.is_dir());
        let null = write_whole(Path::new("/dev/full"), b"x").unwrap_err().to_string();
        assert_eq!(null, "a pipe or a device, not an ordinary file");
    }

    #[test]
    fn a_link_stays_and_its_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        fs::write(&file, "old").unwrap();
        symlink("file", &link).unwrap();
        write_whole(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(link.symlink_metadata().unwrap().is_symlink());
    }
}
