//! A folder of pictures that a table names by id.

use crate::folder::{name_of, sorted};
use crate::store::Entry;
use crate::{ImageSet, ImagesError, Loader};
use cuaderno_decode::Source;
use cuaderno_display::full_path;
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

impl Loader {
    /// Reads the pictures of these ids: files whose name, whole or up to the last dot, is the id, or whose path below the folder it is. Pictures come in the order of the ids;
    /// those that are missing or unreadable are left out, counted and named.
    ///
    /// # Errors
    /// As [`ImageSet::from_ids`]; [`ImagesError::UnknownClass`] if classes were given and one is not among them.
    pub fn ids(
        &self,
        folder: impl AsRef<Path>,
        ids_and_classes: &[(impl AsRef<str>, impl AsRef<str>)],
    ) -> Result<ImageSet, ImagesError> {
        let pairs: Vec<_> = ids_and_classes.iter().map(|(id, class)| (id.as_ref(), class.as_ref())).collect();
        self.pairs(&full_path(folder), &pairs)
    }

    fn pairs(&self, folder: &Path, pairs: &[(&str, &str)]) -> Result<ImageSet, ImagesError> {
        self.check_size()?;
        let root = fs::canonicalize(folder).map_err(|source| ImagesError::Io { path: folder.to_owned(), source })?;
        let class_names = match self.given_classes() {
            Some(classes) => classes.to_vec(),
            None => {
                pairs.iter().map(|(_, class)| *class).collect::<BTreeSet<_>>().into_iter().map(String::from).collect()
            }
        };
        let labels: HashMap<&str, u32> =
            class_names.iter().enumerate().map(|(label, class)| (&**class, label as u32)).collect();
        // Looking ids up among the names that are there, an id can never lead out of the folder.
        let mut files: HashMap<String, PathBuf> = HashMap::new();
        for path in sorted(folder)? {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            files.entry(stem).or_insert_with(|| path.clone());
            files.entry(name_of(&path)).or_insert(path);
        }
        let (mut entries, mut missing) = (Vec::new(), Vec::new());
        for (id, class) in pairs {
            let Some(&label) = labels.get(class) else {
                return Err(ImagesError::UnknownClass { class: (*class).to_owned(), known: class_names.join(", ") });
            };
            // A path leads out of the folder no more than a link does: the file is opened below its root only.
            let below = || Some(folder.join(id)).filter(|path| id.contains('/') && path.is_file());
            match files.get(*id).cloned().or_else(below) {
                Some(path) => {
                    let source = Source::File { path, root: root.clone() };
                    entries.push(Entry { name: (*id).to_owned(), label, source });
                }
                None => missing.push((*id).to_owned()),
            }
        }
        self.load(folder, entries, class_names, missing)
    }
}
