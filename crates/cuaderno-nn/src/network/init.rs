//! Starting values of parameters, as Keras chooses them.

use super::graph::Graph;
use crate::layers::Init;
use crate::random::{Stream, hash, unit};

/// Trainable parameters and state of a fresh network.
pub(super) fn initialize(graph: &Graph, seed: u64) -> (Vec<f32>, Vec<f32>) {
    let mut weights = vec![0.0; graph.layers.trainable()];
    let mut state = vec![0.0; graph.layers.parameters() - graph.layers.trainable()];
    for (number, tensor) in graph.tensors.iter().enumerate() {
        let values =
            if tensor.trainable { &mut weights[tensor.range.clone()] } else { &mut state[tensor.range.clone()] };
        match tensor.init {
            Init::Zeros => {}
            Init::Ones => values.fill(1.0),
            Init::Glorot { fan_in, fan_out } => {
                let limit = (6.0 / (fan_in + fan_out) as f32).sqrt();
                for (index, value) in values.iter_mut().enumerate() {
                    let bits = hash(seed, Stream::Weights, number as u64, index as u64);
                    *value = limit * (2.0 * unit(bits) - 1.0);
                }
            }
        }
    }
    (weights, state)
}
