//! Telling that a cell has used up its stack. Rust's own runtime does so for threads of programs that it starts; this process was started by another.

use cuaderno_wire::{Event, FailureKind, TOKEN_VARIABLE};
use std::sync::OnceLock;

/// Below the stack lies a page that nobody may touch; code that needs more than a page touches each page on its way.
const BELOW: usize = 1 << 20;
const ABOVE: usize = 64 << 10;
/// A handler needs a stack, and the thread's is used up.
const HANDLER_STACK: usize = 64 << 10;

struct Watched {
    lowest: usize,
    /// What is said, ready to be written: a handler may not allocate.
    words: Vec<u8>,
}

static WATCHED: OnceLock<Watched> = OnceLock::new();

/// Watches the stack of this thread, for the life of the process.
#[allow(unsafe_code)] // POSIX's calls, with a handler that only compares, writes and returns
pub(super) fn watch_this_thread() {
    let event = Event::Error {
        ename: FailureKind::StackOverflow.to_string(),
        evalue: "the stack is used up: a function that calls itself without end, or a very large array in a variable (make it a Vec)".to_owned(),
        file: None,
        line: None,
    };
    let words = std::env::var(TOKEN_VARIABLE).map(|token| event.to_frame(&token)).unwrap_or_default();
    unsafe {
        let mut attributes = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return;
        }
        let (mut lowest, mut size) = (std::ptr::null_mut(), 0);
        libc::pthread_attr_getstack(&attributes, &mut lowest, &mut size);
        libc::pthread_attr_destroy(&mut attributes);
        let _ = WATCHED.set(Watched { lowest: lowest as usize, words });
        let handler_stack = Box::leak(vec![0_u8; HANDLER_STACK].into_boxed_slice());
        let stack = libc::stack_t { ss_sp: handler_stack.as_mut_ptr().cast(), ss_flags: 0, ss_size: HANDLER_STACK };
        libc::sigaltstack(&stack, std::ptr::null_mut());
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_fault as extern "C" fn(_, _, _) as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        for signal in [libc::SIGSEGV, libc::SIGBUS] {
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}

#[allow(unsafe_code)] // as above
extern "C" fn on_fault(signal: libc::c_int, fault: *mut libc::siginfo_t, _: *mut libc::c_void) {
    unsafe {
        let address = (*fault).si_addr() as usize;
        if let Some(Watched { lowest, words }) = WATCHED.get()
            && (lowest.saturating_sub(BELOW)..lowest + ABOVE).contains(&address)
        {
            libc::write(1, words.as_ptr().cast(), words.len());
        }
        // Back to what the system does, when the access is tried again.
        let mut default: libc::sigaction = std::mem::zeroed();
        default.sa_sigaction = libc::SIG_DFL;
        libc::sigaction(signal, &default, std::ptr::null_mut());
    }
}
