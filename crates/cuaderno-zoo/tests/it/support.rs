//! Numbers and pictures that the scripts in `tests/peers` make as well, and small sets.

use cuaderno_nn::Examples;
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// `count` numbers in -1..1 that look random: `formula.py`'s.
pub fn scatter(count: usize, phase: f64) -> impl Iterator<Item = f64> {
    (0..count).map(move |index| {
        let x = (index as f64 * 12.9898 + phase).sin() * 43758.5453;
        2.0 * (x - x.floor()) - 1.0
    })
}

/// Pictures of two classes, values from 0 to 1, channels last.
#[derive(Clone)]
pub struct Pictures {
    size: [usize; 2],
    values: Vec<f32>,
    names: Vec<String>,
    pub varies: bool,
}

impl Pictures {
    /// Pictures of the formula.
    pub fn scattered(count: usize, [height, width]: [usize; 2]) -> Self {
        let values = scatter(count * height * width * 3, 1.0).map(|x| (0.5 + 0.5 * x) as f32).collect();
        Self { size: [height, width], values, names: vec!["even".into(), "odd".into()], varies: false }
    }

    /// Pictures of these values.
    pub fn of(values: Vec<f32>, size: [usize; 2]) -> Self {
        Self { size, values, names: vec!["even".into(), "odd".into()], varies: false }
    }

    /// Dark pictures and bright ones.
    pub fn shaded(count: usize, size: [usize; 2]) -> Self {
        let mut pictures = Self::scattered(count, size);
        let length = size[0] * size[1] * 3;
        for (index, picture) in pictures.values.chunks_exact_mut(length).enumerate() {
            picture.iter_mut().for_each(|value| *value = 0.4 * *value + if index % 2 == 0 { 0.0 } else { 0.6 });
        }
        pictures
    }

    pub fn times(mut self, factor: f32) -> Self {
        self.values.iter_mut().for_each(|value| *value *= factor);
        self
    }
}

impl Examples for Pictures {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.values.len() / (self.size[0] * self.size[1] * 3)
    }

    fn image_shape(&self) -> [usize; 3] {
        [3, self.size[0], self.size[1]]
    }

    fn class_names(&self) -> &[String] {
        &self.names
    }

    fn label(&self, index: usize) -> usize {
        index % 2
    }

    fn varies(&self) -> bool {
        self.varies
    }

    fn write_image(&self, index: usize, _: usize, out: &mut [f32]) {
        out.copy_from_slice(&self.values[index * out.len()..][..out.len()]);
    }
}

/// Pictures that call a function before one of them is read.
#[derive(Clone)]
pub struct Watched<F>(pub Pictures, pub F);

impl<F: Fn() + Clone + Send + Sync + 'static> Examples for Watched<F> {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn image_shape(&self) -> [usize; 3] {
        self.0.image_shape()
    }

    fn class_names(&self) -> &[String] {
        self.0.class_names()
    }

    fn label(&self, index: usize) -> usize {
        self.0.label(index)
    }

    fn varies(&self) -> bool {
        self.0.varies()
    }

    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        (self.1)();
        self.0.write_image(index, epoch, out);
    }
}

/// A named tensor.
pub type Named = (String, Vec<usize>, Vec<f32>);

/// Writes a weights file.
pub fn write(path: &Path, tensors: &[Named], notes: Option<HashMap<String, String>>) {
    let bytes: Vec<Vec<u8>> =
        tensors.iter().map(|(_, _, values)| values.iter().flat_map(|x| x.to_le_bytes()).collect()).collect();
    let views = tensors
        .iter()
        .zip(&bytes)
        .map(|((name, shape, _), bytes)| (name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    serialize_to_file(views, notes, path).unwrap();
}
