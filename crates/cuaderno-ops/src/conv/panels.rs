//! Kernels packed into panels: a block's columns side by side, row after row.

use super::Conv2d;
use super::kernel::{panel_width, stored_width};
use crate::parallel::for_each_chunk;
use crate::simd::lanes;

/// A matrix cut into panels of columns, in working memory.
#[derive(Clone, Copy)]
pub(super) struct Panels {
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
        let width = panel_width(self.lanes);
        let whole = self.columns.saturating_sub(1) / width * width;
        self.depth * (whole + stored_width(self.lanes, self.columns - whole))
    }

    /// Fills `out`: `row(k, first column, target)` writes as many columns of row `k` as `target` has.
    pub fn pack(&self, out: &mut [f32], row: impl Fn(usize, usize, &mut [f32]) + Sync) {
        let width = panel_width(self.lanes);
        for_each_chunk(&mut out[..self.len()], self.depth * width, 4 * self.len(), |panel, out| {
            let first = panel * width;
            let columns = (self.columns - first).min(width);
            for (k, out) in out.chunks_exact_mut(stored_width(self.lanes, columns)).enumerate() {
                row(k, first, &mut out[..columns]);
                out[columns..].fill(0.0);
            }
        });
    }
}

/// One group's kernel: rows are taps (down, right, channel), columns filters.
pub(super) fn forward_panels(conv: &Conv2d) -> Panels {
    Panels::new(conv.taps(), conv.out_channels / conv.groups)
}

/// Packs one group's kernel for the forward pass.
pub(super) fn pack_forward(conv: &Conv2d, weight: &[f32], group: usize, out: &mut [f32]) {
    let panels = forward_panels(conv);
    panels.pack(out, |k, first, target| {
        let start = k * conv.out_channels + group * panels.columns + first;
        target.copy_from_slice(&weight[start..start + target.len()]);
    });
}

/// One group's kernel for the input gradient: rows are taps (down, from right to left, filter), columns input channels.
pub(super) fn backward_panels(conv: &Conv2d) -> Panels {
    let filters = conv.out_channels / conv.groups;
    Panels::new(conv.kernel[0] * conv.kernel[1] * filters, conv.in_channels / conv.groups)
}

/// Packs one group's kernel for the input gradient: mirrored left to right, channels and filters exchanged.
pub(super) fn pack_backward(conv: &Conv2d, weight: &[f32], group: usize, out: &mut [f32]) {
    let filters = conv.out_channels / conv.groups;
    let panels = backward_panels(conv);
    let width = conv.kernel[1];
    panels.pack(out, |k, first, target| {
        let (tap, filter) = (k / filters, k % filters);
        let (down, right) = (tap / width, width - 1 - tap % width);
        let start = ((down * width + right) * panels.columns + first) * conv.out_channels + group * filters + filter;
        for (target, w) in target.iter_mut().zip(weight[start..].iter().step_by(conv.out_channels)) {
            *target = *w;
        }
    });
}
