//! Other programs that a command runs: what they say appears as they say it, and an interrupt ends them with all they started.

use super::output::Stream;
use super::rustc::Running;
use rustix::process::Pid;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};

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
        scope.spawn(move || stdout.map(|pipe| forward(pipe, Stream::Stdout, &sender)));
        scope.spawn(move || stderr.map(|pipe| forward(pipe, Stream::Stderr, &other)));
        texts.iter().for_each(|(stream, text): (Stream, String)| output(stream, &text));
    });
    let status = child.wait();
    if running.remove(group) {
        return Err(format!("interrupted: {name} and what it started have ended"));
    }
    status.map_err(failed)
}

/// Passes text on in whole characters.
fn forward(mut pipe: impl Read, stream: Stream, sender: &Sender<(Stream, String)>) {
    let (mut held, mut bytes) = (Vec::new(), vec![0; 16 << 10]);
    while let Ok(count @ 1..) = pipe.read(&mut bytes) {
        held.extend_from_slice(&bytes[..count]);
        let whole = match std::str::from_utf8(&held) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => held.len(),
        };
        let text: Vec<u8> = held.drain(..whole).collect();
        // The receiver waits for the end of both streams.
        let _ = sender.send((stream, String::from_utf8_lossy(&text).into_owned()));
    }
}
