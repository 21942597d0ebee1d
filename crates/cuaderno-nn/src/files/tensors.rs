//! Parameters one tensor at a time, for weights that come from elsewhere.

use crate::Network;
use std::sync::Arc;

impl Network {
    /// Name and shape of every parameter tensor in the order of the layers: `1_conv2d/kernel`, `[3, 3, 3, 32]`. Layouts are
    /// Keras's: `[height, width, channels, filters]`, `[inputs, units]`.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.graph.tensors.iter().map(|tensor| (tensor.name.as_str(), tensor.shape.as_slice()))
    }

    /// The values of every parameter tensor, in the same order.
    pub fn tensor_values(&self) -> Vec<Vec<f32>> {
        let weights = self.current();
        let tensors = self.graph.tensors.iter();
        tensors.map(|t| if t.trainable { &weights[..] } else { &self.state }[t.range.clone()].to_vec()).collect()
    }

    /// Replaces the values of every parameter tensor, in the same order.
    ///
    /// # Panics
    /// If there are more or fewer tensors, or one has another length.
    pub fn set_tensor_values(&mut self, values: &[Vec<f32>]) {
        assert_eq!(values.len(), self.graph.tensors.len(), "one list of values for each tensor");
        let mut weights = vec![0.0; self.graph.layers.trainable()];
        for (tensor, values) in self.graph.tensors.iter().zip(values) {
            let target = if tensor.trainable { &mut weights } else { &mut self.state };
            target[tensor.range.clone()].copy_from_slice(values);
        }
        self.set_weights(Arc::new(weights));
        self.taught = None;
    }
}
