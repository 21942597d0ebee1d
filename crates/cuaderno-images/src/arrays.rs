//! Pictures that are numbers in memory already.

use crate::loader::Dropped;
use crate::store::Store;
use crate::{ImageSet, ImagesError};

impl ImageSet {
    /// From bytes (0 to 255), picture after picture, each `[height, width, channels]`, channels last.
    ///
    /// ```
    /// # use cuaderno_images::ImageSet;
    /// # fn main() -> Result<(), cuaderno_images::ImagesError> {
    /// let images = ImageSet::from_arrays(&[0, 255, 255, 0], &[0, 1], [1, 2, 1], &["rising", "falling"])?;
    /// assert_eq!(images.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ImagesError::Arrays`] if lengths do not fit, [`ImagesError::Label`] if a label has no class name.
    pub fn from_arrays(
        bytes: &[u8],
        labels: &[usize],
        [height, width, channels]: [usize; 3],
        class_names: &[impl AsRef<str>],
    ) -> Result<Self, ImagesError> {
        if height == 0 || width == 0 || channels == 0 {
            return Err(ImagesError::EmptySize { height, width });
        }
        let (expected, found, pictures) = (labels.len() * height * width * channels, bytes.len(), labels.len());
        if expected != found {
            let labels = labels.len();
            return Err(ImagesError::Arrays { pictures, height, width, channels, expected, found, labels });
        }
        if let Some(&label) = labels.iter().find(|&&label| label >= class_names.len()) {
            return Err(ImagesError::Label { label, classes: class_names.len() });
        }
        let names = (0..pictures).map(|index| index.to_string()).collect();
        let labels = labels.iter().map(|&label| label as u32).collect();
        let store = Store::from_pixels(names, labels, [height, width, channels], bytes.to_vec());
        let class_names = class_names.iter().map(|name| name.as_ref().to_owned()).collect();
        Ok(Self::new(store, class_names, Dropped::default()))
    }
}
