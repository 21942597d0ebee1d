//! Batch normalization over the last axis (Ioffe and Szegedy, 2015).

mod kernels;

use crate::parallel::{for_each_chunk, sum_parts};
use crate::simd::arch;
use crate::{Activation, Gradients, Scratch};
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

/// What a batch normalization works on, forward and back.
#[derive(Clone, Copy, Debug, Default)]
pub struct NormOperands<'a> {
    /// `[rows, channels]`
    pub input: &'a [f32],
    /// One factor per channel.
    pub gamma: &'a [f32],
    /// One offset per channel; the way back does not look at it.
    pub beta: &'a [f32],
    /// Applied to the result.
    pub activation: Activation,
}

/// Running statistics that a batch moves.
#[derive(Debug)]
pub struct MovingMoments<'a> {
    /// One mean per channel.
    pub mean: &'a mut [f32],
    /// One variance per channel.
    pub variance: &'a mut [f32],
}

/// Running statistics that stay as they are.
#[derive(Clone, Copy, Debug)]
pub struct RunningMoments<'a> {
    /// One mean per channel.
    pub mean: &'a [f32],
    /// One variance per channel.
    pub variance: &'a [f32],
}

/// What the forward pass normalized by.
#[derive(Clone, Copy, Debug)]
pub enum NormalizedBy<'a> {
    /// What [`BatchNorm::forward_train`] found.
    Batch(&'a BatchStatistics),
    /// What [`BatchNorm::forward_inference`] was given.
    Running(RunningMoments<'a>),
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
    pub fn forward_train(
        &self,
        scratch: &mut Scratch,
        operands: NormOperands,
        running: MovingMoments,
        statistics: &mut BatchStatistics,
        output: &mut [f32],
    ) {
        let NormOperands { input, gamma, beta, .. } = operands;
        self.check(input.len(), output.len(), &[gamma, beta, running.mean, running.variance]);
        let variance = self.moments(scratch, input, &mut statistics.mean);
        statistics.inverse_deviation.clear();
        statistics.inverse_deviation.extend(self.inverse_deviation(&variance));
        let keep = self.momentum;
        for (running, mean) in running.mean.iter_mut().zip(&statistics.mean) {
            *running = *running * keep + mean * (1.0 - keep);
        }
        for (running, variance) in running.variance.iter_mut().zip(&variance) {
            *running = *running * keep + variance * (1.0 - keep);
        }
        self.normalize(operands, statistics, output);
    }

    /// Normalizes with the running statistics.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn forward_inference(&self, operands: NormOperands, running: RunningMoments, output: &mut [f32]) {
        let NormOperands { input, gamma, beta, .. } = operands;
        self.check(input.len(), output.len(), &[gamma, beta, running.mean, running.variance]);
        self.normalize(operands, &self.statistics(running), output);
    }

    /// Gradients through [`forward_train`](Self::forward_train), statistics included:
    /// `dx = γ/σ (dy - mean(dy) - x̂ mean(dy x̂))` with `x̂ = (x - mean)/σ`; or through
    /// [`forward_inference`](Self::forward_inference), whose statistics do not depend on the batch: `dx = γ/σ dy`.
    ///
    /// `operands` and `output` are those of the forward pass; `d_output` is overwritten (by the gradient before the activation).
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn backward(
        &self,
        scratch: &mut Scratch,
        operands: NormOperands,
        by: NormalizedBy,
        output: &[f32],
        d_output: &mut [f32],
        gradients: Gradients,
    ) {
        let NormOperands { input, gamma, .. } = operands;
        let fixed;
        let (statistics, from_batch) = match by {
            NormalizedBy::Batch(statistics) => (statistics, true),
            NormalizedBy::Running(running) => {
                fixed = self.statistics(running);
                (&fixed, false)
            }
        };
        let BatchStatistics { mean, inverse_deviation } = statistics;
        self.check(input.len(), d_output.len(), &[gamma, mean, inverse_deviation]);
        let (d_gamma, d_beta) = self.parameter_gradients(scratch, operands, statistics, output, d_output);
        let d_output = &*d_output;
        if let Some(d_input) = gradients.input {
            assert_eq!(d_input.len(), input.len(), "batch norm: one gradient per input value");
            // dx = scale (dy + slope (x - mean) + shift), with one scale, slope and shift per channel: of a single row exactly 0
            let (channels, chunk) = (self.channels, self.chunk());
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
        for (wanted, found) in [(gradients.weight, d_gamma), (gradients.bias, d_beta)] {
            if let Some(wanted) = wanted {
                assert_eq!(wanted.len(), self.channels, "batch norm: one gradient per parameter");
                wanted.copy_from_slice(&found);
            }
        }
    }

    /// The gradients of γ and β; `d_output` becomes the gradient before the activation.
    fn parameter_gradients(
        &self,
        scratch: &mut Scratch,
        operands: NormOperands,
        statistics: &BatchStatistics,
        output: &[f32],
        d_output: &mut [f32],
    ) -> (Vec<f32>, Vec<f32>) {
        let NormOperands { input, activation, .. } = operands;
        let BatchStatistics { mean, inverse_deviation } = statistics;
        let channels = self.channels;
        if input.is_empty() {
            return (vec![0.0; channels], vec![0.0; channels]);
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
        sum_parts(partial, &mut sums);
        let d_beta = sums.split_off(channels);
        sums.iter_mut().zip(inverse_deviation).for_each(|(sum, inverse)| *sum *= inverse);
        (sums, d_beta)
    }

    /// Running moments as those of a batch.
    fn statistics(&self, running: RunningMoments) -> BatchStatistics {
        let RunningMoments { mean, variance } = running;
        BatchStatistics { mean: mean.to_vec(), inverse_deviation: self.inverse_deviation(variance).collect() }
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

    fn normalize(&self, operands: NormOperands, statistics: &BatchStatistics, output: &mut [f32]) {
        let NormOperands { input, gamma, beta, activation } = operands;
        let BatchStatistics { mean, inverse_deviation } = statistics;
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
