//! The part of the input a task works on: the images themselves, or a copy with zeros at the sides.

use super::Conv2d;
use crate::micro_kernel::Segment;

/// Values of input one task goes through: 128 KB, a part of a core's second-level cache.
pub(super) const BLOCK: usize = 32 * 1024;

/// Rows `rows` of images `images`, `width` pixels wide, zeros at the sides included.
pub(super) struct InputBlock<'a> {
    pub values: &'a [f32],
    /// Where image 0, row 0 would lie (it may be before the start, hence added with wrapping).
    origin: usize,
    image_len: usize,
    row_len: usize,
}

/// Which rows and columns of the output a task computes.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub images: std::ops::Range<usize>,
    pub rows: std::ops::Range<usize>,
    pub width: usize,
}

impl InputBlock<'_> {
    /// Where pixel 0 (zeros included) of a row lies.
    pub fn at(&self, image: usize, row: usize) -> usize {
        self.origin.wrapping_add(image * self.image_len + row * self.row_len)
    }
}

/// The first and the last input row (exclusive) that output rows need.
fn input_rows(conv: &Conv2d, size: [usize; 2], part: &Part) -> std::ops::Range<usize> {
    let top = conv.zeros(size)[0];
    let first = (part.rows.start * conv.stride[0]).saturating_sub(top);
    let last = (part.rows.end.saturating_sub(1) * conv.stride[0] + (conv.kernel[0] - 1) * conv.dilation[0] + 1)
        .saturating_sub(top)
        .min(size[0]);
    first.min(last)..last
}

/// Pixels a row of windows spans.
fn span(conv: &Conv2d, width: usize) -> usize {
    (width.max(1) - 1) * conv.stride[1] + (conv.kernel[1] - 1) * conv.dilation[1] + 1
}

/// Whether windows reach beyond the sides of the image, so that a copy with zeros is needed.
fn needs_zeros(conv: &Conv2d, size: [usize; 2], width: usize) -> bool {
    let left = conv.zeros(size)[2];
    left > 0 || span(conv, width) > size[1]
}

/// Working memory [`input_block`] needs.
pub(super) fn input_block_len(conv: &Conv2d, size: [usize; 2], part: &Part) -> usize {
    if needs_zeros(conv, size, part.width) {
        part.images.len() * input_rows(conv, size, part).len() * span(conv, part.width) * conv.in_channels
    } else {
        0
    }
}

/// The input that `part` of the output needs.
pub(super) fn input_block<'a>(
    conv: &Conv2d,
    size: [usize; 2],
    part: &Part,
    input: &'a [f32],
    memory: &'a mut [f32],
) -> InputBlock<'a> {
    let channels = conv.in_channels;
    let (row_len, image_len) = (size[1] * channels, size[0] * size[1] * channels);
    if !needs_zeros(conv, size, part.width) {
        return InputBlock { values: input, origin: 0, image_len, row_len };
    }
    let rows = input_rows(conv, size, part);
    let block_row_len = span(conv, part.width) * channels;
    let left = (conv.zeros(size)[2] * channels).min(block_row_len);
    let copied = row_len.min(block_row_len - left);
    let sources = part.images.clone().flat_map(|n| rows.clone().map(move |y| n * image_len + y * row_len));
    for (target, source) in memory.chunks_exact_mut(block_row_len).zip(sources) {
        target[..left].fill(0.0);
        target[left..left + copied].copy_from_slice(&input[source..source + copied]);
        target[left + copied..].fill(0.0);
    }
    let block_image_len = rows.len() * block_row_len;
    let before = part.images.start * block_image_len + rows.start * block_row_len;
    InputBlock {
        values: memory,
        origin: 0usize.wrapping_sub(before),
        image_len: block_image_len,
        row_len: block_row_len,
    }
}

/// How many segments of neighbouring values the taps of one kernel row make: one, unless dilation or groups separate them.
pub(super) fn segments_per_row(conv: &Conv2d) -> usize {
    if conv.groups == 1 && conv.dilation[1] == 1 { 1 } else { conv.kernel[1] }
}

/// Where segment `index` of the first window of output row `i` lies in the block, and which taps it holds; none if that row
/// of the window is outside the image.
pub(super) fn segment(
    conv: &Conv2d,
    size: [usize; 2],
    block: &InputBlock,
    (image, i): (usize, usize),
    group: usize,
    index: usize,
) -> Option<Segment> {
    let per_row = segments_per_row(conv);
    let (u, v) = (index / per_row, index % per_row);
    let y = (i * conv.stride[0] + u * conv.dilation[0]).wrapping_sub(conv.zeros(size)[0]);
    if y >= size[0] {
        return None;
    }
    let inner = conv.in_channels / conv.groups;
    let len = conv.kernel[1] / per_row * inner;
    let a = block.at(image, y) + v * conv.dilation[1] * conv.in_channels + group * inner;
    Some(Segment { a, b: index * len, len })
}
