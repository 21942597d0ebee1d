//! Some of the examples.

use crate::Examples;
use crate::random::{GOLDEN, finish};
use std::ops::Range;

/// Some examples of a set, as if they were all there are.
pub struct Subset<'a> {
    examples: &'a dyn Examples,
    indices: Vec<usize>,
}

impl<'a> Subset<'a> {
    /// The examples of this range; what lies beyond the end is left out.
    pub fn new(examples: &'a dyn Examples, range: Range<usize>) -> Self {
        let end = range.end.min(examples.len());
        Self { examples, indices: (range.start.min(end)..end).collect() }
    }

    /// As many examples as there are, drawn with repetition by these chances (need not sum to 1). The same seed draws the same.
    pub fn resampled(examples: &'a dyn Examples, chances: &[f64], seed: u64) -> Self {
        let mut sums: Vec<f64> = Vec::with_capacity(chances.len());
        let mut total = 0.0;
        for chance in chances {
            total += chance;
            sums.push(total);
        }
        let draw = |index: usize| {
            let bits =
                finish(seed.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add((index as u64).wrapping_mul(GOLDEN)));
            let place = (bits >> 11) as f64 / (1u64 << 53) as f64 * total;
            sums.partition_point(|sum| *sum <= place).min(sums.len() - 1)
        };
        Self { examples, indices: (0..examples.len()).map(draw).collect() }
    }
}

impl Examples for Subset<'_> {
    fn len(&self) -> usize {
        self.indices.len()
    }

    fn image_shape(&self) -> [usize; 3] {
        self.examples.image_shape()
    }

    fn class_names(&self) -> &[String] {
        self.examples.class_names()
    }

    fn label(&self, index: usize) -> usize {
        self.examples.label(self.indices[index])
    }

    fn varies(&self) -> bool {
        self.examples.varies()
    }

    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        self.examples.write_image(self.indices[index], epoch, out);
    }
}
