//! Losses from logits, each with its gradient.

use crate::sigmoid;
use crate::softmax::softmax_row;

/// What a classifier should have said.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a> {
    /// One class index per example (sparse).
    Labels(&'a [usize]),
    /// `[batch, classes]` probabilities (categorical: one-hot, smoothed or mixed).
    Probabilities(&'a [f32]),
}

/// Mean over the batch of `w_n (-Σ_i t_i log softmax(x)_i)`, computed from logits `[batch, classes]`.
///
/// `weights` are the examples' (class weights looked up by the caller); as in Keras the sum is divided by the batch size,
/// not by the sum of weights. `d_logits` receives the gradient `w_n (softmax(x) Σt - t) / batch`.
///
/// # Panics
/// If a slice's length does not fit or a label is not below `classes`.
pub fn softmax_cross_entropy(
    classes: usize,
    logits: &[f32],
    targets: Targets,
    weights: Option<&[f32]>,
    mut d_logits: Option<&mut [f32]>,
) -> f32 {
    assert!(classes > 0 && logits.len().is_multiple_of(classes), "cross-entropy: logits are not whole rows");
    let batch = logits.len() / classes;
    match targets {
        Targets::Labels(labels) => assert_eq!(labels.len(), batch, "cross-entropy: one label per example"),
        Targets::Probabilities(p) => assert_eq!(p.len(), logits.len(), "cross-entropy: one target per logit"),
    }
    assert!(weights.is_none_or(|w| w.len() == batch), "cross-entropy: one weight per example");
    assert!(d_logits.as_ref().is_none_or(|d| d.len() == logits.len()), "cross-entropy: one gradient per logit");
    let mut total = 0.0f64;
    let mut row_buffer = vec![0.0; classes];
    for (n, row) in logits.chunks_exact(classes).enumerate() {
        let probabilities = match &mut d_logits {
            Some(d) => &mut d[n * classes..][..classes],
            None => &mut row_buffer[..],
        };
        let weight = weights.map_or(1.0, |w| w[n]);
        let share = weight / batch as f32;
        let log_sum = softmax_row(row, probabilities);
        let loss = match targets {
            Targets::Labels(labels) => {
                let label = labels[n];
                assert!(label < classes, "cross-entropy: label {label} where there are {classes} classes");
                probabilities[label] -= 1.0;
                log_sum - row[label]
            }
            Targets::Probabilities(targets) => {
                let targets = &targets[n * classes..][..classes];
                let mass: f32 = targets.iter().sum();
                probabilities.iter_mut().zip(targets).for_each(|(p, t)| *p = *p * mass - t);
                // a zero target contributes nothing, even beside an infinite logit
                row.iter().zip(targets).filter(|(_, t)| **t != 0.0).map(|(x, t)| t * (log_sum - x)).sum()
            }
        };
        probabilities.iter_mut().for_each(|p| *p *= share);
        total += f64::from(weight) * f64::from(loss);
    }
    if batch == 0 { 0.0 } else { (total / batch as f64) as f32 }
}

/// Mean over all values of `w_n (-t log σ(x) - (1 - t) log(1 - σ(x)))`, as `max(x, 0) - x t + log(1 + exp(-|x|))`.
///
/// `logits` and `targets` are `[batch, outputs]`, `weights` one per example. `d_logits` receives `w_n (σ(x) - t) / count`.
///
/// # Panics
/// If a slice's length does not fit.
pub fn binary_cross_entropy(
    logits: &[f32],
    targets: &[f32],
    weights: Option<&[f32]>,
    mut d_logits: Option<&mut [f32]>,
) -> f32 {
    let count = logits.len();
    assert_eq!(targets.len(), count, "binary cross-entropy: one target per logit");
    assert!(d_logits.as_ref().is_none_or(|d| d.len() == count), "binary cross-entropy: one gradient per logit");
    let per_example = match weights {
        Some(w) => {
            assert!(!w.is_empty() && count.is_multiple_of(w.len()), "binary cross-entropy: one weight per example");
            count / w.len()
        }
        None => 1,
    };
    let mut total = 0.0f64;
    for (i, (x, t)) in logits.iter().zip(targets).enumerate() {
        let weight = weights.map_or(1.0, |w| w[i / per_example]);
        let loss = x.max(0.0) - x * t + libm::log1pf(libm::expf(-x.abs()));
        total += f64::from(weight) * f64::from(loss);
        if let Some(d) = &mut d_logits {
            d[i] = weight * (sigmoid(*x) - t) / count as f32;
        }
    }
    if count == 0 { 0.0 } else { (total / count as f64) as f32 }
}

/// Mean over all values of `(x - t)²`; `outputs` and `targets` are `[batch, outputs]`. `d_outputs` receives `2 (x - t) / count`.
///
/// # Panics
/// If a slice's length does not fit.
pub fn mean_squared_error(outputs: &[f32], targets: &[f32], d_outputs: Option<&mut [f32]>) -> f32 {
    mean_over(outputs, targets, d_outputs, |error| error * error, |error| 2.0 * error)
}

/// Mean over all values of `|x - t|`; `outputs` and `targets` are `[batch, outputs]`. `d_outputs` receives the sign of `x - t`
/// through the count, 0 where both are equal.
///
/// # Panics
/// If a slice's length does not fit.
pub fn mean_absolute_error(outputs: &[f32], targets: &[f32], d_outputs: Option<&mut [f32]>) -> f32 {
    let sign = |error: f32| if error == 0.0 { 0.0 } else { error.signum() };
    mean_over(outputs, targets, d_outputs, f64::abs, sign)
}

/// Mean of a function of the errors, and its derivative.
fn mean_over(
    outputs: &[f32],
    targets: &[f32],
    d_outputs: Option<&mut [f32]>,
    value: impl Fn(f64) -> f64,
    derivative: impl Fn(f32) -> f32,
) -> f32 {
    let count = outputs.len();
    assert_eq!(targets.len(), count, "regression: one target per output");
    if let Some(d_outputs) = d_outputs {
        assert_eq!(d_outputs.len(), count, "regression: one gradient per output");
        for ((d, x), t) in d_outputs.iter_mut().zip(outputs).zip(targets) {
            *d = derivative(x - t) / count as f32;
        }
    }
    let total: f64 = outputs.iter().zip(targets).map(|(x, t)| value(f64::from(*x) - f64::from(*t))).sum();
    if count == 0 { 0.0 } else { (total / count as f64) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cross_entropy_is_that_of_pytorch() {
        // torch: F.cross_entropy(torch.tensor([[2., 0., -1.]]), torch.tensor([0])) -> 0.1698
        let mut gradient = [0.0; 3];
        let loss = softmax_cross_entropy(3, &[2.0, 0.0, -1.0], Targets::Labels(&[0]), None, Some(&mut gradient));
        assert!((loss - 0.1698).abs() < 1e-4, "{loss}");
        assert!(gradient.iter().sum::<f32>().abs() < 1e-6);
        let same = softmax_cross_entropy(3, &[2.0, 0.0, -1.0], Targets::Probabilities(&[1.0, 0.0, 0.0]), None, None);
        assert_eq!(loss, same);
    }

    #[test]
    fn extreme_logits_stay_finite() {
        let loss = softmax_cross_entropy(2, &[1e4, -1e4], Targets::Labels(&[1]), None, None);
        assert_eq!(loss, 2e4);
        assert_eq!(binary_cross_entropy(&[-200.0, 200.0], &[0.0, 1.0], None, None), 0.0);
    }

    #[test]
    fn errors_of_numbers_are_those_of_pytorch() {
        // torch: F.mse_loss(x, t) and F.l1_loss(x, t) of these, and what backward() leaves in x.grad
        let (x, t) = ([1.0, -2.0, 3.0, 0.5], [0.0, -2.0, 5.0, 1.0]);
        let mut gradient = [9.0; 4];
        assert_eq!(mean_squared_error(&x, &t, Some(&mut gradient)), 1.3125);
        assert_eq!(gradient, [0.5, 0.0, -1.0, -0.25]);
        assert_eq!(mean_absolute_error(&x, &t, Some(&mut gradient)), 0.875);
        assert_eq!(gradient, [0.25, 0.0, -0.25, -0.25]);
    }
}
