//! Filters packed into panels of columns, group by group.

use super::Conv2d;
use crate::micro_kernel::Panels;

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
