//! The gradients of kernel and input at Winograd's points.

use super::{Backward, GradientTile};
use crate::conv::tile::Part;
use crate::conv::winograd::{Picture, Plane, Squares, Target, Winograd};
use std::ops::Range;

impl Backward<'_> {
    /// How the rows of a gradient tile lie in memory.
    fn tile_plane(&self, tile: &GradientTile) -> Plane {
        let channels = self.conv.out_channels;
        Plane { row_len: tile.row_len, pixel_step: channels, channels }
    }

    /// Where image `index` of a gradient tile lies.
    fn tile_picture(&self, tile: &GradientTile, index: usize) -> Picture {
        let picture = Picture::some_rows(index, tile.rows.clone(), tile.width, self.tile_plane(tile));
        Picture { origin: picture.origin.wrapping_add(tile.left * self.conv.out_channels), ..picture }
    }

    /// Adds what the rows of `part` contribute to the kernel's gradient at Winograd's points, and to the bias's.
    pub(super) fn kernel_squares(
        &self,
        winograd: &Winograd,
        part: &Part,
        tile: &GradientTile,
        memory: &mut [f32],
        at_points: &mut [f32],
        d_kernel: &mut [f32],
    ) {
        let conv = self.conv;
        let [top, _, left, _] = conv.zeros(self.size);
        let plane = Plane::of(self.size[1], conv.in_channels);
        let mut squares = Squares::new(plane, self.tile_plane(tile));
        for (index, n) in part.images.clone().enumerate() {
            let source = Picture::whole(n, self.size, plane);
            let target = Picture { rows: part.rows.clone(), ..self.tile_picture(tile, index) };
            squares.push(winograd, &source, &target, part.rows.start, [-(top as isize), -(left as isize)]);
        }
        let d_bias = &mut d_kernel[conv.weight_len()..];
        winograd.filter_gradient(&squares, self.input, tile.values, memory, at_points, d_bias);
    }

    /// Writes rows of the input's gradient: squares of it, from patches of the output's.
    pub(super) fn input_squares(
        &self,
        winograd: &Winograd,
        packed: &[f32],
        (images, first_image, rows): (usize, usize, Range<usize>),
        tile: &GradientTile,
        memory: &mut [f32],
        d_input: &mut [f32],
    ) {
        let conv = self.conv;
        let [top, _, left, _] = conv.zeros(self.size);
        let plane = Plane::of(self.size[1], conv.in_channels);
        let reach = conv.kernel.map(|side| side as isize - 1);
        let shift = [top as isize - reach[0], left as isize - reach[1]];
        let mut squares = Squares::new(self.tile_plane(tile), plane);
        for index in 0..images {
            let target = Picture { rows: rows.clone(), ..Picture::whole(first_image + index, self.size, plane) };
            squares.push(winograd, &self.tile_picture(tile, index), &target, rows.start, shift);
        }
        let target = Target { bias: None, floor: f32::NEG_INFINITY, out: d_input };
        winograd.convolve(packed, &squares, tile.values, target, memory);
    }
}
