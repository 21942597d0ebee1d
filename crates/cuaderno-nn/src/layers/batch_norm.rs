//! Batch normalization (Ioffe and Szegedy, 2015): `y = activation(γ (x - mean) / √(variance + epsilon) + β)`, mean and variance
//! of each channel, over the batch in training, running ones in prediction. The shape stays.

use super::{Backward, Follower, Forward, Init, Operation, Parameter, Statistics, Values};
use crate::{Layer, Shape, Stack};
use cuaderno_ops::{Activation, MovingMoments, NormOperands, NormalizedBy, RunningMoments};
use std::sync::Arc;

/// A normalization as it is written.
#[derive(Clone, Copy, Debug)]
pub struct BatchNorm {
    /// How much of the running statistics stays at each training step.
    pub momentum: f32,
    /// Added to the variance.
    pub epsilon: f32,
}

impl Stack {
    /// Normalizes each channel over the batch, then scales and shifts it. Options: `momentum(0.99)`, `epsilon(0.001)`.
    /// The shape stays.
    #[track_caller]
    pub const fn batch_norm(mut self) -> Self {
        let channels = self.output().channels();
        let layer = Layer::BatchNorm(BatchNorm { momentum: self.take_momentum(), epsilon: self.take_epsilon() });
        let shape = self.output();
        self.push(layer, shape, 2 * channels, 2 * channels)
    }
}

impl BatchNorm {
    pub(super) fn operation(&self, input: Shape) -> Arc<dyn Operation> {
        let Self { momentum, epsilon } = *self;
        let norm = cuaderno_ops::BatchNorm { channels: input.channels(), momentum, epsilon };
        Arc::new(Normalization { norm, activation: Activation::Linear })
    }
}

/// A normalization with the activation behind it. Weight and bias are γ and β.
#[derive(Clone, Debug)]
struct Normalization {
    norm: cuaderno_ops::BatchNorm,
    activation: Activation,
}

impl Operation for Normalization {
    fn parameters(&self) -> Vec<Parameter> {
        let channels = self.norm.channels;
        vec![
            Parameter::trained("gamma", &[channels], Init::Ones),
            Parameter::trained("beta", &[channels], Init::Zeros),
            Parameter::running("moving_mean", channels, Init::Zeros),
            Parameter::running("moving_variance", channels, Init::Ones),
        ]
    }

    fn forward(&self, run: Forward) {
        let Forward { input, weight: gamma, bias: beta, kept, scratch, output, .. } = run;
        let (channels, found) = (self.norm.channels, &mut kept.statistics);
        let operands = NormOperands { input, gamma, beta, activation: self.activation };
        match run.statistics {
            Statistics::Moving(state) => {
                let (mean, variance) = state.split_at_mut(channels);
                self.norm.forward_train(scratch, operands, MovingMoments { mean, variance }, found, output);
            }
            Statistics::Fixed(state) => {
                let (mean, variance) = state.split_at(channels);
                // The way back needs what was used here; no batch statistics tell it apart from a training pass.
                found.mean.clear();
                self.norm.forward_inference(operands, RunningMoments { mean, variance }, output);
            }
        }
    }

    fn backward(&self, run: Backward) {
        let Backward { input, output, values, kept, scratch, d_output, gradients, .. } = run;
        let Values { weight: gamma, bias: beta, state } = values;
        let (mean, variance) = state.split_at(self.norm.channels);
        let by = match kept.statistics.mean.is_empty() {
            true => NormalizedBy::Running(RunningMoments { mean, variance }),
            false => NormalizedBy::Batch(&kept.statistics),
        };
        let operands = NormOperands { input, gamma, beta, activation: self.activation };
        self.norm.backward(scratch, operands, by, output, d_output, gradients);
    }

    /// In prediction it multiplies and adds.
    fn follower(&self, fixed: Option<Values>) -> Option<Follower> {
        let Values { weight: gamma, bias: beta, state } = fixed?;
        let (means, variances) = state.split_at(self.norm.channels);
        let factors = gamma.iter().zip(variances).map(|(g, v)| g / (v + self.norm.epsilon).sqrt()).collect();
        let (means, offsets) = (means.to_vec(), beta.to_vec());
        Some(Follower::Affine { factors, means, offsets, activation: self.activation })
    }

    fn joined(&self, next: &Follower) -> Option<Arc<dyn Operation>> {
        match next {
            Follower::Activation(activation) if self.activation == Activation::Linear => {
                Some(Arc::new(Self { activation: *activation, ..self.clone() }))
            }
            _ => None,
        }
    }
}
