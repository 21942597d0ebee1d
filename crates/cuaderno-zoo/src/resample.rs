//! Some examples drawn from others, with repetition.

use cuaderno_nn::Examples;

/// Examples picked from a set, some more than once.
pub(crate) struct Resample<'a> {
    examples: &'a dyn Examples,
    indices: Vec<usize>,
}

impl<'a> Resample<'a> {
    /// As many examples as there are, drawn with these chances (need not sum to 1). The same seed draws the same.
    pub fn weighted(examples: &'a dyn Examples, chances: &[f64], seed: u64) -> Self {
        let mut sums: Vec<f64> = Vec::with_capacity(chances.len());
        let mut total = 0.0;
        for chance in chances {
            total += chance;
            sums.push(total);
        }
        let draw = |index: usize| {
            let place = unit(seed, index as u64) * total;
            sums.partition_point(|sum| *sum <= place).min(sums.len() - 1)
        };
        Self { examples, indices: (0..examples.len()).map(draw).collect() }
    }
}

/// A number in 0..1 for a seed and a position: SplitMix64 (Steele, Lea and Flood, 2014).
fn unit(seed: u64, index: u64) -> f64 {
    let x = seed.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add((index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

impl Examples for Resample<'_> {
    fn len(&self) -> usize {
        self.indices.len()
    }

    fn image_shape(&self) -> [usize; 3] {
        self.examples.image_shape()
    }

    fn class_names(&self) -> &[String] {
        self.examples.class_names()
    }

    fn label(&self, index: usize) -> usize {
        self.examples.label(self.indices[index])
    }

    fn varies(&self) -> bool {
        self.examples.varies()
    }

    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        self.examples.write_image(self.indices[index], epoch, out);
    }
}
