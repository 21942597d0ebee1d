//! Leaving the first layers as they are: transfer learning.

use super::Network;

impl Network {
    /// Freezes the first `layers` layers: training leaves their parameters alone and their batch normalization uses its
    /// running statistics. `freeze(0)` frees them all.
    pub fn freeze(&mut self, layers: usize) {
        let nodes = &self.plan.nodes;
        self.trained_from = nodes.iter().position(|node| node.layer > layers).unwrap_or(nodes.len());
    }

    /// Freezes everything before the last `count` layers with parameters, wherever they are nested.
    pub fn train_last(&mut self, count: usize) {
        let with_parameters = self.plan.nodes.iter().enumerate().filter(|(_, node)| !node.weight.is_empty());
        let from_the_end = with_parameters.map(|(index, _)| index).rev().take(count).last();
        self.trained_from = from_the_end.unwrap_or(self.plan.nodes.len());
    }
}
