//! Looking at what an augmentation does.

use crate::{Augmentation, ImageSet, ImagesError, Picture, Scaling};
use cuaderno_nn::{Examples, FirstBatch, Fit};
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

    /// A figure of the first pictures that training sees, `count` at most: in its order, augmented, and mixed, where
    /// [`Fit::mixup`] is on. Under each stands what it is, `0.70 cat, 0.30 dog`. Without a [seed](Fit::seed) of `how`, a network's own
    /// decides in training, and 0 here.
    ///
    /// ```
    /// # use cuaderno_images::ImageSet;
    /// # use cuaderno_nn::Fit;
    /// # fn main() -> Result<(), cuaderno_images::ImagesError> {
    /// # let train = ImageSet::from_arrays(&[0; 24], &[0, 1], [2, 2, 3], &["cat", "dog"])?;
    /// train.first_batch(&Fit::new().mixup(0.2).seed(7), 12)?
    /// # ; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ImagesError::EmptySet`] if there are no pictures, [`ImagesError::Network`] if a setting makes no sense.
    pub fn first_batch(&self, how: &Fit, count: usize) -> Result<ImageGrid, ImagesError> {
        if self.is_empty() {
            return Err(ImagesError::EmptySet { what: "a batch" });
        }
        let [channels, height, width] = self.image_shape();
        let batch = FirstBatch::of(&self.visible()?, how)?;
        let name = |label: usize| self.class_names().get(label).map_or("", String::as_str);
        let pictures = batch.images.chunks_exact(channels * height * width).zip(&batch.parts).take(count);
        let pictures = pictures.map(|(values, parts)| {
            let said: Vec<String> = match parts[..] {
                [(label, _)] => vec![name(label).to_owned()],
                _ => parts.iter().map(|(label, share)| format!("{share:.2} {}", name(*label))).collect(),
            };
            picture(values, [height, width, channels]).labelled(said.join(", "))
        });
        Ok(ImageGrid::new(pictures.collect::<Vec<_>>()).columns(COLUMNS))
    }

    /// A picture in the epochs from 0 on, before scaling and normalization.
    fn seen(&self, index: usize, count: usize) -> Result<Vec<Picture>, ImagesError> {
        self.picture(index)?;
        let visible = self.visible()?;
        Ok((0..count).map(|epoch| visible.seen_in(index, epoch)).collect())
    }

    /// The same pictures, augmented, without what makes numbers for networks of them.
    pub(crate) fn visible(&self) -> Result<Self, ImagesError> {
        let visible = self.scaled(Scaling::Bytes);
        match self.augmentation() {
            Some((augmentation, seed)) => visible.augmented(&augmentation.without_normalization(), *seed),
            None => Ok(visible),
        }
    }

    /// Of [visible](Self::visible) ones, a picture in an epoch.
    pub(crate) fn seen_in(&self, index: usize, epoch: usize) -> Picture {
        let [channels, height, width] = self.image_shape();
        let mut values = vec![0.0; height * width * channels];
        self.write_image(index, epoch, &mut values);
        picture(&values, [height, width, channels])
    }
}

/// Of values from 0 to 255.
fn picture(values: &[f32], shape: [usize; 3]) -> Picture {
    let bytes: Vec<u8> = values.iter().map(|value| value.round().clamp(0.0, 255.0) as u8).collect();
    Picture::from_bytes(&bytes, shape)
}
