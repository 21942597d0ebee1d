//! Long work: a progress line after two seconds, and an end when the user interrupts.

use crate::{EdaError, Result};
use cuaderno_display::{Progress, interrupt};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Work that ends sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// Work whose end the user may be waiting for; can be shared by threads.
pub(crate) struct Waiting {
    start: Instant,
    /// The line, and how far it says the work is.
    progress: Mutex<(Progress, u64)>,
}

impl Waiting {
    pub fn new(label: impl Into<String>, total: u64, unit: &str) -> Self {
        Self { start: Instant::now(), progress: Mutex::new((Progress::new(label, total, unit).passing(), 0)) }
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
