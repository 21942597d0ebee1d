//! Standard input of a cell: a line of it is asked for as `input` asks.

use crate::display::{InputError, input, interrupt};
use cuaderno_wire::{Event, FailureKind};
use std::collections::VecDeque;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is left of the line typed last.
static TYPED: Mutex<VecDeque<u8>> = Mutex::new(VecDeque::new());
/// Whether the running cell has read where nobody can type.
static IN_VAIN: AtomicBool = AtomicBool::new(false);

/// No such device or address: nobody can type. Operation canceled: the user stopped the cell. See errno(3).
const NOBODY: isize = -6;
const STOPPED: isize = -125;

const ADVICE: &str = "standard input needs someone to type, and this notebook runs without a user; give the value in a cell instead \
    (where there is a user, `input(\"…\")?` asks with a question)";

/// Reads into a buffer; see `cuaderno_engine::runner::StdinReader`.
#[allow(unsafe_code)] // an exported name, found with dlsym; the buffer is the caller's, as `read` has it
#[unsafe(no_mangle)]
pub extern "C" fn cuaderno_stdin(buffer: *mut u8, count: usize) -> isize {
    if !is_empty_device() {
        return isize::MIN; // NOT_ASKED
    }
    let buffer = unsafe { std::slice::from_raw_parts_mut(buffer, count) };
    let mut typed = TYPED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if typed.is_empty() {
        // The wish to stop arrives as a panic, which must not run through C.
        match catch_unwind(|| input("")) {
            Ok(Ok(line)) => typed.extend(line.into_bytes().into_iter().chain([b'\n'])),
            Ok(Err(InputError::Headless | InputError::Io(_))) => {
                IN_VAIN.store(true, Ordering::Relaxed);
                // A loop that asks until the answer is right would never end.
                interrupt::request();
                return NOBODY;
            }
            Err(_) => return STOPPED,
        }
    }
    let taken = count.min(typed.len());
    buffer.iter_mut().zip(typed.drain(..taken)).for_each(|(to, byte)| *to = byte);
    taken as isize
}

/// Whether standard input is still what the runner has made it.
fn is_empty_device() -> bool {
    let null = rustix::fs::stat("/dev/null").map(|data| data.st_rdev);
    null.is_ok() && rustix::fs::fstat(rustix::stdio::stdin()).map(|data| data.st_rdev) == null
}

/// A cell begins: what was typed for the one before it is not meant for it.
pub(super) fn begin() {
    IN_VAIN.store(false, Ordering::Relaxed);
    TYPED.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clear();
}

/// How a cell ended. One that has read in vain did not end well, whatever it made of that.
pub(super) fn end(failure: Option<Event>) -> Option<Event> {
    if !IN_VAIN.load(Ordering::Relaxed) {
        return failure;
    }
    let (file, line) = match failure {
        Some(Event::Error { file, line, .. }) => (file, line),
        _ => (None, None),
    };
    Some(Event::Error { ename: FailureKind::NoUser.to_string(), evalue: ADVICE.to_owned(), file, line })
}
