//! Memory that outlives one operation, so that a training step allocates nothing.

/// Reusable working memory. Keep one for a whole training run; its contents mean nothing between calls.
#[derive(Debug, Default)]
pub struct Scratch {
    buffer: Vec<f32>,
}

impl Scratch {
    /// Empty; grows to what the largest operation needs.
    pub fn new() -> Self {
        Self::default()
    }

    /// `len` values of unspecified content.
    pub(crate) fn take(&mut self, len: usize) -> &mut [f32] {
        if self.buffer.len() < len {
            self.buffer.resize(len, 0.0);
        }
        &mut self.buffer[..len]
    }
}

thread_local! {
    static BLOCKS: std::cell::Cell<Vec<Vec<f32>>> = const { std::cell::Cell::new(Vec::new()) };
}

/// Lends `len` values of unspecified content that stay in this thread's cache from one block to the next. A block may be lent
/// within another one's time.
pub(crate) fn with_block<R>(len: usize, work: impl FnOnce(&mut [f32]) -> R) -> R {
    let mut blocks = BLOCKS.take();
    let mut block = blocks.pop().unwrap_or_default();
    BLOCKS.set(blocks);
    if block.len() < len {
        block.resize(len, 0.0);
    }
    let result = work(&mut block[..len]);
    let mut blocks = BLOCKS.take();
    blocks.push(block);
    BLOCKS.set(blocks);
    result
}
