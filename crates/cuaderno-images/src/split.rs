//! Training, validation and test parts.

use crate::random::Random;
use crate::{ImageSet, ImagesError};
use cuaderno_nn::{Examples, copies_together};

/// Fractions of a split: an array of two or three, which gives as many sets.
pub trait Fractions: sealed::Sealed {
    /// The sets that come out.
    type Parts;
    #[doc(hidden)]
    fn fractions(&self) -> &[f64];
    #[doc(hidden)]
    fn parts(sets: Vec<ImageSet>) -> Self::Parts;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for [f64; 2] {}
    impl Sealed for [f64; 3] {}
}

impl Fractions for [f64; 2] {
    type Parts = (ImageSet, ImageSet);
    fn fractions(&self) -> &[f64] {
        self
    }
    fn parts(mut sets: Vec<ImageSet>) -> Self::Parts {
        let second = sets.pop().expect("a split gives a set for each fraction");
        (sets.pop().expect("a split gives a set for each fraction"), second)
    }
}

impl Fractions for [f64; 3] {
    type Parts = (ImageSet, ImageSet, ImageSet);
    fn fractions(&self) -> &[f64] {
        self
    }
    fn parts(mut sets: Vec<ImageSet>) -> Self::Parts {
        let third = sets.pop().expect("a split gives a set for each fraction");
        let (first, second) = <[f64; 2]>::parts(sets);
        (first, second, third)
    }
}

impl ImageSet {
    /// Splits at random into two or three parts that share nothing, copies of one picture included, each with the classes in the
    /// proportions of the whole.
    /// Where the fractions sum to 1, no picture is left out.
    ///
    /// ```
    /// # use cuaderno_images::ImageSet;
    /// # fn main() -> Result<(), cuaderno_images::ImagesError> {
    /// let images = ImageSet::from_arrays(&[0; 20 * 12], &[0; 20], [2, 2, 3], &["dark"])?;
    /// let (train, validation, test) = images.split([0.7, 0.15, 0.15], 42)?;
    /// assert_eq!([train.len(), validation.len(), test.len()], [14, 3, 3]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ImagesError::Fractions`] if a fraction is not above 0, or their sum is above 1.
    pub fn split<F: Fractions>(&self, fractions: F, seed: u64) -> Result<F::Parts, ImagesError> {
        self.split_into(fractions.fractions(), seed).map(F::parts)
    }

    fn split_into(&self, fractions: &[f64], seed: u64) -> Result<Vec<Self>, ImagesError> {
        let sum: f64 = fractions.iter().sum();
        if !fractions.iter().all(|&fraction| fraction > 0.0) || sum > 1.0 + 1e-9 {
            return Err(ImagesError::Fractions { fractions: format!("{fractions:?}") });
        }
        let mut parts = vec![Vec::new(); fractions.len()];
        // Positions within the parts are carried from class to class, so that rounding does not add up.
        let mut places_by_class = vec![Vec::new(); self.class_names().len().max(1)];
        for (place, label) in self.labels().into_iter().enumerate() {
            places_by_class[label].push(place);
        }
        let mut before = 0;
        for (class, places) in places_by_class.into_iter().enumerate() {
            let count = places.len();
            let mut groups = copies_together(&places, |place| self.identity(place));
            Random::new(&[seed, class as u64]).shuffle(&mut groups);
            let bounds = |count: usize| {
                let mut bounds = vec![0];
                let mut end = 0.0;
                for fraction in fractions {
                    end += fraction;
                    bounds.push((end * count as f64 + 1e-9).round() as usize);
                }
                bounds
            };
            let (earlier, later) = (bounds(before), bounds(before + count));
            before += count;
            let mut groups = groups.into_iter();
            for (part, rows) in parts.iter_mut().enumerate() {
                let wanted = (later[part + 1] - later[part]).saturating_sub(earlier[part + 1] - earlier[part]);
                let end = rows.len() + wanted;
                while rows.len() < end
                    && let Some(copies) = groups.next()
                {
                    rows.extend(copies);
                }
            }
            if sum > 1.0 - 1e-9 {
                parts[0].extend(groups.flatten());
            }
        }
        let sets = parts.into_iter().map(|mut places| {
            places.sort_unstable();
            self.with_rows(places.into_iter().map(|place| self.rows()[place]).collect())
        });
        Ok(sets.collect())
    }
}
