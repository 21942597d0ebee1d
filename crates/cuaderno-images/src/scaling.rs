//! From bytes to the numbers a network sees.

use crate::Normalization;

/// How a byte (0 to 255) becomes a number. The last three are the modes of Keras's `preprocess_input`, which pretrained
/// networks ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scaling {
    /// Divided by 255, into 0 to 1: what all five reports do.
    #[default]
    Unit,
    /// As it is, 0 to 255.
    Bytes,
    /// Divided by 127.5, minus 1, into -1 to 1: MobileNetV2.
    Symmetric,
    /// Blue, green, red, each minus its mean over ImageNet: VGG16 and ResNet50 with Keras's weights.
    Caffe,
    /// Divided by 255, then by mean and standard deviation over ImageNet: torchvision's weights.
    Torch,
}

impl Scaling {
    /// Factor and offset of each channel: `value = byte * factor + offset`.
    ///
    /// Constants from keras/src/applications/imagenet_utils.py.
    fn factors(self, channel: usize) -> (f32, f32) {
        match self {
            Self::Unit => (1.0 / 255.0, 0.0),
            Self::Bytes => (1.0, 0.0),
            Self::Symmetric => (1.0 / 127.5, -1.0),
            Self::Caffe => (1.0, -[103.939, 116.779, 123.68][channel % 3]),
            Self::Torch => {
                let (mean, deviation) = ([0.485, 0.456, 0.406][channel % 3], [0.229, 0.224, 0.225][channel % 3]);
                (1.0 / (255.0 * deviation), -mean / deviation)
            }
        }
    }
}

/// Scaling and normalization in one step.
#[derive(Clone, Debug)]
pub(crate) struct Scaler {
    factors: Vec<f32>,
    offsets: Vec<f32>,
    is_reversed: bool,
}

impl Scaler {
    pub(crate) fn new(scaling: Scaling, normalization: Option<&Normalization>, channels: usize) -> Self {
        let (mut factors, mut offsets): (Vec<f32>, Vec<f32>) = (0..channels).map(|c| scaling.factors(c)).unzip();
        if let Some(normalization) = normalization {
            for channel in 0..channels {
                let (mean, deviation) = (normalization.means()[channel], normalization.deviations()[channel]);
                factors[channel] /= deviation;
                offsets[channel] = (offsets[channel] - mean) / deviation;
            }
        }
        Self { factors, offsets, is_reversed: scaling == Scaling::Caffe && channels == 3 }
    }

    /// Bytes to numbers, channels last on both sides.
    pub(crate) fn scale(&self, bytes: &[u8], out: &mut [f32]) {
        match (&*self.factors, &*self.offsets) {
            ([a, b, c], [d, e, f]) if !self.is_reversed && (a != b || b != c || d != e || e != f) => {
                for (out, bytes) in out.as_chunks_mut::<3>().0.iter_mut().zip(bytes.as_chunks::<3>().0) {
                    let [x, y, z] = bytes.map(f32::from);
                    *out = [x * a + d, y * b + e, z * c + f];
                }
            }
            ([a, b, c], [d, e, f]) if self.is_reversed => {
                for (out, bytes) in out.as_chunks_mut::<3>().0.iter_mut().zip(bytes.as_chunks::<3>().0) {
                    let [z, y, x] = bytes.map(f32::from);
                    *out = [x * a + d, y * b + e, z * c + f];
                }
            }
            ([factor, ..], [offset, ..]) if self.is_uniform() => {
                for (out, byte) in out.iter_mut().zip(bytes) {
                    *out = f32::from(*byte) * factor + offset;
                }
            }
            (factors, offsets) => {
                let per_channel = factors.iter().zip(offsets).cycle();
                for ((out, byte), (factor, offset)) in out.iter_mut().zip(bytes).zip(per_channel) {
                    *out = f32::from(*byte) * factor + offset;
                }
            }
        }
    }

    /// Values from 0 to 255, in place.
    pub(crate) fn scale_values(&self, values: &mut [f32]) {
        let channels = self.factors.len();
        if self.is_reversed {
            values.chunks_exact_mut(channels).for_each(<[f32]>::reverse);
        }
        if self.is_uniform() {
            let (factor, offset) = (self.factors[0], self.offsets[0]);
            values.iter_mut().for_each(|value| *value = *value * factor + offset);
        } else {
            for pixel in values.chunks_exact_mut(channels) {
                for ((value, factor), offset) in pixel.iter_mut().zip(&self.factors).zip(&self.offsets) {
                    *value = *value * factor + offset;
                }
            }
        }
    }

    /// `value = byte * factor + offset` of a channel, as it comes out.
    pub(crate) fn factor_and_offset(&self, channel: usize) -> (f64, f64) {
        (self.factors[channel].into(), self.offsets[channel].into())
    }

    /// Whether the channels come out in the opposite order.
    pub(crate) fn is_reversed(&self) -> bool {
        self.is_reversed
    }

    fn is_uniform(&self) -> bool {
        let same = |values: &[f32]| values.windows(2).all(|pair| pair[0] == pair[1]);
        same(&self.factors) && same(&self.offsets)
    }
}
