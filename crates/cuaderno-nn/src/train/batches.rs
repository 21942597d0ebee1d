//! Pictures in batches, the next one prepared while the current one is used.

use super::Fit;
use super::mixup::Mixed;
use crate::Examples;
use crate::random::{Stream, permutation};
use rayon::prelude::*;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Which examples each step sees. Passes over the data follow each other; a pass ends in a smaller batch if need be. The
/// answer depends on the step's number alone, so training can go on anywhere.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub len: usize,
    pub batch_size: usize,
    pub shuffle: bool,
    pub seed: u64,
    /// The parameter of mixup, if examples are mixed.
    pub mixup: Option<f64>,
}

impl Order {
    /// That of a run with these settings.
    pub fn new(examples: &dyn Examples, how: &Fit, seed: u64) -> Self {
        let Fit { batch_size, shuffle, mixup, .. } = *how;
        Self { len: examples.len(), batch_size, shuffle, seed, mixup }
    }

    pub fn batches_per_pass(&self) -> usize {
        self.len.div_ceil(self.batch_size)
    }

    /// Examples in the batch of a step.
    fn range(&self, step: usize) -> std::ops::Range<usize> {
        let start = step % self.batches_per_pass() * self.batch_size;
        start..(start + self.batch_size).min(self.len)
    }

    /// How many examples the steps before this one see.
    pub fn seen_before(&self, step: usize) -> usize {
        let (passes, batches) = (step / self.batches_per_pass(), step % self.batches_per_pass());
        passes.saturating_mul(self.len).saturating_add(batches * self.batch_size)
    }
}

/// One batch, channels last.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub images: Vec<f32>,
    /// The class of each example; 0 where there are none.
    pub labels: Vec<usize>,
    /// `[batch, numbers]` to be predicted; empty where examples have classes.
    pub targets: Vec<f32>,
    /// What each example is blended with, if it is.
    pub mixed: Option<Mixed>,
}

/// Batches as they become ready: one in work, one ready, one in the making.
pub(crate) struct Batches {
    ready: Receiver<Batch>,
    used: Sender<Batch>,
}

impl Batches {
    /// The next one; none after the last.
    pub fn next(&self) -> Option<Batch> {
        self.ready.recv().ok()
    }

    /// A batch that has been used, for its memory.
    pub fn give_back(&self, batch: Batch) {
        let _ = self.used.send(batch);
    }
}

/// Calls `work` with the batches of `steps`, which another thread prepares meanwhile, until `work` is done.
pub(crate) fn prepared<R>(
    examples: &dyn Examples,
    order: &Order,
    steps: std::ops::Range<usize>,
    work: impl FnOnce(&Batches) -> R,
) -> R {
    let (sender, ready) = sync_channel(1);
    let (used, receiver) = channel();
    let batches = Batches { ready, used };
    std::thread::scope(|scope| {
        scope.spawn(move || prepare(examples, order, steps, sender, receiver));
        let result = work(&batches);
        drop(batches); // ends the other thread
        result
    })
}

/// Prepares the batches of `steps`, in order, until nobody listens any more. Used batches come back for their memory.
fn prepare(
    examples: &dyn Examples,
    order: &Order,
    steps: std::ops::Range<usize>,
    ready: SyncSender<Batch>,
    used: Receiver<Batch>,
) {
    let mut pass = (usize::MAX, Vec::new());
    for step in steps {
        let number = step / order.batches_per_pass();
        if order.shuffle && pass.0 != number {
            pass = (number, permutation(order.len, order.seed, Stream::Shuffle, number as u64));
        }
        let mut batch = used.try_recv().unwrap_or_default();
        let range = order.range(step);
        if order.shuffle {
            fill(examples, &pass.1[range], number, &mut batch);
        } else {
            fill(examples, &range.collect::<Vec<_>>(), number, &mut batch);
        }
        if let Some(alpha) = order.mixup {
            batch.mix(alpha, order.seed, step as u64);
        }
        if ready.send(batch).is_err() {
            return;
        }
    }
}

/// Writes these examples into a batch, several at a time.
pub(crate) fn fill(examples: &dyn Examples, indices: &[usize], pass: usize, batch: &mut Batch) {
    let image_len: usize = examples.image_shape().iter().product();
    batch.labels.clear();
    batch.labels.extend(indices.iter().map(|&index| examples.label(index)));
    let numbers = examples.target_names().len();
    batch.targets.resize(indices.len() * numbers, 0.0);
    if numbers > 0 {
        let targets = batch.targets.chunks_exact_mut(numbers);
        targets.zip(indices).for_each(|(targets, &index)| examples.write_targets(index, targets));
    }
    batch.images.resize(indices.len() * image_len, 0.0);
    batch
        .images
        .par_chunks_exact_mut(image_len)
        .zip(indices)
        .with_min_len(4)
        .for_each(|(image, &index)| examples.write_image(index, pass, image));
}
