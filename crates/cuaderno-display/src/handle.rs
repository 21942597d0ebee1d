//! Showing things, and replacing what was shown.

use crate::{Channel, MimeBundle, Rich};
use cuaderno_wire::Event;
use std::sync::atomic::{AtomicU64, Ordering};

/// Shows a value now, between what the cell printed before and after. Returns a handle to replace it later.
pub fn display(value: &(impl Rich + ?Sized)) -> DisplayHandle {
    DisplayHandle::show(value.mime_bundle())
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
    // Not generic, so that a cell compiles little: so is `replace`.
    fn show(data: MimeBundle) -> Self {
        let handle = Self::new();
        Channel::current().send(&Event::DisplayData { data, display_id: Some(handle.display_id.clone()) });
        handle
    }

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
            self.replace(value.mime_bundle());
        }
    }

    fn replace(&self, data: MimeBundle) {
        Channel::current().send(&Event::UpdateDisplayData { data, display_id: self.display_id.clone() });
    }
}
