//! Looking at what an augmentation does.

use crate::{Augmentation, ImageSet, ImagesError, Picture, Scaling};
use cuaderno_nn::Examples;
use cuaderno_plot::ImageGrid;

/// Pictures in a row of a figure.
const COLUMNS: usize = 6;

impl ImageSet {
    /// A figure of one picture as it is, and as training sees it in `count` epochs.
    ///
    /// # Errors
    /// [`ImagesError::Index`].
    pub fn preview(&self, index: usize, count: usize) -> Result<ImageGrid, ImagesError> {
        let mut pictures = vec![self.picture(index)?.labelled("original")];
        let seen = self.seen(index, count)?.into_iter().enumerate();
        pictures.extend(seen.map(|(epoch, picture)| picture.labelled(format!("epoch {}", epoch + 1))));
        Ok(ImageGrid::new(pictures).columns(COLUMNS))
    }

    /// A figure of one picture under several augmentations, a row each: the original first, then five draws.
    ///
    /// # Errors
    /// [`ImagesError::Index`]; [`ImagesError::Setting`] if a setting is out of its range.
    pub fn compare_augmentations(
        &self,
        index: usize,
        augmentations: &[(&str, Augmentation)],
        seed: u64,
    ) -> Result<ImageGrid, ImagesError> {
        let original = self.picture(index)?;
        let mut pictures = Vec::new();
        for (name, augmentation) in augmentations {
            pictures.push(original.labelled("original"));
            let seen = self.augmented(augmentation, seed)?.seen(index, COLUMNS - 1)?;
            pictures.extend(seen.iter().map(|picture| picture.labelled(*name)));
        }
        Ok(ImageGrid::new(pictures).columns(COLUMNS))
    }

    /// A picture in the epochs from 0 on, before scaling and normalization.
    fn seen(&self, index: usize, count: usize) -> Result<Vec<Picture>, ImagesError> {
        self.picture(index)?;
        let mut visible = self.scaled(Scaling::Bytes);
        if let Some((augmentation, seed)) = self.augmentation() {
            visible = visible.augmented(&augmentation.without_normalization(), *seed)?;
        }
        let [channels, height, width] = self.image_shape();
        let mut values = vec![0.0; height * width * channels];
        let pictures = (0..count).map(|epoch| {
            visible.write_image(index, epoch, &mut values);
            let bytes: Vec<u8> = values.iter().map(|value| value.round().clamp(0.0, 255.0) as u8).collect();
            Picture::from_bytes(&bytes, [height, width, channels])
        });
        Ok(pictures.collect())
    }
}
