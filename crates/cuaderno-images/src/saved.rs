//! Augmented pictures as files.

use crate::work::Work;
use crate::{ImageSet, ImagesError};
use cuaderno_display::full_path;
use image::ImageFormat;
use rayon::prelude::*;
use std::fs;
use std::io::Cursor;
use std::path::Path;

impl ImageSet {
    /// Writes every picture as training sees it in each of so many epochs, before scaling and normalization, as PNG:
    /// `cell_0007_2.png` is the eighth picture in the second epoch. What `ImageDataGenerator` does with `save_to_dir` and `save_prefix`. The
    /// folder is made if it is missing; files of the same names are replaced. Returns how many files were written.
    ///
    /// ```no_run
    /// # use cuaderno_images::{Augmentation, ImageSet};
    /// # fn main() -> Result<(), cuaderno_images::ImagesError> {
    /// # let train = ImageSet::from_folder("cells", [60, 80])?;
    /// let turned = train.take(4, 7).augmented(&Augmentation::new().rotation(28.0), 7)?;
    /// turned.save_to("augmented", "cell", 3)?; // 12 files
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ImagesError::Write`], [`ImagesError::Setting`] for a prefix that names a folder, [`ImagesError::Interrupted`].
    #[doc(alias = "save_to_dir")]
    pub fn save_to(&self, folder: impl AsRef<Path>, prefix: &str, epochs: usize) -> Result<usize, ImagesError> {
        self.save_all(&full_path(folder), prefix, epochs)
    }

    fn save_all(&self, folder: &Path, prefix: &str, epochs: usize) -> Result<usize, ImagesError> {
        if prefix.contains(['/', '\\']) {
            let (setting, expected) = ("the prefix", "the beginning of file names, without folders");
            return Err(ImagesError::Setting { setting, value: format!("{prefix:?}"), expected });
        }
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| ImagesError::Write { path, source }
        };
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let visible = self.visible()?;
        let (count, digits) = (self.len() * epochs, self.len().saturating_sub(1).to_string().len());
        let work = Work::new("writing", count);
        (0..count).into_par_iter().try_for_each(|at| {
            let (index, epoch) = (at / epochs, at % epochs);
            let path = folder.join(format!("{prefix}_{index:0digits$}_{}.png", epoch + 1));
            let mut bytes = Cursor::new(Vec::new());
            let written = visible.seen_in(index, epoch).as_rgb().write_to(&mut bytes, ImageFormat::Png);
            let written = written.map_err(std::io::Error::other).and_then(|()| fs::write(&path, bytes.into_inner()));
            written.map_err(failed(&path))?;
            work.step()
        })?;
        Ok(count)
    }
}
