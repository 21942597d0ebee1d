//! What a frozen network makes of pictures, computed once.

use crate::ZooError;
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_nn::{Examples, Network, Predictions, Shape};
use std::sync::Arc;

/// Features of labelled pictures: something to train a head on, as fast as a small table.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    shape: Shape,
    /// Copies share what was computed.
    rows: Arc<Rows>,
}

#[derive(Debug, PartialEq)]
struct Rows {
    values: Vec<f32>,
    labels: Vec<usize>,
    class_names: Vec<String>,
    /// Of the pictures they were made of.
    identities: Vec<usize>,
    preparation: Option<String>,
}

impl Features {
    /// What the first `layers` layers of a network make of the pictures; shows its progress unless it is to be `quiet`.
    pub(crate) fn new(
        network: &Network,
        layers: usize,
        pictures: &dyn Examples,
        quiet: bool,
    ) -> Result<Self, ZooError> {
        let shape =
            layers.checked_sub(1).and_then(|last| network.layers().shapes().nth(last)).unwrap_or(network.input());
        Ok(Self::labelled(network.outputs_after(layers, pictures, quiet)?, shape, pictures))
    }

    fn labelled(values: Vec<f32>, shape: Shape, pictures: &dyn Examples) -> Self {
        let labels = (0..pictures.len()).map(|index| pictures.label(index)).collect();
        let identities = (0..pictures.len()).map(|index| pictures.identity(index)).collect();
        let (class_names, preparation) = (pictures.class_names().to_vec(), pictures.preparation());
        Self { shape, rows: Arc::new(Rows { values, labels, class_names, identities, preparation }) }
    }

    /// What one layer of a network makes of the pictures; layers are named as in [`Network::activations`], `5_dense`. An
    /// activation behind a convolution, dense layer or normalization is part of that layer.
    ///
    /// # Errors
    /// If the pictures do not fit, there is no such layer, or an interrupt came.
    pub fn of(network: &Network, layer: &str, pictures: &dyn Examples) -> Result<Self, ZooError> {
        let (shape, values) = network.outputs_of(layer, pictures)?;
        Ok(Self::labelled(values, shape, pictures))
    }

    /// The probabilities of several networks for the same pictures, side by side.
    pub(crate) fn beside(answers: &[Predictions], pictures: &dyn Examples) -> Self {
        let rows = (0..pictures.len()).flat_map(|index| answers.iter().flat_map(move |answer| answer.row(index)));
        let shape = Shape::Features(answers.len() * pictures.class_names().len());
        Self::labelled(rows.copied().collect(), shape, pictures)
    }

    /// The shape of one picture's features: `[channels]`, or feature maps `[channels, height, width]`.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The features of one picture, maps channels last; empty for one that is not there.
    pub fn row(&self, index: usize) -> &[f32] {
        let length = self.shape.len();
        self.rows.values.get(index * length..(index + 1) * length).unwrap_or_default()
    }

    /// All features, picture after picture.
    pub fn values(&self) -> &[f32] {
        &self.rows.values
    }

    /// The class of each picture.
    pub fn labels(&self) -> &[usize] {
        &self.rows.labels
    }
}

impl Examples for Features {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.rows.labels.len()
    }

    fn image_shape(&self) -> [usize; 3] {
        let [height, width] = self.shape.size();
        [self.shape.channels(), height, width]
    }

    fn class_names(&self) -> &[String] {
        &self.rows.class_names
    }

    fn preparation(&self) -> Option<String> {
        self.rows.preparation.clone()
    }

    fn label(&self, index: usize) -> usize {
        self.rows.labels[index]
    }

    fn identity(&self, index: usize) -> usize {
        self.rows.identities[index]
    }

    fn varies(&self) -> bool {
        false
    }

    fn write_image(&self, index: usize, _: usize, out: &mut [f32]) {
        out.copy_from_slice(self.row(index));
    }
}

impl Rich for Features {
    fn mime_bundle(&self) -> MimeBundle {
        let megabytes = (self.rows.values.len() * size_of::<f32>()) as f64 / 1e6;
        MimeBundle::text(format!(
            "features {} of {} pictures in {} classes, {megabytes:.1} MB",
            self.shape,
            self.rows.labels.len(),
            self.rows.class_names.len()
        ))
    }
}
