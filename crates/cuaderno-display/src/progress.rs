//! A progress line with rate and remaining time.

use crate::{Channel, DisplayHandle, MimeBundle, Rich, display, escape_html};
use std::io::Write;
use std::time::{Duration, Instant};

/// How often a line is redrawn at most; more would only load the browser.
const REDRAW: Duration = Duration::from_millis(100);
/// Steps a second that are shown; fewer would read as 0.0.
const SLOWEST_RATE: f64 = 0.1;

/// Counts work, and shows it in one line that is redrawn in place: in a notebook, in a terminal; a log gets the last state only.
///
/// ```
/// let mut progress = cuaderno_display::Progress::new("decoding", 3, "pictures");
/// for _ in 0..3 {
///     progress.step(1);
/// }
/// progress.finish();
/// ```
#[derive(Debug)]
pub struct Progress {
    label: String,
    unit: String,
    total: u64,
    done: u64,
    note: String,
    start: Instant,
    drawn: Option<Instant>,
    handle: Option<DisplayHandle>,
    finished: bool,
    passing: bool,
}

impl Progress {
    /// Starts counting up to `total` units, 0 if nobody knows how many there are. Nothing is shown before the first [`step`](Self::step).
    pub fn new(label: impl Into<String>, total: u64, unit: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            unit: unit.into(),
            total,
            done: 0,
            note: String::new(),
            start: Instant::now(),
            drawn: None,
            handle: None,
            finished: false,
            passing: false,
        }
    }

    /// A line that is only there when work takes long, so that a second run may lack it and still be the same.
    pub fn passing(mut self) -> Self {
        self.passing = true;
        self
    }

    /// Counts `units` more as done.
    pub fn step(&mut self, units: u64) {
        self.done += units;
        if self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW) {
            self.draw();
        }
    }

    /// Text behind the numbers, for example the current loss.
    pub fn note(&mut self, note: impl Into<String>) {
        self.note = note.into();
    }

    /// Shows the final state.
    pub fn finish(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if !std::mem::replace(&mut self.finished, true) {
            self.draw();
            match Channel::current() {
                Channel::Terminal => println!(),
                Channel::Log | Channel::Evcxr => println!("{}", self.line()),
                Channel::Kernel { .. } => {}
            }
        }
    }

    /// The line as it stands: `label 12/40 pictures, 31.0 pictures/s, 1 s left, note`.
    pub fn line(&self) -> String {
        let seconds = self.start.elapsed().as_secs_f64();
        let rate = self.done as f64 / seconds.max(1e-9);
        let mut line = self.count();
        if rate >= SLOWEST_RATE {
            line += &format!(", {rate:.1} {}/s", self.unit);
        }
        if self.done < self.total && rate > 0.0 {
            line += &format!(", {} left", human_seconds((self.total - self.done) as f64 / rate));
        } else {
            line += &format!(", {}", human_seconds(seconds));
        }
        line + &self.end_of_line()
    }

    fn count(&self) -> String {
        match self.total {
            0 => format!("{} {} {}", self.label, self.done, self.unit),
            total => format!("{} {}/{total} {}", self.label, self.done, self.unit),
        }
    }

    fn end_of_line(&self) -> String {
        if self.note.is_empty() { String::new() } else { format!(", {}", self.note) }
    }

    fn draw(&mut self) {
        self.drawn = Some(Instant::now());
        match Channel::current() {
            Channel::Kernel { .. } => match &self.handle {
                Some(handle) => handle.update(&*self),
                None => self.handle = Some(display(&*self)),
            },
            Channel::Terminal => {
                print!("\r\x1b[K{}", self.line());
                let _ = std::io::stdout().flush();
            }
            Channel::Log | Channel::Evcxr => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            self.end();
        }
    }
}

impl Rich for Progress {
    fn mime_bundle(&self) -> MimeBundle {
        // Without a value the browser shows that something goes on, for as long as the bar is there.
        let value = match self.total {
            0 if self.finished => " value=\"100\"".to_owned(),
            0 => String::new(),
            total => format!(" value=\"{:.1}\"", 100.0 * self.done as f64 / total as f64),
        };
        let line = self.line();
        let html = format!("<progress{value} max=\"100\"></progress> <code>{}</code>", escape_html(&line));
        let stable = if self.passing { String::new() } else { self.count() + &self.end_of_line() };
        MimeBundle::text(line).with_html(html).with_stable(stable)
    }
}

fn human_seconds(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => format!("{:.0} ms", s * 1000.0),
        s if s < 100.0 => format!("{s:.0} s"),
        s if s < 6000.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_total_the_line_counts_and_the_bar_comes_to_rest_at_the_end() {
        let mut progress = Progress::new("reading", 0, "rows");
        progress.done = 1200;
        assert!(progress.line().starts_with("reading 1200 rows, "), "{}", progress.line());
        let html = |progress: &Progress| progress.mime_bundle().get("text/html").unwrap_or_default().to_owned();
        assert!(html(&progress).starts_with("<progress max="), "{}", html(&progress));
        progress.finished = true;
        assert!(html(&progress).starts_with("<progress value=\"100\" max="), "{}", html(&progress));
    }

    #[test]
    fn a_rate_that_would_be_shown_as_zero_is_left_out() {
        let mut progress = Progress::new("repeat", 5, "runs");
        progress.done = 2;
        progress.start -= std::time::Duration::from_secs(60);
        assert_eq!(progress.line(), "repeat 2/5 runs, 90 s left");
    }

    #[test]
    fn with_a_total_the_line_says_how_far_it_is() {
        let mut progress = Progress::new("decoding", 4, "pictures");
        progress.done = 3;
        assert!(progress.line().starts_with("decoding 3/4 pictures, "), "{}", progress.line());
        assert!(progress.mime_bundle().get("text/html").unwrap_or_default().contains("value=\"75.0\""));
    }
}
