//! Batch normalization (Ioffe and Szegedy, 2015): `y = activation(γ (x - mean) / √(variance + epsilon) + β)`, mean and variance
//! of each channel, over the batch in training, running ones in prediction. The shape stays.

use super::{Backward, Follower, Forward, Init, Operation, Parameter, Statistics, Values};
use crate::{Layer, Shape, Stack};
use cuaderno_ops::Activation;
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
        let (norm, activation, found) = (&self.norm, self.activation, &mut kept.statistics);
        match run.statistics {
            Statistics::Moving(state) => {
                let (mean, variance) = state.split_at_mut(norm.channels);
                norm.forward_train(scratch, input, gamma, beta, activation, mean, variance, found, output);
            }
            Statistics::Fixed(state) => {
                let (mean, variance) = state.split_at(norm.channels);
                // The way back needs what was used here; no batch statistics tell it apart from a training pass.
                found.mean.clear();
                norm.forward_inference(input, gamma, beta, activation, mean, variance, output);
            }
        }
    }

    fn backward(&self, run: Backward) {
        let Backward { input, output, values, kept, scratch, d_output, gradients, .. } = run;
        let (norm, activation, statistics) = (&self.norm, self.activation, &kept.statistics);
        // A frozen layer's own gradients are taken and dropped: on the way to an input's gradient only.
        let mut dropped = (Vec::new(), Vec::new());
        let (d_gamma, d_beta) = gradients.weight.zip(gradients.bias).unwrap_or_else(|| {
            dropped = (vec![0.0; norm.channels], vec![0.0; norm.channels]);
            (&mut dropped.0, &mut dropped.1)
        });
        let (gamma, d_input) = (values.weight, gradients.input);
        if statistics.mean.is_empty() {
            let (mean, variance) = values.state.split_at(norm.channels);
            norm.backward_inference(
                scratch, input, gamma, mean, variance, output, activation, d_output, d_input, d_gamma, d_beta,
            );
        } else {
            norm.backward(scratch, input, gamma, statistics, output, activation, d_output, d_input, d_gamma, d_beta);
        }
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
