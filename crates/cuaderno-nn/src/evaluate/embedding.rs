//! How a network arranges pictures: a layer's features on a plane.

use super::principal::components;
use crate::{Examples, Network, NetworkError};
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_plot::Scatter;

/// A layer's features of each picture, on the plane of their first two principal components.
///
/// As the last expression of a cell it shows its [`figure`](Self::figure).
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding {
    /// Where each picture lies.
    pub points: Vec<[f64; 2]>,
    /// Share of the features' variance that each of the two directions holds.
    pub explained: [f64; 2],
    /// The class of each picture; empty where there are none.
    pub labels: Vec<usize>,
    /// Names of the classes.
    pub class_names: Vec<String>,
    /// The layer.
    pub layer: String,
}

impl Network {
    /// What a layer makes of the examples, on the plane of its first two principal components. Layers are named as in
    /// [`outputs_of`](Self::outputs_of); feature maps count with every place. The same features give the same bits on any number
    /// of threads.
    ///
    /// # Errors
    /// If the examples do not fit, there is no such layer, its output is not finite, or an interrupt came.
    pub fn embedding(&self, layer: &str, examples: &dyn Examples) -> Result<Embedding, NetworkError> {
        let (shape, values) = self.outputs_of(layer, examples)?;
        if values.iter().any(|value| !value.is_finite()) {
            let advice = "the network has broken down: lower the learning rate and train it anew".into();
            return Err(NetworkError::Setting { setting: "the layer's output", found: "not finite".into(), advice });
        }
        let found = components(&values, shape.len());
        let class_names = examples.class_names().to_vec();
        let labelled = if class_names.is_empty() { 0 } else { examples.len() };
        let labels = (0..labelled).map(|index| examples.label(index)).collect();
        Ok(Embedding { points: found.points, explained: found.explained, labels, class_names, layer: layer.to_owned() })
    }
}

impl Embedding {
    /// A point for each picture in the colour of its class. Up to 20 classes are told apart.
    pub fn figure(&self) -> Scatter {
        let of = |axis: usize| self.points.iter().map(|point| point[axis]).collect::<Vec<f64>>();
        let mut figure = Scatter::new(of(0), of(1)).expect("as many of the one as of the other");
        if !self.labels.is_empty() && self.class_names.len() <= MOST_CLASSES {
            let names: Vec<&str> = self.labels.iter().map(|label| self.class_names[*label].as_str()).collect();
            figure = figure.grouped("class", &names).expect("a class for each picture");
        }
        let label = |axis: usize| {
            let share = 100.0 * self.explained[axis];
            format!("principal component {}, {share:.0} % of the variance", axis + 1)
        };
        figure.x_label(label(0)).y_label(label(1)).title(format!("Features of {}", self.layer))
    }
}

/// Colours that can be told apart in one figure.
const MOST_CLASSES: usize = 20;

impl Rich for Embedding {
    fn mime_bundle(&self) -> MimeBundle {
        self.figure().mime_bundle()
    }
}
