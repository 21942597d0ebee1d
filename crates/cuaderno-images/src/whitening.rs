//! ZCA whitening: pictures in which neighbouring pixels no longer tell of each other.

use crate::scaling::Scaler;
use crate::symmetric::{Eigen, eigen};
use crate::work::stop_if_asked;
use crate::{ImageSet, ImagesError};
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_ops::{Dense, DenseOperands, Gradients, Scratch};
use rayon::prelude::*;
use std::fmt;
use std::sync::Arc;

/// Values of a picture at most: the matrix has as many rows and columns, 134 MB in the making.
const MOST_VALUES: usize = 4096;

/// Pictures whose products are summed at once: of bytes, so many make less than 2²⁴, which `f32` has without rounding.
const EXACT: usize = 256;

/// Directions along which pictures differ by less than this share of the most are those of rounding errors.
const NOTHING: f64 = 1e-13;

/// Rows of the matrix that are computed together.
const ROWS: usize = 8;

/// What whitens pictures: learnt from a training set, to be applied to all sets. Each channel is centred, then directions in which
/// pictures differ a little are stretched, those in which they differ a lot are shrunk (Krizhevsky, Learning Multiple Layers of
/// Features from Tiny Images, 2009, appendix A): edges stay, smooth areas become flat.
///
/// ```
/// # use cuaderno_images::ImageSet;
/// # fn main() -> Result<(), cuaderno_images::ImagesError> {
/// # let train = ImageSet::from_arrays(&[0, 50, 90, 30, 20, 70], &[0, 0, 0], [1, 2, 1], &["a"])?;
/// let whitening = train.zca_whitening(1e-6)?;
/// let train = train.whitened(&whitening)?; // the test set by the same
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct Whitening {
    /// Height, width, channels.
    shape: [usize; 3],
    pictures: usize,
    epsilon: f64,
    /// Of each channel.
    means: Vec<f32>,
    /// Symmetric, a row for each value of a picture, channels last.
    matrix: Arc<Vec<f32>>,
    fingerprint: u64,
}

impl Whitening {
    /// `U diag(√n / (s + epsilon)) Uᵀ` for the left singular vectors `U` and singular values `s` of the centred pictures, one a
    /// column: `ImageDataGenerator.fit` in keras/src/legacy/preprocessing/image.py. `s²` and `U` are eigenvalues and eigenvectors of the
    /// sums of products, which are exact, for they are sums of products of bytes.
    pub(crate) fn fit(images: &ImageSet, scaler: &Scaler, epsilon: f64) -> Result<Self, ImagesError> {
        let shape = images.store().shape;
        let (pictures, size) = (images.rows().len(), shape.iter().product::<usize>());
        if pictures == 0 {
            return Err(ImagesError::EmptySet { what: "a whitening" });
        }
        if size > MOST_VALUES {
            let [height, width, channels] = shape;
            return Err(ImagesError::TooLargeToWhiten { height, width, channels, most: MOST_VALUES });
        }
        if !(epsilon.is_finite() && epsilon > 0.0) {
            let (value, expected) = (epsilon.to_string(), "a number above 0, as Keras's 1e-6");
            return Err(ImagesError::Setting { setting: "epsilon", value, expected });
        }
        let channels = shape[2];
        let Sums { values, products } = sums(images, scaler.is_reversed())?;
        let (n, pixels) = (pictures as f64, (size / channels) as f64);
        let mean = |channel: usize| values.iter().skip(channel).step_by(channels).sum::<f64>() / (n * pixels);
        let means: Vec<f64> = (0..channels).map(mean).collect();
        let factor_and_offset = |channel: usize| scaler.factor_and_offset(channel);
        let mut centred = products;
        centred.par_chunks_exact_mut(size).enumerate().for_each(|(i, row)| {
            let (mean_i, factor_i) = (means[i % channels], factor_and_offset(i % channels).0);
            for (j, product) in row.iter_mut().enumerate() {
                let (mean_j, factor_j) = (means[j % channels], factor_and_offset(j % channels).0);
                let about = *product - mean_j * values[i] - mean_i * values[j] + n * mean_i * mean_j;
                *product = about * factor_i * factor_j;
            }
        });
        let Eigen { values: squares, vectors } = eigen(centred, size)?;
        let largest = squares.last().copied().unwrap_or_default();
        // As many singular values as pictures, if these are fewer; the others are none, but for rounding.
        let first = size.saturating_sub(pictures);
        let stretched: Vec<(&[f64], f64)> = (first..size)
            .filter(|which| squares[*which] > NOTHING * largest)
            .map(|which| (&vectors[which * size..][..size], n.sqrt() / (squares[which].sqrt() + epsilon)))
            .collect();
        let matrix = Arc::new(put_together(&stretched, size)?);
        let mean = |channel: usize| {
            let (factor, offset) = factor_and_offset(channel);
            (means[channel] * factor + offset) as f32
        };
        let means: Vec<f32> = (0..channels).map(mean).collect();
        // FNV-1a
        let all = means.iter().chain(matrix.iter()).map(|value| u64::from(value.to_bits()));
        let fingerprint = all.fold(0xCBF2_9CE4_8422_2325u64, |hash, bits| (hash ^ bits).wrapping_mul(0x0100_0000_01B3));
        Ok(Self { shape, pictures, epsilon, means, matrix, fingerprint })
    }

    /// Whitens a picture, channels last, in place.
    pub(crate) fn apply(&self, values: &mut [f32]) {
        let centred: Vec<f32> =
            values.iter().zip(self.means.iter().cycle()).map(|(value, mean)| value - mean).collect();
        values.fill(0.0);
        for (value, row) in centred.iter().zip(self.matrix.chunks_exact(values.len())) {
            values.iter_mut().zip(row).for_each(|(out, weight)| *out += value * weight);
        }
    }

    /// Height, width and channels of the pictures.
    pub(crate) fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// A number that another whitening hardly has.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
}

/// Over all pictures, of bytes.
struct Sums {
    values: Vec<f64>,
    /// Of each value with each, row after row.
    products: Vec<f64>,
}

fn sums(images: &ImageSet, is_reversed: bool) -> Result<Sums, ImagesError> {
    let [height, width, channels] = images.store().shape;
    let size = height * width * channels;
    let mut sums = Sums { values: vec![0.0; size], products: vec![0.0; size * size] };
    let (mut scratch, mut products) = (Scratch::new(), vec![0.0; size * size]);
    let (mut rows, weight) = (Vec::new(), vec![0.0; size * size]);
    for some in images.rows().chunks(EXACT) {
        stop_if_asked("whitening")?;
        rows.resize(some.len() * size, 0.0f32);
        rows.par_chunks_exact_mut(size).zip(some).for_each(|(out, row)| {
            images.store().with_picture(*row as usize, |bytes| {
                out.iter_mut().zip(bytes).for_each(|(out, byte)| *out = f32::from(*byte));
                if is_reversed {
                    out.chunks_exact_mut(channels).for_each(<[f32]>::reverse);
                }
            });
        });
        for row in rows.chunks_exact(size) {
            sums.values.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        // The gradient of a dense layer's weights is this sum: of the inputs with the gradients of the outputs.
        let operands = DenseOperands { batch: some.len(), input: &rows, weight: &weight, ..DenseOperands::default() };
        let mut others = rows.clone();
        let gradients = Gradients { weight: Some(&mut products), ..Gradients::default() };
        Dense::new(size, size).backward(&mut scratch, operands, &rows, &mut others, gradients);
        let all = sums.products.par_chunks_mut(size).zip(products.par_chunks(size));
        all.for_each(|(sums, products)| {
            sums.iter_mut().zip(products).for_each(|(sum, product)| *sum += f64::from(*product));
        });
    }
    Ok(sums)
}

/// The sum of all `factor · v vᵀ`.
fn put_together(stretched: &[(&[f64], f64)], size: usize) -> Result<Vec<f32>, ImagesError> {
    let mut matrix = vec![0.0f32; size * size];
    matrix.par_chunks_mut(ROWS * size).enumerate().try_for_each(|(block, out)| {
        stop_if_asked("whitening")?;
        let first = block * ROWS;
        let mut rows = vec![0.0f64; out.len()];
        for (vector, factor) in stretched {
            for (row, value) in rows.chunks_exact_mut(size).zip(&vector[first..]) {
                let scale = factor * value;
                row.iter_mut().zip(*vector).for_each(|(sum, v)| *sum += scale * v);
            }
        }
        out.iter_mut().zip(rows).for_each(|(out, value)| *out = value as f32);
        Ok::<_, ImagesError>(())
    })?;
    Ok(matrix)
}

/// Not the matrix.
impl fmt::Debug for Whitening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Whitening");
        shown.field("shape", &self.shape).field("pictures", &self.pictures).field("epsilon", &self.epsilon);
        shown.finish_non_exhaustive()
    }
}

impl Rich for Whitening {
    fn mime_bundle(&self) -> MimeBundle {
        let [height, width, channels] = self.shape;
        let Self { pictures, epsilon, .. } = self;
        MimeBundle::text(format!(
            "ZCA whitening of {height}x{width}x{channels}, learnt from {pictures} pictures, epsilon {epsilon:e}"
        ))
    }
}
