//! Files that code reads in by `include_str!` and its like.
//!
//! Later cells compile an item again, and its file may have changed by then, while values of the item's type live on. So an item keeps the file as it was when its cell was
//! run: a copy, named by what it holds, that the code reads in its place.

use super::Session;
use crate::cell::parse::{Change, ParsedCell};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::Path;

impl Session {
    /// Copies the files that the cell reads in. One that cannot be read is left to the compiler, which says so.
    pub(super) fn keep_included(&self, parsed: &mut ParsedCell) {
        let edits = parsed.parts.iter_mut().flat_map(|part| &mut part.snippet_mut().edits);
        for edit in edits {
            if let Change::File(path) = &mut edit.change {
                let file = self.working_directory.join(&*path);
                *path = copy(&file, &self.folder).unwrap_or_else(|_| file.display().to_string());
            }
        }
    }
}

fn copy(file: &Path, folder: &Path) -> io::Result<String> {
    let bytes = std::fs::read(file)?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let folder = folder.join(format!("included-{:016x}-{}", hasher.finish(), bytes.len()));
    let copy = folder.join(file.file_name().unwrap_or_default());
    std::fs::create_dir_all(&folder)?;
    std::fs::write(&copy, bytes)?;
    Ok(copy.display().to_string())
}
