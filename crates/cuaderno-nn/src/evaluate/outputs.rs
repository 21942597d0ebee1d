//! What layers put out, without any class behind it: features, feature maps.

use super::predict::{BATCH, for_each_output};
use crate::network::{Graph, Slot};
use crate::train::check_input;
use crate::{Examples, Network, NetworkError, Shape};
use cuaderno_display::Progress;

impl Network {
    /// What the network puts out for every example, one after the other; pictures channels last, a final softmax or sigmoid
    /// included.
    ///
    /// # Errors
    /// If the examples have another shape than the input, or an interrupt came.
    pub fn outputs(&self, examples: &dyn Examples) -> Result<Vec<f32>, NetworkError> {
        let output = self.graph.output;
        self.folded_outputs(&self.graph, output, examples)
    }

    /// What the first `layers` layers make of every example, one after the other; pictures channels last. Those of frozen layers
    /// have the bits that training with them sees. An operation may have taken in the layers behind it, so this is for layers
    /// between which nothing is joined: nested models. Shows its progress unless it is to be `quiet`.
    ///
    /// # Errors
    /// If the examples have another shape than the input, or an interrupt came.
    #[doc(hidden)]
    pub fn outputs_after(&self, layers: usize, examples: &dyn Examples, quiet: bool) -> Result<Vec<f32>, NetworkError> {
        let last = self.graph.nodes.iter().rfind(|node| node.layer <= layers);
        self.outputs_at((&self.graph, &self.current()), last.map_or(0, |node| node.output), examples, quiet)
    }

    /// What one layer makes of every example: the shape for one, and the values, one example after the other; pictures channels
    /// last. The layer is named as in the summary, `1 (conv2d)`, or as its tensors are, `1_conv2d`, inside a nested model
    /// `2_model/1_conv2d`. An activation behind a convolution, dense layer or normalization is part of that layer.
    ///
    /// # Errors
    /// If the examples have another shape than the input, there is no such layer, or an interrupt came.
    pub fn outputs_of(&self, layer: &str, examples: &dyn Examples) -> Result<(Shape, Vec<f32>), NetworkError> {
        // Pooled convolutions keep their own output here.
        let graph = Graph::unpooled(self.layers().clone());
        let slot = graph.nodes[graph.find(layer)?].output;
        Ok((graph.slots[slot], self.folded_outputs(&graph, slot, examples)?))
    }

    /// The values of a slot for every example, with fewer operations.
    fn folded_outputs(&self, graph: &Graph, slot: Slot, examples: &dyn Examples) -> Result<Vec<f32>, NetworkError> {
        let (graph, weights) = graph.folded(&self.current(), &self.state, slot);
        self.outputs_at((&graph, &weights), slot, examples, false)
    }

    /// The values of a slot for every example.
    fn outputs_at(
        &self,
        graph: (&Graph, &[f32]),
        slot: Slot,
        examples: &dyn Examples,
        quiet: bool,
    ) -> Result<Vec<f32>, NetworkError> {
        check_input(self, examples, "input")?;
        let count = examples.len();
        let mut progress = Progress::new(format!("{}: features", self.name()), count as u64, "images");
        let mut outputs = Vec::new();
        for_each_output(self, graph, examples, BATCH, slot, |values, batch| {
            outputs.extend_from_slice(values);
            // One picture is no work to wait for; a line that has not begun does not end either.
            if count > 1 && !quiet {
                progress.step(batch.labels.len() as u64);
            }
        })?;
        Ok(outputs)
    }

    /// What one layer makes of one example: its shape and values, as [`outputs_of`](Self::outputs_of) gives them for all.
    ///
    /// # Errors
    /// If the examples do not fit, or there is no such layer or example.
    pub fn activations(
        &self,
        layer: &str,
        examples: &dyn Examples,
        index: usize,
    ) -> Result<(Shape, Vec<f32>), NetworkError> {
        check_input(self, examples, "input")?;
        if index >= examples.len() {
            let advice = format!("there are {} examples, counted from 0", examples.len());
            return Err(NetworkError::Setting { setting: "the example", found: index.to_string(), advice });
        }
        self.outputs_of(layer, &crate::Subset::new(examples, index..index + 1))
    }
}
