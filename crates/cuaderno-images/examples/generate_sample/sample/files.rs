//! Writing files, and keeping account of them.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What has been written so far.
pub struct Files {
    folder: PathBuf,
    digests: BTreeMap<String, String>,
    bytes: BTreeMap<String, usize>,
}

impl Files {
    /// An empty account; earlier versions of the sets are removed.
    pub fn new(folder: &Path) -> io::Result<Self> {
        for set in super::SETS {
            let path = folder.join(set);
            if path.is_dir() {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(Self { folder: folder.to_owned(), digests: BTreeMap::new(), bytes: BTreeMap::new() })
    }

    /// Writes one file, given its path below the folder.
    pub fn write(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        let full = self.folder.join(path);
        fs::create_dir_all(full.parent().expect("files lie in a folder"))?;
        fs::write(full, content)?;
        self.digests.insert(path.to_owned(), hex(&Sha256::digest(content)));
        *self.bytes.entry(set_of(path)).or_default() += content.len();
        Ok(())
    }

    /// Writes the README, its `{digest:SET}`, `{files:SET}` and `{size:SET}` filled in; returns the digest of each set.
    pub fn finish(self, template: &str) -> io::Result<Vec<(String, String)>> {
        let mut readme = template.to_owned();
        let mut sets = Vec::new();
        for set in super::SETS {
            let digest = self.digest(set);
            let files = self.digests.keys().filter(|path| set_of(path) == set).count();
            readme = readme
                .replace(&format!("{{digest:{set}}}"), &digest)
                .replace(&format!("{{files:{set}}}"), &files.to_string())
                .replace(&format!("{{size:{set}}}"), &format!("{} KB", self.bytes[set].div_ceil(1000)));
            sets.push((set.to_owned(), digest));
        }
        fs::write(self.folder.join("README.md"), readme)?;
        Ok(sets)
    }

    /// SHA-256 of the lines that `sha256sum` prints for the files of a set, sorted by path; of a single file, its own.
    fn digest(&self, set: &str) -> String {
        if let Some(digest) = self.digests.get(set) {
            return digest.clone();
        }
        let mut lines = String::new();
        for (path, digest) in self.digests.iter().filter(|(path, _)| set_of(path) == set) {
            lines += &format!("{digest}  {path}\n");
        }
        hex(&Sha256::digest(lines.as_bytes()))
    }
}

fn set_of(path: &str) -> String {
    path.split('/').next().unwrap_or_default().to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
