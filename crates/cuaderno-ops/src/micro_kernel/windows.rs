//! Windows of an image, or rows of a matrix, times packed columns.

use super::{Segment, VECTORS, blocks, most_rows, panel_width, stored_width, sum_block, with_rows};
use crate::simd::{arch, at_least, load, store};
use crate::sizes::{fits, product, reach};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// A row of output pixels: which segments each is summed over, how many pixels, and where the first is written.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub segments: Range<usize>,
    pub pixels: usize,
    pub out: usize,
}

/// Rows of output pixels: windows times packed columns, plus bias, at least `floor`.
pub(crate) struct WindowProduct<'a> {
    /// The image, or a block of it.
    pub image: &'a [f32],
    /// Distance from one pixel's window to the next one's.
    pub pixel_step: usize,
    /// `depth` rows of each panel, panel after panel.
    pub panels: &'a [f32],
    pub depth: usize,
    /// Rows of a panel that are summed at a time; no segment crosses a multiple of it. It belongs to a sum's order, so it must depend
    /// on sizes of a layer alone.
    pub at_a_time: usize,
    pub columns: usize,
    pub segments: &'a [Segment],
    pub rows: &'a [Row],
    pub bias: Option<&'a [f32]>,
    /// Zero for a ReLU, minus infinity otherwise.
    pub floor: f32,
    pub out: &'a mut [f32],
    /// Distance from one output pixel to the next.
    pub out_step: usize,
}

/// Writes the rows. Not inlined: its dozens of block sizes are compiled once for all callers.
///
/// # Panics
/// If something would be read or written that is not there.
#[inline(never)]
pub(crate) fn multiply(product: WindowProduct) {
    arch().dispatch(product);
}

impl WithSimd for WindowProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut checked = self.check(simd);
        let columns = checked.job.columns;
        for first in (0..columns).step_by(panel_width(S::F32_LANES)) {
            if columns - first <= S::F32_LANES {
                checked.panel::<1>(first);
            } else {
                checked.panel::<VECTORS>(first);
            }
        }
    }
}

impl<'a> WindowProduct<'a> {
    /// Looks at every entry that the inner loop will touch, so that it need not.
    fn check<S: Simd>(self, simd: S) -> Checked<'a, S> {
        let lanes = S::F32_LANES;
        let whole = self.columns.saturating_sub(1) / panel_width(lanes) * panel_width(lanes);
        let stored = whole.checked_add(stored_width(lanes, self.columns - whole)).expect("too many columns");
        assert!(product(&[self.depth, stored]) <= self.panels.len(), "panels shorter than their columns");
        assert!(self.bias.is_none_or(|bias| bias.len() >= self.columns), "one bias per column");
        assert!(self.at_a_time > 0 || self.depth == 0, "sums of no rows at a time");
        for row in self.rows.iter().filter(|row| row.pixels > 0) {
            for segment in &self.segments[row.segments.clone()] {
                let taken = reach(row.pixels, self.pixel_step, segment.len);
                assert!(
                    fits(segment.a, taken, self.image.len()) && fits(segment.b, segment.len, self.depth),
                    "window outside"
                );
                assert!(
                    segment.b % self.at_a_time.max(1) + segment.len <= self.at_a_time,
                    "segment across what is summed at a time"
                );
            }
            assert!(
                fits(row.out, reach(row.pixels, self.out_step, self.columns), self.out.len()),
                "output row outside"
            );
        }
        Checked { job: self, simd }
    }
}

/// Part of the sums of some pixels and columns.
struct Block {
    /// Which segments are summed, where the first pixel is written and which one of its row it is.
    segments: Range<usize>,
    out: usize,
    pixel: usize,
    first_column: usize,
    is_first: bool,
    is_last: bool,
}

/// A product whose every read and write was checked, for vectors of this size: it alone has the loops without checks.
struct Checked<'a, S: Simd> {
    job: WindowProduct<'a>,
    simd: S,
}

impl<S: Simd> Checked<'_, S> {
    // everything down to the inner loop must be inlined into the function that has the vector instructions enabled
    #[inline(always)]
    fn panel<const V: usize>(&mut self, first_column: usize) {
        let (rows, depth) = (self.job.rows, self.job.depth);
        let mut start = 0;
        loop {
            let end = (start + self.job.at_a_time).min(depth);
            let (is_first, is_last) = (start == 0, end == depth);
            for row in rows {
                let segments = &self.job.segments[row.segments.clone()];
                let from = segments.iter().take_while(|segment| segment.b < start).count();
                let to = segments.iter().take_while(|segment| segment.b < end).count();
                let segments = row.segments.start + from..row.segments.start + to;
                if !is_first && !is_last && segments.is_empty() {
                    continue;
                }
                for (pixel, m) in blocks(row.pixels, most_rows::<S>(V)) {
                    let block =
                        Block { segments: segments.clone(), out: row.out, pixel, first_column, is_first, is_last };
                    with_rows!(m, S, V, self.write_block(&block));
                }
            }
            if is_last {
                break;
            }
            start = end;
        }
    }

    #[inline(always)]
    #[allow(unsafe_code)] // inlined into its only caller
    fn write_block<const M: usize, const V: usize>(&mut self, block: &Block) {
        let Self { job, simd, .. } = self;
        let (simd, first) = (*simd, block.first_column);
        let width = V * S::F32_LANES;
        let image = job.image.get(block.pixel * job.pixel_step..).unwrap_or_default();
        let panel = &job.panels[job.depth * first..];
        let segments = &job.segments[block.segments.clone()];
        // SAFETY: `check` looked at every segment and panel
        let mut sums =
            unsafe { sum_block::<S, M, V>(simd, image.as_ptr(), job.pixel_step, 1, panel.as_ptr(), width, segments) };
        let finishes = block.is_last && (job.bias.is_some() || job.floor > f32::NEG_INFINITY);
        let floor = simd.splat_f32s(job.floor);
        let mut bias = [simd.splat_f32s(0.0); V];
        if let Some(values) = job.bias.filter(|_| finishes) {
            for (v, bias) in bias.iter_mut().enumerate() {
                let start = (first + v * S::F32_LANES).min(job.columns);
                *bias = load(simd, &values[start..(start + S::F32_LANES).min(job.columns)]);
            }
        }
        for (m, sums) in sums.iter_mut().enumerate() {
            let pixel = &mut job.out[block.out + (block.pixel + m) * job.out_step..][..job.columns][first..];
            for (v, sum) in sums.iter_mut().enumerate() {
                let start = (v * S::F32_LANES).min(pixel.len());
                let out = &mut pixel[start..];
                if !block.is_first {
                    *sum = simd.add_f32s(load(simd, out), *sum);
                }
                if finishes {
                    *sum = at_least(simd, floor, simd.add_f32s(*sum, bias[v]));
                }
                store(simd, out, *sum);
            }
        }
    }
}
