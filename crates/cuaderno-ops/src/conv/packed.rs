//! A kernel laid out as the convolution works with it.

use super::winograd::Winograd;
use super::{Conv2d, panels};

/// A kernel in Winograd's transform domain, where the convolution is quicker that way; otherwise in panels, group by group.
#[derive(Clone, Copy)]
pub(super) struct Packed<'a> {
    pub winograd: Option<Winograd>,
    values: &'a [f32],
    group_len: usize,
}

impl<'a> Packed<'a> {
    /// Values that [`forward`](Self::forward) needs.
    pub fn forward_len(conv: &Conv2d, size: [usize; 2]) -> usize {
        match Winograd::of(conv, size) {
            Some(winograd) => winograd.packed_len(),
            None => conv.groups * panels::forward_panels(conv).len(),
        }
    }

    /// For the forward pass.
    pub fn forward(conv: &Conv2d, size: [usize; 2], weight: &[f32], memory: &'a mut [f32]) -> Self {
        let winograd = Winograd::of(conv, size);
        let group_len = memory.len() / conv.groups;
        match winograd {
            Some(winograd) => winograd.pack(weight, memory),
            None => {
                for (group, memory) in memory.chunks_exact_mut(group_len.max(1)).enumerate() {
                    panels::pack_forward(conv, weight, group, memory);
                }
            }
        }
        Self { winograd, values: memory, group_len }
    }

    /// Values that [`backward`](Self::backward) needs.
    pub fn backward_len(conv: &Conv2d, size: [usize; 2]) -> usize {
        match Winograd::of(conv, size) {
            Some(winograd) => winograd.backward().packed_len() + conv.weight_len(),
            None => conv.groups * panels::backward_panels(conv).len(),
        }
    }

    /// For the gradient of the input.
    pub fn backward(conv: &Conv2d, size: [usize; 2], weight: &[f32], memory: &'a mut [f32]) -> Self {
        let winograd = Winograd::of(conv, size);
        let group_len = memory.len() / conv.groups;
        match winograd {
            Some(winograd) => {
                let (packed, mirrored) = memory.split_at_mut(winograd.backward().packed_len());
                winograd.mirror(weight, mirrored);
                winograd.backward().pack(mirrored, packed);
            }
            None => {
                for (group, memory) in memory.chunks_exact_mut(group_len.max(1)).enumerate() {
                    panels::pack_backward(conv, weight, group, memory);
                }
            }
        }
        Self { winograd, values: memory, group_len }
    }

    /// Where no gradient of the input is wanted.
    pub fn nothing(conv: &Conv2d, size: [usize; 2]) -> Self {
        Self { winograd: Winograd::of(conv, size), values: &[], group_len: 0 }
    }

    /// The kernel of one group.
    pub fn group(&self, group: usize) -> &'a [f32] {
        &self.values[group * self.group_len..]
    }
}
