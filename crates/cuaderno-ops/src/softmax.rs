//! Softmax over the last axis.

use crate::parallel::for_each_chunk;

/// `output[n, i] = exp(x[n, i]) / Σ_j exp(x[n, j])` for rows of `classes` values; the largest is subtracted first, so that
/// nothing overflows.
///
/// # Panics
/// If the slices differ in length or are not whole rows.
pub fn softmax_forward(classes: usize, input: &[f32], output: &mut [f32]) {
    assert_eq!(input.len(), output.len(), "softmax: input and output differ in length");
    assert!(classes > 0 && input.len().is_multiple_of(classes), "softmax: input is not whole rows");
    for_each_chunk(output, classes, 20 * input.len(), |n, row| {
        softmax_row(&input[n * classes..][..classes], row);
    });
}

/// `dx_i = y_i (dy_i - Σ_j y_j dy_j)`; overwrites `d_output` with the gradient with respect to the input.
///
/// # Panics
/// If the slices differ in length or are not whole rows.
pub fn softmax_backward(classes: usize, output: &[f32], d_output: &mut [f32]) {
    assert_eq!(output.len(), d_output.len(), "softmax: output and gradient differ in length");
    assert!(classes > 0 && output.len().is_multiple_of(classes), "softmax: output is not whole rows");
    for (y, d) in output.chunks_exact(classes).zip(d_output.chunks_exact_mut(classes)) {
        let dot: f32 = y.iter().zip(&*d).map(|(y, d)| y * d).sum();
        y.iter().zip(d).for_each(|(y, d)| *d = y * (*d - dot));
    }
}

/// One row's probabilities; returns `log Σ exp` of the row.
pub(crate) fn softmax_row(logits: &[f32], probabilities: &mut [f32]) -> f32 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for (p, x) in probabilities.iter_mut().zip(logits) {
        *p = libm::expf(x - largest);
        sum += *p;
    }
    probabilities.iter_mut().for_each(|p| *p /= sum);
    largest + libm::logf(sum)
}
