//! A window that slides over pictures.

use crate::fuzz::case::{Shape, Window};

/// Zeros before the first pixel of one axis, as TensorFlow's `same` has them: an odd one goes behind.
fn before(size: usize, reach: usize, stride: usize, same: bool) -> usize {
    let needed = ((size.div_ceil(stride) - 1) * stride + reach).saturating_sub(size);
    if same { needed / 2 } else { 0 }
}

/// Calls `visit(output pixel, input pixel, tap)` for everything a window sees, output by output.
pub fn slide(
    examples: usize,
    input: Shape,
    window: &Window,
    stride: [usize; 2],
    mut visit: impl FnMut(usize, usize, usize),
) -> [usize; 2] {
    let [height, width] = input.size();
    let [rows, columns] = window.output([height, width], stride).expect("the case fits");
    let reach = window.size.map(|size| (size - 1) * window.dilation + 1);
    let (top, left) =
        (before(height, reach[0], stride[0], window.same), before(width, reach[1], stride[1], window.same));
    for n in 0..examples {
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            for (down, right) in (0..window.size[0]).flat_map(|a| (0..window.size[1]).map(move |b| (a, b))) {
                let y = (row * stride[0] + down * window.dilation).wrapping_sub(top);
                let x = (column * stride[1] + right * window.dilation).wrapping_sub(left);
                if y < height && x < width {
                    let output = (n * rows + row) * columns + column;
                    visit(output, (n * height + y) * width + x, down * window.size[1] + right);
                }
            }
        }
    }
    [rows, columns]
}
