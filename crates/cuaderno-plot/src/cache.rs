//! What a figure computed from its data, kept until the figure changes.

use std::sync::OnceLock;

/// Something computed once: a figure is measured, drawn and described from the same numbers, and millions of values are
/// not gone through for each.
#[derive(Clone, Debug)]
pub(crate) struct Cache<T>(OnceLock<T>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> Cache<T> {
    pub(crate) fn get(&self, compute: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(compute)
    }

    /// To be called by everything that changes what the computation depends on.
    pub(crate) fn clear(&mut self) {
        self.0.take();
    }
}
