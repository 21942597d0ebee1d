//! Work on many pictures: in parallel, with progress when it takes long, and stopped when the user asks for it.

use crate::ImagesError;
use cuaderno_display::{Progress, interrupt};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Shorter work does not need a progress line.
const PATIENCE: Duration = Duration::from_secs(2);

/// # Errors
/// [`ImagesError::Interrupted`] once the user asked to stop.
pub(crate) fn stop_if_asked(doing: &str) -> Result<(), ImagesError> {
    match interrupt::requested() {
        true => Err(ImagesError::Interrupted { doing: doing.to_owned() }),
        false => Ok(()),
    }
}

/// Counts finished pictures from several threads.
pub(crate) struct Work {
    doing: &'static str,
    total: usize,
    done: AtomicUsize,
    start: Instant,
    /// The line, and how much of the work it knows of.
    progress: Mutex<(Progress, usize)>,
}

impl Work {
    /// Begins `doing` (as in "decoding") `total` pictures.
    pub(crate) fn new(doing: &'static str, total: usize) -> Self {
        Self {
            doing,
            total,
            done: AtomicUsize::new(0),
            start: Instant::now(),
            progress: Mutex::new((Progress::new(doing, total as u64, "pictures").passing(), 0)),
        }
    }

    /// One more is done.
    ///
    /// # Errors
    /// [`ImagesError::Interrupted`] once the user asked to stop.
    pub(crate) fn step(&self) -> Result<(), ImagesError> {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if interrupt::requested() {
            return Err(ImagesError::Interrupted {
                doing: format!("{}, after {done} of {} pictures", self.doing, self.total),
            });
        }
        if self.start.elapsed() > PATIENCE
            && let Ok(mut line) = self.progress.try_lock()
        {
            let (progress, known) = &mut *line;
            progress.step(done.saturating_sub(*known) as u64);
            *known = done.max(*known);
        }
        Ok(())
    }
}
