//! One line about long work: redrawn in place on a terminal, repeated now and then in a log.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often a log gets a line.
const LOG_EVERY: Duration = Duration::from_secs(30);

/// A line on stderr that is replaced by the next one.
pub struct StatusLine {
    terminal: bool,
    written: Option<Instant>,
    shown: String,
}

impl StatusLine {
    /// A line that is not there yet.
    pub fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), written: None, shown: String::new() }
    }

    /// Shows this text now (terminal), or if enough time has passed since the last (log).
    pub fn show(&mut self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        if self.terminal {
            if text != self.shown {
                let _ = write!(stderr, "\r\x1b[K{text}");
                self.shown = text.to_owned();
            }
        } else if self.written.is_none_or(|written| written.elapsed() >= LOG_EVERY) {
            let _ = writeln!(stderr, "{text}");
            self.written = Some(Instant::now());
        }
        let _ = stderr.flush();
    }

    /// Replaces the line by a last one that stays.
    pub fn finish(&mut self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = if self.terminal { writeln!(stderr, "\r\x1b[K{text}") } else { writeln!(stderr, "{text}") };
        self.shown.clear();
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if self.terminal && !self.shown.is_empty() {
            eprint!("\r\x1b[K");
        }
        self.shown.clear();
    }
}

/// A duration as a person says it: `40 s`, `6 min`, `1 h 20 min`.
pub fn human(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..90 => format!("{seconds} s"),
        seconds @ 90..3600 => format!("{} min", (seconds + 30) / 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let said = [5, 89, 100, 3599, 4900].map(|seconds| human(Duration::from_secs(seconds)));
        assert_eq!(said, ["5 s", "89 s", "2 min", "60 min", "1 h 21 min"]);
    }
}
