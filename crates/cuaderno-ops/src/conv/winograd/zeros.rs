//! Windows that see nothing but zeros.
//!
//! In the transform domain they are computed with the pixels beside them, and come out as a rounding error. A ReLU would pass
//! half of these on, with their gradients, where a direct convolution is 0: black parts of a picture while biases are still 0.

use super::SIDE;
use super::tiles::{Plane, Tile};

/// The outputs of a tile, bit `4 i + j` for output `(i, j)`, whose windows of `filter` × `filter` pixels are all zero; `input` is
/// what the tile sees.
pub(super) fn zero_windows(source: &[f32], plane: Plane, input: &Tile, filter: usize) -> u16 {
    let side = SIDE + filter - 1;
    let is_zero = |row: usize, column: usize| {
        !input.contains(row, column) || are_zeros(&source[plane.at(input, row, column)..][..plane.channels])
    };
    // every window sees one of the pixels in the middle
    let middle = filter.min(SIDE) - 1..side - filter.min(SIDE) + 1;
    if !middle.clone().any(|row| middle.clone().any(|column| is_zero(row, column))) {
        return 0;
    }
    // how many zeros end at this pixel, in its row and then in rows above one another
    let mut ends = 0;
    let mut in_column = [0; 8];
    for row in 0..side {
        let mut in_row = 0;
        for (column, in_column) in in_column[..side].iter_mut().enumerate() {
            in_row = if is_zero(row, column) { in_row + 1 } else { 0 };
            *in_column = if in_row >= filter { *in_column + 1 } else { 0 };
            if *in_column >= filter {
                ends |= 1 << (SIDE * (row + 1 - filter) + column + 1 - filter);
            }
        }
    }
    ends
}

/// Whether all values are 0 or -0.
fn are_zeros(values: &[f32]) -> bool {
    // blocks without a branch, so that they vectorize; pictures that are not black end in the first
    values.chunks(16).all(|values| values.iter().fold(0, |bits, x| bits | x.to_bits() << 1) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn windows_are_those_whose_every_pixel_is_zero(
            filter in prop_oneof![Just(3usize), Just(5)],
            pixels in proptest::collection::vec(prop_oneof![6 => Just(0.0f32), 1 => Just(-0.0f32), 1 => Just(1e-30f32)], 2 * 64),
            rows in (0usize..3, 5usize..9),
            columns in (0usize..3, 5usize..9),
        ) {
            let side = SIDE + filter - 1;
            let plane = Plane { row_len: 2 * side, pixel_step: 2, channels: 2 };
            let input = Tile { at: 0, rows: rows.0..rows.1.min(side), columns: columns.0..columns.1.min(side) };
            let mut expected = 0;
            for i in 0..SIDE {
                for j in 0..SIDE {
                    let mut window = (i..i + filter).flat_map(|row| (j..j + filter).map(move |column| (row, column)));
                    let is_zero = window.all(|(row, column)| {
                        !input.contains(row, column) || pixels[2 * (row * side + column)..][..2].iter().all(|x| *x == 0.0)
                    });
                    expected |= u16::from(is_zero) << (SIDE * i + j);
                }
            }
            prop_assert_eq!(zero_windows(&pixels, plane, &input, filter), expected);
        }
    }
}
