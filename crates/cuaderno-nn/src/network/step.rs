//! One batch there and back, with everything it needs: what a dfdx tape remembers.

use super::{GradientBuffers, Graph, Memory, Mode, Network, Pass};
use crate::Shape;
use crate::random::{Stream, hash};
use std::sync::Arc;

/// A batch that went through a network.
#[derive(Debug)]
pub(crate) struct Step {
    graph: Arc<Graph>,
    weights: Arc<Vec<f32>>,
    state: Vec<f32>,
    trained_from: usize,
    statistics_from: usize,
    pass: Pass,
    memory: Memory,
}

impl Step {
    /// Runs a batch of `[channels, height, width]` pictures, or of rows, as in prediction. `keep` keeps what the way back
    /// needs.
    pub fn predict(network: &Network, keep: bool, input: Vec<f32>) -> Self {
        let mut step = Self::new(network, input);
        step.run(None, keep);
        step
    }

    /// The same as in training: with dropout, and with batch statistics, which move the network's running ones.
    pub fn train(network: &mut Network, keep: bool, input: Vec<f32>) -> Self {
        let mut step = Self::new(network, input);
        step.pass.dropout_key = hash(network.seed, Stream::Dropout, network.passes, 1);
        network.passes += 1;
        step.run(Some(&mut network.state), keep);
        step
    }

    fn new(network: &Network, input: Vec<f32>) -> Self {
        let graph = network.graph.clone();
        let shape = network.input();
        let mut pass = Pass::new(&graph);
        pass.batch = input.len() / shape.len();
        pass.values[0] = turned(cuaderno_ops::nchw_to_nhwc, shape, pass.batch, input);
        Self {
            weights: network.current(),
            state: network.state.clone(),
            trained_from: network.trained_from,
            statistics_from: network.statistics_from(),
            pass,
            memory: Memory::default(),
            graph,
        }
    }

    fn run(&mut self, train: Option<&mut Vec<f32>>, keep: bool) {
        let mode = match train {
            Some(state) => Mode::Train { state, statistics_from: self.statistics_from },
            None => Mode::Infer(&self.state),
        };
        let end = self.graph.nodes.len();
        let keep_from = if keep { 0 } else { end };
        self.graph.forward(&self.weights, mode, keep_from, end, &mut self.pass, &mut self.memory);
    }

    /// The result: `[channels, height, width]` pictures, or rows.
    pub fn output(&self) -> Vec<f32> {
        let values = self.pass.slot(&self.graph, self.graph.output).to_vec();
        turned(cuaderno_ops::nhwc_to_nchw, self.graph.layers.output(), self.pass.batch, values)
    }

    /// Gradients with respect to the input and to the trainable parameters.
    pub fn backward(mut self, d_output: Vec<f32>) -> (Vec<f32>, Vec<f32>) {
        let (graph, batch) = (&self.graph, self.pass.batch);
        let d_output = turned(cuaderno_ops::nchw_to_nhwc, graph.layers.output(), batch, d_output);
        let mut d_weights = vec![0.0; self.weights.len()];
        let buffers = GradientBuffers {
            weights: &mut d_weights,
            trained_from: self.trained_from,
            state: &self.state,
            input: true,
        };
        let end = graph.nodes.len();
        let d_input = graph.backward(&self.weights, end, d_output, &self.pass, &mut self.memory, buffers);
        let mut d_input = d_input.expect("the input's gradient was asked for");
        d_input.truncate(graph.slot_len(0, batch));
        (turned(cuaderno_ops::nhwc_to_nchw, graph.layers.input(), batch, d_input), d_weights)
    }
}

/// Pictures between dfdx's order, channels first, and ours, channels last. Rows stay as they are.
fn turned(turn: fn(usize, usize, usize, &[f32], &mut [f32]), shape: Shape, batch: usize, values: Vec<f32>) -> Vec<f32> {
    let [height, width] = shape.size();
    if height * width == 1 {
        return values;
    }
    let mut result = vec![0.0; values.len()];
    turn(batch, height * width, shape.channels(), &values, &mut result);
    result
}
