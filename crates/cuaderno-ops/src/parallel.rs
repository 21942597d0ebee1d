//! Splitting work over threads in a way that does not depend on how many there are.

use rayon::prelude::*;

/// Below this many elementary operations a task is not worth handing to another thread (measured: rayon's hand-over
/// costs about 5 µs, in which a core does some 100,000 multiplications).
const WORTH_SPLITTING: usize = 200_000;

/// Parts a reduction is split into, whatever the number of threads: the sums are the same bits with 1, 2 or 64 threads.
pub(crate) const PARTS: usize = 16;

/// How a reduction over `batch` examples is split: examples per part, and parts. Fewer parts when a partial result is large
/// (`len` values), so that adding them up stays cheap.
pub(crate) fn parts_of(batch: usize, len: usize) -> (usize, usize) {
    let most = ((1 << 20) / len.max(1)).clamp(4, PARTS);
    let per_part = batch.div_ceil(most).max(1);
    (per_part, batch.div_ceil(per_part))
}

/// Calls `work(index, chunk)` for consecutive chunks of `data`; `cost` is the number of elementary operations in all.
pub(crate) fn for_each_chunk<T: Send>(
    data: &mut [T],
    chunk: usize,
    cost: usize,
    work: impl Fn(usize, &mut [T]) + Sync + Send,
) {
    if data.is_empty() || chunk == 0 {
        return;
    }
    if cost < WORTH_SPLITTING || data.len() <= chunk {
        data.chunks_mut(chunk).enumerate().for_each(|(i, c)| work(i, c));
    } else {
        data.par_chunks_mut(chunk).enumerate().for_each(|(i, c)| work(i, c));
    }
}

/// Calls `work` for every item, in parallel when `cost` is worth it.
pub(crate) fn for_each_item<T: Send>(items: Vec<T>, cost: usize, work: impl Fn(T) + Sync + Send) {
    if cost < WORTH_SPLITTING || items.len() < 2 {
        items.into_iter().for_each(work);
    } else {
        items.into_par_iter().with_max_len(1).for_each(work);
    }
}

/// Terms that are added up at a time: a sum of thousands in one go would lose digits with each of them.
pub(crate) const GROUP: usize = 128;

/// `out[i] = parts[0][i] + parts[1][i] + …`, always in that order.
pub(crate) fn sum_parts(parts: &[f32], out: &mut [f32]) {
    let len = out.len();
    let cost = parts.len();
    for_each_chunk(out, 4096, cost, |index, out| {
        let start = index * 4096;
        out.copy_from_slice(&parts[start..start + out.len()]);
        for part in parts.chunks_exact(len).skip(1) {
            for (sum, x) in out.iter_mut().zip(&part[start..]) {
                *sum += x;
            }
        }
    });
}

/// Calls `work(start, chunk_a, chunk_b)` for corresponding chunks of two slices.
pub(crate) fn for_each_pair<T: Send, U: Sync>(
    a: &mut [T],
    b: &[U],
    chunk: usize,
    work: impl Fn(&mut [T], &[U]) + Sync + Send,
) {
    assert_eq!(a.len(), b.len());
    for_each_chunk(a, chunk, b.len(), |index, a| {
        let start = index * chunk;
        work(a, &b[start..start + a.len()]);
    });
}
