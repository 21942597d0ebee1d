//! Outputs' gradients side by side, as the kernel's gradient is computed from them.

use crate::micro_kernel::VECTORS;
use crate::parallel::GROUP;
use crate::simd::{load, store};
use pulp::{Simd, WithSimd};

/// Copies some columns of rows of pixels side by side into a panel, and adds them up: the outputs' gradients, ready for
/// [`TransposedProduct`](crate::micro_kernel::TransposedProduct), and the bias's gradient.
pub(super) struct PackGradient<'a> {
    pub gradient: &'a [f32],
    /// Where each row's first pixel starts (its first wanted column), `pixels` of them, `pixel_step` apart.
    pub rows: &'a [usize],
    pub pixels: usize,
    pub pixel_step: usize,
    pub columns: usize,
    /// [`stored_width`](crate::micro_kernel::stored_width) values for each pixel.
    pub panel: &'a mut [f32],
    pub sums: &'a mut [f32],
}

impl WithSimd for PackGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if self.columns <= S::F32_LANES {
            self.pack::<S, 1>(simd);
        } else {
            self.pack::<S, VECTORS>(simd);
        }
    }
}

impl PackGradient<'_> {
    #[inline(always)]
    fn pack<S: Simd, const V: usize>(self, simd: S) {
        let width = V * S::F32_LANES;
        assert!(self.rows.len() * self.pixels * width <= self.panel.len(), "panel shorter than its pixels");
        let mut sums = [simd.splat_f32s(0.0); V];
        for (panel, row) in self.panel.chunks_exact_mut(self.pixels * width).zip(self.rows) {
            let groups = self.gradient[*row..].chunks(GROUP * self.pixel_step);
            for (targets, pixels) in panel.chunks_mut(GROUP * width).zip(groups) {
                let mut group = [simd.splat_f32s(0.0); V];
                for (target, pixel) in targets.chunks_exact_mut(width).zip(pixels.chunks(self.pixel_step)) {
                    let pixel = &pixel[..self.columns];
                    for (v, sum) in group.iter_mut().enumerate() {
                        let end = ((v + 1) * S::F32_LANES).min(pixel.len());
                        let values = load(simd, &pixel[v * S::F32_LANES..end]);
                        store(simd, &mut target[v * S::F32_LANES..(v + 1) * S::F32_LANES], values);
                        *sum = simd.add_f32s(*sum, values);
                    }
                }
                sums.iter_mut().zip(group).for_each(|(sum, group)| *sum = simd.add_f32s(*sum, group));
            }
        }
        for (v, sum) in sums.iter().enumerate() {
            let end = ((v + 1) * S::F32_LANES).min(self.columns);
            let part = &mut self.sums[v * S::F32_LANES..end];
            let before = load(simd, part);
            store(simd, part, simd.add_f32s(before, *sum));
        }
    }
}
