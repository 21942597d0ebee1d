//! The two inner loops of a convolution, on blocks of values that stay in registers.
//!
//! Both read the image where it lies: with channels last, one kernel row's taps are neighbours in memory, so a window is a
//! few stretches ([`Run`]) and nothing has to be unrolled. Blocks are 6 × 2 vectors with AVX2 and 12 × 2 with AVX-512: as
//! many sums as there are registers, each value loaded used in as many multiplications as possible.

use pulp::{Simd, WithSimd};

use crate::simd::{arch, at_least, load, store};

/// Columns of a panel, in vectors.
pub(super) const VECTORS: usize = 2;
/// The most rows of a block; the number of registers may allow fewer.
const ROWS: usize = 12;

/// Values of a panel that are gone through at a time: 20 KB, most of a first-level cache.
const PANEL: usize = 5 * 1024;

/// One stretch of a sum of products: `len` steps from `a` on in the first operand, from row `b` on in the second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub a: usize,
    pub b: usize,
    pub len: usize,
}

/// A row of output pixels: which runs each is summed over, how many pixels, and where the first is written.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub runs: std::ops::Range<usize>,
    pub pixels: usize,
    pub out: usize,
}

/// Width of the panels that `columns` are cut into.
pub(super) fn panel_width(lanes: usize) -> usize {
    VECTORS * lanes
}

/// Width that the last columns' panel is stored with.
pub(super) fn stored_width(lanes: usize, columns_left: usize) -> usize {
    if columns_left <= lanes { lanes } else { VECTORS * lanes }
}

/// Sums of products of an `M` by `V` vectors block: entry `(m, n)` is `Σ a[run.a + m row + k step] b[run.b + k, n]`.
///
/// # Safety
/// All those entries of `a`, and rows `run.b..run.b + run.len` of `width` values in `b`, must exist; `width` is at least
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
    runs: &[Run],
) -> [[S::f32s; V]; M] {
    let mut sums = [[simd.splat_f32s(0.0); V]; M];
    for run in runs {
        // SAFETY: promised by the caller
        unsafe {
            let mut a = a.add(run.a);
            let mut b = b.add(run.b * width);
            for _ in 0..run.len {
                let mut columns = [simd.splat_f32s(0.0); V];
                for (v, column) in columns.iter_mut().enumerate() {
                    *column = b.add(v * S::F32_LANES).cast::<S::f32s>().read_unaligned();
                }
                for (m, sums) in sums.iter_mut().enumerate() {
                    let x = simd.splat_f32s(*a.add(m * row));
                    for v in 0..V {
                        sums[v] = simd.mul_add_e_f32s(x, columns[v], sums[v]);
                    }
                }
                a = a.add(step);
                b = b.add(width);
            }
        }
    }
    sums
}

/// Calls `$call::<S, M, V>($args)` with `M` = `$m`, 1 to 12; blocks that exceed the registers are not generated.
macro_rules! with_rows {
    ($m:expr, $call:ident, $s:ty, $v:ident, ($($arg:expr),*)) => {
        with_rows!(@ $m, $call, $s, $v, ($($arg),*), 1 2 3 4 5 6 7 8 9 10 11 12)
    };
    (@ $m:expr, $call:ident, $s:ty, $v:ident, $args:tt, $($n:literal)*) => {
        match $m {
            $($n if $n <= const { most_rows::<$s>($v) } => with_rows!(@call $call, $s, $n, $v, $args),)*
            _ => unreachable!("blocks have 1 to 12 rows"),
        }
    };
    (@call $call:ident, $s:ty, $n:literal, $v:ident, ($($arg:expr),*)) => {
        $call::<$s, $n, $v>($($arg),*)
    };
}

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

/// Rows of output pixels: windows times packed columns, plus bias, at least `floor`.
pub(super) struct PixelRows<'a> {
    /// The image or a tile of it.
    pub image: &'a [f32],
    /// Distance from one pixel's window to the next one's.
    pub pixel_step: usize,
    /// `depth` rows of each panel, panel after panel.
    pub panels: &'a [f32],
    pub depth: usize,
    pub columns: usize,
    pub runs: &'a [Run],
    pub rows: &'a [Row],
    pub bias: Option<&'a [f32]>,
    /// Zero for a ReLU, minus infinity otherwise.
    pub floor: f32,
    pub out: &'a mut [f32],
    /// Distance from one output pixel to the next.
    pub out_step: usize,
}

/// Writes the rows. Not inlined: its dozens of block sizes are compiled once for all callers.
#[inline(never)]
pub(super) fn multiply(rows: PixelRows) {
    arch().dispatch(rows);
}

impl WithSimd for PixelRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        self.check(S::F32_LANES);
        let width = panel_width(S::F32_LANES);
        for first in (0..self.columns).step_by(width) {
            if self.columns - first <= S::F32_LANES {
                self.panel::<S, 1>(simd, first);
            } else {
                self.panel::<S, VECTORS>(simd, first);
            }
        }
    }
}

impl PixelRows<'_> {
    // everything down to the inner loop must be inlined into the function that has the vector instructions enabled
    #[inline(always)]
    fn panel<S: Simd, const V: usize>(&mut self, simd: S, first: usize) {
        let rows = self.rows;
        let most = (PANEL / (V * S::F32_LANES)).max(1);
        let mut start = 0;
        loop {
            // a part of the panel that stays in the first-level cache, ending between runs
            let end = self.runs.iter().map(|run| run.b + run.len).filter(|end| *end <= start + most).max();
            let end = end.filter(|end| *end > start).unwrap_or(start + self.longest(start));
            let end = if end <= start || end >= self.depth { self.depth } else { end };
            for row in rows {
                let runs = &self.runs[row.runs.clone()];
                let from = runs.iter().take_while(|run| run.b < start).count();
                let to = runs.iter().take_while(|run| run.b < end).count();
                let runs = row.runs.start + from..row.runs.start + to;
                if start > 0 && runs.is_empty() && end < self.depth {
                    continue;
                }
                let part = Row { runs, pixels: row.pixels, out: row.out };
                for (at, m) in blocks(row.pixels, most_rows::<S>(V)) {
                    with_rows!(m, write_block, S, V, (simd, self, &part, at, first, start == 0, end == self.depth));
                }
            }
            if end == self.depth {
                break;
            }
            start = end;
        }
    }

    /// Length of the runs that start at row `start` of the panels.
    fn longest(&self, start: usize) -> usize {
        self.runs.iter().filter(|run| run.b == start).map(|run| run.len).max().unwrap_or(0)
    }

    /// Checks that every entry the inner loop will touch exists, so that it need not check.
    fn check(&self, lanes: usize) {
        let last =
            self.columns - self.columns.min(self.columns.saturating_sub(1) / panel_width(lanes) * panel_width(lanes));
        let whole = self.columns - last;
        assert!(
            self.panels.len() >= self.depth * (whole + stored_width(lanes, last)),
            "panels shorter than their columns"
        );
        assert!(self.bias.is_none_or(|bias| bias.len() >= self.columns));
        for row in self.rows.iter().filter(|row| row.pixels > 0) {
            let reach = (row.pixels - 1) * self.pixel_step;
            for run in &self.runs[row.runs.clone()] {
                // `run.a` may come from a subtraction that wrapped: no sum here may wrap it back
                let fits = reach + run.len <= self.image.len() && run.a <= self.image.len() - (reach + run.len);
                assert!(run.b + run.len <= self.depth && fits, "window outside");
            }
            assert!(row.out + (row.pixels - 1) * self.out_step + self.columns <= self.out.len(), "row outside");
        }
    }
}

#[inline(always)]
#[allow(unsafe_code, clippy::too_many_arguments)] // inlined into its only caller
fn write_block<S: Simd, const M: usize, const V: usize>(
    simd: S,
    job: &mut PixelRows,
    row: &Row,
    at: usize,
    first: usize,
    is_first: bool,
    is_last: bool,
) {
    let width = V * S::F32_LANES;
    let image = job.image.get(at * job.pixel_step..).unwrap_or_default();
    let panel = &job.panels[job.depth * first..];
    let runs = &job.runs[row.runs.clone()];
    // SAFETY: `PixelRows::check` looked at every run and panel
    let mut sums =
        unsafe { sum_block::<S, M, V>(simd, image.as_ptr(), job.pixel_step, 1, panel.as_ptr(), width, runs) };
    let finishes = is_last && (job.bias.is_some() || job.floor > f32::NEG_INFINITY);
    let floor = simd.splat_f32s(job.floor);
    let mut bias = [simd.splat_f32s(0.0); V];
    if let Some(values) = job.bias.filter(|_| finishes) {
        for (v, bias) in bias.iter_mut().enumerate() {
            let start = (first + v * S::F32_LANES).min(job.columns);
            *bias = load(simd, &values[start..(start + S::F32_LANES).min(job.columns)]);
        }
    }
    for (m, sums) in sums.iter_mut().enumerate() {
        let pixel = &mut job.out[row.out + (at + m) * job.out_step..][..job.columns][first..];
        for (v, sum) in sums.iter_mut().enumerate() {
            let start = (v * S::F32_LANES).min(pixel.len());
            let out = &mut pixel[start..];
            if !is_first {
                *sum = simd.add_f32s(*sum, load(simd, out));
            }
            if finishes {
                *sum = at_least(simd, floor, simd.add_f32s(*sum, bias[v]));
            }
            store(simd, out, *sum);
        }
    }
}

/// Rows of a kernel's gradient that are neighbours in the image: `count` rows from row `out` on.
#[derive(Clone, Debug)]
pub(super) struct Taps {
    pub runs: std::ops::Range<usize>,
    pub count: usize,
    pub out: usize,
}

/// Adds `Σ image[pixel, tap] gradient[pixel, n]` to the rows of a kernel's gradient, for one panel of columns.
pub(super) struct KernelRows<'a> {
    /// The image or a tile of it.
    pub image: &'a [f32],
    /// Distance from one pixel's window to the next one's.
    pub pixel_step: usize,
    /// The outputs' gradients: [`stored_width`] values for each pixel.
    pub gradient: &'a [f32],
    /// How many columns of those are to be added.
    pub columns: usize,
    pub runs: &'a [Run],
    pub taps: &'a [Taps],
    pub out: &'a mut [f32],
    /// Distance from one row of the result to the next.
    pub out_step: usize,
}

/// Adds the products. Not inlined, as [`multiply`].
#[inline(never)]
pub(super) fn add_products(rows: KernelRows) {
    arch().dispatch(rows);
}

impl WithSimd for KernelRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        self.check(S::F32_LANES);
        if self.columns <= S::F32_LANES {
            self.panel::<S, 1>(simd);
        } else {
            self.panel::<S, VECTORS>(simd);
        }
    }
}

impl KernelRows<'_> {
    #[inline(always)]
    fn panel<S: Simd, const V: usize>(&mut self, simd: S) {
        let taps = self.taps;
        for taps in taps {
            for (at, m) in blocks(taps.count, most_rows::<S>(V)) {
                with_rows!(m, add_block, S, V, (simd, self, taps, at));
            }
        }
    }

    fn check(&self, lanes: usize) {
        let width = stored_width(lanes, self.columns);
        assert!(self.columns <= panel_width(lanes));
        for taps in self.taps.iter().filter(|taps| taps.count > 0) {
            for run in self.runs[taps.runs.clone()].iter().filter(|run| run.len > 0) {
                assert!((run.b + run.len) * width <= self.gradient.len(), "gradient shorter than its pixels");
                let reach = (run.len - 1) * self.pixel_step + taps.count;
                assert!(reach <= self.image.len() && run.a <= self.image.len() - reach, "window outside");
            }
            assert!((taps.out + taps.count - 1) * self.out_step + self.columns <= self.out.len(), "row outside");
        }
    }
}

#[inline(always)]
#[allow(unsafe_code)] // inlined into its only caller
fn add_block<S: Simd, const M: usize, const V: usize>(simd: S, job: &mut KernelRows, taps: &Taps, at: usize) {
    let width = V * S::F32_LANES;
    // empty where the whole tile is padding; then no run reads it
    let image = job.image.get(at..).unwrap_or_default();
    let runs = &job.runs[taps.runs.clone()];
    // SAFETY: `KernelRows::check` looked at every run
    let sums =
        unsafe { sum_block::<S, M, V>(simd, image.as_ptr(), 1, job.pixel_step, job.gradient.as_ptr(), width, runs) };
    for (m, sums) in sums.iter().enumerate() {
        let row = &mut job.out[(taps.out + at + m) * job.out_step..][..job.columns];
        for (v, sum) in sums.iter().enumerate() {
            let start = (v * S::F32_LANES).min(row.len());
            let part = &mut row[start..];
            let part = if part.len() > S::F32_LANES { &mut part[..S::F32_LANES] } else { part };
            let before = load(simd, part);
            store(simd, part, simd.add_f32s(before, *sum));
        }
    }
}
