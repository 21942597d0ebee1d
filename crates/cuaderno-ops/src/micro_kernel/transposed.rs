//! A matrix transposed, or windows of an image, times packed columns: gradients of filters and weights.

use super::{Segment, VECTORS, blocks, most_rows, panel_width, stored_width, sum_block, with_rows};
use crate::simd::{arch, load, store};
use crate::sizes::{fits, product, reach};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Rows of a filter's gradient that are neighbours in the image: `count` rows from row `out` on.
#[derive(Clone, Debug)]
pub(crate) struct Taps {
    pub segments: Range<usize>,
    pub count: usize,
    pub out: usize,
}

/// Adds `Σ image[pixel, tap] gradient[pixel, n]` to the rows of a filter's gradient, for one panel of columns.
pub(crate) struct TransposedProduct<'a> {
    /// The image, or a block of it.
    pub image: &'a [f32],
    /// Distance from one pixel's window to the next one's.
    pub pixel_step: usize,
    /// The outputs' gradients: [`stored_width`] values for each pixel.
    pub gradient: &'a [f32],
    /// How many columns of those are to be added.
    pub columns: usize,
    pub segments: &'a [Segment],
    pub taps: &'a [Taps],
    pub out: &'a mut [f32],
    /// Distance from one row of the result to the next.
    pub out_step: usize,
}

/// Adds the products. Not inlined, as [`multiply`](super::multiply).
///
/// # Panics
/// If something would be read or written that is not there.
#[inline(never)]
pub(crate) fn add_products(product: TransposedProduct) {
    arch().dispatch(product);
}

impl WithSimd for TransposedProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut checked = self.check(simd);
        if checked.job.columns <= S::F32_LANES {
            checked.panel::<1>();
        } else {
            checked.panel::<VECTORS>();
        }
    }
}

impl<'a> TransposedProduct<'a> {
    /// Looks at every entry that the inner loop will touch, so that it need not.
    fn check<S: Simd>(self, simd: S) -> Checked<'a, S> {
        let width = stored_width(S::F32_LANES, self.columns);
        assert!(self.columns <= panel_width(S::F32_LANES), "more columns than a panel has");
        for taps in self.taps.iter().filter(|taps| taps.count > 0) {
            for segment in self.segments[taps.segments.clone()].iter().filter(|segment| segment.len > 0) {
                let end = segment.b.checked_add(segment.len).expect("gradient shorter than its pixels");
                assert!(product(&[end, width]) <= self.gradient.len(), "gradient shorter than its pixels");
                let taken = reach(segment.len, self.pixel_step, taps.count);
                assert!(fits(segment.a, taken, self.image.len()), "window outside");
            }
            let last = reach(taps.count, 1, taps.out);
            assert!(fits(product(&[last, self.out_step]), self.columns, self.out.len()), "gradient row outside");
        }
        Checked { job: self, simd }
    }
}

/// A product whose every read and write was checked, for vectors of this size: it alone has the loops without checks.
struct Checked<'a, S: Simd> {
    job: TransposedProduct<'a>,
    simd: S,
}

impl<S: Simd> Checked<'_, S> {
    #[inline(always)]
    fn panel<const V: usize>(&mut self) {
        let taps = self.job.taps;
        for taps in taps {
            for (at, m) in blocks(taps.count, most_rows::<S>(V)) {
                with_rows!(m, S, V, self.add_block(taps, at));
            }
        }
    }

    #[inline(always)]
    #[allow(unsafe_code)] // inlined into its only caller
    fn add_block<const M: usize, const V: usize>(&mut self, taps: &Taps, at: usize) {
        let Self { job, simd } = self;
        let (simd, width) = (*simd, V * S::F32_LANES);
        // empty where the whole block is padding; then no segment reads it
        let image = job.image.get(at..).unwrap_or_default();
        let (segments, step) = (&job.segments[taps.segments.clone()], job.pixel_step);
        // SAFETY: `check` looked at every segment
        let sums =
            unsafe { sum_block::<S, M, V>(simd, image.as_ptr(), 1, step, job.gradient.as_ptr(), width, segments) };
        for (m, sums) in sums.iter().enumerate() {
            let row = &mut job.out[(taps.out + at + m) * job.out_step..][..job.columns];
            for (v, sum) in sums.iter().enumerate() {
                let start = (v * S::F32_LANES).min(row.len());
                let part = &mut row[start..];
                let part = if part.len() > S::F32_LANES { &mut part[..S::F32_LANES] } else { part };
                let before = load(simd, part);
                store(simd, part, simd.add_f32s(before, *sum));
            }
        }
    }
}
