//! Settings of reading pictures, and what all ways of reading share.

use crate::store::{Entry, Store};
use crate::{ImageSet, ImagesError, Interpolation, Unreadable};
use cuaderno_nn::free_memory;
use std::path::Path;

/// How pictures are read: size, order of classes, way of resizing, memory.
///
/// ```no_run
/// # use cuaderno_images::{Interpolation, Loader};
/// # fn main() -> Result<(), cuaderno_images::ImagesError> {
/// let cells = Loader::new([150, 150])
///     .classes(&["NEUTROPHIL", "EOSINOPHIL", "MONOCYTE", "LYMPHOCYTE"])
///     .interpolation(Interpolation::Antialiased)
///     .folder("blood-cells/TRAIN")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Loader {
    size: [usize; 2],
    classes: Option<Vec<String>>,
    interpolation: Interpolation,
    budget_bytes: Option<usize>,
    upright: bool,
}

/// What did not come into a set.
#[derive(Debug, Default)]
pub(crate) struct Dropped {
    pub(crate) missing: Vec<String>,
    pub(crate) unreadable: Vec<(String, Unreadable)>,
}

impl Loader {
    /// Pictures of `[height, width]`; classes in alphabetical order, bilinear, at most half of the free memory for decoded
    /// pictures.
    pub fn new(size: [usize; 2]) -> Self {
        Self { size, classes: None, interpolation: Interpolation::default(), budget_bytes: None, upright: false }
    }

    /// The classes to read, in the order of their labels. Others are left out in folders and archives, and are an error in a
    /// list of ids.
    pub fn classes(mut self, classes: &[impl AsRef<str>]) -> Self {
        self.classes = Some(classes.iter().map(|class| class.as_ref().to_owned()).collect());
        self
    }

    /// How pictures are brought to the size.
    pub fn interpolation(mut self, interpolation: Interpolation) -> Self {
        self.interpolation = interpolation;
        self
    }

    /// Decoded pictures take at most this much memory; those that do not fit are decoded each time they are needed.
    pub fn memory_mb(mut self, megabytes: usize) -> Self {
        self.budget_bytes = Some(megabytes.saturating_mul(1_000_000));
        self
    }

    /// Turns each picture the way up that its file notes (EXIF orientation), as viewers show it. Without this, pictures are read as
    /// they are stored, as Keras and torchvision read them: photos of phones may lie on their side.
    pub fn upright(mut self) -> Self {
        self.upright = true;
        self
    }

    pub(crate) fn given_classes(&self) -> Option<&[String]> {
        self.classes.as_deref()
    }

    pub(crate) fn check_size(&self) -> Result<(), ImagesError> {
        match self.size {
            [height, width] if height == 0 || width == 0 => Err(ImagesError::EmptySize { height, width }),
            _ => Ok(()),
        }
    }

    /// Decodes what was found; says in a line what is not there or cannot be read.
    pub(crate) fn load(
        &self,
        place: &Path,
        entries: Vec<Entry>,
        class_names: Vec<String>,
        missing: Vec<String>,
    ) -> Result<ImageSet, ImagesError> {
        let asked = entries.len() + missing.len();
        // Asked now: earlier sets of the same loader, and what was read of an archive, take their part.
        let budget = self.budget_bytes.unwrap_or_else(|| free_memory() / 2);
        let (store, unreadable) = Store::load(entries, self.size, self.interpolation, budget, self.upright)?;
        let dropped = Dropped { missing, unreadable };
        if store.len() == 0 {
            return Err(ImagesError::NoPictures { path: place.to_owned(), asked, reasons: dropped.reasons() });
        }
        let reasons = dropped.reasons();
        if !reasons.is_empty() {
            println!("{} of {asked} pictures read{reasons}", store.len());
        }
        Ok(ImageSet::new(store, class_names, dropped))
    }
}

impl Dropped {
    /// `; 2 missing (a, b); 1 unreadable (c: the file is empty)`, or nothing.
    fn reasons(&self) -> String {
        const NAMED: usize = 5;
        let mut text = String::new();
        let mut list = |kind: &str, names: Vec<String>| {
            if !names.is_empty() {
                let more = match names.len().saturating_sub(NAMED) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
                text += &format!("; {} {kind} ({named}{more})", names.len());
            }
        };
        list("missing", self.missing.clone());
        list("unreadable", self.unreadable.iter().map(|(name, reason)| format!("{name}: {reason}")).collect());
        text
    }
}
