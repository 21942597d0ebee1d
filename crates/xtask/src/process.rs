//! Starting other programs.

use crate::problem::{Context, Problem, Result};
use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// A command in an environment as a person's shell would give it.
///
/// `cargo run` hands its own variables to what it starts. Passed on, they would reach kernels and tests, where a library path
/// into the target folder hides a kernel that cannot find its libraries by itself.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, value) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_BIN_") {
            command.env_remove(&*name);
        } else if matches!(&*name, "LD_LIBRARY_PATH" | "DYLD_FALLBACK_LIBRARY_PATH") {
            let own = |path: &std::path::Path| {
                path.components()
                    .any(|part| matches!(part.as_os_str().to_str(), Some("debug" | "release" | "toolchains")))
            };
            let kept: Vec<_> =
                std::env::split_paths(&value).filter(|path| !own(path) && !path.as_os_str().is_empty()).collect();
            match std::env::join_paths(&kept) {
                Ok(joined) if !kept.is_empty() => command.env(&*name, joined),
                _ => command.env_remove(&*name),
            };
        }
    }
    command
}

/// Runs a command with its output on this terminal.
///
/// # Errors
/// If it cannot be started, or ends with a failure: `what` then names the step.
pub fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().context(|| format!("{what}: {} could not be started", program_name(command)))?;
    if status.success() { Ok(()) } else { Err(Problem::new(format!("{what} failed ({status})"))) }
}

/// Runs a command quietly and returns what it printed on stdout.
///
/// # Errors
/// If it cannot be started, or ends with a failure: the problem then holds what it said on stderr.
pub fn read(command: &mut Command, what: &str) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .context(|| format!("{what}: {} could not be started", program_name(command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Problem::new(format!("{what} failed ({}):\n{}", output.status, said.trim_end())))
    }
}

fn program_name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
