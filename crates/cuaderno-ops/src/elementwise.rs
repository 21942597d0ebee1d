//! Operations on whole slices, value by value, and sums over them.

use crate::parallel::{GROUP, for_each_chunk, for_each_pair, sum_parts};
use crate::scratch::with_block;
use crate::{Activation, Scratch};

/// Values one task handles: 128 KB, in and out of a core's second-level cache.
pub(crate) const CHUNK: usize = 32 * 1024;

/// Writes `activation(input)` to `output`.
///
/// # Panics
/// If the slices differ in length.
pub fn activation_forward(activation: Activation, input: &[f32], output: &mut [f32]) {
    for_each_pair(output, input, CHUNK, |output, input| {
        output.copy_from_slice(input);
        activation.apply(output);
    });
}

/// Turns `gradient` (with respect to `output`) into the gradient with respect to the activation's input, in place.
///
/// # Panics
/// If the slices differ in length.
pub fn activation_backward(activation: Activation, output: &[f32], gradient: &mut [f32]) {
    if activation != Activation::Linear {
        for_each_pair(gradient, output, CHUNK, |gradient, output| activation.backward(output, gradient));
    }
}

/// `target[i] += source[i]`: where two paths of a network meet again.
///
/// # Panics
/// If the slices differ in length.
pub fn add(target: &mut [f32], source: &[f32]) {
    for_each_pair(target, source, CHUNK, |target, source| {
        target.iter_mut().zip(source).for_each(|(t, s)| *t += s);
    });
}

/// `values[i] *= factor`.
pub fn scale(values: &mut [f32], factor: f32) {
    let cost = values.len();
    for_each_chunk(values, CHUNK, cost, |_, values| values.iter_mut().for_each(|x| *x *= factor));
}

/// `Σ x²`, summed in `f64`: the square of the norm that gradients are clipped by.
pub fn sum_of_squares(values: &[f32]) -> f64 {
    let mut parts = vec![0.0f64; values.len().div_ceil(CHUNK)];
    for_each_chunk(&mut parts, 1, values.len(), |index, part| {
        let chunk = &values[index * CHUNK..((index + 1) * CHUNK).min(values.len())];
        // eight running sums, so that additions need not wait for one another
        let mut sums = [0.0f64; 8];
        for eight in chunk.chunks(8) {
            eight.iter().zip(&mut sums).for_each(|(x, sum)| *sum += f64::from(*x) * f64::from(*x));
        }
        part[0] = sums.iter().sum();
    });
    parts.iter().sum()
}

/// `sums[c] = Σ values[.., c]` over rows of `sums.len()` values: the gradient of a bias.
pub(crate) fn column_sums(scratch: &mut Scratch, values: &[f32], sums: &mut [f32]) {
    let columns = sums.len();
    assert!(columns > 0 && values.len().is_multiple_of(columns), "one bias per output channel");
    let rows_per_part = (CHUNK / columns).max(1);
    let part_len = rows_per_part * columns;
    let parts = values.len().div_ceil(part_len);
    if parts == 0 {
        return sums.fill(0.0);
    }
    let partial = scratch.take(parts * columns);
    for_each_chunk(partial, columns, values.len(), |part, sums| {
        add_rows(&values[part * part_len..((part + 1) * part_len).min(values.len())], sums);
    });
    sum_parts(partial, sums);
}

/// `sums[c] = Σ values[.., c]`, a group of rows after the other.
pub(crate) fn add_rows(values: &[f32], sums: &mut [f32]) {
    let columns = sums.len();
    sums.fill(0.0);
    with_block(columns, |group| {
        for rows in values.chunks(GROUP * columns) {
            group.fill(0.0);
            for row in rows.chunks_exact(columns) {
                group.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            }
            sums.iter_mut().zip(&*group).for_each(|(sum, x)| *sum += x);
        }
    });
}
