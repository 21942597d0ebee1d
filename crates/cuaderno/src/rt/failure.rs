//! How a cell ends, well or not.

use crate::display::event::Event;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::error::Error;
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind};

/// An error that `?` carried out of a cell, with the place of the `?`.
#[derive(Debug)]
pub struct CellError {
    type_name: &'static str,
    message: String,
    place: &'static Location<'static>,
}

impl<E: Into<Box<dyn Error>>> From<E> for CellError {
    #[track_caller]
    fn from(error: E) -> Self {
        Self::new(std::any::type_name::<E>(), error.into(), Location::caller())
    }
}

impl CellError {
    fn new(type_name: &'static str, error: Box<dyn Error>, place: &'static Location<'static>) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Many errors repeat their cause in their own message.
            if !message.contains(&text) {
                message += &format!("\n  caused by: {text}");
            }
            cause = error.source();
        }
        Self { type_name, message, place }
    }

    /// What went wrong, with its causes.
    pub fn message(&self) -> &str {
        &self.message
    }

    fn to_event(&self) -> Event {
        // `alloc::string::String` and friends say nothing to a student.
        let name = self.type_name.rsplit("::").next().unwrap_or("Error");
        let ename =
            if name.chars().all(char::is_alphanumeric) && name != "String" && name != "str" { name } else { "Error" };
        Event::Error {
            ename: ename.to_owned(),
            evalue: self.message.clone(),
            file: Some(self.place.file().to_owned()),
            line: Some(self.place.line()),
        }
    }
}

/// A result whose failure can be made into the cell's before `?` carries it out, so that variables are kept in between.
pub trait Fallible: Sized {
    /// The result if it is well, else an error that borrows nothing.
    ///
    /// # Errors
    /// With what the result failed with.
    fn check(self) -> Result<Self, CellError>;
}

impl<T, E> Fallible for Result<T, E>
where
    CellError: From<E>,
{
    #[track_caller]
    fn check(self) -> Result<Self, CellError> {
        match self {
            Ok(value) => Ok(Ok(value)),
            Err(error) => Err(error.into()),
        }
    }
}

const NO_MESSAGE: &str = "a panic without a message";

thread_local! {
    /// The line of the cell's statement that is running.
    static STATEMENT: Cell<u32> = const { Cell::new(0) };
    /// What the panic hook heard last on this thread.
    static PANIC: RefCell<Option<Event>> = const { RefCell::new(None) };
    /// What ended the cell before its end.
    static FAILURE: RefCell<Option<Event>> = const { RefCell::new(None) };
}

/// Notes that the statement at this line of the generated source begins.
pub fn at(line: u32) {
    STATEMENT.set(line);
}

/// Runs the statements of a cell; a panic in them ends the cell, not the runner. Returns whether all of them ran.
pub fn run(cell: impl FnOnce() -> Result<(), CellError>) -> bool {
    let mut cell = Some(cell);
    run_caught(&mut || match cell.take() {
        Some(cell) => cell(),
        None => Ok(()),
    })
}

fn run_caught(cell: &mut dyn FnMut() -> Result<(), CellError>) -> bool {
    PANIC.take();
    let failure = match catch_unwind(AssertUnwindSafe(cell)) {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => error.to_event(),
        Err(payload) => panic_event(payload),
    };
    FAILURE.set(Some(failure));
    false
}

/// Notes that a variable is not in the store with the type that the kernel remembers.
pub fn lost(name: &str) {
    FAILURE.set(Some(Event::Error {
        ename: "lost variable".to_owned(),
        evalue: format!("`{name}` is no longer there; run the cell that makes it again"),
        file: None,
        line: None,
    }));
}

/// What ended the cell that ran before its end.
pub(super) fn take_failure() -> Option<Event> {
    FAILURE.take()
}

/// What ends a cell at the user's wish.
pub(super) struct Interrupted;

/// Ends the cell if the user asked for it. Called in the loops of cells; one in a `Drop` that runs because of a panic goes on, as
/// a second panic would end the process.
pub fn check_interrupt() {
    if crate::display::interrupt::requested() && !std::thread::panicking() {
        std::panic::resume_unwind(Box::new(Interrupted));
    }
}

/// The message of a panic that something other than [`run`] caught; a wish to stop goes on to it.
pub(crate) fn caught_message(payload: Box<dyn Any + Send>) -> String {
    if payload.is::<Interrupted>() {
        std::panic::resume_unwind(payload);
    }
    PANIC.take();
    message_of(&*payload).to_owned()
}

fn message_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    text.unwrap_or(NO_MESSAGE)
}

fn panic_event(payload: Box<dyn Any + Send>) -> Event {
    if payload.is::<Interrupted>() {
        return Event::Error {
            ename: "interrupted".to_owned(),
            evalue: "the cell was interrupted; variables of earlier cells are kept".to_owned(),
            file: None,
            line: Some(STATEMENT.get()),
        };
    }
    let message = message_of(&*payload);
    // A panic of another thread, handed on by rayon, was heard there; what was heard here may be one that a library caught.
    let is_this = |heard: &Event| matches!(heard, Event::Error { evalue, .. } if evalue == message);
    PANIC.take().filter(is_this).unwrap_or_else(|| Event::Error {
        ename: "panic".to_owned(),
        evalue: message.to_owned(),
        file: None,
        line: Some(STATEMENT.get()),
    })
}

/// Replaces the message on standard error: on the cell's thread the panic becomes the cell's error, elsewhere one line is printed.
pub(super) fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let message = panic_message(info);
        if std::thread::current().name() != Some(super::runner::CELL_THREAD) {
            eprintln!("a background thread panicked: {message}");
            return;
        }
        let place = info.location();
        // A panic inside a library points to the statement that called it; the library's own place goes into the message.
        let in_cell = place.filter(|place| place.file().ends_with(super::runner::CELL_SOURCE));
        let event = match in_cell {
            Some(place) => Event::Error {
                ename: "panic".to_owned(),
                evalue: message,
                file: Some(place.file().to_owned()),
                line: Some(place.line()),
            },
            None => {
                Event::Error { ename: "panic".to_owned(), evalue: message, file: None, line: Some(STATEMENT.get()) }
            }
        };
        PANIC.set(Some(event));
    }));
}

fn panic_message(info: &PanicHookInfo<'_>) -> String {
    info.payload_as_str().unwrap_or(NO_MESSAGE).to_owned()
}
