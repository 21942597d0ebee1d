//! The set of pictures that a notebook holds.

mod prepared;

use crate::loader::Dropped;
use crate::random::Random;
use crate::scaling::Scaler;
use crate::store::Store;
use crate::{Augmentation, ImagesError, Loader, Normalization, Picture, Scaling, Unreadable, Whitening};
use cuaderno_display::{MimeBundle, Rich, Table, escape_html, nearest_name};
use cuaderno_nn::Examples;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Pictures of one size with labels, in a fixed order.
///
/// Copies, splits and subsets share the pixels: they cost next to nothing. As the last expression of a cell it shows its
/// classes and their counts.
#[derive(Clone)]
pub struct ImageSet {
    store: Arc<Store>,
    /// Which pictures of the store, in which order.
    rows: Arc<Vec<u32>>,
    class_names: Arc<Vec<String>>,
    /// The labels of the store's pictures where they are not the store's own: [`only_classes`](Self::only_classes).
    relabelled: Option<Arc<Vec<u32>>>,
    dropped: Arc<Dropped>,
    scaling: Scaling,
    normalization: Option<Normalization>,
    scaler: Scaler,
    whitening: Option<Whitening>,
    /// With its seed.
    augmentation: Option<Arc<(Augmentation, u64)>>,
}

impl ImageSet {
    /// From a folder with a sub-folder for each class, in alphabetical order; `[height, width]` of the pictures.
    /// [`Loader::folder`] takes more settings.
    ///
    /// # Errors
    /// One line for a folder that is not there, has no sub-folders with pictures, or none that can be read.
    pub fn from_folder(folder: impl AsRef<Path>, size: [usize; 2]) -> Result<Self, ImagesError> {
        Loader::new(size).folder(folder)
    }

    /// From a folder of pictures named by ids, and the class of each id; `[height, width]` of the pictures.
    /// Says in a line how many were missing or unreadable. [`Loader::ids`] takes more settings.
    ///
    /// # Errors
    /// One line if the folder is not there, or none of the pictures could be read.
    pub fn from_ids(
        folder: impl AsRef<Path>,
        ids_and_classes: &[(impl AsRef<str>, impl AsRef<str>)],
        size: [usize; 2],
    ) -> Result<Self, ImagesError> {
        Loader::new(size).ids(folder, ids_and_classes)
    }

    /// From a tar, tar.gz or zip archive, without unpacking it: the folder `inside` it has a sub-folder for each class.
    /// [`Loader::archive`] takes more settings.
    ///
    /// # Errors
    /// As [`from_folder`](Self::from_folder).
    pub fn from_archive(archive: impl AsRef<Path>, inside: &str, size: [usize; 2]) -> Result<Self, ImagesError> {
        Loader::new(size).archive(archive, inside)
    }

    pub(crate) fn new(store: Store, class_names: Vec<String>, dropped: Dropped) -> Self {
        let rows = (0..store.len() as u32).collect();
        let scaling = Scaling::default();
        let scaler = Scaler::new(scaling, None, store.shape[2]);
        Self {
            store: Arc::new(store),
            rows: Arc::new(rows),
            class_names: Arc::new(class_names),
            relabelled: None,
            dropped: Arc::new(dropped),
            scaling,
            normalization: None,
            scaler,
            whitening: None,
            augmentation: None,
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    pub(crate) fn scaling_mode(&self) -> Scaling {
        self.scaling
    }

    pub(crate) fn with_rows(&self, rows: Vec<u32>) -> Self {
        Self { rows: Arc::new(rows), ..self.clone() }
    }

    fn row(&self, index: usize) -> Result<usize, ImagesError> {
        let error = ImagesError::Index { asked: index, available: self.rows.len() };
        self.rows.get(index).map(|&row| row as usize).ok_or(error)
    }

    /// How many pictures there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// `[height, width]` of every picture.
    pub fn size(&self) -> [usize; 2] {
        [self.store.shape[0], self.store.shape[1]]
    }

    /// Class names in the order of the labels.
    pub fn class_names(&self) -> &[String] {
        &self.class_names
    }

    /// The label of every picture: an index into the class names; of pictures without classes all 0.
    pub fn labels(&self) -> Vec<usize> {
        (0..self.len()).map(|index| self.label(index)).collect()
    }

    /// How many pictures each class has, in the order of the class names.
    pub fn class_counts(&self) -> Vec<(String, usize)> {
        let mut counts = vec![0; self.class_names.len()];
        if !self.class_names.is_empty() {
            self.labels().into_iter().for_each(|label| counts[label] += 1);
        }
        self.class_names.iter().cloned().zip(counts).collect()
    }

    /// The id of a picture, or its path from the folder on.
    ///
    /// # Errors
    /// [`ImagesError::Index`].
    pub fn name(&self, index: usize) -> Result<&str, ImagesError> {
        Ok(&self.store.names[self.row(index)?])
    }

    /// A picture as it was read, before scaling, normalization and augmentation.
    ///
    /// # Errors
    /// [`ImagesError::Index`].
    pub fn picture(&self, index: usize) -> Result<Picture, ImagesError> {
        let row = self.row(index)?;
        Ok(self.store.with_picture(row, |bytes| Picture::from_bytes(bytes, self.store.shape)))
    }

    /// Ids without a picture.
    pub fn missing(&self) -> &[String] {
        &self.dropped.missing
    }

    /// Pictures that could not be read, and why.
    pub fn unreadable(&self) -> &[(String, Unreadable)] {
        &self.dropped.unreadable
    }

    /// The pictures with these indices, in this order; an index may occur more than once.
    ///
    /// # Errors
    /// [`ImagesError::Index`].
    pub fn subset(&self, indices: &[usize]) -> Result<Self, ImagesError> {
        let rows = indices.iter().map(|&index| self.row(index).map(|row| row as u32));
        Ok(self.with_rows(rows.collect::<Result<_, _>>()?))
    }

    /// The pictures of these classes, labelled in this order.
    ///
    /// ```
    /// # use cuaderno_images::ImageSet;
    /// # fn main() -> Result<(), cuaderno_images::ImagesError> {
    /// let all = ImageSet::from_arrays(&[1, 2, 3], &[0, 1, 2], [1, 1, 1], &["apple", "bear", "cup"])?;
    /// let some = all.only_classes(&["cup", "apple"])?;
    /// assert_eq!((some.class_names(), some.labels()), (&["cup".to_string(), "apple".to_string()][..], vec![1, 0]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ImagesError::NoSuchClass`], [`ImagesError::EmptySet`] if none is left.
    pub fn only_classes(&self, classes: &[impl AsRef<str>]) -> Result<Self, ImagesError> {
        const NONE: u32 = u32::MAX;
        let mut new_labels = vec![NONE; self.class_names.len()];
        for (label, class) in classes.iter().enumerate() {
            let class = class.as_ref();
            let old = self.class_names.iter().position(|name| name == class).ok_or_else(|| {
                let near = nearest_name(class, self.class_names.iter().map(String::as_str));
                let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
                let known = format!("{}{near}", self.class_names.join(", "));
                ImagesError::NoSuchClass { class: class.to_owned(), known }
            })?;
            if new_labels[old] != NONE {
                let expected = "each class once";
                return Err(ImagesError::Setting {
                    setting: "the list of classes",
                    value: format!("one with {class} twice"),
                    expected,
                });
            }
            new_labels[old] = label as u32;
        }
        let old_labels = self.relabelled.as_deref().unwrap_or(&self.store.labels);
        let relabelled: Vec<u32> =
            old_labels.iter().map(|&label| new_labels.get(label as usize).copied().unwrap_or(NONE)).collect();
        let rows: Vec<u32> = self.rows.iter().copied().filter(|&row| relabelled[row as usize] != NONE).collect();
        if rows.is_empty() {
            return Err(ImagesError::EmptySet { what: "a choice of classes" });
        }
        let class_names = Arc::new(classes.iter().map(|class| class.as_ref().to_owned()).collect());
        Ok(Self { rows: Arc::new(rows), class_names, relabelled: Some(Arc::new(relabelled)), ..self.clone() })
    }

    /// `count` pictures drawn at random (all, if there are fewer), in their old order.
    pub fn take(&self, count: usize, seed: u64) -> Self {
        let mut places: Vec<usize> = (0..self.len()).collect();
        Random::new(&[seed]).shuffle(&mut places);
        places.truncate(count);
        places.sort_unstable();
        self.with_rows(places.into_iter().map(|place| self.rows[place]).collect())
    }

    fn memory(&self) -> String {
        let megabytes = self.store.decoded_bytes() as f64 / 1e6;
        match self.store.encoded_len() {
            0 => format!("{megabytes:.0} MB in memory"),
            count => format!("{megabytes:.0} MB in memory, {count} decoded when needed"),
        }
    }
}

impl Examples for ImageSet {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn image_shape(&self) -> [usize; 3] {
        let [height, width, channels] = self.store.shape;
        [channels, height, width]
    }

    fn class_names(&self) -> &[String] {
        &self.class_names
    }

    fn preparation(&self) -> Option<String> {
        Some(self.preparation().to_string())
    }

    fn label(&self, index: usize) -> usize {
        self.relabelled.as_deref().unwrap_or(&self.store.labels)[self.rows[index] as usize] as usize
    }

    fn identity(&self, index: usize) -> usize {
        self.store.identities[self.rows[index] as usize] as usize
    }

    fn varies(&self) -> bool {
        self.augmentation().is_some()
    }

    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        let hole = self.store.with_picture(self.rows[index] as usize, |bytes| match self.augmentation() {
            None => {
                self.scaler.scale(bytes, out);
                None
            }
            Some((augmentation, seed)) => {
                let random = &mut Random::new(&[*seed, index as u64, epoch as u64]);
                augmentation.write(bytes, self.store.shape, random, &self.scaler, out)
            }
        });
        self.whiten(out);
        // At the end: 0 is the mean then, if there is one.
        hole.inspect(|hole| hole.cut_out(self.store.shape, out));
    }

    fn write_plain(&self, index: usize, out: &mut [f32]) {
        self.store.with_picture(self.rows[index] as usize, |bytes| self.scaler.scale(bytes, out));
        // What brings a picture to a common scale is no change of it.
        if let Some((augmentation, _)) = self.augmentation() {
            augmentation.normalize_sample(out);
        }
        self.whiten(out);
    }
}

/// Not the pixels.
impl fmt::Debug for ImageSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ImageSet");
        shown.field("len", &self.len()).field("size", &self.size()).field("class_names", &self.class_names);
        shown.finish_non_exhaustive()
    }
}

impl Rich for ImageSet {
    fn mime_bundle(&self) -> MimeBundle {
        let [height, width] = self.size();
        let counts = self.class_counts();
        let whitened = if self.whitening.is_some() { "; whitened" } else { "" };
        let augmented = self.augmentation().map(|(settings, seed)| format!("; augmented: {settings}, seed {seed}"));
        let classes = match counts.len() {
            0 => "without classes".to_owned(),
            count => format!("in {count} classes"),
        };
        let head = format!(
            "{} pictures of {height}x{width} {classes}, {}{whitened}{}",
            self.len(),
            self.memory(),
            augmented.unwrap_or_default()
        );
        let name_width = counts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let lines = counts.iter().map(|(name, count)| format!("\n  {name:name_width$}  {count:>7}"));
        let rows = counts.iter().map(|(name, count)| vec![name.to_string(), count.to_string()]);
        let table = Table::headed([vec!["class".into(), "pictures".into()]].into_iter().chain(rows));
        let html = format!("<p>{}</p>{}", escape_html(&head), table.html());
        MimeBundle::text(head + &lines.collect::<String>()).with_html(html)
    }
}
