//! Mean and standard deviation of each channel.

use crate::scaling::Scaler;
use crate::{ImageSet, ImagesError};
use cuaderno_display::{MimeBundle, Rich};
use rayon::prelude::*;

/// Means and standard deviations of the channels of a training set, to be applied to all sets:
/// `(value - mean) / deviation`, where values are scaled already.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalization {
    means: Vec<f32>,
    deviations: Vec<f32>,
}

impl Normalization {
    /// From known numbers, one of each a channel.
    ///
    /// # Errors
    /// [`ImagesError::Setting`] if a number is not finite or a deviation not above 0, or the two have different lengths.
    pub fn new(means: &[f32], deviations: &[f32]) -> Result<Self, ImagesError> {
        if !means.iter().all(|mean| mean.is_finite()) {
            return Err(ImagesError::Setting {
                setting: "means",
                value: format!("{means:?}"),
                expected: "a finite number for each channel",
            });
        }
        if means.len() != deviations.len()
            || !deviations.iter().all(|&deviation| deviation > 0.0 && deviation.is_finite())
        {
            return Err(ImagesError::Setting {
                setting: "deviations",
                value: format!("{deviations:?}"),
                expected: "a number above 0 for each mean",
            });
        }
        Ok(Self { means: means.to_vec(), deviations: deviations.to_vec() })
    }

    /// Over all pixels of all pictures, the deviation with divisor n as numpy's and Keras's. A channel that never changes gets
    /// the deviation 1.
    pub(crate) fn fit(images: &ImageSet) -> Result<Self, ImagesError> {
        if images.rows().is_empty() {
            return Err(ImagesError::EmptySet { what: "a normalization" });
        }
        let [height, width, channels] = images.store().shape;
        // Bytes are counted, which is exact whatever the order of threads; the moments follow from the counts.
        let empty = || vec![0u64; channels * 256];
        let counts = images
            .rows()
            .par_iter()
            .fold(empty, |mut counts, &row| {
                images.store().with_picture(row as usize, |bytes| {
                    for pixel in bytes.chunks_exact(channels) {
                        for (channel, &byte) in pixel.iter().enumerate() {
                            counts[channel * 256 + usize::from(byte)] += 1;
                        }
                    }
                });
                counts
            })
            .reduce(empty, |mut left, right| {
                left.iter_mut().zip(right).for_each(|(left, right)| *left += right);
                left
            });
        let scaler = Scaler::new(images.scaling_mode(), None, channels);
        let pixels = (images.rows().len() * height * width) as f64;
        let (mut means, mut deviations) = (Vec::new(), Vec::new());
        let mut levels = vec![0.0; channels * 256];
        let bytes: Vec<u8> = (0..=255).flat_map(|byte| vec![byte; channels]).collect();
        scaler.scale(&bytes, &mut levels);
        for channel in 0..channels {
            // Reversed channels (caffe) are counted in the order of the bytes.
            let counted = if scaler.is_reversed() { channels - 1 - channel } else { channel };
            let moment = |value: &dyn Fn(f64) -> f64| {
                let weighted = (0..256).map(|byte| {
                    counts[counted * 256 + byte] as f64 * value(f64::from(levels[byte * channels + channel]))
                });
                weighted.sum::<f64>() / pixels
            };
            let mean = moment(&|level| level);
            let deviation = moment(&|level| (level - mean) * (level - mean)).sqrt();
            means.push(mean as f32);
            deviations.push(if deviation > 0.0 { deviation as f32 } else { 1.0 });
        }
        Ok(Self { means, deviations })
    }

    /// The mean of each channel.
    pub fn means(&self) -> &[f32] {
        &self.means
    }

    /// The standard deviation of each channel.
    pub fn deviations(&self) -> &[f32] {
        &self.deviations
    }
}

impl Rich for Normalization {
    fn mime_bundle(&self) -> MimeBundle {
        let numbers = |values: &[f32]| values.iter().map(|v| format!("{v:.4}")).collect::<Vec<_>>().join(", ");
        MimeBundle::text(format!(
            "per channel: mean {}; standard deviation {}",
            numbers(&self.means),
            numbers(&self.deviations)
        ))
    }
}
