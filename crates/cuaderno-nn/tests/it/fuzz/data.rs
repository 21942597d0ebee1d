//! Pictures and labels of a case.

use super::case::{Case, Pictures, Shape};
use super::random::Random;
use cuaderno_nn::Examples;
use std::sync::Arc;

#[derive(Clone)]
pub struct Data {
    shape: Shape,
    pub pixels: Vec<f32>,
    pub labels: Vec<usize>,
    names: Vec<String>,
    /// Names of the numbers that are to be learnt, and the numbers, one list an example; empty where there are classes.
    number_names: Vec<String>,
    pub targets: Vec<f32>,
}

impl Data {
    /// Both batches of a case whose network has so many outputs.
    pub fn new(case: &Case, outputs: usize) -> Self {
        let classes = outputs.max(2);
        let mut random = Random(case.seed ^ 0xDA7A);
        let count = case.batch + case.rest;
        let pixel = |random: &mut Random| match case.pictures {
            Pictures::Bright => random.within(0.0, 1.0),
            Pictures::Centred => random.within(-1.0, 1.0),
            Pictures::Black if random.chance(0.1) => random.within(0.0, 1.0),
            Pictures::Black => 0.0,
        };
        let names = |count: usize, kind: &str| (0..count).map(|number| format!("{kind} {number}")).collect();
        let pixels = (0..count * case.input.len()).map(|_| pixel(&mut random)).collect();
        let labels: Vec<usize> = (0..count).map(|_| random.between(0, classes - 1)).collect();
        if case.numbers.is_none() {
            let (number_names, targets) = (Vec::new(), Vec::new());
            return Self { shape: case.input, pixels, labels, names: names(classes, "class"), number_names, targets };
        }
        let targets = (0..count * outputs).map(|_| random.within(-2.0, 2.0)).collect();
        let (labels, number_names) = (vec![0; count], names(outputs, "number"));
        Self { shape: case.input, pixels, labels, names: Vec::new(), number_names, targets }
    }

    /// Numbers that some examples are to be given, empty where they have classes.
    pub fn targets_of(&self, range: std::ops::Range<usize>) -> &[f32] {
        let each = self.number_names.len();
        &self.targets[range.start * each..range.end * each]
    }

    /// Pixels of some examples.
    pub fn part(&self, range: std::ops::Range<usize>) -> &[f32] {
        &self.pixels[range.start * self.shape.len()..range.end * self.shape.len()]
    }
}

impl Examples for Data {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.labels.len()
    }

    fn image_shape(&self) -> [usize; 3] {
        let [height, width] = self.shape.size();
        [self.shape.channels(), height, width]
    }

    fn class_names(&self) -> &[String] {
        &self.names
    }

    fn label(&self, index: usize) -> usize {
        self.labels[index]
    }

    fn target_names(&self) -> &[String] {
        &self.number_names
    }

    fn write_targets(&self, index: usize, out: &mut [f32]) {
        out.copy_from_slice(self.targets_of(index..index + 1));
    }

    fn write_image(&self, index: usize, _: usize, out: &mut [f32]) {
        out.copy_from_slice(self.part(index..index + 1));
    }
}

/// Between channels last, as pictures lie in memory here, and channels first, as dfdx has them.
pub fn turned(values: &[f32], shape: Shape, to_channels_first: bool) -> Vec<f32> {
    let (channels, [height, width]) = (shape.channels(), shape.size());
    let mut result = vec![0.0; values.len()];
    for (i, value) in values.iter().enumerate() {
        let (n, rest) = (i / shape.len(), i % shape.len());
        let pixels = height * width;
        let to = match to_channels_first {
            true => rest % channels * pixels + rest / channels,
            false => rest % pixels * channels + rest / pixels,
        };
        result[n * shape.len() + to] = *value;
    }
    result
}
