//! Long work: a progress line after two seconds, and an end when the user interrupts.

use crate::{EdaError, Result};
use cuaderno_display::{Progress, interrupt};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Work that ends sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// Work whose end the user may be waiting for; can be shared by threads.
pub(crate) struct Waiting {
    start: Instant,
    done: AtomicU64,
    /// The line, and how far it says the work is.
    progress: Mutex<(Progress, u64)>,
}

impl Waiting {
    /// Of `total` units; 0 if nobody knows how many there are.
    pub fn new(label: impl Into<String>, total: u64, unit: &str) -> Self {
        let progress = Progress::new(label, total, unit).passing();
        Self { start: Instant::now(), done: AtomicU64::new(0), progress: Mutex::new((progress, 0)) }
    }

    /// So much more is done.
    ///
    /// # Errors
    /// [`EdaError::Interrupted`].
    pub fn more(&self, units: u64) -> Result<()> {
        self.reached(self.done.fetch_add(units, Ordering::Relaxed) + units)
    }

    /// So much is done.
    ///
    /// # Errors
    /// [`EdaError::Interrupted`].
    pub fn reached(&self, done: u64) -> Result<()> {
        if interrupt::requested() {
            return Err(EdaError::Interrupted);
        }
        if self.start.elapsed() >= PATIENCE {
            let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
            let more = done.saturating_sub(progress.1);
            progress.1 += more;
            progress.0.step(more);
        }
        Ok(())
    }
}
