//! Ctrl-C while programs run one after the other: the terminal tells the one at work, which ends in its own way; this one waits
//! for it, and starts no other.

use crate::problem::{self, Context, Problem, Result};
use signal_hook::consts::SIGINT;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// Runs a program for each item, whichever fail, until Ctrl-C.
///
/// # Errors
/// The problems of all that failed; after Ctrl-C in any case.
pub fn each_until_ctrl_c<T>(items: &[T], run: impl Fn(&T) -> Result<()>) -> Result<()> {
    let stopped = Arc::new(AtomicBool::new(false));
    // A handler, since programs started from here would inherit that the signal is ignored.
    signal_hook::flag::register(SIGINT, Arc::clone(&stopped)).context(|| "Ctrl-C".into())?;
    problem::all(items.iter().take_while(|_| !stopped.load(SeqCst)).map(run))?;
    if stopped.load(SeqCst) { Err(Problem::new("stopped by Ctrl-C")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process;
    use std::cell::Cell;

    fn sh(script: &str) -> Result<()> {
        process::run(process::command("sh").args(["-c", script]), "sh")
    }

    #[test]
    fn ctrl_c_waits_for_the_program_at_work_and_starts_no_other() {
        // As at a terminal: the signal goes to both.
        let told = format!("trap 'sleep 0.2; exit 3' INT; kill -INT {} $$", std::process::id());
        let ended = Cell::new(0);
        let result = each_until_ctrl_c(&["exit 1", &told, "exit 0"], |script| {
            let result = sh(script);
            ended.set(ended.get() + 1);
            result
        });
        assert_eq!(result, Err(Problem::new("sh failed (exit status: 1); sh failed (exit status: 3)")));
        assert_eq!(ended.get(), 2);
    }

    #[test]
    fn ctrl_c_at_the_end_is_a_failure_all_the_same() {
        let told = Arc::new(AtomicBool::new(false));
        let result = each_until_ctrl_c(&[()], |()| {
            // Registered after the other, so that it is told last.
            signal_hook::flag::register(SIGINT, Arc::clone(&told)).context(|| "Ctrl-C".into())?;
            sh(&format!("kill -INT {}", std::process::id()))?;
            while !told.load(SeqCst) {
                std::thread::yield_now();
            }
            Ok(())
        });
        assert_eq!(result, Err(Problem::new("stopped by Ctrl-C")));
    }
}
