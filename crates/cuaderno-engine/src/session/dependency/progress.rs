//! How far cargo is.

use crate::output::Output;
use cuaderno_wire::Event;
use cuaderno_wire::MimeBundle;
use std::sync::atomic::{AtomicU64, Ordering};

/// One line, replaced as cargo goes on.
pub struct Progress {
    display_id: String,
    shown: bool,
}

impl Progress {
    /// Nothing is shown yet.
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { display_id: format!("cuaderno-dep-{}", NEXT.fetch_add(1, Ordering::Relaxed)), shown: false }
    }

    /// Shows which crate is compiled now, given all that cargo has said.
    pub fn tell(&mut self, said: &str, show: &mut dyn FnMut(Output)) {
        let compiled = said.lines().map(str::trim).filter_map(|line| line.strip_prefix("Compiling "));
        let (count, last) = compiled.fold((0, None), |(count, _), name| (count + 1, Some(name)));
        let Some(last) = last else { return };
        let data = MimeBundle::text(format!("compiling {last} (crate {count})"));
        let display_id = self.display_id.clone();
        show(Output::Event(match std::mem::replace(&mut self.shown, true) {
            false => Event::DisplayData { data, display_id: Some(display_id) },
            true => Event::UpdateDisplayData { data, display_id },
        }));
    }
}
