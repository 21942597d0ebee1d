//! Calling the compiler.
//!
//! Stock evcxr goes through cargo, once for a first try and once more for a second. The compiler itself needs 0.1 to 0.3 s
//! for a cell, so it is called directly, with the flags cargo would pass.

use crate::cell::link::Linker;
use crate::cell::system_linker::SystemLinker;
use crate::preload::Preload;
use crate::runner::RunnerHandle;
use cuaderno_wire::Command as RunnerCommand;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// Name of the crate that every cell is compiled as: the same for all, so that a type defined in one cell is the same
/// type in the next.
pub const CRATE_NAME: &str = "ctx";

/// For expressions of thousands of parts; only touched pages cost memory.
const COMPILER_STACK: &str = "67108864";

/// The compiler, with the flags all cells share.
#[derive(Clone, Debug)]
pub struct Rustc {
    preload: Preload,
    linker: Option<Linker>,
    /// For what rustc links, where it could not.
    system_linker: Option<SystemLinker>,
    /// Optimisation level of cells; heavy code is optimised inside the preload.
    pub opt_level: String,
    /// Crates from `:dep`, with their files, and the folders with what they depend on.
    pub externs: Vec<(String, PathBuf)>,
    /// See [`externs`](Self::externs).
    pub dependency_folders: Vec<PathBuf>,
    /// Cargo's project of these crates.
    pub dependency_project: Option<PathBuf>,
    /// Keeps what they were built to from being removed.
    pub dependency_hold: Option<Arc<std::fs::File>>,
    /// Compilers and other programs at work, to be stopped on an interrupt.
    pub running: Running,
}

/// Compilers at work, to be stopped on an interrupt.
#[derive(Clone, Debug, Default)]
pub struct Running {
    state: Arc<Mutex<RunningState>>,
    /// The runner ends them should the kernel be killed.
    guard: Arc<Mutex<Option<RunnerHandle>>>,
}

#[derive(Debug, Default)]
struct RunningState {
    groups: Vec<Pid>,
    cancelled: bool,
}

/// What the compiler said.
#[derive(Debug)]
pub struct Compilation {
    /// Whether it produced its output.
    pub success: bool,
    /// Its messages, in order.
    pub messages: Vec<Message>,
    /// Text on standard error that is no message, for example from the linker.
    pub other: String,
}

/// Why the compiler did not finish.
#[derive(Debug, thiserror::Error)]
pub enum RustcError {
    /// The user interrupted it.
    #[error("interrupted while compiling")]
    Cancelled,
    /// Its stack did not suffice.
    #[error(
        "the compiler's stack overflowed: something in the cell is nested too deeply, or is one expression of thousands of parts; make several of it"
    )]
    TooDeep,
    /// It was ended by another than us.
    #[error("the compiler was ended by signal {signal}, probably for want of memory")]
    Killed {
        /// For example 9.
        signal: i32,
    },
    /// It could not be started.
    #[error("{path} cannot be started: {source}")]
    NotStarted {
        /// The compiler.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

/// A message of the compiler's, as its JSON has it.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    /// The text.
    pub message: String,
    /// For example `E0308`.
    pub code: Option<Code>,
    /// `error`, `warning`, `note`, `help` …
    pub level: String,
    /// The places it is about.
    pub spans: Vec<Span>,
    /// Notes and suggestions.
    pub children: Vec<Message>,
}

/// The code of a message.
#[derive(Clone, Debug, Deserialize)]
pub struct Code {
    /// For example `E0308`.
    pub code: String,
}

/// A place in a source file.
#[derive(Clone, Debug, Deserialize)]
pub struct Span {
    /// The file.
    pub file_name: String,
    /// First line, from 1.
    pub line_start: u32,
    /// Last line.
    pub line_end: u32,
    /// First column, from 1, in characters.
    pub column_start: u32,
    /// One past the last column.
    pub column_end: u32,
    /// Whether the message is about this place, or only mentions it.
    pub is_primary: bool,
    /// What to say at this place.
    pub label: Option<String>,
    /// Text that would mend the mistake.
    pub suggested_replacement: Option<String>,
    /// The macro call that produced the place, if one did.
    pub expansion: Option<Box<Expansion>>,
}

/// A macro call.
#[derive(Clone, Debug, Deserialize)]
pub struct Expansion {
    /// Where it is called.
    pub span: Span,
}

impl Span {
    /// Whether it lies in a source of ours, and not in a library's.
    pub fn is_in_cell(&self) -> bool {
        self.file_name.ends_with(".cell.rs")
    }
}

impl Message {
    /// Without what it says of places in libraries.
    pub fn in_cells(&self) -> Self {
        let spans = self.spans.iter().filter(|span| span.is_in_cell()).cloned().collect();
        Self { spans, children: self.children.iter().map(Self::in_cells).collect(), ..self.clone() }
    }

    /// Changes the texts of the message, and of all that belongs to it.
    pub fn rename(&mut self, change: &dyn Fn(&str) -> String) {
        self.message = change(&self.message);
        for span in &mut self.spans {
            span.label = span.label.as_deref().map(change);
            span.suggested_replacement = span.suggested_replacement.as_deref().map(change);
        }
        self.children.iter_mut().for_each(|child| child.rename(change));
    }
}

impl Rustc {
    /// The compiler that built the preload.
    pub fn new(preload: Preload, running: Running) -> Self {
        let (linker, system_linker) = (Linker::of(&preload), SystemLinker::of(&preload));
        Self {
            preload,
            linker,
            system_linker,
            opt_level: "0".to_owned(),
            externs: Vec::new(),
            dependency_folders: Vec::new(),
            dependency_project: None,
            dependency_hold: None,
            running,
        }
    }

    /// Whether cells can use this crate without `:dep`.
    pub fn is_in_preload(&self, name: &str) -> bool {
        self.preload.externs.contains_key(&name.replace('-', "_"))
    }

    /// The version of a crate that cells can use without `:dep`.
    pub fn preloaded_version(&self, name: &str) -> Option<&str> {
        self.preload.versions.get(&name.replace('-', "_")).map(String::as_str)
    }

    /// `rustc 1.95.0 (…)`.
    pub fn version(&self) -> String {
        self.preload.rustc_version.clone()
    }

    /// What the compiler has to say at length about an error; empty where it knows none of that code.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn explain(&self, code: &str) -> Result<String, RustcError> {
        let output = Command::new(&self.preload.rustc).args(["--explain", code]).stdin(Stdio::null()).output();
        let output = output.map_err(|source| RustcError::NotStarted { path: self.preload.rustc.clone(), source })?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The same compiler for questions beside the running cell: an interrupt does not stop it.
    pub fn apart(&self) -> Self {
        Self { running: self.running.apart(), ..self.clone() }
    }

    /// Compiles a cell to a shared object. A cell that asks for libraries of its own is linked by rustc, which knows where they are.
    ///
    /// # Errors
    /// When interrupted, or when there is no compiler. What is wrong with the cell is in the [`Compilation`].
    pub fn compile(&self, source: &Path, output: &Path, own_libraries: bool) -> Result<Compilation, RustcError> {
        match &self.linker {
            Some(linker) if self.externs.is_empty() && !own_libraries => {
                let object = output.with_extension("o");
                let compilation = self.run(self.code(source, "obj", &object))?;
                if !compilation.success {
                    return Ok(compilation);
                }
                let linking = linker.command(&object, output);
                let linked =
                    self.run(linking.map_err(|source| RustcError::NotStarted { path: object.clone(), source })?)?;
                // The object is not needed any more; the session's folder goes in any case.
                let _ = std::fs::remove_file(object);
                Ok(Compilation { success: linked.success, other: linked.other, ..compilation })
            }
            _ => self.run(self.code(source, "link", output)),
        }
    }

    /// A call of the cargo that belongs to the compiler: what another version compiles, cells cannot use.
    pub fn cargo(&self) -> Command {
        let beside = self.preload.rustc.with_file_name("cargo");
        let mut cargo = Command::new(if beside.exists() { beside } else { PathBuf::from("cargo") });
        cargo.env("RUSTC", &self.preload.rustc);
        if let Some(linker) = &self.system_linker {
            cargo.env("CARGO_ENCODED_RUSTFLAGS", linker.options().join(OsStr::new("\x1f")));
        }
        cargo
    }

    /// The call that compiles a cell's code.
    fn code(&self, source: &Path, emit: &str, output: &Path) -> Command {
        let mut command = self.command(source);
        command.args(["--crate-type=cdylib", "--emit", emit, "-o"]).arg(output);
        command.arg(format!("-Copt-level={}", self.opt_level));
        command.args(["-Coverflow-checks=on", "-Cdebuginfo=0", "-Cstrip=debuginfo", "-Cembed-bitcode=no"]);
        for folder in [self.preload.dylib.parent().unwrap_or(Path::new("/")), &self.preload.sysroot_lib] {
            let mut argument = OsString::from(if self.system_linker.is_some() {
                "-Clink-arg=-rpath="
            } else {
                "-Clink-arg=-Wl,-rpath,"
            });
            argument.push(folder);
            command.arg(argument);
        }
        command.args(self.system_linker.iter().flat_map(SystemLinker::options));
        command
    }

    /// Checks a source that asks for the types of variables; see `cuaderno::rt::name_type`. It always fails, and says them.
    ///
    /// # Errors
    /// As [`compile`](Self::compile).
    pub fn name_types(&self, source: &Path, output: &Path) -> Result<Compilation, RustcError> {
        let mut command = self.command(source);
        command.args(["--crate-type=lib", "--emit=metadata", "-o"]).arg(output);
        // The one use of an unstable flag: types are printed with their full public paths.
        command.env("RUSTC_BOOTSTRAP", "1").args(["-Ztrim-diagnostic-paths=no", "--verbose", "--cap-lints=allow"]);
        self.run(command)
    }

    fn command(&self, source: &Path) -> Command {
        let mut command = Command::new(&self.preload.rustc);
        // The notebook's folder may be gone, and a compiler without a folder to work in panics.
        command.current_dir(source.parent().unwrap_or(Path::new("/"))).env("RUST_MIN_STACK", COMPILER_STACK);
        // By its name alone, so that a program which tells its places does not tell the temporary folder.
        command.arg(source.file_name().unwrap_or(source.as_os_str())).args([
            "--crate-name",
            CRATE_NAME,
            "--edition=2024",
            "--error-format=json",
            "-Cprefer-dynamic",
        ]);
        command.args(["-Cmetadata=cuaderno", "-Ccodegen-units=1"]);
        // A crate of `:dep` takes the name of one that is there.
        let is_hidden = |name: &String| self.externs.iter().any(|(own, _)| own == name);
        let preloaded = self.preload.externs.iter().filter(|(name, _)| !is_hidden(name));
        for (name, path) in preloaded.chain(self.externs.iter().map(|(name, path)| (name, path))) {
            let mut argument = OsString::from(format!("{name}="));
            argument.push(path);
            command.arg("--extern").arg(argument);
        }
        for folder in self.preload.deps.iter().chain(&self.dependency_folders) {
            let mut argument = OsString::from("dependency=");
            argument.push(folder);
            command.arg("-L").arg(argument);
        }
        command
    }

    fn run(&self, mut command: Command) -> Result<Compilation, RustcError> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        // The linker is called here, too.
        let program = PathBuf::from(command.get_program());
        let not_started = |source| RustcError::NotStarted { path: program.clone(), source };
        let child = command.spawn().map_err(not_started)?;
        let group = Pid::from_child(&child);
        self.running.add(group);
        let output = child.wait_with_output();
        let cancelled = self.running.remove(group);
        let output = output.map_err(not_started)?;
        if cancelled {
            return Err(RustcError::Cancelled);
        }
        if let Some(signal) = output.status.signal() {
            return Err(if signal == 11 { RustcError::TooDeep } else { RustcError::Killed { signal } });
        }
        let mut compilation =
            Compilation { success: output.status.success(), messages: Vec::new(), other: String::new() };
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            match serde_json::from_str(line) {
                Ok(message) => compilation.messages.push(message),
                Err(_) => compilation.other += &format!("{line}\n"),
            }
        }
        Ok(compilation)
    }
}

impl Running {
    /// Whether the user has interrupted since the cell began.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Forgets an earlier interrupt. Called when a cell begins.
    pub fn begin(&self) {
        self.lock().cancelled = false;
    }

    /// Stops every compiler at work, and those that start before the next cell begins.
    pub fn cancel(&self) {
        let mut state = self.lock();
        state.cancelled = true;
        for group in &state.groups {
            // It may have ended by itself a moment ago.
            let _ = kill_process_group(*group, Signal::KILL);
        }
    }

    /// From now on this runner ends what works, should the kernel be killed.
    pub fn guarded_by(&self, runner: RunnerHandle) {
        *self.guard.lock().unwrap_or_else(PoisonError::into_inner) = Some(runner);
    }

    /// Others with the same guard, which an interrupt of these does not stop.
    fn apart(&self) -> Self {
        Self { state: Arc::default(), guard: self.guard.clone() }
    }

    fn tell_guard(&self, command: &RunnerCommand) {
        let guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner).clone();
        guard.into_iter().for_each(|runner| runner.send(command));
    }

    /// Stops this process group too when the user interrupts.
    pub fn add(&self, group: Pid) {
        self.tell_guard(&RunnerCommand::Guard(group.as_raw_nonzero().get()));
        let mut state = self.lock();
        if state.cancelled {
            let _ = kill_process_group(group, Signal::KILL);
        }
        state.groups.push(group);
    }

    /// Forgets a process group that has ended; returns whether the user has interrupted.
    pub fn remove(&self, group: Pid) -> bool {
        self.tell_guard(&RunnerCommand::Unguard(group.as_raw_nonzero().get()));
        let mut state = self.lock();
        state.groups.retain(|other| *other != group);
        state.cancelled
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, RunningState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
