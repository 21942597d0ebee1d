//! Some of the examples.

use crate::random::{GOLDEN, Stream, finish, permutation};
use crate::{Examples, NetworkError};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Some examples of a set, as if they were all there are.
#[derive(Clone)]
pub struct Subset {
    examples: Arc<dyn Examples>,
    indices: Arc<[usize]>,
    /// Whether pictures are written without augmentation.
    plain: bool,
}

impl Subset {
    /// The examples of this range; what lies beyond the end is left out.
    pub fn new(examples: &dyn Examples, range: Range<usize>) -> Self {
        let end = range.end.min(examples.len());
        Self::of(examples, (range.start.min(end)..end).collect())
    }

    pub(crate) fn of(examples: &dyn Examples, indices: Vec<usize>) -> Self {
        Self { examples: examples.shared(), indices: indices.into(), plain: false }
    }

    /// As many examples as there are, drawn with repetition, each by its chance (they need not sum to 1). The same seed draws
    /// the same.
    ///
    /// # Errors
    /// If there is not one chance of 0 or more for each example, or none is above 0.
    pub fn resampled(examples: &dyn Examples, chances: &[f64], seed: u64) -> Result<Self, NetworkError> {
        let total: f64 = chances.iter().sum();
        let odd = chances.iter().any(|chance| *chance < 0.0) || !(total.is_finite() && total > 0.0);
        if odd || chances.len() != examples.len() {
            let found = format!("{} numbers that sum to {total}", chances.len());
            let advice = format!("give each of the {} examples a chance of 0 or more", examples.len());
            return Err(NetworkError::Setting { setting: "the list of chances", found, advice });
        }
        let add = |sum: &mut f64, chance: &f64| {
            *sum += chance;
            Some(*sum)
        };
        let sums: Vec<f64> = chances.iter().scan(0.0, add).collect();
        let draw = |index: usize| {
            let bits =
                finish(seed.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add((index as u64).wrapping_mul(GOLDEN)));
            let place = (bits >> 11) as f64 / (1u64 << 53) as f64 * total;
            sums.partition_point(|sum| *sum <= place).min(sums.len() - 1)
        };
        Ok(Self::of(examples, (0..examples.len()).map(draw).collect()))
    }

    /// The places of these examples in the set that they are of.
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    /// All but a share of the examples, and that share, in which each class has its part; drawn by the seed. Copies of one
    /// example stay together.
    pub(crate) fn split(examples: &dyn Examples, share: f64, seed: u64) -> (Self, Self) {
        let mut by_class = vec![Vec::new(); examples.class_names().len().max(1)];
        (0..examples.len()).for_each(|index| by_class[examples.label(index)].push(index));
        let (mut most, mut rest) = (Vec::new(), Vec::new());
        let mut seen = 0;
        for (class, places) in by_class.iter().enumerate() {
            // Rounded over all classes so far, so that rounding does not add up.
            let upto = |count: usize| (share * count as f64).round() as usize;
            let taken = upto(seen + places.len()) - upto(seen);
            seen += places.len();
            let groups = copies_together(places, |place| examples.identity(place));
            let mut found = 0;
            for group in permutation(groups.len(), seed, Stream::Split, class as u64) {
                let part = if found < taken { &mut rest } else { &mut most };
                part.extend_from_slice(&groups[group]);
                found += groups[group].len();
            }
        }
        most.sort_unstable();
        rest.sort_unstable();
        (Self::of(examples, most), Self::of(examples, rest))
    }

    /// The same examples without augmentation.
    pub(crate) fn plain(self) -> Self {
        Self { plain: true, ..self }
    }
}

/// Places in groups of those that hold copies of one example, in the order in which their first ones come.
#[doc(hidden)]
pub fn copies_together(places: &[usize], identity: impl Fn(usize) -> usize) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut numbers = HashMap::new();
    for place in places {
        let number = *numbers.entry(identity(*place)).or_insert(groups.len());
        match groups.get_mut(number) {
            Some(group) => group.push(*place),
            None => groups.push(vec![*place]),
        }
    }
    groups
}

impl Examples for Subset {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.indices.len()
    }

    fn image_shape(&self) -> [usize; 3] {
        self.examples.image_shape()
    }

    fn class_names(&self) -> &[String] {
        self.examples.class_names()
    }

    fn preparation(&self) -> Option<String> {
        self.examples.preparation()
    }

    fn label(&self, index: usize) -> usize {
        self.examples.label(self.indices[index])
    }

    fn target_names(&self) -> &[String] {
        self.examples.target_names()
    }

    fn write_targets(&self, index: usize, out: &mut [f32]) {
        self.examples.write_targets(self.indices[index], out);
    }

    fn identity(&self, index: usize) -> usize {
        self.examples.identity(self.indices[index])
    }

    fn varies(&self) -> bool {
        !self.plain && self.examples.varies()
    }

    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        match self.plain {
            true => self.write_plain(index, out),
            false => self.examples.write_image(self.indices[index], epoch, out),
        }
    }

    fn write_plain(&self, index: usize, out: &mut [f32]) {
        self.examples.write_plain(self.indices[index], out);
    }
}
