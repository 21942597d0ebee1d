//! How a cell ends, well or not.

use cuaderno_wire::{Event, FailureKind};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::error::Error;
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

/// What ends a cell before its end: an error that `?` carried out of it, a panic, or the user's wish to stop.
#[derive(Clone, Debug)]
pub struct CellError {
    ename: String,
    message: String,
    file: Option<String>,
    line: Option<u32>,
}

impl<E: Into<Box<dyn Error>>> From<E> for CellError {
    #[track_caller]
    fn from(error: E) -> Self {
        Self::carried_out(std::any::type_name::<E>(), error.into(), Location::caller())
    }
}

impl CellError {
    fn carried_out(type_name: &str, error: Box<dyn Error>, place: &Location<'_>) -> Self {
        Self::with_causes(type_name, crate::eda::without_plan(&error.to_string()), error.source(), place)
    }

    /// An error whose text is known.
    #[track_caller]
    pub(super) fn of_value(type_name: &str, message: String, cause: Option<&(dyn Error + 'static)>) -> Self {
        Self::with_causes(type_name, message, cause, Location::caller())
    }

    fn with_causes(
        type_name: &str,
        mut message: String,
        mut cause: Option<&(dyn Error + 'static)>,
        place: &Location<'_>,
    ) -> Self {
        while let Some(error) = cause {
            let text = error.to_string();
            // Many errors repeat their cause in their own message.
            if !message.contains(&text) {
                message += &format!("\n  caused by: {text}");
            }
            cause = error.source();
        }
        if crate::display::interrupt::requested() && message.ends_with(CANCELLED) {
            return interrupted();
        }
        // `alloc::string::String` and friends say nothing to a student.
        let name = type_name.rsplit("::").next().unwrap_or("Error");
        let is_error = name.chars().all(char::is_alphanumeric) && name != "String" && name != "str";
        Self {
            ename: if is_error { name.to_owned() } else { "Error".to_owned() },
            message,
            file: Some(place.file().to_owned()),
            line: Some(place.line()),
        }
    }

    /// An error of the statement that is running.
    fn of_statement(kind: FailureKind, message: &str) -> Self {
        Self { ename: kind.to_string(), message: message.to_owned(), file: None, line: Some(STATEMENT.get()) }
    }

    /// What went wrong, with its causes.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn into_event(self) -> Event {
        Event::Error { ename: self.ename, evalue: self.message, file: self.file, line: self.line }
    }
}

/// How the system calls a question that nobody has answered, since it was stopped.
const CANCELLED: &str = "(os error 125)";

const NO_MESSAGE: &str = "a panic without a message";

thread_local! {
    /// The line of the cell's statement that is running.
    static STATEMENT: Cell<u32> = const { Cell::new(0) };
    /// What the panic hook heard last on this thread.
    static PANIC: RefCell<Option<CellError>> = const { RefCell::new(None) };
    /// What ended the cell before its end.
    static FAILURE: RefCell<Option<CellError>> = const { RefCell::new(None) };
}

/// Whether a stop has ended something in this cell: a thread, for one, whose `join` may then end well.
static STOPPED: AtomicBool = AtomicBool::new(false);

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
    STOPPED.store(false, Ordering::Relaxed);
    match attempt(cell) {
        Ok(()) => {
            if STOPPED.load(Ordering::Relaxed) {
                FAILURE.set(Some(interrupted()));
            }
            true
        }
        Err(error) => {
            FAILURE.set(Some(error));
            false
        }
    }
}

/// Runs one statement of a cell that has made variables before: what ends it, be it a panic, becomes an error, so that the
/// variables can be kept before the cell ends.
///
/// # Errors
/// With what ended the statement.
pub fn attempt<T>(statement: impl FnOnce() -> Result<T, CellError>) -> Result<T, CellError> {
    catch_unwind(AssertUnwindSafe(statement)).unwrap_or_else(|payload| Err(panicked(payload)))
}

/// Notes that a variable is not in the store with the type that the kernel remembers.
pub fn lost(name: &str) {
    FAILURE.set(Some(CellError {
        ename: FailureKind::LostVariable.to_string(),
        message: format!("`{name}` is no longer there; run the cell that makes it again"),
        file: None,
        line: None,
    }));
}

/// What ended the cell that ran before its end.
pub(super) fn take_failure() -> Option<CellError> {
    FAILURE.take()
}

/// What ends a cell at the user's wish.
pub(super) struct Interrupted;

/// Ends the cell if the user asked for it. Called in the loops of cells; one in a `Drop` that runs because of a panic goes on, as
/// a second panic would end the process.
pub fn check_interrupt() {
    if crate::display::interrupt::requested() && !std::thread::panicking() {
        STOPPED.store(true, Ordering::Relaxed);
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

fn interrupted() -> CellError {
    CellError::of_statement(FailureKind::Interrupted, "the cell was interrupted; variables of earlier cells are kept")
}

fn panicked(payload: Box<dyn Any + Send>) -> CellError {
    if payload.is::<Interrupted>() {
        return interrupted();
    }
    let message = message_of(&*payload);
    // A panic of another thread, handed on by rayon, was heard there; what was heard here may be one that a library caught.
    let heard = PANIC.take().filter(|heard| heard.message == message);
    heard.unwrap_or_else(|| CellError::of_statement(FailureKind::Panic, message))
}

/// Replaces the message on standard error: on the cell's thread the panic becomes the cell's error, elsewhere one line is printed.
pub(super) fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let message = panic_message(info);
        let place = info.location().filter(|place| place.file().ends_with(super::runner::CELL_SOURCE));
        if std::thread::current().name() != Some(super::runner::CELL_THREAD) {
            let at = place.map(|place| format!(" at {place}")).unwrap_or_default(); // the kernel tells it in the cell's terms
            eprintln!("a background thread panicked{at}: {message}");
            return;
        }
        super::last_words::hear(&message);
        let mut error = CellError::of_statement(FailureKind::Panic, &message);
        // A panic inside a library points to the statement that called it; the library's own place goes into the message.
        if let Some(place) = place {
            (error.file, error.line) = (Some(place.file().to_owned()), Some(place.line()));
        }
        PANIC.set(Some(error));
    }));
}

fn panic_message(info: &PanicHookInfo<'_>) -> String {
    info.payload_as_str().unwrap_or(NO_MESSAGE).to_owned()
}
