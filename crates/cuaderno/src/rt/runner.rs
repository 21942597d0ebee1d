//! The process in which cells run.
//!
//! Commands come as lines of JSON on standard input; what cells print and show leaves on standard output. When the input
//! ends, because the kernel ended, the process ends too, with all that it and the kernel have started: nothing is left behind.

use super::failure::{CellError, check_interrupt, install_panic_hook, run, take_failure};
use super::streams::Streams;
use super::{CellFunction, Store, last_words, overflow, stdin};
use crate::display::{Channel, InputError, interrupt, set_answer_source};
use cuaderno_wire::{Command, Event, FOLDER_VARIABLE, FailureKind};
use libloading::os::unix::{RTLD_GLOBAL, RTLD_NOW};
use rustix::process::{Pid, Signal, getppid, kill_current_process_group, kill_process_group};
use std::any::Any;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Name of the thread on which cells run.
pub(super) const CELL_THREAD: &str = "cell";
/// How the names of generated source files end.
pub(super) const CELL_SOURCE: &str = ".cell.rs";
/// Cells may put large arrays on the stack; only touched pages cost memory.
const CELL_STACK_BYTES: usize = 256 << 20;
/// How soon text without a line end appears.
const FLUSH_EVERY: Duration = Duration::from_millis(40);

/// How often a question to the user is interrupted by a look at the interrupt flag.
const LOOK_FOR_INTERRUPT: Duration = Duration::from_millis(50);

static RUNNING: AtomicBool = AtomicBool::new(false);

/// Runs the runner until its input ends. The kernel's executable calls this in a process of its own, after loading the preload.
#[allow(unsafe_code)] // an exported name, found with dlsym; no other symbol of this name exists in the preload
#[unsafe(no_mangle)]
pub extern "C" fn cuaderno_runner() {
    let (commands, streams) = match take_over_stdin().and_then(|commands| Ok((commands, Streams::copy()?))) {
        Ok(taken) => taken,
        Err(error) => return eprintln!("the runner cannot read its commands: {error}"),
    };
    let kernel = getppid();
    install_panic_hook();
    let (cells, cell_queue) = channel();
    let (answers, answer_queue) = channel();
    let answer_queue = Mutex::new(answer_queue);
    set_answer_source(move |ask| next_answer(&answer_queue, ask));
    let cell_thread = std::thread::Builder::new().name(CELL_THREAD.to_owned()).stack_size(CELL_STACK_BYTES);
    if let Err(error) = cell_thread.spawn(move || run_cells(&cell_queue, &streams)) {
        return eprintln!("the runner cannot start a thread: {error}");
    }
    std::thread::spawn(flush_unterminated_text);
    Channel::current().send(&Event::Ready);
    let mut guarded = BTreeSet::new();
    for line in commands.lines() {
        let Ok(line) = line else { break };
        match serde_json::from_str(&line) {
            Ok(Command::Guard(group)) => drop(guarded.insert(group)),
            Ok(Command::Unguard(group)) => drop(guarded.remove(&group)),
            Ok(command) => dispatch(command, &cells, &answers),
            Err(error) => eprintln!("the runner got a command it does not know: {error}"),
        }
    }
    if has_ended(kernel) {
        clean_up(&guarded);
    }
    // Programs that cells have started are in our group, unless they left it. This ends us, too.
    let _ = kill_current_process_group(Signal::KILL);
    std::process::exit(0);
}

/// Whether the kernel is gone; a cell may have closed the pipe that commands came through. The pipe is closed a moment before the process has ended.
fn has_ended(kernel: Option<Pid>) -> bool {
    (0..20).any(|_| {
        let ended = getppid() != kernel;
        if !ended {
            std::thread::sleep(Duration::from_millis(10));
        }
        ended
    })
}

/// A kernel that was killed leaves its compilers and its folder to us.
fn clean_up(guarded: &BTreeSet<i32>) {
    for group in guarded.iter().filter_map(|group| Pid::from_raw(*group)) {
        // It may have ended meanwhile.
        let _ = kill_process_group(group, Signal::KILL);
    }
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE) {
        // The kernel may have removed it itself.
        let _ = std::fs::remove_dir_all(folder);
    }
}

fn dispatch(command: Command, cells: &Sender<Command>, answers: &Sender<Option<String>>) {
    // The receivers live as long as the process.
    match command {
        Command::Answer(answer) => drop(answers.send(answer)),
        Command::Interrupt => interrupt::request(),
        Command::Run { library } => {
            // Here, where commands are in order: an interrupt that comes after it must not be lost.
            interrupt::clear();
            drop(cells.send(Command::Run { library }));
        }
        command => drop(cells.send(command)),
    }
}

/// Commands move to a descriptor of their own, and standard input becomes empty, so that a cell that reads it gets an end
/// of file instead of our commands.
fn take_over_stdin() -> io::Result<BufReader<File>> {
    let commands = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    rustix::stdio::dup2_stdin(&File::open("/dev/null")?)?;
    Ok(BufReader::new(File::from(commands)))
}

/// Asks, and waits for the answer or an interrupt.
fn next_answer(queue: &Mutex<Receiver<Option<String>>>, ask: &dyn Fn()) -> Result<String, InputError> {
    let queue = queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // An answer to a question that was interrupted.
    queue.try_iter().for_each(drop);
    ask();
    loop {
        match queue.recv_timeout(LOOK_FOR_INTERRUPT) {
            Ok(answer) => return answer.ok_or(InputError::Headless),
            Err(RecvTimeoutError::Disconnected) => return Err(InputError::Headless),
            Err(RecvTimeoutError::Timeout) => check_interrupt(),
        }
    }
}

fn run_cells(queue: &Receiver<Command>, streams: &Streams) {
    overflow::watch_this_thread();
    let mut store = Store::default();
    while let Ok(command) = queue.recv() {
        match command {
            Command::Run { library } => run_cell(&library, &mut store, streams),
            Command::Forget { names } => {
                let values = names.iter().filter_map(|name| store.forget(name)).collect();
                if let Some(failure) = drop_each(values) {
                    eprintln!("while variables were dropped: {}", failure.message());
                }
            }
            Command::Sizes => {
                store.report_sizes();
                end(&mut store);
            }
            _ => {}
        }
    }
}

fn run_cell(library: &Path, store: &mut Store, streams: &Streams) {
    stdin::begin();
    last_words::begin();
    RUNNING.store(true, Ordering::Relaxed);
    match load(library) {
        Ok(cell) => {
            // The cell catches panics of its statements; what it does with variables before and after may panic too, in a `Drop`.
            run(|| {
                cell(store);
                Ok(())
            });
            let failure = take_failure();
            let failure = drop_each(store.take_replaced()).filter(|_| failure.is_none()).or(failure);
            // What is written goes where the cell has sent it; what ends the cell comes to the kernel.
            let _ = io::stdout().flush();
            streams.restore();
            if let Some(failure) = stdin::end(failure.map(CellError::into_event)) {
                Channel::current().send(&failure);
            }
        }
        Err(error) => Channel::current().send(&Event::Error {
            ename: FailureKind::LoadError.to_string(),
            evalue: not_loaded(&error),
            file: None,
            line: None,
        }),
    }
    RUNNING.store(false, Ordering::Relaxed);
    end(store);
}

fn end(store: &mut Store) {
    let _ = io::stdout().flush();
    Channel::current().end_stderr();
    let made = store.take_made();
    let variables = store.names().map(str::to_owned).collect();
    Channel::current().send(&Event::Done { variables, made, tables: store.tables() });
}

/// Drops values, each whatever the `Drop` of others does. Returns what went wrong last.
fn drop_each(values: Vec<Box<dyn Any>>) -> Option<CellError> {
    let mut failure = None;
    for value in values {
        run(|| {
            drop(value);
            Ok(())
        });
        failure = take_failure().or(failure);
    }
    failure
}

/// Loads a compiled cell. It stays loaded: variables may hold functions and tables of methods that live in it.
#[allow(unsafe_code)] // loading code is what a kernel does; the file was compiled a moment ago, against this very library
fn load(library: &Path) -> Result<CellFunction, libloading::Error> {
    unsafe {
        // Statics of this cell are found by later ones.
        let library = libloading::os::unix::Library::open(Some(library), RTLD_NOW | RTLD_GLOBAL)?;
        let cell = *library.get::<CellFunction>(b"cuaderno_cell\0")?;
        std::mem::forget(library);
        Ok(cell)
    }
}

/// In one line; the loader's own words are behind the error.
fn not_loaded(error: &libloading::Error) -> String {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| cause.to_string());
    match cause.split_once("undefined symbol: ") {
        Some((_, name)) => format!(
            "nothing that is loaded has `{name}`, which this cell calls; name its library with #[link(name = \"…\")] above the extern block"
        ),
        None => format!("the compiled cell cannot be loaded: {cause}"),
    }
}

/// Rust holds text back until its line ends; a notebook shows it at once.
fn flush_unterminated_text() {
    loop {
        std::thread::sleep(FLUSH_EVERY);
        if RUNNING.load(Ordering::Relaxed) {
            let _ = io::stdout().flush();
        }
    }
}
