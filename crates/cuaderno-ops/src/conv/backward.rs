//! Gradients of a convolution (and of the max pooling after it) in one pass over the batch.
//!
//! A task goes through its images tile by tile: the gradient of the convolution's own output is written into a tile that
//! stays in the cache (through activation and pooling, which thus never exist in memory at full size), and while it is
//! there all three gradients are taken from it.

use super::kernel::{KernelRows, PackGradient, PixelRows, Row, Run, Taps, add_products, multiply, panel_width};
use super::tile::{Part, TILE, Tile, input_tile, input_tile_len, stretch, stretches_per_row};
use super::winograd::{Picture, Plane, Squares, Target, Winograd};
use super::{Conv2d, Gradients, panels};
use crate::parallel::{for_each_item, parts_of, sum_parts};
use crate::scratch::with_tile;
use crate::simd::{arch, lanes};
use crate::{Activation, Pool2d, Scratch};

/// Pixels whose gradients are packed side by side at a time: one panel of them fits the first-level cache.
const PIXELS: usize = 256;

/// What a backward pass works on.
pub(super) struct Backward<'a> {
    pub conv: &'a Conv2d,
    pub batch: usize,
    pub size: [usize; 2],
    pub input: &'a [f32],
    pub weight: &'a [f32],
    pub output: &'a [f32],
    pub activation: Activation,
    pub d_output: &'a [f32],
    pub pool: Option<(&'a Pool2d, &'a [u16])>,
}

/// The images of one task, and where its share of the gradients goes.
struct Task<'a> {
    images: std::ops::Range<usize>,
    d_kernel: &'a mut [f32],
    d_input: Option<&'a mut [f32]>,
}

/// The kernel as the input gradient works with it.
#[derive(Clone, Copy)]
struct Packed<'a> {
    /// At the points, for a convolution that is quicker this way; otherwise in panels, group by group.
    winograd: Option<Winograd>,
    values: &'a [f32],
    /// Values of one group.
    group_len: usize,
}

/// The gradient of some rows of the convolution's output, zeros at the sides.
struct GradientTile<'a> {
    values: &'a [f32],
    /// Rows in the tile, of each image.
    rows: std::ops::Range<usize>,
    row_len: usize,
    /// Columns that hold gradients, and zeros before them.
    width: usize,
    left: usize,
}

impl Backward<'_> {
    pub fn run(&self, scratch: &mut Scratch, gradients: Gradients) {
        let conv = self.conv;
        let Gradients { input: mut d_input, weight: d_weight, bias: d_bias } = gradients;
        let (weight_len, filters) = (conv.weight_len(), conv.out_channels);
        let wants_kernel = d_weight.is_some() || d_bias.is_some();
        let kernel_len = if wants_kernel { weight_len + filters } else { 1 };
        let (per_part, parts) = parts_of(self.batch, kernel_len);
        let winograd = Winograd::of(conv, self.size);
        let group_len = match winograd {
            Some(winograd) => winograd.backward().packed_len(),
            None => panels::backward_panels(conv).len(),
        };
        let packed_len = if d_input.is_some() { conv.groups * group_len } else { 0 };
        let mirrored_len = if winograd.is_some() && d_input.is_some() { weight_len } else { 0 };
        let memory = scratch.take(packed_len + mirrored_len + (parts + 1) * kernel_len);
        let (packed, memory) = memory.split_at_mut(packed_len);
        let (mirrored, partial) = memory.split_at_mut(mirrored_len);
        match winograd.filter(|_| packed_len > 0) {
            Some(winograd) => {
                winograd.mirror(self.weight, mirrored);
                winograd.backward().pack(mirrored, packed);
            }
            None => {
                for (group, packed) in packed.chunks_exact_mut(group_len.max(1)).enumerate() {
                    panels::pack_backward(conv, self.weight, group, packed);
                }
            }
        }
        let packed = Packed { winograd, values: packed, group_len };
        let (partial, sums) = partial.split_at_mut(parts * kernel_len);
        let image_len = conv.input_len(1, self.size);
        let mut d_inputs = d_input.as_mut().map(|d| d.chunks_mut(per_part * image_len));
        let tasks = partial
            .chunks_exact_mut(kernel_len)
            .enumerate()
            .map(|(part, d_kernel)| Task {
                images: part * per_part..((part + 1) * per_part).min(self.batch),
                d_kernel,
                d_input: d_inputs.as_mut().and_then(Iterator::next),
            })
            .collect();
        let only_bias = d_weight.is_none();
        for_each_item(tasks, 2 * conv.flops(self.batch, self.size), |mut task| {
            task.d_kernel.fill(0.0);
            if image_len > 0 {
                self.task(packed, wants_kernel, only_bias, &mut task);
            }
        });
        if !wants_kernel {
            return;
        }
        if parts == 0 {
            sums.fill(0.0);
        } else {
            sum_parts(partial, sums);
        }
        if let Some(d_weight) = d_weight {
            d_weight.copy_from_slice(&sums[..weight_len]);
        }
        if let Some(d_bias) = d_bias {
            d_bias.copy_from_slice(&sums[weight_len..]);
        }
    }

    fn task(&self, packed: Packed, wants_kernel: bool, only_bias: bool, task: &mut Task) {
        let points_len = match packed.winograd {
            Some(winograd) if wants_kernel && !only_bias => winograd.gradient_len(),
            _ => 0,
        };
        with_tile(points_len, |at_points| {
            at_points.fill(0.0);
            self.bands(packed, wants_kernel, only_bias, task, at_points);
            if let Some(winograd) = packed.winograd.filter(|_| points_len > 0) {
                winograd.add_filter_gradient(at_points, task.d_kernel);
            }
        });
    }

    /// Goes through a task's images; the kernel's gradient at Winograd's points is added to `at_points`.
    fn bands(&self, packed: Packed, wants_kernel: bool, only_bias: bool, task: &mut Task, at_points: &mut [f32]) {
        let conv = self.conv;
        let inner = conv.output_size(self.size);
        let [height, width] = match self.pool {
            Some((pool, _)) => pool.region_used(inner),
            None => inner,
        };
        let wants_input = task.d_input.is_some();
        let (left, padded) = if wants_input { self.side_zeros(width) } else { (0, width) };
        let row_len = padded * conv.out_channels;
        // rows above a band that its input gradient reaches into
        let halo = if wants_input { ((conv.kernel[0] - 1) * conv.dilation[0]).div_ceil(conv.stride[0]) } else { 0 };
        let image_len = (height * row_len).max(1);
        let together = (TILE / image_len).clamp(1, task.images.len().max(1));
        let band = if together > 1 { height } else { (TILE / row_len.max(1)).max(2 * halo).clamp(1, height.max(1)) };
        let bands = height.div_ceil(band.max(1)).max(1);
        let band = height.div_ceil(bands);
        let band = packed.winograd.map_or(band, |winograd| winograd.whole_squares(band, 1)).min(height.max(1));
        let bands = height.div_ceil(band.max(1)).max(1);
        let first_image = task.images.start;
        let last_image = task.images.end;
        for first in (first_image..last_image).step_by(together) {
            let images = first..(first + together).min(last_image);
            for index in 0..bands {
                let own = (index * band).min(height)..((index + 1) * band).min(height);
                let rows = own.start.saturating_sub(halo)..own.end;
                let part = Part { images: images.clone(), rows: own.clone(), width };
                let tile_len = images.len() * rows.len() * row_len;
                let small_len = self.pool.map_or(0, |(pool, _)| {
                    pool.rows_touching(inner, &rows).len() * pool.output_size(inner)[1] * conv.out_channels
                });
                let input_len = input_tile_len(conv, self.size, &part);
                let panel_len = match packed.winograd {
                    Some(winograd) => {
                        let squares = images.len() * winograd.squares([rows.len() + halo, width.max(self.size[1])]);
                        winograd.memory_len(squares).max(winograd.backward().memory_len(squares))
                    }
                    None => PIXELS.max(width) * panel_width(lanes()),
                };
                with_tile(tile_len + small_len + input_len + panel_len, |memory| {
                    let (tile, memory) = memory.split_at_mut(tile_len);
                    let (small, memory) = memory.split_at_mut(small_len);
                    let (input, panel) = memory.split_at_mut(input_len);
                    self.fill(images.clone(), &rows, width, left * conv.out_channels, row_len, small, tile);
                    let tile = GradientTile { values: tile, rows: rows.clone(), row_len, width, left };
                    let winograd = packed.winograd.filter(|_| !only_bias);
                    if let (true, Some(winograd)) = (wants_kernel, winograd) {
                        self.kernel_squares(&winograd, &part, &tile, panel, at_points, task.d_kernel);
                    } else if wants_kernel {
                        let input = input_tile(conv, self.size, &part, self.input, input);
                        self.kernel_gradient(&part, &input, &tile, only_bias, panel, task.d_kernel);
                    }
                    if let Some(d_input) = &mut task.d_input {
                        // each input row belongs to the band that holds the last output row it contributed to
                        let last = index + 1 == bands;
                        let images = (images.clone(), images.start - first_image);
                        self.input_gradient(packed, images, own, last, &tile, panel, d_input);
                    }
                });
            }
        }
    }

    /// Columns of zeros before the gradient's first, and columns in all, that the input gradient's windows reach.
    fn side_zeros(&self, width: usize) -> (usize, usize) {
        let conv = self.conv;
        let left = conv.zeros(self.size)[2];
        let reach = (conv.kernel[1] - 1) * conv.dilation[1];
        let before = reach.saturating_sub(left).div_ceil(conv.stride[1]);
        let after = (self.size[1].max(1) - 1 + left) / conv.stride[1] + 1;
        (before, before + after.max(width))
    }

    /// Writes the gradient before activation and pooling of these rows.
    #[allow(clippy::too_many_arguments)] // one place, called once
    fn fill(
        &self,
        images: std::ops::Range<usize>,
        rows: &std::ops::Range<usize>,
        width: usize,
        left: usize,
        row_len: usize,
        small: &mut [f32],
        tile: &mut [f32],
    ) {
        let channels = self.conv.out_channels;
        let inner = self.conv.output_size(self.size);
        if row_len == 0 || rows.is_empty() {
            return;
        }
        for (n, tile) in images.zip(tile.chunks_exact_mut(rows.len() * row_len)) {
            for row in tile.chunks_exact_mut(row_len) {
                row[..left].fill(0.0);
                row[left + width * channels..].fill(0.0);
            }
            match self.pool {
                Some((pool, winners)) => {
                    let [out_height, out_width] = pool.output_size(inner);
                    let first = (n * out_height + pool.rows_touching(inner, rows).start) * out_width * channels;
                    let range = first..first + small.len();
                    small.copy_from_slice(&self.d_output[range.clone()]);
                    self.activation.backward(&self.output[range.clone()], small);
                    let target = crate::pool::RowsMut { rows: rows.clone(), left, row_len, width, values: tile };
                    pool.max_spread(inner, channels, &winners[range], small, target);
                }
                None => {
                    let len = width * channels;
                    for (i, row) in rows.clone().zip(tile.chunks_exact_mut(row_len)) {
                        let start = (n * inner[0] + i) * len;
                        let row = &mut row[left..left + len];
                        row.copy_from_slice(&self.d_output[start..start + len]);
                        self.activation.backward(&self.output[start..start + len], row);
                    }
                }
            }
        }
    }

    /// Adds what the rows of `part` contribute to the kernel's and the bias's gradient.
    fn kernel_gradient(
        &self,
        part: &Part,
        input: &Tile,
        tile: &GradientTile,
        only_bias: bool,
        panel: &mut [f32],
        d_kernel: &mut [f32],
    ) {
        let conv = self.conv;
        let filters = conv.out_channels / conv.groups;
        let (d_weight, d_bias) = d_kernel.split_at_mut(conv.weight_len());
        let stretches = conv.kernel[0] * stretches_per_row(conv);
        let count = conv.taps() / stretches;
        let rows: Vec<(usize, usize)> =
            part.images.clone().flat_map(|n| part.rows.clone().map(move |i| (n, i))).collect();
        if tile.width == 0 {
            return; // no window of the pooling fits
        }
        let per_panel = (PIXELS / tile.width).max(1);
        let lanes = lanes();
        let (mut taps, mut runs, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        for rows in rows.chunks(per_panel) {
            for group in 0..conv.groups {
                // runs by stretch of taps: the same rows' pixels for each
                runs.clear();
                taps.clear();
                for index in 0..stretches {
                    let first = runs.len();
                    runs.extend(rows.iter().enumerate().filter_map(|(row, at)| {
                        let run = stretch(conv, self.size, input, *at, group, index)?;
                        Some(Run { a: run.a, b: row * tile.width, len: tile.width })
                    }));
                    taps.push(Taps { runs: first..runs.len(), count, out: index * count });
                }
                for first in (0..filters).step_by(panel_width(lanes)) {
                    let columns = (filters - first).min(panel_width(lanes));
                    let channel = group * filters + first;
                    let d_bias = &mut d_bias[channel..channel + columns];
                    let start = part.images.start;
                    starts.clear();
                    starts.extend(rows.iter().map(|(n, i)| {
                        let row = (n - start) * tile.rows.len() + i - tile.rows.start;
                        row * tile.row_len + tile.left * conv.out_channels + channel
                    }));
                    arch().dispatch(PackGradient {
                        gradient: tile.values,
                        rows: &starts,
                        pixels: tile.width,
                        pixel_step: conv.out_channels,
                        columns,
                        panel,
                        sums: d_bias,
                    });
                    if only_bias {
                        continue;
                    }
                    add_products(KernelRows {
                        image: input.values,
                        pixel_step: conv.stride[1] * conv.in_channels,
                        gradient: panel,
                        columns,
                        runs: &runs,
                        taps: &taps,
                        out: &mut d_weight[channel..],
                        out_step: conv.out_channels,
                    });
                }
            }
        }
    }

    /// How the rows of a gradient tile lie in memory.
    fn tile_plane(&self, tile: &GradientTile) -> Plane {
        let channels = self.conv.out_channels;
        Plane { row_len: tile.row_len, pixel_step: channels, channels }
    }

    /// Where image `index` of a gradient tile lies.
    fn tile_picture(&self, tile: &GradientTile, index: usize) -> Picture {
        let first_row = (index * tile.rows.len()).wrapping_sub(tile.rows.start).wrapping_mul(tile.row_len);
        let origin = first_row.wrapping_add(tile.left * self.conv.out_channels);
        Picture { origin, rows: tile.rows.clone(), columns: 0..tile.width }
    }

    /// Adds what the rows of `part` contribute to the kernel's gradient at Winograd's points, and to the bias's.
    fn kernel_squares(
        &self,
        winograd: &Winograd,
        part: &Part,
        tile: &GradientTile,
        memory: &mut [f32],
        at_points: &mut [f32],
        d_kernel: &mut [f32],
    ) {
        let conv = self.conv;
        let ([height, width], [top, _, left, _]) = (self.size, conv.zeros(self.size));
        let channels = conv.in_channels;
        let plane = Plane { row_len: width * channels, pixel_step: channels, channels };
        let mut squares = Squares::new(plane, self.tile_plane(tile));
        for (index, n) in part.images.clone().enumerate() {
            let source = Picture { origin: n * height * plane.row_len, rows: 0..height, columns: 0..width };
            let target = Picture { rows: part.rows.clone(), ..self.tile_picture(tile, index) };
            squares.push(winograd, &source, &target, part.rows.start, [-(top as isize), -(left as isize)]);
        }
        let d_bias = &mut d_kernel[conv.weight_len()..];
        winograd.filter_gradient(&squares, self.input, tile.values, memory, at_points, d_bias);
    }

    /// The squares of rows of the input's gradient, with patches of the output's.
    fn input_squares(
        &self,
        winograd: &Winograd,
        (images, first_image, rows): (usize, usize, std::ops::Range<usize>),
        tile: &GradientTile,
    ) -> Squares {
        let conv = self.conv;
        let ([height, width], [top, _, left, _]) = (self.size, conv.zeros(self.size));
        let channels = conv.in_channels;
        let plane = Plane { row_len: width * channels, pixel_step: channels, channels };
        let reach = conv.kernel.map(|side| side as isize - 1);
        let shift = [top as isize - reach[0], left as isize - reach[1]];
        let mut squares = Squares::new(self.tile_plane(tile), plane);
        for index in 0..images {
            let origin = (first_image + index) * height * plane.row_len;
            let target = Picture { origin, rows: rows.clone(), columns: 0..width };
            squares.push(winograd, &self.tile_picture(tile, index), &target, rows.start, shift);
        }
        squares
    }

    /// Writes the input rows whose last contribution went to output rows `own`: a convolution of the gradient with the
    /// mirrored kernel. With a stride, input columns of the same remainder form a convolution of their own.
    #[allow(clippy::too_many_arguments)] // one place, called once
    fn input_gradient(
        &self,
        packed: Packed,
        (images, first_image): (std::ops::Range<usize>, usize),
        own: std::ops::Range<usize>,
        last: bool,
        tile: &GradientTile,
        memory: &mut [f32],
        d_input: &mut [f32],
    ) {
        let conv = self.conv;
        let [height, width] = self.size;
        let [top, _, left, _] = conv.zeros(self.size);
        let [down, right] = conv.stride;
        let (channels, filters) = (conv.in_channels / conv.groups, conv.out_channels / conv.groups);
        let [kernel_h, kernel_w] = conv.kernel;
        let first_row = if own.start == 0 { 0 } else { (own.start * down).saturating_sub(top).min(height) };
        let end_row = if last { height } else { (own.end * down).saturating_sub(top).min(height) };
        if let Some(winograd) = packed.winograd {
            let winograd = winograd.backward();
            let place = (images.len(), first_image, first_row..end_row);
            let squares = self.input_squares(&winograd, place, tile);
            let target = Target { bias: None, floor: f32::NEG_INFINITY, out: d_input };
            return winograd.convolve(packed.values, &squares, tile.values, target, memory);
        }
        let merged = right == 1 && conv.dilation[1] == 1 && conv.groups == 1;
        let (mut runs, mut rows) = (Vec::new(), Vec::new());
        for group in 0..conv.groups {
            runs.clear();
            rows.clear();
            for (index, _) in images.clone().enumerate() {
                for y in first_row..end_row {
                    for phase in 0..right.min(width) {
                        let first = runs.len();
                        for u in 0..kernel_h {
                            let i = (y + top).wrapping_sub(u * conv.dilation[0]);
                            if i > y + top || !i.is_multiple_of(down) || !tile.rows.contains(&(i / down)) {
                                continue;
                            }
                            let row = (index * tile.rows.len() + i / down - tile.rows.start) * tile.row_len;
                            if merged {
                                let a = row + (left + tile.left + 1 - kernel_w) * filters;
                                runs.push(Run { a, b: u * kernel_w * filters, len: kernel_w * filters });
                                continue;
                            }
                            for v in 0..kernel_w {
                                // in whole strides, counted from the tile's first column
                                let x = phase + left + tile.left * right - v * conv.dilation[1];
                                if x.is_multiple_of(right) {
                                    let a = row + x / right * conv.out_channels + group * filters;
                                    runs.push(Run { a, b: (u * kernel_w + kernel_w - 1 - v) * filters, len: filters });
                                }
                            }
                        }
                        let out = (((first_image + index) * height + y) * width + phase) * conv.in_channels;
                        let pixels = (width - phase).div_ceil(right);
                        rows.push(Row { runs: first..runs.len(), pixels, out: out + group * channels });
                    }
                }
            }
            multiply(PixelRows {
                image: tile.values,
                pixel_step: conv.out_channels,
                panels: &packed.values[group * packed.group_len..],
                depth: kernel_h * kernel_w * filters,
                columns: channels,
                runs: &runs,
                rows: &rows,
                bias: None,
                floor: f32::NEG_INFINITY,
                out: &mut *d_input,
                out_step: right * conv.in_channels,
            });
        }
    }
}
