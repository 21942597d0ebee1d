//! Unrolling the windows of an image into rows of a matrix.

use super::Conv2d;

/// Rows of output pixels whose unrolled windows fit a core's second-level cache together.
pub(super) fn rows_per_tile(conv: &Conv2d, out_width: usize) -> usize {
    const TILE: usize = 48 * 1024; // values: 192 KB
    (TILE / (conv.taps() * out_width).max(1)).max(1)
}

/// Writes the windows of output rows `rows` of one image: one row of `taps` values per output pixel, ordered as the kernel's
/// rows are (down, right, channel). Only the channels of `group` are read.
pub(super) fn unroll(
    conv: &Conv2d,
    size: [usize; 2],
    image: &[f32],
    group: usize,
    rows: std::ops::Range<usize>,
    out: &mut [f32],
) {
    let [height, width] = size;
    let [_, out_width] = conv.output_size(size);
    let [top, _, left, _] = conv.zeros(size);
    let channels = conv.in_channels / conv.groups;
    let [kernel_h, kernel_w] = conv.kernel;
    let taps = conv.taps();
    let whole_rows = conv.groups == 1 && conv.dilation[1] == 1;
    for (i, out_row) in rows.zip(out.chunks_exact_mut(out_width * taps)) {
        for u in 0..kernel_h {
            let y = (i * conv.stride[0] + u * conv.dilation[0]).wrapping_sub(top);
            let row = if y < height {
                Some(&image[y * width * conv.in_channels..][..width * conv.in_channels])
            } else {
                None
            };
            for (j, window) in out_row.chunks_exact_mut(taps).enumerate() {
                let target = &mut window[u * kernel_w * channels..][..kernel_w * channels];
                let Some(row) = row else {
                    target.fill(0.0);
                    continue;
                };
                let x = (j * conv.stride[1]).wrapping_sub(left);
                if whole_rows && x < width && x + kernel_w <= width {
                    target.copy_from_slice(&row[x * channels..][..kernel_w * channels]);
                    continue;
                }
                for (v, target) in target.chunks_exact_mut(channels).enumerate() {
                    let x = x.wrapping_add(v * conv.dilation[1]);
                    if x < width {
                        target.copy_from_slice(&row[x * conv.in_channels + group * channels..][..channels]);
                    } else {
                        target.fill(0.0);
                    }
                }
            }
        }
    }
}

/// The reverse of [`unroll`]: adds the windows' values to the pixels they came from.
pub(super) fn roll_add(
    conv: &Conv2d,
    size: [usize; 2],
    windows: &[f32],
    group: usize,
    rows: std::ops::Range<usize>,
    image: &mut [f32],
) {
    let [height, width] = size;
    let [_, out_width] = conv.output_size(size);
    let [top, _, left, _] = conv.zeros(size);
    let channels = conv.in_channels / conv.groups;
    let [kernel_h, kernel_w] = conv.kernel;
    let taps = conv.taps();
    for (i, row) in rows.zip(windows.chunks_exact(out_width * taps)) {
        for (j, window) in row.chunks_exact(taps).enumerate() {
            for u in 0..kernel_h {
                let y = (i * conv.stride[0] + u * conv.dilation[0]).wrapping_sub(top);
                if y >= height {
                    continue;
                }
                for v in 0..kernel_w {
                    let x = (j * conv.stride[1] + v * conv.dilation[1]).wrapping_sub(left);
                    if x >= width {
                        continue;
                    }
                    let pixel = &mut image[(y * width + x) * conv.in_channels + group * channels..][..channels];
                    let source = &window[(u * kernel_w + v) * channels..][..channels];
                    pixel.iter_mut().zip(source).for_each(|(p, s)| *p += s);
                }
            }
        }
    }
}
