//! Products of matrices, block by block of values that stay in registers: what convolutions and dense layers are made of.
//!
//! The left matrix is read where it lies: its rows may be windows of an image, which with channels last are a few
//! segments of neighbours in memory, so that nothing has to be unrolled. The right one is packed in [`Panels`] of columns. Blocks
//! are 6 × 2 vectors with AVX2 and 12 × 2 with AVX-512: as many sums as there are registers, each value loaded used in as many
//! multiplications as possible.
//!
//! A sum is taken in one order, whatever the instructions, the threads and the rows beside it: term by term with fused
//! multiply-adds, [`DEPTH`] terms or a segment at a time, then over those parts. Vectors lie across columns, never along a sum.

mod panels;
mod transposed;
mod windows;

pub(crate) use panels::Panels;
pub(crate) use transposed::{Taps, TransposedProduct, add_products};
pub(crate) use windows::{Row, WindowProduct, multiply};

use crate::simd::mul_add;
use pulp::Simd;

/// Columns of a panel, in vectors.
pub(crate) const VECTORS: usize = 2;
/// The most rows of a block; the number of registers may allow fewer.
const ROWS: usize = 12;

/// Terms of a sum that are taken at a time, if segments are not longer: so many rows of a panel are 20 KB with AVX-512, most of a
/// first-level cache.
pub(crate) const DEPTH: usize = 160;

/// Neighbouring terms of a sum of products: `len` steps from `a` on in the first operand, from row `b` on in the second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub a: usize,
    pub b: usize,
    pub len: usize,
}

/// How many terms of sums over segments of `len` neighbours are taken at a time: whole segments.
pub(crate) const fn depth_at_a_time(len: usize) -> usize {
    if len == 0 || len >= DEPTH { len } else { DEPTH / len * len }
}

/// Width of the panels that `columns` are cut into.
pub(crate) fn panel_width(lanes: usize) -> usize {
    VECTORS * lanes
}

/// Width that the last columns' panel is stored with.
pub(crate) fn stored_width(lanes: usize, columns_left: usize) -> usize {
    if columns_left <= lanes { lanes } else { VECTORS * lanes }
}

/// Sums of products of an `M` by `V` vectors block: entry `(m, n)` is `Σ a[segment.a + m row + k step] b[segment.b + k, n]`.
///
/// # Safety
/// All those entries of `a`, and rows `segment.b..segment.b + segment.len` of `width` values in `b`, must exist; `width` is at least
/// `V` vectors.
#[inline(always)]
#[allow(unsafe_code)] // bounds checks in this loop cost a third of its speed; callers check the extremes
unsafe fn sum_block<S: Simd, const M: usize, const V: usize>(
    simd: S,
    a: *const f32,
    row: usize,
    step: usize,
    b: *const f32,
    width: usize,
    segments: &[Segment],
) -> [[S::f32s; V]; M] {
    let mut sums = [[simd.splat_f32s(0.0); V]; M];
    for segment in segments {
        // SAFETY: promised by the caller
        unsafe {
            let mut a = a.add(segment.a);
            let mut b = b.add(segment.b * width);
            for _ in 0..segment.len {
                let mut columns = [simd.splat_f32s(0.0); V];
                for (v, column) in columns.iter_mut().enumerate() {
                    *column = b.add(v * S::F32_LANES).cast::<S::f32s>().read_unaligned();
                }
                for (m, sums) in sums.iter_mut().enumerate() {
                    let x = simd.splat_f32s(*a.add(m * row));
                    for v in 0..V {
                        sums[v] = mul_add(simd, x, columns[v], sums[v]);
                    }
                }
                a = a.wrapping_add(step);
                b = b.wrapping_add(width);
            }
        }
    }
    sums
}

/// Calls `$self.$call::<M, V>($args)` with `M` = `$m`, 1 to 12; blocks that exceed the registers are not generated.
macro_rules! with_rows {
    ($m:expr, $s:ty, $v:ident, $self:ident.$call:ident $args:tt) => {
        with_rows!(@ $m, $s, $v, $self.$call $args, 1 2 3 4 5 6 7 8 9 10 11 12)
    };
    (@ $m:expr, $s:ty, $v:ident, $self:ident.$call:ident $args:tt, $($n:literal)*) => {
        match $m {
            $($n if $n <= const { $crate::micro_kernel::most_rows::<$s>($v) } => with_rows!(@call $n, $v, $self.$call $args),)*
            _ => unreachable!("blocks have 1 to 12 rows"),
        }
    };
    (@call $n:literal, $v:ident, $self:ident.$call:ident ($($arg:expr),*)) => {
        $self.$call::<$n, $v>($($arg),*)
    };
}
use with_rows;

/// Rows of a block of `vectors` columns that leave room for a row of columns and one value.
const fn most_rows<S: Simd>(vectors: usize) -> usize {
    let rows = (S::REGISTER_COUNT - 2 - vectors) / vectors;
    if rows < ROWS { rows } else { ROWS }
}

/// Cuts `count` into blocks of nearly equal size, none above `most`: a short last block would leave registers idle.
#[inline(always)]
fn blocks(count: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let blocks = count.div_ceil(most).max(1);
    let (size, larger) = (count / blocks, count % blocks);
    (0..blocks).map(move |i| (i * size + i.min(larger), size + usize::from(i < larger))).filter(|(_, len)| *len > 0)
}
