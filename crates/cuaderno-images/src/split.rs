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
    /// Where the fractions sum to 1, no picture is left out. Classes of so few pictures that a part has none of them are named in a line.
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
        let sets: Vec<Self> = parts
            .into_iter()
            .map(|mut places| {
                places.sort_unstable();
                self.with_rows(places.into_iter().map(|place| self.rows()[place]).collect())
            })
            .collect();
        if let Some(line) = without_pictures(&sets) {
            println!("{line}");
        }
        Ok(sets)
    }
}

/// Which classes some part has no picture of, though another has: `too few pictures for every part: luge (2; none in part 3)`.
fn without_pictures(parts: &[ImageSet]) -> Option<String> {
    const NAMED: usize = 5;
    let names = parts.first()?.class_names();
    let counts: Vec<Vec<(String, usize)>> = parts.iter().map(ImageSet::class_counts).collect();
    let lacking = |class: usize| {
        let in_all: usize = counts.iter().map(|part| part[class].1).sum();
        let empty = (1..=parts.len()).filter(|part| counts[part - 1][class].1 == 0).map(|part| part.to_string());
        let empty: Vec<String> = empty.collect();
        let is_lacking = in_all > 0 && !empty.is_empty();
        is_lacking.then(|| format!("{} ({in_all}; none in part {})", names[class], empty.join(" and ")))
    };
    let lacking: Vec<String> = (0..names.len()).filter_map(lacking).collect();
    let more = lacking.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = lacking.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    (!named.is_empty()).then(|| format!("too few pictures for every part: {named}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_a_part_has_none_of_are_named() {
        let labels: Vec<usize> = [vec![0; 20], vec![1; 2], vec![2]].concat();
        let images =
            ImageSet::from_arrays(&vec![0; labels.len() * 12], &labels, [2, 2, 3], &["ski", "luge", "polo", "golf"]);
        let parts = images.unwrap().split_into(&[0.6, 0.2, 0.2], 1).unwrap();
        let line = without_pictures(&parts).unwrap();
        assert!(line.starts_with("too few pictures for every part: luge (2; none in part "), "{line}");
        assert!(line.contains(", polo (1; none in part ") && !line.contains("ski") && !line.contains("golf"), "{line}");
        assert_eq!(without_pictures(&parts[..1]), None);
    }
}
