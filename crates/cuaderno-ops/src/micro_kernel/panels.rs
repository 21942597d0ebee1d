//! The right matrix of a product, packed: a block's columns side by side, row after row.

use super::{panel_width, stored_width};
use crate::parallel::for_each_chunk;
use crate::simd::lanes;
use crate::sizes::product;

/// A matrix cut into panels of columns, in working memory.
#[derive(Clone, Copy)]
pub(crate) struct Panels {
    /// Rows: what a sum runs over.
    pub depth: usize,
    pub columns: usize,
    lanes: usize,
}

impl Panels {
    pub fn new(depth: usize, columns: usize) -> Self {
        Self { depth, columns, lanes: lanes() }
    }

    /// Values all panels take.
    pub fn len(&self) -> usize {
        product(&[self.depth, self.start_of_last() + self.stored(self.start_of_last())])
    }

    fn start_of_last(&self) -> usize {
        self.columns.saturating_sub(1) / panel_width(self.lanes) * panel_width(self.lanes)
    }

    /// How many columns the panel that begins at column `first` is stored with.
    fn stored(&self, first: usize) -> usize {
        stored_width(self.lanes, self.columns - first)
    }

    /// The panels in `packed`: first column, columns, values.
    pub fn each<'a>(&self, packed: &'a [f32]) -> impl Iterator<Item = (usize, usize, &'a [f32])> {
        let (this, width) = (*self, panel_width(self.lanes));
        (0..this.columns).step_by(width).map(move |first| {
            let columns = (this.columns - first).min(width);
            (first, columns, &packed[this.depth * first..][..this.depth * this.stored(first)])
        })
    }

    /// Fills `out`: `row(k, first column, target)` writes as many columns of row `k` as `target` has.
    pub fn pack(&self, out: &mut [f32], row: impl Fn(usize, usize, &mut [f32]) + Sync) {
        self.pack_blocks(out, 1, |k, _, first, columns, target| row(k, first, &mut target[..columns]));
    }

    /// Fills `out` from a matrix that has these rows as its columns, its own rows `row_len` apart.
    pub fn pack_transposed(&self, matrix: &[f32], row_len: usize, out: &mut [f32]) {
        /// Values of a cache line: each is read once.
        const LINE: usize = 16;
        self.pack_blocks(out, LINE, |k, rows, first, columns, target| {
            let mut lines = [[0.0; LINE]; 64];
            for (c, line) in lines[..columns].iter_mut().enumerate() {
                let start = (first + c) * row_len + k;
                line[..rows].copy_from_slice(&matrix[start..start + rows]);
            }
            for (k, target) in target.chunks_exact_mut(target.len() / rows).enumerate() {
                for (target, line) in target.iter_mut().zip(&lines[..columns]) {
                    *target = line[k];
                }
            }
        });
    }

    /// Fills `out` some rows of a panel at a time, `write(first row, rows, first column, columns, target)`; columns beyond the
    /// matrix are zeros.
    fn pack_blocks(&self, out: &mut [f32], rows: usize, write: impl Fn(usize, usize, usize, usize, &mut [f32]) + Sync) {
        let width = panel_width(self.lanes);
        for_each_chunk(&mut out[..self.len()], self.depth * width, 4 * self.len(), |panel, out| {
            let first = panel * width;
            let (columns, stored) = ((self.columns - first).min(width), self.stored(first));
            for (block, out) in out.chunks_mut(rows * stored).enumerate() {
                if columns < stored {
                    out.fill(0.0);
                }
                let count = out.len() / stored;
                write(block * rows, count, first, columns, out);
            }
        });
    }
}
