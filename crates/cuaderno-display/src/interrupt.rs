//! Whether the user asked the cell to stop.
//!
//! Long work asks [`requested`] between steps and ends in good order, keeping what it has.

use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Whether an interrupt came since the cell began.
#[inline]
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Asks the running cell to stop. The runner calls this; safe in a signal handler.
pub fn request() {
    REQUESTED.store(true, Ordering::Relaxed);
}

/// Forgets an earlier interrupt. The runner calls this before each cell.
pub fn clear() {
    REQUESTED.store(false, Ordering::Relaxed);
}
