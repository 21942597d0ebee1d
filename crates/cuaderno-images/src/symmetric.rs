//! Eigenvalues and eigenvectors of a large symmetric matrix.
//!
//! Householder's tridiagonalization and the implicit QL method (Martin, Reinsch and Wilkinson, Numerische Mathematik 11, 1968;
//! EISPACK's `tred2` and `tql2`), arranged so that several threads share the work. Every sum has an order of its own that does not
//! depend on them, and nothing but `+`, `-`, `*`, `/` and `sqrt` is used: the same bits on every machine.

use crate::ImagesError;
use crate::work::stop_if_asked;
use rayon::prelude::*;

/// Eigenvectors that are turned back at once, side by side.
const LANES: usize = 8;
/// Components of the eigenvectors that a task turns: all of its part stays in a cache.
const PANEL: usize = 32;
/// Turns that are collected before they are applied.
const COLLECTED: usize = 1 << 18;

/// Eigenvalues, ascending, and the eigenvector of each as a row.
pub(crate) struct Eigen {
    pub values: Vec<f64>,
    pub vectors: Vec<f64>,
}

/// Of a matrix of `size` rows, all of whose values are finite.
///
/// # Errors
/// [`ImagesError::Interrupted`].
pub(crate) fn eigen(matrix: Vec<f64>, size: usize) -> Result<Eigen, ImagesError> {
    let Tridiagonal { mut diagonal, mut beside, reflectors, betas } = tridiagonal(matrix, size)?;
    let mut turned = Turned::new(size);
    diagonalize(&mut diagonal, &mut beside, &mut turned)?;
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|a, b| diagonal[*a].total_cmp(&diagonal[*b]));
    let mut vectors = vec![0.0; size * size];
    vectors.par_chunks_mut(LANES * size).zip(order.par_chunks(LANES)).try_for_each(|(rows, order)| {
        stop_if_asked("whitening")?;
        let mut lanes: Vec<[f64; LANES]> = (0..size)
            .map(|at| std::array::from_fn(|lane| order.get(lane).map_or(0.0, |which| turned.component(*which, at))))
            .collect();
        reflect(&mut lanes, &reflectors, &betas);
        for (lane, row) in rows.chunks_exact_mut(size).enumerate() {
            row.iter_mut().zip(&lanes).for_each(|(out, lanes)| *out = lanes[lane]);
        }
        Ok::<_, ImagesError>(())
    })?;
    let values = order.into_iter().map(|which| diagonal[which]).collect();
    Ok(Eigen { values, vectors })
}

/// `Q T Qᵀ` of the matrix, `Q` the product of reflections `1 - beta v vᵀ`.
struct Tridiagonal {
    diagonal: Vec<f64>,
    /// Beside the diagonal; the last one is 0.
    beside: Vec<f64>,
    /// The `v` of step `k` in row `k`, behind the diagonal.
    reflectors: Vec<f64>,
    betas: Vec<f64>,
}

/// A reflection that the rest of the matrix has not seen yet: `v wᵀ + w vᵀ` is to be subtracted.
struct Pending {
    v: Vec<f64>,
    w: Vec<f64>,
}

impl Pending {
    /// Brings the values of a row from column `from` on up to date.
    fn apply(&self, row: usize, from: usize, values: &mut [f64]) {
        let (v, w) = (self.v[row], self.w[row]);
        let parts = self.v[from..].iter().zip(&self.w[from..]);
        values[from..].iter_mut().zip(parts).for_each(|(value, (a, b))| *value -= v * b + w * a);
    }
}

fn tridiagonal(mut matrix: Vec<f64>, size: usize) -> Result<Tridiagonal, ImagesError> {
    let (mut diagonal, mut beside, mut betas) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
    let mut pending = Pending { v: vec![0.0; size], w: vec![0.0; size] };
    for k in 0..size {
        stop_if_asked("whitening")?;
        let (above, below) = matrix.split_at_mut((k + 1) * size);
        let row = &mut above[k * size..];
        pending.apply(k, k, row);
        diagonal[k] = row[k];
        let tail = &mut row[k + 1..];
        let Some(&first) = tail.first() else { break };
        let length = dot(tail, tail).sqrt();
        let flat = length == 0.0 || tail.len() == 1;
        beside[k] = if flat { first } else { -length.copysign(first) };
        let mut v = vec![0.0; size];
        if !flat {
            tail[0] -= beside[k];
            betas[k] = 2.0 / dot(tail, tail);
            v[k + 1..].copy_from_slice(tail);
        }
        // Each row is read once: brought up to date, and multiplied with the new reflection.
        let along: Vec<f64> = below
            .par_chunks_exact_mut(size)
            .enumerate()
            .with_min_len(16)
            .map(|(index, row)| {
                pending.apply(k + 1 + index, k + 1, row);
                betas[k] * dot(&row[k + 1..], &v[k + 1..])
            })
            .collect();
        let half = 0.5 * betas[k] * dot(&along, &v[k + 1..]);
        let mut w = vec![0.0; size];
        w[k + 1..].iter_mut().zip(along.iter().zip(&v[k + 1..])).for_each(|(w, (p, v))| *w = p - half * v);
        pending = Pending { v, w };
    }
    Ok(Tridiagonal { diagonal, beside, reflectors: matrix, betas })
}

/// In eight sums side by side.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a.iter().zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// Eigenvectors of the tridiagonal matrix in the making: a product of turns in planes of neighbours.
struct Turned {
    size: usize,
    /// A panel has `PANEL` components of every vector, vector after vector.
    panels: Vec<Vec<f64>>,
    /// Vector, cosine and sine.
    turns: Vec<(usize, f64, f64)>,
}

impl Turned {
    fn new(size: usize) -> Self {
        let panel = |first: usize| {
            let mut panel = vec![0.0; size * PANEL];
            (first..(first + PANEL).min(size)).for_each(|at| panel[at * PANEL + at - first] = 1.0);
            panel
        };
        Self { size, panels: (0..size).step_by(PANEL).map(panel).collect(), turns: Vec::new() }
    }

    fn component(&self, vector: usize, at: usize) -> f64 {
        self.panels[at / PANEL][vector * PANEL + at % PANEL]
    }

    /// Turns a vector and the next one.
    fn turn(&mut self, vector: usize, cosine: f64, sine: f64) {
        self.turns.push((vector, cosine, sine));
    }

    fn apply(&mut self) -> Result<(), ImagesError> {
        stop_if_asked("whitening")?;
        debug_assert!(self.panels.iter().all(|panel| panel.len() == self.size * PANEL));
        self.panels.par_iter_mut().for_each(|panel| {
            for &(vector, cosine, sine) in &self.turns {
                let [one, next, ..] = panel[vector * PANEL..].as_chunks_mut::<PANEL>().0 else { unreachable!() };
                for (a, b) in one.iter_mut().zip(next) {
                    (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
                }
            }
        });
        self.turns.clear();
        Ok(())
    }
}

/// The implicit QL method: `diagonal` becomes the eigenvalues.
fn diagonalize(diagonal: &mut [f64], beside: &mut [f64], turned: &mut Turned) -> Result<(), ImagesError> {
    let size = diagonal.len();
    for first in 0..size {
        loop {
            let is_split = |at: &usize| {
                let scale = diagonal[*at].abs() + diagonal[at + 1].abs();
                beside[*at].abs() <= f64::EPSILON * scale
            };
            let last = (first..size.saturating_sub(1)).find(is_split).unwrap_or(size - 1);
            if last == first {
                break;
            }
            // Wilkinson's shift.
            let g = (diagonal[first + 1] - diagonal[first]) / (2.0 * beside[first]);
            let r = length(g, 1.0);
            let mut g = diagonal[last] - diagonal[first] + beside[first] / (g + r.copysign(g));
            let (mut sine, mut cosine, mut shift) = (1.0, 1.0, 0.0);
            let mut is_whole = true;
            for at in (first..last).rev() {
                let (f, b) = (sine * beside[at], cosine * beside[at]);
                let r = length(f, g);
                beside[at + 1] = r;
                if r == 0.0 {
                    diagonal[at + 1] -= shift;
                    beside[last] = 0.0;
                    is_whole = false;
                    break;
                }
                (sine, cosine) = (f / r, g / r);
                g = diagonal[at + 1] - shift;
                let r = (diagonal[at] - g) * sine + 2.0 * cosine * b;
                shift = sine * r;
                diagonal[at + 1] = g + shift;
                g = cosine * r - b;
                turned.turn(at, cosine, sine);
            }
            if is_whole {
                diagonal[first] -= shift;
                beside[first] = g;
                beside[last] = 0.0;
            }
            if turned.turns.len() > COLLECTED {
                turned.apply()?;
            }
        }
    }
    turned.apply()
}

/// `√(a² + b²)` without overflow.
fn length(a: f64, b: f64) -> f64 {
    let (small, large) = if a.abs() < b.abs() { (a.abs(), b.abs()) } else { (b.abs(), a.abs()) };
    if large == 0.0 { 0.0 } else { large * (1.0 + (small / large) * (small / large)).sqrt() }
}

/// From eigenvectors of the tridiagonal matrix to those of the whole one.
fn reflect(lanes: &mut [[f64; LANES]], reflectors: &[f64], betas: &[f64]) {
    let size = lanes.len();
    for k in (0..size).rev().filter(|k| betas[*k] != 0.0) {
        let v = &reflectors[k * size..][k + 1..size];
        let mut sums = [0.0; LANES];
        for (v, lanes) in v.iter().zip(&lanes[k + 1..]) {
            sums.iter_mut().zip(lanes).for_each(|(sum, x)| *sum += v * x);
        }
        sums.iter_mut().for_each(|sum| *sum *= betas[k]);
        for (v, lanes) in v.iter().zip(&mut lanes[k + 1..]) {
            lanes.iter_mut().zip(sums).for_each(|(x, sum)| *x -= v * sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// A symmetric matrix of random numbers; every third row is a copy of the one before, so that some eigenvalues are 0.
    fn matrix(size: usize) -> Vec<f64> {
        let mut random = Random::new(&[size as u64]);
        let mut rows: Vec<f64> = (0..size * size).map(|_| random.unit() - 0.5).collect();
        for row in (2..size).step_by(3) {
            rows.copy_within((row - 1) * size..row * size, row * size);
        }
        let product = |i: usize, j: usize| (0..size).map(|k| rows[i * size + k] * rows[j * size + k]).sum();
        (0..size * size).map(|at| product((at / size).min(at % size), (at / size).max(at % size))).collect()
    }

    #[test]
    fn a_matrix_is_put_together_again() {
        for size in [1, 2, 3, 5, 8, 31, 32, 33, 100] {
            let matrix = matrix(size);
            let Eigen { values, vectors } = eigen(matrix.clone(), size).unwrap();
            assert!(values.is_sorted(), "{values:?}");
            let row = |which: usize| &vectors[which * size..][..size];
            for i in 0..size {
                for j in 0..size {
                    let again: f64 = (0..size).map(|k| values[k] * row(k)[i] * row(k)[j]).sum();
                    assert!((again - matrix[i * size + j]).abs() < 1e-12 * size as f64, "{size}: {i}, {j}: {again}");
                    let product: f64 = row(i).iter().zip(row(j)).map(|(a, b)| a * b).sum();
                    assert!((product - f64::from(u8::from(i == j))).abs() < 1e-12, "{size}: {i}, {j}: {product}");
                }
            }
        }
    }

    #[test]
    fn what_is_diagonal_already_is_found_so() {
        let Eigen { values, vectors } = eigen(vec![3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 3).unwrap();
        assert_eq!(values, [0.0, 1.0, 3.0]);
        assert_eq!(vectors, [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    }
}
