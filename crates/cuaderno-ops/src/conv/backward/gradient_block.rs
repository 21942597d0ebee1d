//! The gradient of a convolution's own output, a few rows at a time.

use super::Backward;

/// The gradient of some rows of the convolution's output, zeros at the sides.
pub(super) struct GradientBlock<'a> {
    pub values: &'a [f32],
    /// Rows in the block, of each image.
    pub rows: std::ops::Range<usize>,
    pub row_len: usize,
    /// Columns that hold gradients, and zeros before them.
    pub width: usize,
    pub left: usize,
}

impl Backward<'_> {
    /// Columns of zeros before the gradient's first, and columns in all, that the input gradient's windows reach.
    pub(super) fn side_zeros(&self, width: usize) -> (usize, usize) {
        let conv = self.conv;
        let left = conv.zeros(self.size)[2];
        let reach = (conv.kernel[1] - 1) * conv.dilation[1];
        let before = reach.saturating_sub(left).div_ceil(conv.stride[1]);
        let after = (self.size[1].max(1) - 1 + left) / conv.stride[1] + 1;
        (before, before + after.max(width))
    }

    /// Writes the gradient before activation and pooling of these rows.
    #[allow(clippy::too_many_arguments)] // one place, called once
    pub(super) fn fill(
        &self,
        images: std::ops::Range<usize>,
        rows: &std::ops::Range<usize>,
        width: usize,
        left: usize,
        row_len: usize,
        small: &mut [f32],
        block: &mut [f32],
    ) {
        let channels = self.conv.out_channels;
        let inner = self.conv.output_size(self.size);
        if row_len == 0 || rows.is_empty() {
            return;
        }
        for (n, block) in images.zip(block.chunks_exact_mut(rows.len() * row_len)) {
            for row in block.chunks_exact_mut(row_len) {
                row[..left].fill(0.0);
                row[left + width * channels..].fill(0.0);
            }
            match self.pool {
                Some((pool, argmax)) => {
                    let [out_height, out_width] = pool.output_size(inner);
                    let first = (n * out_height + pool.rows_touching(inner, rows).start) * out_width * channels;
                    let range = first..first + small.len();
                    small.copy_from_slice(&self.d_output[range.clone()]);
                    self.activation.backward(&self.output[range.clone()], small);
                    let target = crate::pool::RowsMut { rows: rows.clone(), left, row_len, width, values: block };
                    pool.max_spread(inner, channels, &argmax[range], small, target);
                }
                None => {
                    let len = width * channels;
                    for (i, row) in rows.clone().zip(block.chunks_exact_mut(row_len)) {
                        let start = (n * inner[0] + i) * len;
                        let row = &mut row[left..left + len];
                        row.copy_from_slice(&self.d_output[start..start + len]);
                        self.activation.backward(&self.output[start..start + len], row);
                    }
                }
            }
        }
    }
}
