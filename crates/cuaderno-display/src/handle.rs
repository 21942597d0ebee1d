//! Showing things, and replacing what was shown.

use crate::event::Event;
use crate::{Channel, Rich};
use std::sync::atomic::{AtomicU64, Ordering};

/// Shows a value now, between what the cell printed before and after. Returns a handle to replace it later.
pub fn display(value: &(impl Rich + ?Sized)) -> DisplayHandle {
    let handle = DisplayHandle::new();
    Channel::current()
        .send(&Event::DisplayData { data: value.mime_bundle(), display_id: Some(handle.display_id.clone()) });
    handle
}

/// Removes what the cell has shown so far; with `wait`, only when the next output arrives.
pub fn clear_output(wait: bool) {
    Channel::current().send(&Event::ClearOutput { wait });
}

/// Something on the page that can be replaced.
#[derive(Clone, Debug)]
pub struct DisplayHandle {
    display_id: String,
}

impl DisplayHandle {
    fn new() -> Self {
        // The process id keeps ids of a restarted runner apart from those still on the page.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { display_id: format!("cuaderno-{}-{number}", std::process::id()) }
    }

    /// Shows this value in the place of the earlier one. Where nothing can be replaced (a log, stock evcxr) it does nothing:
    /// show final values with [`display`].
    pub fn update(&self, value: &(impl Rich + ?Sized)) {
        if Channel::current().can_update() {
            Channel::current()
                .send(&Event::UpdateDisplayData { data: value.mime_bundle(), display_id: self.display_id.clone() });
        }
    }
}
