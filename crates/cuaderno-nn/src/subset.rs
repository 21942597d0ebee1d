//! Some of the examples.

use crate::Examples;
use std::ops::Range;

/// A run of neighbouring examples, as if they were all there are.
pub struct Subset<'a> {
    examples: &'a dyn Examples,
    range: Range<usize>,
}

impl<'a> Subset<'a> {
    /// The examples of this range; what lies beyond the end is left out.
    pub fn new(examples: &'a dyn Examples, range: Range<usize>) -> Self {
        let end = range.end.min(examples.len());
        Self { examples, range: range.start.min(end)..end }
    }
}

impl Examples for Subset<'_> {
    fn len(&self) -> usize {
        self.range.len()
    }

    fn image_shape(&self) -> [usize; 3] {
        self.examples.image_shape()
    }

    fn class_names(&self) -> &[String] {
        self.examples.class_names()
    }

    fn label(&self, index: usize) -> usize {
        self.examples.label(self.range.start + index)
    }

    fn varies(&self) -> bool {
        self.examples.varies()
    }

    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        self.examples.write_image(self.range.start + index, epoch, out);
    }
}
