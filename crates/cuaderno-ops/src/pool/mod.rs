//! Max and average pooling.

mod kernels;

use std::ops::Range;

use crate::Padding;
use crate::parallel::for_each_chunk;
use crate::simd::arch;
use crate::sizes::product;
use kernels::{Max2x2, Spread2x2, larger, wins};

/// A window sliding over `[batch, height, width, channels]`, each channel on its own.
///
/// Padding never takes part: a maximum ignores it, an average divides by the pixels inside the image (as TensorFlow does).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool2d {
    /// `[height, width]` of the window; at most 65,536 pixels.
    pub window: [usize; 2],
    /// Step of the window, `[down, right]`.
    pub stride: [usize; 2],
    /// Room around the image.
    pub padding: Padding,
}

impl Pool2d {
    /// A window that moves by its own size, without padding: Keras's default.
    pub const fn new(window: [usize; 2]) -> Self {
        Self { window, stride: window, padding: Padding::Valid }
    }

    /// `[height, width]` of the output for an input of `size`; zero where the window does not fit.
    pub const fn output_size(&self, size: [usize; 2]) -> [usize; 2] {
        self.padding.output_size(size, self.window, self.stride, [1, 1])
    }

    /// Values in a batch of outputs for inputs of `size`.
    pub const fn output_len(&self, batch: usize, size: [usize; 2], channels: usize) -> usize {
        let [height, width] = self.output_size(size);
        product(&[batch, height, width, channels])
    }

    /// The largest value of each window.
    ///
    /// `argmax` receives, for each output value, which pixel of its window won (row by row, the first on a tie); training
    /// hands it to [`max_backward`](Self::max_backward), prediction passes `None`.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn max_forward(
        &self,
        batch: usize,
        size: [usize; 2],
        channels: usize,
        input: &[f32],
        output: &mut [f32],
        argmax: Option<&mut [u16]>,
    ) {
        self.check(batch, size, channels, input.len(), output.len());
        assert!(product(&self.window) <= 1 << 16, "max pooling: window larger than 65,536 pixels");
        let [out_height, out_width] = self.output_size(size);
        let image_len = size[0] * size[1] * channels;
        let out_len = (out_height * out_width * channels).max(1);
        let image = |n: usize| Rows { first: 0, width: size[1], values: &input[n * image_len..][..image_len] };
        match argmax {
            Some(argmax) => {
                assert_eq!(argmax.len(), output.len(), "max pooling: one winner per output value");
                let mut images: Vec<_> = output.chunks_mut(out_len).zip(argmax.chunks_mut(out_len)).collect();
                for_each_chunk(&mut images, 1, input.len(), |n, images| {
                    for (output, argmax) in images {
                        self.max_rows(size, channels, &image(n), 0..out_height, output, Some(argmax));
                    }
                });
            }
            None => for_each_chunk(output, out_len, input.len(), |n, output| {
                self.max_rows(size, channels, &image(n), 0..out_height, output, None);
            }),
        }
    }

    /// Hands each output gradient to the pixel that won its window.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn max_backward(
        &self,
        batch: usize,
        size: [usize; 2],
        channels: usize,
        argmax: &[u16],
        d_output: &[f32],
        d_input: &mut [f32],
    ) {
        self.check(batch, size, channels, d_input.len(), d_output.len());
        assert_eq!(argmax.len(), d_output.len(), "max pooling: one winner per output value");
        let image_len = size[0] * size[1] * channels;
        let out_len = self.output_len(1, size, channels);
        let cost = d_input.len();
        for_each_chunk(d_input, image_len, cost, |n, image| {
            let range = n * out_len..(n + 1) * out_len;
            let row_len = size[1] * channels;
            let target = RowsMut { rows: 0..size[0], left: 0, row_len, width: size[1], values: image };
            self.max_spread(size, channels, &argmax[range.clone()], &d_output[range], target);
        });
    }

    /// Output rows `rows` of one image of `size`, from the rows of it in `input`.
    pub(crate) fn max_rows(
        &self,
        size: [usize; 2],
        channels: usize,
        input: &Rows,
        rows: Range<usize>,
        output: &mut [f32],
        mut argmax: Option<&mut [u16]>,
    ) {
        let row_len = self.output_size(size)[1] * channels;
        let input_row_len = input.width * channels;
        if row_len == 0 {
            return;
        }
        if self.is_plain_2x2(size) {
            let input =
                &input.values[(2 * rows.start - input.first) * input_row_len..][..2 * rows.len() * input_row_len];
            return arch().dispatch(Max2x2 { channels, input, input_row_len, output, row_len, argmax });
        }
        for (index, (i, output)) in rows.zip(output.chunks_exact_mut(row_len)).enumerate() {
            let argmax = argmax.as_mut().map(|w| &mut w[index * row_len..][..row_len]);
            let mut unused = [];
            let (keep, argmax) = match argmax {
                Some(argmax) => (true, argmax),
                None => (false, &mut unused[..]),
            };
            output.fill(f32::NEG_INFINITY);
            argmax.fill(0);
            self.for_each_tap(size, i, |tap, j, y, x| {
                let pixel = &input.values[(y - input.first) * input_row_len + x * channels..][..channels];
                let best = &mut output[j * channels..][..channels];
                if keep {
                    for ((best, winner), x) in best.iter_mut().zip(&mut argmax[j * channels..]).zip(pixel) {
                        let wins = wins(*x, *best);
                        *best = if wins { *x } else { *best };
                        *winner = if wins { tap } else { *winner };
                    }
                } else {
                    best.iter_mut().zip(pixel).for_each(|(best, x)| *best = larger(*best, *x));
                }
            });
        }
    }

    /// The output rows whose windows reach into input rows `rows`.
    pub(crate) fn rows_touching(&self, size: [usize; 2], rows: &Range<usize>) -> Range<usize> {
        let top = self.padding.resolve(size, self.window, self.stride, [1, 1])[0];
        let first = (rows.start + top + 1).saturating_sub(self.window[0]).div_ceil(self.stride[0]);
        let last = ((rows.end + top).saturating_sub(1) / self.stride[0] + 1).min(self.output_size(size)[0]);
        first.min(last)..last
    }

    /// Overwrites `target` with the gradients of its rows: those of the pixels that won, and zeros. `argmax` and `d_output`
    /// are those of [`rows_touching`](Self::rows_touching) the target.
    pub(crate) fn max_spread(
        &self,
        size: [usize; 2],
        channels: usize,
        argmax: &[u16],
        d_output: &[f32],
        target: RowsMut,
    ) {
        let [out_height, out_width] = self.output_size(size);
        let RowsMut { rows, left, row_len, width, values } = target;
        let out_len = out_width * channels;
        let touching = self.rows_touching(size, &rows);
        if self.is_plain_2x2(size) {
            let used = 2 * out_width.min(width / 2) * channels;
            for (y, row) in rows.clone().zip(values.chunks_exact_mut(row_len)) {
                let row = &mut row[left..left + width * channels];
                if y / 2 >= out_height {
                    row.fill(0.0);
                    continue;
                }
                let at = (y / 2 - touching.start) * out_len;
                let (row, rest) = row.split_at_mut(used);
                let tap = 2 * (y % 2) as u16;
                let (argmax, d_output) = (&argmax[at..at + out_len], &d_output[at..at + out_len]);
                arch().dispatch(Spread2x2 { channels, tap, argmax, d_output, row });
                rest.fill(0.0);
            }
            return;
        }
        for row in values.chunks_exact_mut(row_len) {
            row[left..left + width * channels].fill(0.0);
        }
        for i in touching.clone() {
            self.for_each_tap(size, i, |tap, j, y, x| {
                if !rows.contains(&y) || x >= width {
                    return;
                }
                let at = ((i - touching.start) * out_width + j) * channels;
                let pixel = &mut values[(y - rows.start) * row_len + left + x * channels..][..channels];
                for (x, (winner, g)) in pixel.iter_mut().zip(argmax[at..].iter().zip(&d_output[at..])) {
                    *x += if *winner == tap { *g } else { 0.0 };
                }
            });
        }
    }

    /// Whether windows of two by two lie side by side, all inside the image.
    fn is_plain_2x2(&self, size: [usize; 2]) -> bool {
        self.window == [2, 2]
            && self.stride == [2, 2]
            && self.padding.resolve(size, self.window, self.stride, [1, 1]) == [0; 4]
    }

    /// The input rows that output rows `rows` look at.
    pub(crate) fn rows_used(&self, size: [usize; 2], rows: &Range<usize>) -> Range<usize> {
        let top = self.padding.resolve(size, self.window, self.stride, [1, 1])[0];
        let first = (rows.start * self.stride[0]).saturating_sub(top);
        let last = (rows.end.saturating_sub(1) * self.stride[0] + self.window[0]).saturating_sub(top).min(size[0]);
        first.min(last)..last
    }

    /// The input columns that any output looks at.
    pub(crate) fn width_used(&self, size: [usize; 2]) -> usize {
        self.region_used(size)[1]
    }

    /// The input rows and columns that any output looks at, from the first on.
    pub(crate) fn region_used(&self, size: [usize; 2]) -> [usize; 2] {
        let [top, _, left, _] = self.padding.resolve(size, self.window, self.stride, [1, 1]);
        let [height, width] = self.output_size(size);
        let used = |count: usize, axis: usize, zeros: usize| match count {
            0 => 0,
            _ => ((count - 1) * self.stride[axis] + self.window[axis]).saturating_sub(zeros).min(size[axis]),
        };
        [used(height, 0, top), used(width, 1, left)]
    }

    /// The mean of each window's pixels.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn average_forward(&self, batch: usize, size: [usize; 2], channels: usize, input: &[f32], output: &mut [f32]) {
        self.check(batch, size, channels, input.len(), output.len());
        let [out_height, out_width] = self.output_size(size);
        let image_len = size[0] * size[1] * channels;
        for_each_chunk(output, out_width * channels, input.len(), |index, row| {
            let (n, i) = (index / out_height, index % out_height);
            let image = &input[n * image_len..][..image_len];
            row.fill(0.0);
            self.for_each_tap(size, i, |_, j, y, x| {
                let pixel = &image[(y * size[1] + x) * channels..][..channels];
                row[j * channels..][..channels].iter_mut().zip(pixel).for_each(|(y, x)| *y += x);
            });
            for (j, y) in row.chunks_exact_mut(channels).enumerate() {
                let share = 1.0 / self.pixels(size, i, j) as f32;
                y.iter_mut().for_each(|y| *y *= share);
            }
        });
    }

    /// Shares each output gradient equally among its window's pixels.
    ///
    /// # Panics
    /// If a slice's length does not fit.
    pub fn average_backward(
        &self,
        batch: usize,
        size: [usize; 2],
        channels: usize,
        d_output: &[f32],
        d_input: &mut [f32],
    ) {
        self.check(batch, size, channels, d_input.len(), d_output.len());
        let [out_height, out_width] = self.output_size(size);
        let image_len = size[0] * size[1] * channels;
        let out_len = out_height * out_width * channels;
        let cost = d_input.len();
        for_each_chunk(d_input, image_len, cost, |n, image| {
            image.fill(0.0);
            for i in 0..out_height {
                self.for_each_tap(size, i, |_, j, y, x| {
                    let share = 1.0 / self.pixels(size, i, j) as f32;
                    let from = &d_output[n * out_len + (i * out_width + j) * channels..][..channels];
                    let pixel = &mut image[(y * size[1] + x) * channels..][..channels];
                    pixel.iter_mut().zip(from).for_each(|(x, g)| *x += g * share);
                });
            }
        });
    }

    /// Calls `visit(tap, j, y, x)` for the pixels inside the image of every window of output row `i`.
    fn for_each_tap(&self, size: [usize; 2], i: usize, mut visit: impl FnMut(u16, usize, usize, usize)) {
        let [height, width] = size;
        let [_, out_width] = self.output_size(size);
        let [top, _, left, _] = self.padding.resolve(size, self.window, self.stride, [1, 1]);
        for u in 0..self.window[0] {
            let y = (i * self.stride[0] + u).wrapping_sub(top);
            if y >= height {
                continue;
            }
            for j in 0..out_width {
                for v in 0..self.window[1] {
                    let x = (j * self.stride[1] + v).wrapping_sub(left);
                    if x < width {
                        visit((u * self.window[1] + v) as u16, j, y, x);
                    }
                }
            }
        }
    }

    /// Pixels of window `(i, j)` that lie inside the image.
    fn pixels(&self, size: [usize; 2], i: usize, j: usize) -> usize {
        let [top, _, left, _] = self.padding.resolve(size, self.window, self.stride, [1, 1]);
        let inside = |at: usize, zeros: usize, window: usize, size: usize| {
            let start = at.max(zeros);
            (at + window).min(zeros + size).saturating_sub(start)
        };
        let rows = inside(i * self.stride[0], top, self.window[0], size[0]);
        (rows * inside(j * self.stride[1], left, self.window[1], size[1])).max(1)
    }

    /// Checks what belongs to the output of a max pooling of inputs of `size`.
    pub(crate) fn check_max(
        &self,
        batch: usize,
        size: [usize; 2],
        channels: usize,
        output: usize,
        argmax: Option<usize>,
    ) {
        assert!(product(&self.window) <= 1 << 16, "max pooling: window larger than 65,536 pixels");
        assert_eq!(output, self.output_len(batch, size, channels), "max pooling: output length");
        assert!(argmax.is_none_or(|w| w == output), "max pooling: one winner per output value");
    }

    fn check(&self, batch: usize, size: [usize; 2], channels: usize, input: usize, output: usize) {
        let steps = [self.window, self.stride];
        assert!(steps.as_flattened().iter().all(|size| *size > 0), "pooling: a window or stride of 0");
        assert_eq!(input, product(&[batch, size[0], size[1], channels]), "pooling: input length");
        assert_eq!(output, self.output_len(batch, size, channels), "pooling: output length");
    }
}

/// Some rows of an image, from row `first` on, `width` pixels each.
pub(crate) struct Rows<'a> {
    pub first: usize,
    pub width: usize,
    pub values: &'a [f32],
}

/// Rows `rows` of an image's gradient, `width` pixels each, in rows of `row_len` values of which the first `left` are not
/// part of it.
pub(crate) struct RowsMut<'a> {
    pub rows: Range<usize>,
    pub left: usize,
    pub row_len: usize,
    pub width: usize,
    pub values: &'a mut [f32],
}
