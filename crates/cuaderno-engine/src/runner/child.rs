//! Starting the runner, sending it commands, reading what it says.

use crate::preload::Preload;
use cuaderno_display::data::SAMPLE_VARIABLE;
use cuaderno_wire::Command as RunnerCommand;
use cuaderno_wire::{Event, FOLDER_VARIABLE, FrameParser, Piece, START_VARIABLE, TOKEN_VARIABLE, VERSION_VARIABLE};
use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LAZY};
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Tells the kernel's executable to be a runner: its name, for that is the one argument that a cell's `std::env::args` shows.
const RUNNER_NAME: &str = "cuaderno-cells";
/// Names the preload to it.
const RUNNER_VARIABLE: &str = "CUADERNO_RUNNER";
/// How many pieces of output, of 64 KB at most, wait to be read. Then whoever prints waits, for example a thread of an earlier cell.
const WAITING: usize = 256;
/// How often a silent runner is looked after.
const LOOK_AFTER_IT: Duration = Duration::from_millis(200);

/// What comes out of a runner.
#[derive(Debug)]
pub enum Received {
    /// Text on standard output.
    Stdout(String),
    /// Text on standard error.
    Stderr(String),
    /// An event.
    Event(Event),
    /// The process has ended.
    Closed,
}

/// A running runner.
#[derive(Debug)]
pub struct Runner {
    child: Child,
    handle: RunnerHandle,
    received: Receiver<Received>,
    /// Whether it has loaded the preload.
    is_ready: bool,
}

/// Sends commands from any thread, also while a cell runs.
#[derive(Clone, Debug)]
pub struct RunnerHandle {
    stdin: Arc<Mutex<ChildStdin>>,
    process: rustix::process::Pid,
}

/// How a runner ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With this code, for example by `std::process::exit`.
    Code(i32),
    /// Killed by this signal.
    Signal(i32),
}

impl Runner {
    /// Starts a runner in `directory`; it loads the preload while the kernel goes on. It removes the folder `cells` when the
    /// kernel has ended; `start_file` is for what it shows of itself.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn start(preload: &Preload, directory: &Path, cells: &Path, start_file: Option<PathBuf>) -> io::Result<Self> {
        let token = format!("{:016x}", random_token());
        let mut child = Command::new(own_executable()?)
            .arg0(RUNNER_NAME)
            .env(RUNNER_VARIABLE, &preload.dylib)
            .env(TOKEN_VARIABLE, &token)
            .env(FOLDER_VARIABLE, cells)
            .env(START_VARIABLE, start_file.unwrap_or_default())
            .env(VERSION_VARIABLE, &preload.cuaderno)
            .env(SAMPLE_VARIABLE, &preload.sample)
            .env("LD_LIBRARY_PATH", library_path(preload))
            .current_dir(nearest_folder(directory))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Programs that a cell has started end with it.
            .process_group(0)
            .spawn()?;
        let (sender, received) = sync_channel(WAITING);
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("the runner has no pipes"));
        };
        let (error_token, error_sender) = (token.clone(), sender.clone());
        std::thread::spawn(move || read_stream(stderr, &error_token, &error_sender, Received::Stderr));
        std::thread::spawn(move || {
            read_stream(stdout, &token, &sender, Received::Stdout);
            // A closed channel means that nobody listens any more.
            let _ = sender.send(Received::Closed);
        });
        let process = rustix::process::Pid::from_child(&child);
        let handle = RunnerHandle { stdin: Arc::new(Mutex::new(stdin)), process };
        Ok(Self { child, handle, received, is_ready: false })
    }

    /// A handle for other threads.
    pub fn handle(&self) -> RunnerHandle {
        self.handle.clone()
    }

    /// Sends a command. A runner that has ended shows it by [`Received::Closed`].
    pub fn send(&self, command: &RunnerCommand) {
        self.handle.send(command);
    }

    /// Waits for the next thing the runner says.
    pub fn receive(&mut self) -> Received {
        loop {
            match self.received.recv_timeout(LOOK_AFTER_IT) {
                Ok(Received::Event(Event::Ready)) => self.is_ready = true,
                Ok(received) => return received,
                Err(RecvTimeoutError::Disconnected) => return Received::Closed,
                // A program that a cell has started may hold the pipes open when the runner has ended.
                Err(RecvTimeoutError::Timeout) => {
                    if self.has_ended() {
                        return self.receive_within(Duration::ZERO).unwrap_or(Received::Closed);
                    }
                }
            }
        }
    }

    /// The next thing the runner says within this time.
    pub fn receive_within(&self, time: Duration) -> Option<Received> {
        self.received.recv_timeout(time).ok()
    }

    /// Whether the runner ever got as far as to run cells.
    pub fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// Whether the process has ended by now.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// How the process ended; waits for it. Call after [`Received::Closed`].
    pub fn exit(&mut self) -> Exit {
        match self.child.wait() {
            Ok(status) => status.signal().map_or(Exit::Code(status.code().unwrap_or(0)), Exit::Signal),
            Err(_) => Exit::Code(0),
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.handle.kill();
        self.exit();
    }
}

impl RunnerHandle {
    /// Sends a command.
    pub fn send(&self, command: &RunnerCommand) {
        let Ok(mut line) = serde_json::to_vec(command) else { return };
        line.push(b'\n');
        let mut stdin = self.stdin.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = stdin.write_all(&line).and_then(|()| stdin.flush());
    }

    /// Ends the process at once, with the programs that its cells have started.
    pub fn kill(&self) {
        // It may have ended by itself.
        let _ = rustix::process::kill_process_group(self.process, rustix::process::Signal::KILL);
    }
}

/// Becomes a runner if the arguments say so. Call first in `main`; returns whether it was one.
pub fn run_as_runner() -> bool {
    if std::env::args_os().len() != 1 || std::env::args_os().next().is_none_or(|name| name != RUNNER_NAME) {
        return false;
    }
    let Some(dylib) = std::env::var_os(RUNNER_VARIABLE) else { return false };
    if let Err(error) = enter_preload(Path::new(&dylib)) {
        eprintln!("{} cannot be loaded: {error}", Path::new(&dylib).display());
        std::process::exit(1);
    }
    true
}

/// Reads a cell's standard input into a buffer: returns how many bytes, a negative error number, or [`NOT_ASKED`].
pub type StdinReader = extern "C" fn(*mut u8, usize) -> isize;
/// The answer of a [`StdinReader`] where a cell has made something else its standard input.
pub const NOT_ASKED: isize = isize::MIN;
static STDIN: OnceLock<StdinReader> = OnceLock::new();

/// What reads standard input, once this process is a runner.
pub fn stdin_reader() -> Option<StdinReader> {
    STDIN.get().copied()
}

/// Cells find what they use of the preload among the names that all can see; see `cell/link.rs`.
#[allow(unsafe_code)] // the preload is our own library; its entry point takes and returns nothing
fn enter_preload(dylib: &Path) -> Result<(), libloading::Error> {
    unsafe {
        let library = Library::open(Some(dylib), RTLD_LAZY | RTLD_GLOBAL)?;
        let enter = *library.get::<extern "C" fn()>(b"cuaderno_runner\0")?;
        let _ = STDIN.set(*library.get::<StdinReader>(b"cuaderno_stdin\0")?);
        enter();
        std::mem::forget(library);
    }
    Ok(())
}

/// Lets the preload find the standard library's dylib, before what the user has set.
fn library_path(preload: &Preload) -> std::ffi::OsString {
    let mut path = preload.sysroot_lib.clone().into_os_string();
    if let Some(others) = std::env::var_os("LD_LIBRARY_PATH").filter(|others| !others.is_empty()) {
        path.push(":");
        path.push(others);
    }
    path
}

/// A folder, or what is left of its path where it was renamed or removed.
fn nearest_folder(folder: &Path) -> &Path {
    folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"))
}

/// Not secret, only unlikely to be printed by chance.
fn random_token() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish()
}

/// This program, also when its file has been replaced by a newer one meanwhile.
fn own_executable() -> io::Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() { Ok(running.to_owned()) } else { std::env::current_exe() }
}

fn read_stream(mut stream: impl Read, token: &str, sender: &SyncSender<Received>, text: fn(String) -> Received) {
    let mut parser = FrameParser::new(token);
    let mut bytes = vec![0; 64 << 10];
    let send = |piece| {
        // A closed channel means that nobody listens any more.
        let _ = sender.send(match piece {
            Piece::Text(found) => text(found),
            Piece::Event(event) => Received::Event(event),
        });
    };
    while let Ok(count @ 1..) = stream.read(&mut bytes) {
        parser.push(&bytes[..count]).into_iter().for_each(send);
    }
    parser.finish().into_iter().for_each(send);
}
