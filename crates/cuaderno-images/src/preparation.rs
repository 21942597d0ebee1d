//! What turns a file into the numbers that a network sees, in a text that the network's weights keep.

use crate::{Interpolation, Normalization, Scaling};
use std::fmt;
use std::str::FromStr;

/// Size, scaling, normalization and whitening of a set's pictures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Preparation {
    /// Height, width, channels.
    pub shape: [usize; 3],
    pub scaling: Scaling,
    pub interpolation: Interpolation,
    pub normalization: Option<Normalization>,
    /// Whether each picture is centred, and whether it is divided by its own deviation.
    pub samplewise: [bool; 2],
    /// The fingerprint of a whitening, which is too large to be kept.
    pub whitened: Option<u64>,
}

const SCALINGS: [(&str, Scaling); 5] = [
    ("unit", Scaling::Unit),
    ("bytes", Scaling::Bytes),
    ("symmetric", Scaling::Symmetric),
    ("caffe", Scaling::Caffe),
    ("torch", Scaling::Torch),
];

const INTERPOLATIONS: [(&str, Interpolation); 3] = [
    ("bilinear", Interpolation::Bilinear),
    ("antialiased", Interpolation::Antialiased),
    ("nearest", Interpolation::Nearest),
];

const SAMPLEWISE: [&str; 2] = ["centred", "divided"];

/// `40x60x3 unit bilinear normalized 0.5,0.4,0.3 0.2,0.2,0.2 centred`
impl fmt::Display for Preparation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [height, width, channels] = self.shape;
        let scaling = SCALINGS.iter().find(|(_, scaling)| *scaling == self.scaling).map_or("", |(name, _)| *name);
        let interpolation =
            INTERPOLATIONS.iter().find(|(_, way)| *way == self.interpolation).map_or("", |(name, _)| *name);
        write!(f, "{height}x{width}x{channels} {scaling} {interpolation}")?;
        if let Some(normalization) = &self.normalization {
            let joined = |values: &[f32]| values.iter().map(f32::to_string).collect::<Vec<_>>().join(",");
            write!(f, " normalized {} {}", joined(normalization.means()), joined(normalization.deviations()))?;
        }
        let words = SAMPLEWISE.iter().zip(self.samplewise).filter(|(_, is_on)| *is_on);
        words.map(|(word, _)| word).try_for_each(|word| write!(f, " {word}"))?;
        self.whitened.map_or(Ok(()), |fingerprint| write!(f, " whitened {fingerprint:016x}"))
    }
}

impl FromStr for Preparation {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut words = text.split(' ').peekable();
        let mut next = || words.next().ok_or(());
        let sizes: Vec<usize> =
            next()?.split('x').map(|size| size.parse().map_err(|_| ())).collect::<Result<_, _>>()?;
        let shape: [usize; 3] = sizes.try_into().map_err(|_| ())?;
        let (scaling, interpolation) = (next()?, next()?);
        let scaling = SCALINGS.iter().find(|(name, _)| *name == scaling).ok_or(())?.1;
        let interpolation = INTERPOLATIONS.iter().find(|(name, _)| *name == interpolation).ok_or(())?.1;
        let mut normalization = None;
        if words.next_if_eq(&"normalized").is_some() {
            let mut numbers = || -> Result<Vec<f32>, ()> {
                words.next().ok_or(())?.split(',').map(|number| number.parse().map_err(|_| ())).collect()
            };
            normalization = Some(Normalization::new(&numbers()?, &numbers()?).map_err(|_| ())?);
        }
        let samplewise = SAMPLEWISE.map(|word| words.next_if_eq(&word).is_some());
        let mut whitened = None;
        if words.next_if_eq(&"whitened").is_some() {
            whitened = Some(u64::from_str_radix(words.next().ok_or(())?, 16).map_err(|_| ())?);
        }
        let is_whole = words.next().is_none()
            && normalization.as_ref().is_none_or(|normalization| normalization.means().len() == shape[2]);
        is_whole.then_some(Self { shape, scaling, interpolation, normalization, samplewise, whitened }).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preparation_comes_back() {
        let normalization = Normalization::new(&[0.1, 1e-9, -3.25], &[0.3, 7.0, 1.0 / 3.0]).unwrap();
        for (_, scaling) in SCALINGS {
            for (_, interpolation) in INTERPOLATIONS {
                for normalization in [None, Some(normalization.clone())] {
                    for (samplewise, whitened) in [
                        ([false, false], None),
                        ([true, false], None),
                        ([true, true], None),
                        ([false, false], Some(0x12_3456)),
                    ] {
                        let shape = [40, 60, 3];
                        let one = Preparation {
                            shape,
                            scaling,
                            interpolation,
                            normalization: normalization.clone(),
                            samplewise,
                            whitened,
                        };
                        assert_eq!(one.to_string().parse(), Ok(one));
                    }
                }
            }
        }
    }

    #[test]
    fn other_texts_are_none() {
        for text in
            ["", "40x60 unit bilinear", "40x60x3 unit", "40x60x3 unit bilinear normalized 1 1", "4x4x1 unit nearest x"]
        {
            assert_eq!(text.parse::<Preparation>(), Err(()), "{text:?}");
        }
    }
}
