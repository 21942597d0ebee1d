//! Max and average pooling.

use crate::Padding;
use crate::parallel::for_each_chunk;

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
        batch * height * width * channels
    }

    /// The largest value of each window.
    ///
    /// `winners` receives, for each output value, which pixel of its window won (row by row, the first on a tie); training
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
        winners: Option<&mut [u16]>,
    ) {
        self.check(batch, size, channels, input.len(), output.len());
        let [out_height, out_width] = self.output_size(size);
        let row_len = out_width * channels;
        let image_len = size[0] * size[1] * channels;
        let write = |index: usize, row: &mut [f32], winners: Option<&mut [u16]>| {
            let (n, i) = (index / out_height, index % out_height);
            let image = &input[n * image_len..][..image_len];
            row.fill(f32::NEG_INFINITY);
            match winners {
                Some(winners) => {
                    winners.fill(0);
                    self.for_each_tap(size, i, |tap, j, pixel| {
                        let pixel = &image[pixel * channels..][..channels];
                        let best = &mut row[j * channels..][..channels];
                        let winners = &mut winners[j * channels..][..channels];
                        for ((best, winner), x) in best.iter_mut().zip(winners).zip(pixel) {
                            // a NaN wins and stays, so that it reaches the loss and is noticed
                            let wins = *x > *best || x.is_nan();
                            *best = if wins { *x } else { *best };
                            *winner = if wins { tap } else { *winner };
                        }
                    });
                }
                None => self.for_each_tap(size, i, |_, j, pixel| {
                    let pixel = &image[pixel * channels..][..channels];
                    for (best, x) in row[j * channels..][..channels].iter_mut().zip(pixel) {
                        *best = if *x > *best || x.is_nan() { *x } else { *best };
                    }
                }),
            }
        };
        match winners {
            Some(winners) => {
                assert_eq!(winners.len(), output.len(), "max pooling: one winner per output value");
                assert!(self.window[0] * self.window[1] <= 1 << 16, "max pooling: window larger than 65,536 pixels");
                let mut rows: Vec<_> =
                    output.chunks_mut(row_len.max(1)).zip(winners.chunks_mut(row_len.max(1))).collect();
                let per_task = (8192 / row_len.max(1)).max(1);
                for_each_chunk(&mut rows, per_task, input.len(), |task, rows| {
                    for (offset, (row, winners)) in rows.iter_mut().enumerate() {
                        write(task * per_task + offset, row, Some(winners));
                    }
                });
            }
            None => for_each_chunk(output, row_len, input.len(), |index, row| write(index, row, None)),
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
        winners: &[u16],
        d_output: &[f32],
        d_input: &mut [f32],
    ) {
        self.check(batch, size, channels, d_input.len(), d_output.len());
        assert_eq!(winners.len(), d_output.len(), "max pooling: one winner per output value");
        let [out_height, out_width] = self.output_size(size);
        let image_len = size[0] * size[1] * channels;
        let out_len = out_height * out_width * channels;
        let cost = d_input.len();
        for_each_chunk(d_input, image_len, cost, |n, image| {
            image.fill(0.0);
            for i in 0..out_height {
                self.for_each_tap(size, i, |tap, j, pixel| {
                    let at = n * out_len + (i * out_width + j) * channels;
                    let image = &mut image[pixel * channels..][..channels];
                    let from = winners[at..][..channels].iter().zip(&d_output[at..][..channels]);
                    for (x, (winner, g)) in image.iter_mut().zip(from) {
                        *x += if *winner == tap { *g } else { 0.0 };
                    }
                });
            }
        });
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
            self.for_each_tap(size, i, |_, j, pixel| {
                let pixel = &image[pixel * channels..][..channels];
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
                self.for_each_tap(size, i, |_, j, pixel| {
                    let share = 1.0 / self.pixels(size, i, j) as f32;
                    let from = &d_output[n * out_len + (i * out_width + j) * channels..][..channels];
                    let pixel = &mut image[pixel * channels..][..channels];
                    pixel.iter_mut().zip(from).for_each(|(x, g)| *x += g * share);
                });
            }
        });
    }

    /// Calls `visit(tap, j, pixel)` for the pixels inside the image of every window of output row `i`.
    fn for_each_tap(&self, size: [usize; 2], i: usize, mut visit: impl FnMut(u16, usize, usize)) {
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
                        visit((u * self.window[1] + v) as u16, j, y * width + x);
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

    fn check(&self, batch: usize, size: [usize; 2], channels: usize, input: usize, output: usize) {
        assert_eq!(input, batch * size[0] * size[1] * channels, "pooling: input length");
        assert_eq!(output, self.output_len(batch, size, channels), "pooling: output length");
    }
}
