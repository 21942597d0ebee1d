//! The preload, packed: in a wheel its library and types are a few archives, and the first kernel unpacks them.
//!
//! Empty files hold their places, so that pip knows what to remove. An archive goes when its files are filled. Where this user may not write to
//! the installation, the preload lies in the user's cache.

use crate::cache;
use crate::preload::{Preload, PreloadError};
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, Permissions};
use std::io::{self, BufReader, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

impl Preload {
    /// With its files unpacked: the first time, that takes seconds.
    ///
    /// # Errors
    /// When they are not yet, and cannot be: in one line, with what to do.
    pub fn unpacked(self) -> Result<Self, PreloadError> {
        match all(&self.packed, fill) {
            Ok(()) => Ok(self),
            Err((_, error)) if is_denied(&error) => self.in_cache(cache::folder(cache::PRELOADS)),
            Err(told) => Err(failed(told)),
        }
    }

    /// With its files in a folder of `cache`, unpacked there unless they are.
    fn in_cache(mut self, cache: Option<PathBuf>) -> Result<Self, PreloadError> {
        let installed = folder_of(&self.dylib).to_owned();
        let Some(cache) = cache else {
            return Err(failed((installed, io::Error::other("this user may not write here, and has no home"))));
        };
        let mine = cache.join(format!("{:016x}", cache::hash(&self.packed)));
        let place = mine.join("preload");
        let in_cache = |error| failed((mine.clone(), error));
        self.hold = Some(cache::take(&cache, &mine).map_err(in_cache)?);
        if !place.exists() {
            let partial = tempfile::tempdir_in(&mine).map_err(in_cache)?;
            all(&self.packed, |archive| extract(&File::open(archive)?, partial.path())).map_err(failed)?;
            let inside = partial.path().join(installed.file_name().unwrap_or_default());
            // Another kernel may have been quicker.
            let renamed = std::fs::rename(inside, &place);
            renamed.or_else(|error| if place.exists() { Ok(()) } else { Err(error) }).map_err(in_cache)?;
        }
        let several = self.deps.iter_mut().chain(self.externs.values_mut()).chain(&mut self.index);
        for path in several.chain([&mut self.dylib]) {
            if let Ok(inside) = path.strip_prefix(&installed) {
                *path = place.join(inside);
            }
        }
        Ok(self)
    }
}

/// Does something with every archive, side by side; an error comes with its archive.
fn all(archives: &[PathBuf], work: impl Fn(&Path) -> io::Result<()> + Sync) -> Result<(), (PathBuf, io::Error)> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = archives.iter().map(|archive| scope.spawn(|| work(archive))).collect();
        let done: Vec<_> =
            threads.into_iter().map(|thread| thread.join().unwrap_or(Err(ErrorKind::Other.into()))).collect();
        let mut told = archives.iter().zip(done);
        told.try_for_each(|(archive, done)| done.map_err(|error| (archive.clone(), error)))
    })
}

/// Puts an archive's files where they belong, and removes it.
fn fill(archive: &Path) -> io::Result<()> {
    // For writing, since network file systems want that of who asks to be alone.
    let file = match File::options().read(true).write(true).open(archive) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    // Where there are no locks, two kernels do the same work, file by file in one step each.
    let _ = flock(&file, FlockOperation::LockExclusive);
    if archive.exists() {
        extract(&file, folder_of(archive))?;
        std::fs::remove_file(archive)?;
    }
    Ok(())
}

/// Unpacks below a folder, in place of what is there.
fn extract(archive: &File, folder: &Path) -> io::Result<()> {
    let unpacked = lzma_rust2::LzmaReader::new_mem_limit(BufReader::new(archive), u32::MAX, None)?;
    for entry in tar::Archive::new(unpacked).entries()? {
        let mut entry = entry?;
        let place = folder.join(entry.path()?);
        std::fs::create_dir_all(folder_of(&place))?;
        // A name of its own: another kernel may be at the same file.
        let mut file = tempfile::NamedTempFile::new_in(folder_of(&place))?;
        // As readable as whoever installed has made the others.
        let readable = place.metadata().map_or_else(|_| Permissions::from_mode(0o644), |known| known.permissions());
        file.as_file().set_permissions(readable)?;
        io::copy(&mut entry, &mut file)?;
        file.persist(&place).map_err(|failed| failed.error)?;
    }
    Ok(())
}

fn failed((path, source): (PathBuf, io::Error)) -> PreloadError {
    PreloadError::Packed { path, source }
}

fn is_denied(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lzma_rust2::{LzmaOptions, LzmaWriter};
    use std::collections::BTreeMap;
    use tempfile::TempDir;

    const BYTES: u64 = 500_000;

    /// As a wheel has it: a library and `serde`'s types, each in an archive.
    fn installation() -> (TempDir, Preload) {
        let home = tempfile::tempdir().unwrap();
        let files = ["preload-1/libcuaderno.so", "preload-1/deps/libserde.rmeta"];
        std::fs::create_dir_all(home.path().join("preload-1/deps")).unwrap();
        let archive = |name: &str| {
            std::fs::write(home.path().join(name), "").unwrap();
            let archive = home.path().join(name.replace('/', "-")).with_extension("tar.lzma");
            let lzma = LzmaWriter::new_use_header(File::create(&archive).unwrap(), &LzmaOptions::with_preset(1), None);
            let mut tar = tar::Builder::new(lzma.unwrap());
            let mut header = tar::Header::new_gnu();
            header.set_size(BYTES);
            let random: Vec<_> = (0..BYTES).map(|at| ((at * at) >> 7) as u8).collect();
            tar.append_data(&mut header, name, &*random).unwrap();
            tar.into_inner().unwrap().finish().unwrap();
            archive
        };
        let packed = files.iter().map(|name| archive(name)).collect();
        let [dylib, types] = files.map(|name| home.path().join(name));
        let preload = Preload {
            cuaderno: "0.2.0".into(),
            rustc: "rustc".into(),
            rustc_version: "rustc 1.95.0".into(),
            sysroot_lib: "lib".into(),
            dylib,
            deps: vec![home.path().join("preload-1/deps")],
            externs: BTreeMap::from([("serde".into(), types)]),
            versions: BTreeMap::new(),
            index: Vec::new(),
            sample: home.path().join("data"),
            packed,
            hold: None,
        };
        (home, preload)
    }

    fn size(path: &Path) -> u64 {
        path.metadata().unwrap().len()
    }

    fn files(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn the_first_kernel_fills_the_empty_files_and_removes_the_archives() {
        let (home, preload) = installation();
        let types = preload.externs["serde"].clone();
        std::fs::set_permissions(&types, std::fs::Permissions::from_mode(0o604)).unwrap();
        let unpacked = preload.unpacked().unwrap();
        assert_eq!((size(&unpacked.dylib), size(&types)), (BYTES, BYTES));
        assert_eq!(
            (&unpacked.externs["serde"], types.metadata().unwrap().permissions().mode() & 0o777),
            (&types, 0o604)
        );
        assert_eq!((files(home.path()), files(folder_of(&types))), (1, 1));
        // The second finds them.
        assert_eq!(unpacked.unpacked().unwrap().externs["serde"], types);
    }

    #[test]
    fn who_may_not_write_there_keeps_them_in_the_cache() {
        let (home, preload) = installation();
        let cache = home.path().join("cache");
        let kept = preload.clone().in_cache(Some(cache.clone())).unwrap();
        let types = &kept.externs["serde"];
        assert!(types.starts_with(&cache) && kept.deps[0].starts_with(&cache), "{kept:?}");
        assert_eq!((size(&kept.dylib), size(types), size(&preload.dylib)), (BYTES, BYTES, 0));
        assert_eq!(kept.sample, home.path().join("data"));
        // The second finds them.
        let written = types.metadata().unwrap().modified().unwrap();
        let again = preload.in_cache(Some(cache)).unwrap();
        assert_eq!(again.externs["serde"].metadata().unwrap().modified().unwrap(), written);
    }

    #[test]
    fn who_has_no_cache_is_told() {
        let (_home, preload) = installation();
        let error = preload.in_cache(None).unwrap_err().to_string();
        assert!(error.contains("preload-1: this user may not write here"), "{error}");
    }

    #[test]
    fn half_an_archive_is_told_and_stays() {
        let (_home, preload) = installation();
        let (archive, types) = (preload.packed[1].clone(), preload.externs["serde"].clone());
        File::options().write(true).open(&archive).unwrap().set_len(size(&archive) / 2).unwrap();
        let error = preload.unpacked().unwrap_err().to_string();
        assert!(error.contains(".tar.lzma: ") && error.contains("install cuaderno again"), "{error}");
        assert_eq!((size(&types), files(folder_of(&types))), (0, 1));
        assert!(archive.exists());
    }
}
