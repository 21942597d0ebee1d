//! What is done to the pictures of a set: scaled, normalized, whitened, changed at random.

use super::ImageSet;
use crate::scaling::Scaler;
use crate::{Augmentation, ImagesError, Normalization, Scaling, Whitening};
use std::sync::Arc;

impl ImageSet {
    /// The same pictures, scaled in another way; normalization and whitening are dropped, they belonged to the old numbers.
    pub fn scaled(&self, scaling: Scaling) -> Self {
        let scaler = Scaler::new(scaling, None, self.store.shape[2]);
        Self { scaling, normalization: None, whitening: None, scaler, ..self.clone() }
    }

    /// Mean and standard deviation of each channel over this set; fit it on the training part only.
    ///
    /// # Errors
    /// [`ImagesError::EmptySet`].
    pub fn normalization(&self) -> Result<Normalization, ImagesError> {
        Normalization::fit(self)
    }

    /// The same pictures, each channel minus its mean, divided by its deviation; a whitening is dropped, it belonged to the old
    /// numbers.
    ///
    /// # Panics
    /// If the normalization has another number of channels.
    pub fn normalized(&self, normalization: &Normalization) -> Self {
        let channels = self.store.shape[2];
        assert_eq!(normalization.means().len(), channels, "a normalization of pictures with {channels} channels");
        let scaler = Scaler::new(self.scaling, Some(normalization), channels);
        Self { normalization: Some(normalization.clone()), scaler, whitening: None, ..self.clone() }
    }

    /// What whitens pictures such as these, scaled and normalized as they are, to be learnt from the training part only. `epsilon` keeps
    /// directions in which pictures hardly differ from being stretched without bound: Keras's `zca_epsilon`, there 0.000001. For
    /// small pictures, of up to 4,096 values: 32x32 in colour takes one to two minutes on two cores, and each picture 10 million multiplications.
    ///
    /// # Errors
    /// [`ImagesError::TooLargeToWhiten`], [`ImagesError::EmptySet`], [`ImagesError::Setting`] if `epsilon` is not above 0,
    /// [`ImagesError::Whitening`] if each picture is normalized by itself, [`ImagesError::Interrupted`].
    #[doc(alias = "zca_epsilon")]
    pub fn zca_whitening(&self, epsilon: f64) -> Result<Whitening, ImagesError> {
        self.check_whitening(true, self.augmentation.as_deref())?;
        Whitening::fit(self, &self.scaler, epsilon)
    }

    /// The same pictures, whitened after scaling and augmentation.
    ///
    /// # Errors
    /// [`ImagesError::Whitening`] if it was learnt from pictures of another size, or each picture is normalized by itself.
    pub fn whitened(&self, whitening: &Whitening) -> Result<Self, ImagesError> {
        if whitening.shape() != self.store.shape {
            let ([a, b, c], [height, width, channels]) = (whitening.shape(), self.store.shape);
            let found = format!("the whitening is of {a}x{b}x{c}, these pictures are {height}x{width}x{channels}");
            return Err(ImagesError::Whitening { found, advice: "load both in the same size" });
        }
        self.check_whitening(true, self.augmentation.as_deref())?;
        Ok(Self { whitening: Some(whitening.clone()), ..self.clone() })
    }

    /// Keras would normalize each picture before it is whitened, by numbers that the whitening does not know.
    fn check_whitening(&self, is_on: bool, augmentation: Option<&(Augmentation, u64)>) -> Result<(), ImagesError> {
        match augmentation {
            Some((augmentation, _)) if is_on && augmentation.samplewise() != [false; 2] => {
                let found = "each picture is normalized by itself, and all are whitened together".to_owned();
                Err(ImagesError::Whitening { found, advice: "leave one of the two out" })
            }
            _ => Ok(()),
        }
    }

    /// The whitening that is applied, if one is.
    pub fn applied_whitening(&self) -> Option<&Whitening> {
        self.whitening.as_ref()
    }

    /// The same pictures, transformed at random, anew in each epoch; for the training part only.
    ///
    /// # Errors
    /// [`ImagesError::Setting`] if a setting is out of its range, [`ImagesError::Whitening`] if these pictures are whitened and each
    /// is to be normalized by itself.
    pub fn augmented(&self, augmentation: &Augmentation, seed: u64) -> Result<Self, ImagesError> {
        augmentation.check()?;
        let augmentation = (augmentation.clone(), seed);
        self.check_whitening(self.whitening.is_some(), Some(&augmentation))?;
        Ok(Self { augmentation: Some(Arc::new(augmentation)), ..self.clone() })
    }

    /// The same pictures as they are.
    pub fn without_augmentation(&self) -> Self {
        Self { augmentation: None, ..self.clone() }
    }

    pub(crate) fn augmentation(&self) -> Option<&(Augmentation, u64)> {
        self.augmentation.as_deref()
    }

    /// The normalization that is applied, if one is.
    pub fn applied_normalization(&self) -> Option<&Normalization> {
        self.normalization.as_ref()
    }

    pub(super) fn whiten(&self, values: &mut [f32]) {
        if let Some(whitening) = &self.whitening {
            whitening.apply(values);
        }
    }
}
