//! Leaving the first layers as they are: transfer learning.

use super::Network;
use crate::{NetworkError, Sequential};
use std::sync::Arc;

impl Network {
    /// Freezes the first `layers` layers: training leaves their parameters alone and their batch normalization uses its
    /// running statistics. `freeze(0)` frees them all.
    pub fn freeze(&mut self, layers: usize) {
        self.trained_from = self.first_node_after(layers);
    }

    /// From now on the first `layers` layers normalize batches by their running statistics, which stay as they are, also when
    /// the layers are trained: what Keras's guide to transfer learning does by `base(inputs, training=False)`.
    pub fn keep_statistics(&mut self, layers: usize) {
        self.statistics_from = self.first_node_after(layers);
    }

    /// The first node whose normalization uses the batch's statistics.
    pub(crate) fn statistics_from(&self) -> usize {
        self.trained_from.max(self.statistics_from)
    }

    /// How many normalizations keep their running statistics.
    pub(crate) fn normalizations_kept(&self) -> usize {
        let kept = self.graph.nodes.iter().take(self.statistics_from());
        kept.filter(|node| !node.state.is_empty()).count()
    }

    fn first_node_after(&self, layers: usize) -> usize {
        let nodes = &self.graph.nodes;
        nodes.iter().position(|node| node.layer > layers).unwrap_or(nodes.len())
    }

    /// Freezes everything before a layer, which is named as its tensors are: `1_conv2d`, inside a nested model
    /// `2_model/1_conv2d`.
    ///
    /// # Errors
    /// If there is no such layer.
    pub fn freeze_before(&mut self, layer: &str) -> Result<(), NetworkError> {
        self.trained_from = self.graph.find(layer)?;
        Ok(())
    }

    /// How many layers from the first one on are frozen as a whole.
    pub fn frozen_layers(&self) -> usize {
        self.graph.nodes.get(self.trained_from).map_or(self.layers().len(), |node| node.layer - 1)
    }

    /// The last layers, these, as a network of their own, with their parameters and what is frozen in them. It is
    /// trained as within the whole network, dropout masks included, and saving it saves the whole network.
    ///
    /// # Panics
    /// If the network does not end with such layers.
    pub fn tail(&self, layers: impl Into<Sequential>) -> Self {
        let mut tail = Self::new(layers, self.seed);
        let nodes = self.graph.nodes.len() - tail.graph.nodes.len();
        tail.trained_from = self.trained_from.saturating_sub(nodes);
        tail.statistics_from = self.statistics_from.saturating_sub(nodes);
        tail.state = self.state[self.state.len() - tail.state.len()..].to_vec();
        let weights = self.current();
        tail.set_weights(Arc::new(weights[weights.len() - tail.layers().trainable()..].to_vec()));
        (tail.loss, tail.taught) = (self.loss, self.taught.clone());
        tail.whole = Some(Arc::new(self.clone()));
        tail
    }

    /// The network that this one is the [`tail`](Self::tail) of, with this one's parameters.
    pub(crate) fn completed(&self) -> Option<Self> {
        let mut whole = Self::clone(self.whole.as_ref()?);
        whole.set_tail(self);
        Some(whole)
    }

    /// How many nodes of the whole network come before those of this tail.
    pub(crate) fn nodes_before(&self) -> usize {
        self.whole.as_ref().map_or(0, |whole| whole.graph.nodes.len() - self.graph.nodes.len())
    }

    /// Takes over the parameters of a [`tail`](Self::tail).
    ///
    /// # Panics
    /// If it has more parameters than the network.
    pub fn set_tail(&mut self, tail: &Self) {
        let mut weights = self.current_weights();
        let (from, theirs) = (weights.len() - tail.layers().trainable(), tail.current());
        weights[from..].copy_from_slice(&theirs);
        self.set_weights(Arc::new(weights));
        let from = self.state.len() - tail.state.len();
        self.state[from..].copy_from_slice(&tail.state);
        (self.loss, self.taught) = (tail.loss, tail.taught.clone());
    }

    /// Freezes everything before the last `count` layers with parameters, wherever they are nested.
    pub fn train_last(&mut self, count: usize) {
        let with_parameters = self.graph.nodes.iter().enumerate().filter(|(_, node)| !node.weight.is_empty());
        let from_the_end = with_parameters.map(|(index, _)| index).rev().take(count).last();
        self.trained_from = from_the_end.unwrap_or(self.graph.nodes.len());
    }
}
