//! Keras's table of layers.

use crate::Network;
use crate::sequential::Part;
use cuaderno_display::{MimeBundle, Rich, Table, thousands};

/// Layers with output shapes and parameter counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Name of the model.
    pub model: String,
    /// One per layer.
    pub layers: Vec<SummaryRow>,
    /// All parameters.
    pub parameters: usize,
    /// Those that training changes.
    pub trainable: usize,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    /// Number and kind.
    pub layer: String,
    /// Shape of one output, `[channels, height, width]` or `[n]`.
    pub output: String,
    /// Its parameters.
    pub parameters: usize,
    /// Whether training changes them, or some of them.
    pub trainable: bool,
    /// How many of them, where another part of the layer is frozen.
    pub part: Option<usize>,
}

impl Network {
    /// The table of layers.
    pub fn summary(&self) -> Summary {
        let graph = &*self.graph;
        let frozen_weights = graph.nodes[..self.trained_from.min(graph.nodes.len())]
            .iter()
            .map(|node| node.weight.end.max(node.bias.end))
            .max()
            .unwrap_or(0);
        let mut layers = Vec::new();
        for (index, (part, shape)) in graph.layers.parts().enumerate() {
            let prefix = format!("{}_", index + 1);
            let tensors = graph.tensors.iter().filter(|tensor| tensor.name.starts_with(&prefix));
            let (mut parameters, mut trained, mut frozen) = (0, 0, 0);
            for tensor in tensors {
                parameters += tensor.range.len();
                match tensor.trainable {
                    true if tensor.range.start < frozen_weights => frozen += tensor.range.len(),
                    true => trained += tensor.range.len(),
                    false => {}
                }
            }
            let (trainable, changed) = (frozen == 0 || trained > 0, (frozen > 0 && trained > 0).then_some(trained));
            let name = match part {
                Part::Model(inner) => format!("{} ({})", index + 1, inner.name()),
                Part::Layer(layer) => format!("{} ({})", index + 1, layer.kind()),
            };
            layers.push(SummaryRow { layer: name, output: shape.to_string(), parameters, trainable, part: changed });
        }
        let trainable = graph.layers.trainable() - frozen_weights;
        Summary { model: self.name().to_owned(), layers, parameters: self.parameters(), trainable }
    }
}

impl Rich for Summary {
    fn mime_bundle(&self) -> MimeBundle {
        let mut rows = vec![["layer", "output shape", "parameters"].map(String::from).to_vec()];
        for row in &self.layers {
            let frozen = match row.part {
                Some(part) => format!(", {} trainable", thousands(part)),
                None if row.trainable || row.parameters == 0 => String::new(),
                None => " frozen".into(),
            };
            rows.push(vec![row.layer.clone(), row.output.clone(), thousands(row.parameters) + &frozen]);
        }
        let note = format!(
            "{}: {} parameters ({:.2} MB), {} trainable, {} not",
            self.model,
            thousands(self.parameters),
            self.parameters as f64 * 4.0 / (1 << 20) as f64,
            thousands(self.trainable),
            thousands(self.parameters - self.trainable)
        );
        Table::headed(rows).note(note).mime_bundle()
    }
}
