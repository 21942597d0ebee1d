//! Batch normalization over the last axis (Ioffe and Szegedy, 2015).

mod kernels;

use crate::parallel::{for_each_chunk, sum_parts};
use crate::simd::arch;
use crate::{Activation, Scratch};
use kernels::{GradientSums, InputGradient, Moments, Normalize};

/// Values one task goes through at a time: 64 KB, so that a second look finds them in the cache.
const CHUNK: usize = 16 * 1024;

/// `y = activation(γ (x - mean) / √(variance + epsilon) + β)`, mean and variance per channel over all rows of
/// `[rows, channels]` (rows: batch, or batch × height × width).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNorm {
    /// Length of the last axis.
    pub channels: usize,
    /// How much of the running statistics stays at each training step (Keras: 0.99).
    pub momentum: f32,
    /// Added to the variance (Keras: 0.001).
    pub epsilon: f32,
}

/// What one training step's forward pass found; its backward pass needs it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchStatistics {
    /// Mean per channel.
    pub mean: Vec<f32>,
    /// `1 / √(variance + epsilon)` per channel.
    pub inverse_deviation: Vec<f32>,
}

impl BatchNorm {
    /// Keras's defaults: momentum 0.99, epsilon 0.001.
    pub const fn new(channels: usize) -> Self {
        Self { channels, momentum: 0.99, epsilon: 1e-3 }
    }

    /// Normalizes with the batch's own statistics and moves the running ones towards them.
    ///
    /// As in Keras 3 the running variance takes the batch's variance divided by `n`, not `n - 1`.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    #[allow(clippy::too_many_arguments)] // the layer has this many operands
    pub fn forward_train(
        &self,
        scratch: &mut Scratch,
        input: &[f32],
        gamma: &[f32],
        beta: &[f32],
        activation: Activation,
        running_mean: &mut [f32],
        running_variance: &mut [f32],
        statistics: &mut BatchStatistics,
        output: &mut [f32],
    ) {
        self.check(input.len(), output.len(), &[gamma, beta, running_mean, running_variance]);
        let variance = self.moments(scratch, input, &mut statistics.mean);
        statistics.inverse_deviation.clear();
        statistics.inverse_deviation.extend(self.inverse_deviation(&variance));
        let keep = self.momentum;
        for (running, mean) in running_mean.iter_mut().zip(&statistics.mean) {
            *running = *running * keep + mean * (1.0 - keep);
        }
        for (running, variance) in running_variance.iter_mut().zip(&variance) {
            *running = *running * keep + variance * (1.0 - keep);
        }
        self.normalize(input, gamma, beta, &statistics.mean, &statistics.inverse_deviation, activation, output);
    }

    /// Normalizes with the running statistics.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    #[allow(clippy::too_many_arguments)] // the layer has this many operands
    pub fn forward_inference(
        &self,
        input: &[f32],
        gamma: &[f32],
        beta: &[f32],
        activation: Activation,
        running_mean: &[f32],
        running_variance: &[f32],
        output: &mut [f32],
    ) {
        self.check(input.len(), output.len(), &[gamma, beta, running_mean, running_variance]);
        let inverse: Vec<f32> = self.inverse_deviation(running_variance).collect();
        self.normalize(input, gamma, beta, running_mean, &inverse, activation, output);
    }

    /// Gradients through [`forward_train`](Self::forward_train), statistics included:
    /// `dx = γ/σ (dy - mean(dy) - x̂ mean(dy x̂))` with `x̂ = (x - mean)/σ`.
    ///
    /// `output` and `activation` are those of the forward pass; `d_output` is overwritten (by the gradient before the
    /// activation), `d_input`, `d_gamma`, `d_beta` receive the gradients.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    #[allow(clippy::too_many_arguments)] // the layer has this many operands
    pub fn backward(
        &self,
        scratch: &mut Scratch,
        input: &[f32],
        gamma: &[f32],
        statistics: &BatchStatistics,
        output: &[f32],
        activation: Activation,
        d_output: &mut [f32],
        d_input: Option<&mut [f32]>,
        d_gamma: &mut [f32],
        d_beta: &mut [f32],
    ) {
        self.gradients(scratch, input, gamma, statistics, true, output, activation, d_output, d_input, d_gamma, d_beta);
    }

    /// Gradients through [`forward_inference`](Self::forward_inference), whose statistics do not depend on the batch:
    /// `dx = γ/σ dy`. The rest is as for [`backward`](Self::backward).
    ///
    /// # Panics
    /// If a slice's length does not fit.
    #[allow(clippy::too_many_arguments)] // the layer has this many operands
    pub fn backward_inference(
        &self,
        scratch: &mut Scratch,
        input: &[f32],
        gamma: &[f32],
        running_mean: &[f32],
        running_variance: &[f32],
        output: &[f32],
        activation: Activation,
        d_output: &mut [f32],
        d_input: Option<&mut [f32]>,
        d_gamma: &mut [f32],
        d_beta: &mut [f32],
    ) {
        let statistics = BatchStatistics {
            mean: running_mean.to_vec(),
            inverse_deviation: self.inverse_deviation(running_variance).collect(),
        };
        self.gradients(
            scratch,
            input,
            gamma,
            &statistics,
            false,
            output,
            activation,
            d_output,
            d_input,
            d_gamma,
            d_beta,
        );
    }

    /// `from_batch` says whether the statistics are the batch's own, so that they depend on the input, too.
    #[allow(clippy::too_many_arguments)] // both ways back
    fn gradients(
        &self,
        scratch: &mut Scratch,
        input: &[f32],
        gamma: &[f32],
        statistics: &BatchStatistics,
        from_batch: bool,
        output: &[f32],
        activation: Activation,
        d_output: &mut [f32],
        d_input: Option<&mut [f32]>,
        d_gamma: &mut [f32],
        d_beta: &mut [f32],
    ) {
        let BatchStatistics { mean, inverse_deviation } = statistics;
        self.check(input.len(), d_output.len(), &[gamma, d_gamma, d_beta, mean, inverse_deviation]);
        let channels = self.channels;
        if input.is_empty() {
            d_gamma.fill(0.0);
            return d_beta.fill(0.0);
        }
        let chunk = self.chunk();
        let parts = input.len().div_ceil(chunk);
        let mut sums = vec![0.0; 2 * channels];
        let partial = scratch.take(parts * 2 * channels);
        let mut tasks: Vec<_> = d_output.chunks_mut(chunk).zip(partial.chunks_exact_mut(2 * channels)).collect();
        for_each_chunk(&mut tasks, 1, 2 * input.len(), |part, tasks| {
            for (d_output, sums) in tasks {
                let range = part * chunk..part * chunk + d_output.len();
                if activation != Activation::Linear {
                    activation.backward(&output[range.clone()], d_output);
                }
                arch().dispatch(GradientSums { channels, input: &input[range], d_output, mean, sums });
            }
        });
        let d_output = &*d_output;
        sum_parts(partial, &mut sums);
        d_beta.copy_from_slice(&sums[channels..]);
        for c in 0..channels {
            d_gamma[c] = sums[c] * inverse_deviation[c];
        }
        if let Some(d_input) = d_input {
            assert_eq!(d_input.len(), input.len(), "batch norm: one gradient per input value");
            // dx = scale (dy + slope (x - mean) + shift), with one scale, slope and shift per channel: of a single row exactly 0
            let rows = (input.len() / channels) as f32;
            let mut factors = vec![0.0; 3 * channels];
            for c in 0..channels {
                let scale = gamma[c] * inverse_deviation[c];
                factors[c] = scale;
                if from_batch {
                    factors[channels + c] = -d_gamma[c] * inverse_deviation[c] / rows;
                    factors[2 * channels + c] = -d_beta[c] / rows;
                }
            }
            for_each_chunk(d_input, chunk, 2 * input.len(), |part, d_input| {
                let range = part * chunk..part * chunk + d_input.len();
                let (input, d_output) = (&input[range.clone()], &d_output[range]);
                arch().dispatch(InputGradient { channels, input, d_output, mean, factors: &factors, d_input });
            });
        }
    }

    /// Writes the mean per channel, returns the variance (divided by `n`).
    ///
    /// Each part's mean and squared deviations are exact to `f32`; parts are merged in `f64` by Chan, Golub and LeVeque's
    /// formula, so that a large mean does not swallow a small variance.
    fn moments(&self, scratch: &mut Scratch, input: &[f32], mean: &mut Vec<f32>) -> Vec<f32> {
        let channels = self.channels;
        mean.clear();
        mean.resize(channels, 0.0);
        if input.is_empty() {
            return vec![0.0; channels];
        }
        let chunk = self.chunk();
        let parts = input.len().div_ceil(chunk);
        let partial = scratch.take(parts * 2 * channels);
        for_each_chunk(partial, 2 * channels, 2 * input.len(), |part, moments| {
            let rows = &input[part * chunk..((part + 1) * chunk).min(input.len())];
            arch().dispatch(Moments { channels, rows, moments });
        });
        let mut variance = vec![0.0; channels];
        for c in 0..channels {
            let (mut count, mut total_mean, mut squares) = (0.0f64, 0.0f64, 0.0f64);
            for (part, moments) in partial.chunks_exact(2 * channels).enumerate() {
                let rows = ((input.len() - part * chunk).min(chunk) / channels) as f64;
                let delta = f64::from(moments[c]) - total_mean;
                let together = count + rows;
                total_mean += delta * rows / together;
                squares += f64::from(moments[channels + c]) + delta * delta * count * rows / together;
                count = together;
            }
            mean[c] = total_mean as f32;
            variance[c] = (squares / count) as f32;
        }
        variance
    }

    #[allow(clippy::too_many_arguments)] // the layer has this many operands
    fn normalize(
        &self,
        input: &[f32],
        gamma: &[f32],
        beta: &[f32],
        mean: &[f32],
        inverse_deviation: &[f32],
        activation: Activation,
        output: &mut [f32],
    ) {
        let scale: Vec<f32> = gamma.iter().zip(inverse_deviation).map(|(g, i)| g * i).collect();
        let chunk = self.chunk();
        let floor = if activation == Activation::Relu { 0.0 } else { f32::NEG_INFINITY };
        for_each_chunk(output, chunk, 2 * input.len(), |part, output| {
            let input = &input[part * chunk..part * chunk + output.len()];
            let channels = self.channels;
            arch().dispatch(Normalize { channels, input, mean, scale: &scale, beta, floor, output: &mut *output });
            if activation != Activation::Relu {
                activation.apply(output);
            }
        });
    }

    fn inverse_deviation(&self, variance: &[f32]) -> impl Iterator<Item = f32> {
        variance.iter().map(|v| 1.0 / (v + self.epsilon).sqrt())
    }

    /// Values of whole rows that one task handles.
    const fn chunk(&self) -> usize {
        let rows = CHUNK / self.channels;
        if rows == 0 { self.channels } else { rows * self.channels }
    }

    fn check(&self, input: usize, output: usize, vectors: &[&[f32]]) {
        assert!(self.channels > 0 && input.is_multiple_of(self.channels), "batch norm: input is not whole rows");
        assert_eq!(input, output, "batch norm: input and output differ in length");
        assert!(vectors.iter().all(|v| v.len() == self.channels), "batch norm: one parameter per channel");
    }
}
