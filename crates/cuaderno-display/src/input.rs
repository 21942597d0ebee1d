//! Asking the user for a line of text.

use crate::Channel;
use cuaderno_wire::Event;
use std::io::{self, BufRead, Write};
use std::sync::OnceLock;

/// Why no answer came.
#[derive(Debug)]
pub enum InputError {
    /// The notebook runs without a user: nbconvert, CI, grading.
    Headless,
    /// The connection to the user broke.
    Io(io::Error),
}

impl std::fmt::Display for InputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Headless => f.write_str(
                "input needs someone to type, and this notebook runs without a user; give the value in a cell instead",
            ),
            Self::Io(error) => write!(f, "input could not be read: {error}"),
        }
    }
}

impl std::error::Error for InputError {}

/// Asks for a line and waits for it.
///
/// # Errors
/// [`InputError::Headless`] where nobody can answer.
pub fn input(prompt: &str) -> Result<String, InputError> {
    ask(prompt, false)
}

/// Asks for a line that is not shown while typed.
///
/// # Errors
/// As [`input`].
pub fn password(prompt: &str) -> Result<String, InputError> {
    ask(prompt, true)
}

/// Sends the question by calling what it is given, then waits for the answer.
type Answer = dyn Fn(&dyn Fn()) -> Result<String, InputError> + Send + Sync;
static ANSWER: OnceLock<Box<Answer>> = OnceLock::new();

/// Tells where answers come from. The runner calls this once, at its start.
#[doc(hidden)]
pub fn set_answer_source(source: impl Fn(&dyn Fn()) -> Result<String, InputError> + Send + Sync + 'static) {
    let _ = ANSWER.set(Box::new(source));
}

fn ask(prompt: &str, password: bool) -> Result<String, InputError> {
    if let (Channel::Kernel { .. }, Some(answer)) = (Channel::current(), ANSWER.get()) {
        return answer(&|| Channel::current().send(&Event::InputRequest { prompt: prompt.to_owned(), password }));
    }
    let mut stdout = io::stdout().lock();
    write!(stdout, "{prompt}").and_then(|()| stdout.flush()).map_err(InputError::Io)?;
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(0) => Err(InputError::Headless),
        Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => Err(InputError::Io(error)),
    }
}
