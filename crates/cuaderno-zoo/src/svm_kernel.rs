//! How alike two examples are, for all pairs at once: one matrix product instead of LIBSVM's loops over sparse rows.

use cuaderno_nn::Examples;
use cuaderno_ops::{Activation, Dense, DenseOperands, Scratch};
use libsvm_rs::SvmNode;
use rayon::prelude::*;

/// Examples that a fit knows, standardized, and the kernel.
#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    /// Mean and one over the deviation of each feature.
    scaling: Vec<(f32, f32)>,
    /// Standardized, `[features, examples]`.
    known: Vec<f32>,
    /// Each known example's squared length.
    squares: Vec<f32>,
    /// Of `exp(-γ |x - y|²)`; nothing for `x · y`.
    gamma: Option<f32>,
}

impl Kernel {
    /// `rows` is `[examples, features]`.
    pub fn new(rows: &[f32], features: usize, gamma: Option<f32>) -> Self {
        let scaling: Vec<(f32, f32)> =
            (0..features).into_par_iter().map(|column| scaling(rows, column, features)).collect();
        let mut kernel = Self { scaling, known: Vec::new(), squares: Vec::new(), gamma };
        let scaled = kernel.standardized(rows);
        kernel.squares = squares(&scaled, features);
        kernel.known = vec![0.0; scaled.len()];
        let examples = kernel.squares.len();
        for (example, row) in scaled.chunks_exact(features).enumerate() {
            row.iter().enumerate().for_each(|(feature, x)| kernel.known[feature * examples + example] = *x);
        }
        kernel
    }

    /// Bytes that a fit on so many examples takes: all their pairs, once in whole, once in a fold, once in the result.
    pub const fn memory(examples: usize) -> usize {
        3 * examples * examples * size_of::<SvmNode>()
    }

    /// Each row against every known example, as LIBSVM takes it: its number, then the values.
    pub fn against_known(&self, rows: &[f32]) -> Vec<Vec<SvmNode>> {
        let (features, examples) = (self.scaling.len(), self.squares.len());
        let scaled = self.standardized(rows);
        let squares = squares(&scaled, features);
        let mut products = vec![0.0; squares.len() * examples];
        let product = Dense::new(features, examples);
        let (none, scratch) = (Activation::Linear, &mut Scratch::new());
        product.forward(
            scratch,
            DenseOperands {
                batch: squares.len(),
                input: &scaled,
                weight: &self.known,
                activation: none,
                ..DenseOperands::default()
            },
            &mut products,
        );
        let node = |(row, products): (usize, &[f32])| {
            let first = SvmNode { index: 0, value: (row + 1) as f64 };
            let value = |(product, square): (&f32, &f32)| match self.gamma {
                Some(gamma) => libm::expf(-gamma * (squares[row] + square - 2.0 * product).max(0.0)),
                None => *product,
            };
            let values = products.iter().zip(&self.squares).map(value).zip(1..);
            std::iter::once(first).chain(values.map(|(x, index)| SvmNode { index, value: x.into() })).collect()
        };
        products.par_chunks_exact(examples).enumerate().map(node).collect()
    }

    fn standardized(&self, rows: &[f32]) -> Vec<f32> {
        rows.iter().zip(self.scaling.iter().cycle()).map(|(x, (mean, factor))| (x - mean) * factor).collect()
    }
}

/// The values of every example, `[examples, features]`.
pub(crate) fn rows(examples: &dyn Examples) -> Vec<f32> {
    let features = examples.image_shape().iter().product();
    let mut rows = vec![0.0; examples.len() * features];
    let write = |(index, row)| examples.write_image(index, 0, row);
    rows.par_chunks_exact_mut(features).enumerate().for_each(write);
    rows
}

/// Mean and one over the deviation of a column; one without deviation keeps its scale.
fn scaling(rows: &[f32], column: usize, features: usize) -> (f32, f32) {
    let values = || rows.iter().skip(column).step_by(features).map(|x| f64::from(*x));
    let count = (rows.len() / features) as f64;
    let mean = values().sum::<f64>() / count;
    let variance = values().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
    (mean as f32, if variance > 0.0 { (1.0 / variance.sqrt()) as f32 } else { 1.0 })
}

fn squares(rows: &[f32], features: usize) -> Vec<f32> {
    rows.chunks_exact(features).map(|row| row.iter().map(|x| x * x).sum()).collect()
}
