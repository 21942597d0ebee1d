//! The gradients of kernel and input in Winograd's transform domain.

use super::{Backward, GradientBlock};
use crate::conv::input_block::Part;
use crate::conv::winograd::{Picture, Plane, Target, Tiles, Winograd};
use std::ops::Range;

impl Backward<'_> {
    /// How the rows of a gradient block lie in memory.
    fn block_plane(&self, block: &GradientBlock) -> Plane {
        let channels = self.conv.out_channels;
        Plane { row_len: block.row_len, pixel_step: channels, channels }
    }

    /// Where image `index` of a gradient block lies.
    fn block_picture(&self, block: &GradientBlock, index: usize) -> Picture {
        let picture = Picture::some_rows(index, block.rows.clone(), block.width, self.block_plane(block));
        Picture { origin: picture.origin.wrapping_add(block.left * self.conv.out_channels), ..picture }
    }

    /// Adds what the rows of `part` contribute to the kernel's gradient in Winograd's transform domain, and to the bias's.
    pub(super) fn winograd_filter_gradient(
        &self,
        winograd: &Winograd,
        part: &Part,
        block: &GradientBlock,
        memory: &mut [f32],
        transformed: &mut [f32],
        d_kernel: &mut [f32],
    ) {
        let conv = self.conv;
        let [top, _, left, _] = conv.zeros(self.size);
        let plane = Plane::of(self.size[1], conv.in_channels);
        let mut tiles = Tiles::new(plane, self.block_plane(block));
        for (index, n) in part.images.clone().enumerate() {
            let source = Picture::whole(n, self.size, plane);
            let target = Picture { rows: part.rows.clone(), ..self.block_picture(block, index) };
            tiles.push(winograd, &source, &target, part.rows.start, [-(top as isize), -(left as isize)]);
        }
        let d_bias = &mut d_kernel[conv.weight_len()..];
        winograd.filter_gradient(&tiles, self.input, block.values, memory, transformed, d_bias);
    }

    /// Writes rows of the input's gradient: tiles of it, from tiles of the output's.
    pub(super) fn winograd_input_gradient(
        &self,
        winograd: &Winograd,
        packed: &[f32],
        (images, first_image, rows): (usize, usize, Range<usize>),
        block: &GradientBlock,
        memory: &mut [f32],
        d_input: &mut [f32],
    ) {
        let conv = self.conv;
        let [top, _, left, _] = conv.zeros(self.size);
        let plane = Plane::of(self.size[1], conv.in_channels);
        let reach = conv.kernel.map(|side| side as isize - 1);
        let shift = [top as isize - reach[0], left as isize - reach[1]];
        let mut tiles = Tiles::new(self.block_plane(block), plane);
        for index in 0..images {
            let target = Picture { rows: rows.clone(), ..Picture::whole(first_image + index, self.size, plane) };
            tiles.push(winograd, &self.block_picture(block, index), &target, rows.start, shift);
        }
        let target = Target { bias: None, floor: f32::NEG_INFINITY, out: d_input };
        winograd.convolve(packed, &tiles, block.values, target, memory);
    }
}
