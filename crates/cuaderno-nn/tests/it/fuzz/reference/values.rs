//! Numbers, and how far off single precision may be.
//!
//! Rounding is followed as one number a tensor: `noise`, the size of an error that is usual there. Where it decides, because a
//! value lies at the corner of an activation or two values of a pooling are the same but for rounding, either answer is right;
//! `doubt` then says for each number of a gradient how far the two lie apart.

use crate::fuzz::case::Shape;

/// What one operation in single precision adds to the noise, beside the size of its sum: Winograd's convolution, the worst.
pub const ROUNDING: f64 = 2e-6;

/// An error of so many times the noise is none that rounding explains.
pub const SIGMAS: f64 = 30.0;

/// The most that a sum of `count` terms is off, beside the sum of their sizes: half a unit in the last place for every addition
/// that a term takes part in. Products take at most 256 terms at a time; the sums of other rows, images and parts come on top.
///
/// Errors come near it where terms are alike, for then they point the same way: below a global average, where most pixels are
/// black. Such sums over 16 × 55 to 150 × 150 pixels are off by 2e-6 to 3e-6; Keras's by 5e-6 to 8e-6, PyTorch's by up to 2e-5.
pub fn sum_error(count: usize) -> f64 {
    let additions = if count <= 256 { count } else { 256 + count.div_ceil(128) };
    additions as f64 * f64::from(f32::EPSILON) / 2.0
}

/// Values of a batch `[examples, height, width, channels]`.
#[derive(Clone)]
pub struct Values {
    pub shape: Shape,
    pub data: Vec<f64>,
    pub noise: f64,
}

/// A gradient of such values, or of a parameter.
#[derive(Clone)]
pub struct Gradient {
    pub data: Vec<f64>,
    pub doubt: Vec<f64>,
    pub noise: f64,
}

impl Values {
    pub fn examples(&self) -> usize {
        self.data.len() / self.shape.len()
    }

    /// Whether two values may come out in either order.
    pub fn is_close(&self, a: f64, b: f64) -> bool {
        (a - b).abs() <= SIGMAS / 2.0 * self.noise
    }
}

impl Gradient {
    pub fn zeros(len: usize) -> Self {
        Self { data: vec![0.0; len], doubt: vec![0.0; len], noise: 0.0 }
    }

    pub fn add(&mut self, other: &Self) {
        self.data.iter_mut().zip(&other.data).for_each(|(a, b)| *a += b);
        self.doubt.iter_mut().zip(&other.doubt).for_each(|(a, b)| *a += b);
        self.noise += other.noise;
    }
}

/// The norm of each column.
pub fn column_norms(values: &[f64], columns: usize) -> Vec<f64> {
    let mut sums = vec![0.0; columns];
    for row in values.chunks_exact(columns) {
        sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x * x);
    }
    sums.into_iter().map(f64::sqrt).collect()
}

/// The root of the mean square.
pub fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|x| x * x).sum::<f64>() / values.len().max(1) as f64).sqrt()
}

/// The largest root of a sum of squares over each of `outputs` columns.
pub fn largest_column(weights: &[f64], outputs: usize) -> f64 {
    column_norms(weights, outputs).into_iter().fold(0.0, f64::max)
}

/// The largest root of a sum of squares over each row of `outputs` weights.
pub fn largest_row(weights: &[f64], outputs: usize) -> f64 {
    weights.chunks_exact(outputs).map(|row| row.iter().map(|w| w * w).sum::<f64>()).fold(0.0, f64::max).sqrt()
}
