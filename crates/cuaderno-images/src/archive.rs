//! Archives (tar, tar.gz, zip), read without unpacking them.

use crate::store::Entry;
use crate::{ImageSet, ImagesError, Loader};
use cuaderno_decode::Source;
use cuaderno_display::{interrupt, open_file};
use cuaderno_nn::free_memory;
use flate2::read::MultiGzDecoder;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Component, Path};

/// How a zip archive begins.
const ZIP: &[u8] = b"PK\x03\x04";
/// A file in an archive is smaller than this.
const MAX_FILE: u64 = 1_000_000_000;

impl Loader {
    /// Reads an archive in which the folder `inside` has a sub-folder for each class; `""` if the archive itself has.
    ///
    /// # Errors
    /// As [`ImageSet::from_archive`].
    pub fn archive(&self, archive: impl AsRef<Path>, inside: &str) -> Result<ImageSet, ImagesError> {
        let archive = archive.as_ref();
        self.check_size()?;
        let parts = inside.split('/').filter(|part| !part.is_empty() && *part != ".");
        let prefix: Vec<String> = parts.map(String::from).collect();
        let (mut files, mut seen) = (Vec::new(), BTreeSet::new());
        visit(archive, |path, read| {
            let parts = path.strip_prefix(prefix.as_slice()).filter(|rest| rest.len() >= 2 && !is_hidden(rest));
            if let Some([class, rest @ ..]) = parts {
                seen.insert(class.clone());
                if self.given_classes().is_none_or(|given| given.contains(class)) {
                    files.push((class.clone(), rest.join("/"), read()?));
                }
            }
            Ok(())
        })?;
        files.sort_by(|left, right| (&left.0, &left.1).cmp(&(&right.0, &right.1)));
        let class_names = match self.given_classes() {
            Some(classes) => classes.to_vec(),
            None => seen.iter().cloned().collect(),
        };
        let path = || archive.to_owned();
        if seen.is_empty() {
            let found = format!("no picture below \"{inside}\" in the archive");
            return Err(ImagesError::NoClasses { path: path(), found });
        }
        if let Some(class) = class_names.iter().find(|class| !seen.contains(*class)) {
            let known = seen.into_iter().collect::<Vec<_>>().join(", ");
            return Err(ImagesError::MissingClass { path: path(), class: class.clone(), known });
        }
        let mut entries = Vec::with_capacity(files.len());
        for (label, wanted) in class_names.iter().enumerate() {
            for (class, rest, bytes) in files.iter_mut().filter(|(class, ..)| class == wanted) {
                let source = Source::Bytes(std::mem::take(bytes));
                entries.push(Entry { name: format!("{class}/{rest}"), label: label as u32, source });
            }
        }
        self.load(archive, entries, class_names, Vec::new())
    }
}

fn is_hidden(parts: &[String]) -> bool {
    parts.iter().any(|part| part.starts_with('.'))
}

/// What is done with a file of an archive, given the parts of its path and a function that reads it.
type Action<'a> = dyn FnMut(&[String], &mut dyn FnMut() -> io::Result<Vec<u8>>) -> io::Result<()> + 'a;

/// Calls `action` for every ordinary file of an archive.
pub(crate) fn visit(
    path: &Path,
    mut action: impl FnMut(&[String], &mut dyn FnMut() -> io::Result<Vec<u8>>) -> io::Result<()>,
) -> Result<(), ImagesError> {
    // What is kept is held in memory.
    let mut kept = Kept { bytes: 0, limit: free_memory() as u64 / 2 };
    let mut file = BufReader::with_capacity(1 << 20, open_file(path).map_err(|source| io_error(path, source))?);
    let is_zip = file.fill_buf().is_ok_and(|start| start.starts_with(ZIP));
    let visited =
        if is_zip { visit_zip(file, &mut kept, &mut action) } else { visit_tar(path, &mut kept, &mut action) };
    match visited {
        Err(_) if interrupt::requested() => Err(ImagesError::Interrupted { doing: "reading an archive".to_owned() }),
        result => result.map_err(|source| io_error(path, source)),
    }
}

fn io_error(path: &Path, source: io::Error) -> ImagesError {
    ImagesError::Io { path: path.to_owned(), source }
}

fn visit_tar(path: &Path, kept: &mut Kept, action: &mut Action) -> io::Result<()> {
    let (since_entry, ended) = (Cell::new(0), Cell::new(false));
    let limit = MAX_FILE + (1 << 20);
    let guarded = Guarded { reader: unpacked(path)?, since_entry: &since_entry, ended: &ended, limit };
    let mut archive = tar::Archive::new(guarded);
    for entry in archive.entries()? {
        let mut entry = entry?;
        since_entry.set(0);
        if entry.header().entry_type().is_file() {
            let parts = parts_of(&entry.path()?);
            action(&parts, &mut || kept.read(entry.size(), &mut entry))?;
        }
    }
    // Empty blocks mark the end of an archive, so nobody reads up to that of the file.
    if ended.get() { Err(io::Error::other("the archive is cut off; fetch or pack it again")) } else { Ok(()) }
}

fn visit_zip(file: BufReader<File>, kept: &mut Kept, action: &mut Action) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(file)?;
    for index in 0..archive.len() {
        if interrupt::requested() {
            return Err(io::Error::other("stopped"));
        }
        let mut entry = archive.by_index(index)?;
        // A path that leads out of the archive is nobody's.
        if let Some(path) = entry.enclosed_name().filter(|_| entry.is_file()) {
            action(&parts_of(&path), &mut || kept.read(entry.size(), &mut entry))?;
        }
    }
    Ok(())
}

fn parts_of(path: &Path) -> Vec<String> {
    let ordinary = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    ordinary.collect()
}

/// How much of an archive is in memory.
struct Kept {
    bytes: u64,
    limit: u64,
}

impl Kept {
    /// Reads a file that says it has `size` bytes. A packed one may have more, or be a bomb.
    fn read(&mut self, size: u64, file: &mut dyn Read) -> io::Result<Vec<u8>> {
        let most = MAX_FILE.min(self.limit.saturating_sub(self.bytes));
        let mut bytes = Vec::new();
        let read = if size > most { 0 } else { file.take(most + 1).read_to_end(&mut bytes)? as u64 };
        self.bytes += read;
        if size.max(read) > most {
            return Err(io::Error::other("the archive holds more than fits into memory"));
        }
        Ok(bytes)
    }
}

/// What a file holds, or what was packed into it by gzip.
pub(crate) fn unpacked(path: &Path) -> io::Result<Box<dyn Read>> {
    let mut file = BufReader::with_capacity(1 << 20, open_file(path)?);
    let is_compressed = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_compressed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Fails when the user asks to stop, and when more than `limit` bytes come before the next entry: an archive can be a bomb, and
/// then reading a file, or a name, takes for ever.
struct Guarded<'a, R> {
    reader: R,
    since_entry: &'a Cell<u64>,
    /// Whether there was nothing more to read.
    ended: &'a Cell<bool>,
    limit: u64,
}

impl<R: Read> Read for Guarded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if interrupt::requested() {
            return Err(io::Error::other("stopped"));
        }
        let count = self.reader.read(buffer)?;
        self.ended.set(self.ended.get() || count == 0 && !buffer.is_empty());
        self.since_entry.set(self.since_entry.get() + count as u64);
        if self.since_entry.get() > self.limit {
            return Err(io::Error::other(format!("a file or name in it has more than {} MB", self.limit / 1_000_000)));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name of megabytes, as `tar` itself would read it: to its end.
    #[test]
    fn names_without_end_are_refused() {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::GNULongName);
        header.set_path("././@LongLink").unwrap();
        header.set_size(1 << 40);
        header.set_cksum();
        let (since_entry, ended) = (Cell::new(0), Cell::new(false));
        let endless = header.as_bytes().chain(io::repeat(b'x'));
        let mut archive =
            tar::Archive::new(Guarded { reader: endless, since_entry: &since_entry, ended: &ended, limit: 5_000_000 });
        let error = archive.entries().unwrap().next().unwrap().err().unwrap();
        assert!(error.to_string().contains("more than 5 MB"), "{error}");
    }
}
