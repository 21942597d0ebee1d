//! Pictures as figures.

use crate::random::Random;
use crate::{ImageSet, ImagesError, Picture};
use cuaderno_plot::ImageGrid;

/// Pictures in a row of a figure.
const COLUMNS: usize = 8;

impl Picture {
    /// The picture for a figure, with words under it.
    pub fn labelled(&self, label: impl Into<String>) -> cuaderno_plot::Picture {
        let [height, width] = self.size();
        let picture = cuaderno_plot::Picture::rgb(width, height, self.as_rgb().as_raw().as_slice());
        picture.expect("a picture has three bytes a pixel").label(label)
    }
}

impl ImageSet {
    /// A figure of pictures drawn at random, `per_class` of each class beside one another, up to 8 in a row or a row for each class;
    /// of pictures without classes so many, each with its name.
    pub fn sample(&self, per_class: usize, seed: u64) -> ImageGrid {
        if self.class_names().is_empty() {
            let some = self.take(per_class, seed);
            let shown =
                (0..some.len()).filter_map(|place| Some(some.picture(place).ok()?.labelled(some.name(place).ok()?)));
            return ImageGrid::new(shown.collect::<Vec<_>>());
        }
        let labels = self.labels();
        let mut pictures = Vec::new();
        for (class, name) in self.class_names().iter().enumerate() {
            let mut places: Vec<usize> = (0..labels.len()).filter(|&place| labels[place] == class).collect();
            Random::new(&[seed, class as u64]).shuffle(&mut places);
            places.truncate(per_class);
            places.sort_unstable();
            pictures.extend(places.into_iter().filter_map(|place| Some(self.picture(place).ok()?.labelled(name))));
        }
        // As many classes side by side as there is room for, none of them broken over two rows.
        ImageGrid::new(pictures)
            .columns(per_class * (COLUMNS / per_class.max(1)).clamp(1, self.class_names().len().max(1)))
    }

    /// A figure of the pictures with these indices, each with words under it: predictions, mistakes.
    ///
    /// ```
    /// # use cuaderno_images::ImageSet;
    /// # fn main() -> Result<(), cuaderno_images::ImagesError> {
    /// # let images = ImageSet::from_arrays(&[0; 24], &[0, 0], [2, 2, 3], &["dark"])?;
    /// images.show(&[(0, "dark, 0.98"), (1, "light, 0.51")])?
    /// # ; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ImagesError::Index`].
    pub fn show(&self, indices_and_labels: &[(usize, impl AsRef<str>)]) -> Result<ImageGrid, ImagesError> {
        let pictures =
            indices_and_labels.iter().map(|(index, label)| Ok(self.picture(*index)?.labelled(label.as_ref())));
        Ok(ImageGrid::new(pictures.collect::<Result<Vec<_>, ImagesError>>()?))
    }
}
