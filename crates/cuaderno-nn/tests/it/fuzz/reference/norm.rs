//! Batch normalization: `y = γ (x - μ) / √(σ² + ε) + β` for each channel; in training μ and σ² are the batch's.

use super::Back;
use super::conv::{bias_gradient, column_sums};
use super::values::{Gradient, ROUNDING, Values, rms};

pub struct Norm {
    pub epsilon: f64,
    pub gamma: Vec<f64>,
    pub beta: Vec<f64>,
    /// What to normalize by, where it is not the batch.
    pub running: Option<[Vec<f64>; 2]>,
}

/// Mean and variance of each channel.
pub fn moments(x: &Values) -> [Vec<f64>; 2] {
    let channels = x.shape.channels();
    let rows = (x.data.len() / channels) as f64;
    let mean_of = |value: &dyn Fn(usize, f64) -> f64| {
        let mut sums = vec![0.0; channels];
        x.data.iter().enumerate().for_each(|(i, x)| sums[i % channels] += value(i % channels, *x) / rows);
        sums
    };
    let mean = mean_of(&|_, x| x);
    let variance = mean_of(&|c, x| (x - mean[c]).powi(2));
    [mean, variance]
}

/// How far off the mean of a channel may be: thousands of values are summed in single precision.
pub fn sum_noise(x: &Values) -> f64 {
    let rows = (x.data.len() / x.shape.channels()) as f64;
    (1e-7 + 4e-8 * rows.sqrt()) * rms(&x.data)
}

impl Norm {
    pub fn forward(self, x: Values) -> (Values, Back) {
        let channels = x.shape.channels();
        let trains = self.running.is_none();
        let [mean, variance] = self.running.clone().unwrap_or_else(|| moments(&x));
        let factors: Vec<f64> = variance.iter().map(|v| 1.0 / (v + self.epsilon).sqrt()).collect();
        let normal: Vec<f64> =
            x.data.iter().enumerate().map(|(i, x)| (x - mean[i % channels]) * factors[i % channels]).collect();
        let data: Vec<f64> =
            normal.iter().enumerate().map(|(i, x)| x * self.gamma[i % channels] + self.beta[i % channels]).collect();
        let scales: Vec<f64> = factors.iter().zip(&self.gamma).map(|(f, g)| f * g).collect();
        // A mean that lies far from zero, beside the deviation, costs digits.
        let summed = if trains { sum_noise(&x) } else { 0.0 };
        let lost = |c: usize| scales[c].abs() * (2.0 * x.noise + summed + 2e-7 * mean[c].abs());
        let largest = (0..channels).map(lost).fold(0.0, f64::max);
        let noise = largest + ROUNDING / 4.0 * rms(&data);
        let steepest = factors.iter().fold(0.0f64, |a, b| a.max(*b));
        let normal_noise = steepest * (2.0 * x.noise + summed + 2e-7 * rms(&mean)) + ROUNDING / 4.0;
        let y = Values { data, noise, shape: x.shape };
        let back = move |dy: Gradient| {
            let rows = (dy.data.len() / channels) as f64;
            let weighted = Gradient {
                data: dy.data.iter().zip(&normal).map(|(d, x)| d * x).collect(),
                doubt: dy.doubt.iter().zip(&normal).map(|(d, x)| d * x.abs()).collect(),
                noise: dy.noise * (1.0 + rms(&normal)) + rms(&dy.data) * normal_noise,
            };
            let (d_gamma, d_beta) = (column_sums(&weighted, channels), column_sums(&dy, channels));
            let mut dx = dy.clone();
            for (i, x) in normal.iter().enumerate() {
                let (c, share) = (i % channels, if trains { 1.0 / rows } else { 0.0 });
                let (through, doubt) = (x * d_gamma.data[c], x.abs() * d_gamma.doubt[c]);
                dx.data[i] = scales[c] * (dy.data[i] - share * (d_beta.data[c] + through));
                dx.doubt[i] = scales[c].abs() * (dy.doubt[i] + share * (d_beta.doubt[c] + doubt));
            }
            let size = rms(&dy.data) * (1.0 + rms(&normal));
            let steepest = scales.iter().fold(0.0f64, |a, b| a.max(b.abs()));
            dx.noise = steepest * (3.0 * dy.noise + size * (2.0 * normal_noise + ROUNDING / 4.0));
            (dx, vec![bias_gradient(&weighted, channels), bias_gradient(&dy, channels)])
        };
        (y, Box::new(back))
    }
}
