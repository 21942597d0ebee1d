//! Principal components: the directions in which rows of numbers differ the most.

use rayon::prelude::*;

/// Directions that are followed at once: more than are wanted, so that the wanted ones settle soon.
const BLOCK: usize = 8;

/// Rows whose sums are taken together; a number of their own, so that sums do not depend on threads.
const ROWS: usize = 256;

/// Turns at most. Where directions are about as strong as each other, more would only turn them within their plane.
const MOST_TURNS: usize = 500;

/// Change of a variance, as a share of the largest, at which it has settled.
const SETTLED: f64 = 1e-14;

type Lanes = [f64; BLOCK];

/// The first two principal components of rows of `width` numbers.
pub(super) struct Components {
    /// The centred rows along both directions.
    pub points: Vec<[f64; 2]>,
    /// Share of the whole variance that lies along each.
    pub explained: [f64; 2],
}

/// By subspace iteration with Rayleigh and Ritz's step (Saad, Numerical Methods for Large Eigenvalue Problems, 5.2) in `f64`,
/// every sum in an order that depends on sizes alone. Of each direction's two signs, the one in which the largest loading is
/// positive, as scikit-learn's PCA has it.
pub(super) fn components(rows: &[f32], width: usize) -> Components {
    let count = rows.len() / width.max(1);
    if count == 0 || width == 0 {
        return Components { points: Vec::new(), explained: [0.0; 2] };
    }
    let mut means = vec![0.0f64; width];
    rows.chunks_exact(width).for_each(|row| means.iter_mut().zip(row).for_each(|(mean, x)| *mean += f64::from(*x)));
    means.iter_mut().for_each(|mean| *mean /= count as f64);
    let centred: Vec<f64> =
        rows.chunks_exact(width).flat_map(|row| row.iter().zip(&means).map(|(x, mean)| f64::from(*x) - mean)).collect();
    let total: f64 = centred.iter().map(|x| x * x).sum();
    let mut directions = start(width);
    orthonormalize(&mut directions);
    let mut before: Lanes = [0.0; BLOCK];
    for _ in 0..MOST_TURNS {
        let along = project(&centred, &directions);
        let variances = rotate(&mut directions, gram(&along));
        let settled = |lane: usize| (variances[lane] - before[lane]).abs() <= SETTLED * variances[0];
        if settled(0) && settled(1) {
            break;
        }
        before = variances;
        directions = back(&centred, &project(&centred, &directions), width);
        orthonormalize(&mut directions);
    }
    let along = project(&centred, &directions);
    let variances = rotate(&mut directions, gram(&along));
    let sign = |lane: usize| {
        let larger = |largest: f64, direction: &Lanes| {
            if direction[lane].abs() > largest.abs() { direction[lane] } else { largest }
        };
        if directions.iter().fold(0.0, larger) < 0.0 { -1.0 } else { 1.0 }
    };
    let signs = [sign(0), sign(1)];
    let points = project(&centred, &directions).iter().map(|at| [at[0] * signs[0], at[1] * signs[1]]).collect();
    let share = |variance: f64| if total > 0.0 { variance / total } else { 0.0 };
    Components { points, explained: [share(variances[0]), share(variances[1])] }
}

/// Directions that no data know: from SplitMix64.
fn start(width: usize) -> Vec<Lanes> {
    let number = |at: usize, lane: usize| {
        let bits = crate::random::finish((at * BLOCK + lane) as u64);
        (bits >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    (0..width).map(|at| std::array::from_fn(|lane| number(at, lane))).collect()
}

/// Each row along each direction.
fn project(rows: &[f64], directions: &[Lanes]) -> Vec<Lanes> {
    let along = |row: &[f64]| {
        let mut sums = [0.0; BLOCK];
        for (x, direction) in row.iter().zip(directions) {
            sums.iter_mut().zip(direction).for_each(|(sum, d)| *sum += x * d);
        }
        sums
    };
    rows.par_chunks_exact(directions.len()).map(along).collect()
}

/// The sum of all rows, each times its place along a direction.
fn back(rows: &[f64], along: &[Lanes], width: usize) -> Vec<Lanes> {
    let part = |(rows, along): (&[f64], &[Lanes])| {
        let mut sums = vec![[0.0; BLOCK]; width];
        for (row, along) in rows.chunks_exact(width).zip(along) {
            for (sums, x) in sums.iter_mut().zip(row) {
                sums.iter_mut().zip(along).for_each(|(sum, a)| *sum += x * a);
            }
        }
        sums
    };
    let parts: Vec<Vec<Lanes>> = rows.par_chunks(ROWS * width).zip(along.par_chunks(ROWS)).map(part).collect();
    let mut sums = vec![[0.0; BLOCK]; width];
    for part in parts {
        for (sums, part) in sums.iter_mut().zip(part) {
            sums.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
        }
    }
    sums
}

/// Sums of products of each lane with each.
fn gram(rows: &[Lanes]) -> [Lanes; BLOCK] {
    let mut sums = [[0.0; BLOCK]; BLOCK];
    for row in rows {
        for (sums, a) in sums.iter_mut().zip(row) {
            sums.iter_mut().zip(row).for_each(|(sum, b)| *sum += a * b);
        }
    }
    sums
}

/// Makes the directions of length 1 and at right angles, one after the other, twice over (Gram and Schmidt). One that lies
/// within those before it becomes zero.
fn orthonormalize(directions: &mut [Lanes]) {
    for lane in 0..BLOCK {
        let before = directions.iter().map(|d| d[lane] * d[lane]).sum::<f64>().sqrt();
        for _ in 0..2 {
            for other in 0..lane {
                let product: f64 = directions.iter().map(|d| d[lane] * d[other]).sum();
                directions.iter_mut().for_each(|d| d[lane] -= product * d[other]);
            }
        }
        let length = directions.iter().map(|d| d[lane] * d[lane]).sum::<f64>().sqrt();
        let scale = if length > 1e-12 * before { 1.0 / length } else { 0.0 };
        directions.iter_mut().for_each(|d| d[lane] *= scale);
    }
}

/// Turns the directions within their space so that the symmetric matrix becomes diagonal, the largest first; returns that
/// diagonal. Jacobi's method.
fn rotate(directions: &mut [Lanes], mut matrix: [Lanes; BLOCK]) -> Lanes {
    let mut vectors: [Lanes; BLOCK] = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    for _ in 0..60 {
        let off: f64 = (0..BLOCK).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| matrix[i][j].powi(2)).sum();
        let trace: f64 = (0..BLOCK).map(|i| matrix[i][i].powi(2)).sum();
        if off <= 1e-40 * trace {
            break;
        }
        for p in 0..BLOCK {
            for q in p + 1..BLOCK {
                if matrix[p][q] == 0.0 {
                    continue;
                }
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in &mut matrix {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                let (a, b) = (matrix[p], matrix[q]);
                matrix[p] = std::array::from_fn(|column| c * a[column] - s * b[column]);
                matrix[q] = std::array::from_fn(|column| s * a[column] + c * b[column]);
                for row in &mut vectors {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
            }
        }
    }
    let mut order: [usize; BLOCK] = std::array::from_fn(|lane| lane);
    order.sort_by(|a, b| matrix[*b][*b].total_cmp(&matrix[*a][*a]));
    for direction in directions.iter_mut() {
        let old = *direction;
        *direction = order.map(|lane| (0..BLOCK).map(|i| old[i] * vectors[i][lane]).sum());
    }
    order.map(|lane| matrix[lane][lane])
}
