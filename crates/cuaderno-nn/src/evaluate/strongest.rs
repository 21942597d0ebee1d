//! What a filter looks for.

use super::predict::{BATCH, for_each_output};
use crate::network::Graph;
use crate::train::check_input;
use crate::{Examples, Network, NetworkError};
use cuaderno_display::Progress;

impl Network {
    /// The `count` examples that excite a channel of a layer the most, each with the channel's largest value anywhere in the
    /// picture, the strongest first; of equal ones the earlier. Layers are named as in [`outputs_of`](Self::outputs_of), channels count
    /// from 0; a dense layer's channels are its units.
    ///
    /// # Errors
    /// If the examples do not fit, there is no such layer or channel, or an interrupt came.
    pub fn most_activating(
        &self,
        layer: &str,
        channel: usize,
        examples: &dyn Examples,
        count: usize,
    ) -> Result<Vec<(usize, f32)>, NetworkError> {
        check_input(self, examples, "input")?;
        // Pooled convolutions keep their own output here.
        let graph = Graph::unpooled(self.layers().clone());
        let slot = graph.nodes[graph.find(layer)?].output;
        let channels = graph.slots[slot].channels();
        if channel >= channels {
            let advice = format!("{layer} has {channels}, counted from 0");
            return Err(NetworkError::Setting { setting: "the channel", found: channel.to_string(), advice });
        }
        let length = graph.slots[slot].len();
        let (graph, weights) = graph.folded(&self.current(), &self.state, slot);
        let mut progress =
            Progress::new(format!("{}: {layer}", self.name()), examples.len() as u64, "images").passing();
        let mut strengths: Vec<(usize, f32)> = Vec::with_capacity(examples.len());
        for_each_output(self, (&graph, &weights), examples, BATCH, slot, |values, batch| {
            for values in values.chunks_exact(length) {
                let of_channel = values.iter().skip(channel).step_by(channels).copied();
                strengths.push((strengths.len(), of_channel.fold(f32::NEG_INFINITY, f32::max)));
            }
            progress.step(batch.labels.len() as u64);
        })?;
        strengths.sort_by(|a, b| b.1.total_cmp(&a.1));
        strengths.truncate(count);
        Ok(strengths)
    }
}
