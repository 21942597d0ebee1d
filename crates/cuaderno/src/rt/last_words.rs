//! What a process says that ends before it can answer: of panics that cannot unwind, and of a stack that is used up.

use crate::display::Channel;
use cuaderno_wire::{Event, FailureKind};
use std::cell::RefCell;

/// What std says when it gives up.
const GIVING_UP: [&str; 2] = ["panic in a destructor during cleanup", "panic in a function that cannot unwind"];

thread_local! {
    /// The panics of the running cell heard last, two at most.
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A cell begins.
pub(super) fn begin() {
    HEARD.take();
}

/// Hears a panic of the cell. The panic after which the process ends brings those before it to the kernel.
pub(super) fn hear(message: &str) {
    if !GIVING_UP.contains(&message) {
        return HEARD.with_borrow_mut(|heard| {
            heard.push(message.to_owned());
            let more = heard.len().saturating_sub(2);
            heard.drain(..more);
        });
    }
    let reasons = HEARD.take().join("; and while values were dropped because of that: ");
    let evalue = if reasons.is_empty() { message.to_owned() } else { reasons };
    Channel::current().send(&Event::Error { ename: FailureKind::Panic.to_string(), evalue, file: None, line: None });
}
