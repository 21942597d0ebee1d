//! Other programs that a command runs: what they say appears as they say it, and an interrupt ends them with all they started.

use crate::cell::rustc::Running;
use crate::output::Stream;
use crate::text::read_text;
use rustix::process::Pid;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;

/// Runs a program to its end, and hands on its output.
///
/// # Errors
/// When it cannot be started, or was interrupted: in one line.
pub fn run(
    command: &mut Command,
    running: &Running,
    mut output: impl FnMut(Stream, &str),
) -> Result<ExitStatus, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |error: io::Error| format!("{name} cannot be started: {error}");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(failed)?;
    let group = Pid::from_child(&child);
    running.add(group);
    let (sender, texts) = channel();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let other = sender.clone();
    std::thread::scope(|scope| {
        // The receiver waits for the end of both streams.
        scope.spawn(move || stdout.map(|pipe| read_text(pipe, |text| drop(sender.send((Stream::Stdout, text))))));
        scope.spawn(move || stderr.map(|pipe| read_text(pipe, |text| drop(other.send((Stream::Stderr, text))))));
        texts.iter().for_each(|(stream, text)| output(stream, &text));
    });
    let status = child.wait();
    if running.remove(group) {
        return Err(format!("interrupted: {name} and what it started have ended"));
    }
    status.map_err(failed)
}
