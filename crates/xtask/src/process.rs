//! Starting other programs.

use crate::problem::{Context, Problem, Result};
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// A command in an environment as a person's shell would give it.
///
/// `cargo run` hands its own variables to what it starts. Passed on, they would reach kernels and tests, where a library path
/// into the target folder hides a kernel that cannot find its libraries by itself.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, value) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(&*name);
        } else if matches!(&*name, "LD_LIBRARY_PATH" | "DYLD_FALLBACK_LIBRARY_PATH") {
            match without_cargos_folders(&value) {
                Some(paths) => command.env(&*name, paths),
                None => command.env_remove(&*name),
            };
        }
    }
    command
}

/// A library path as it was before `cargo run` put target and toolchain folders in front.
fn without_cargos_folders(paths: &OsStr) -> Option<OsString> {
    let cargos = |folder: &Path| {
        folder.components().any(|part| matches!(part.as_os_str().to_str(), Some("debug" | "release" | "toolchains")))
    };
    let kept: Vec<_> =
        std::env::split_paths(paths).filter(|folder| !cargos(folder) && !folder.as_os_str().is_empty()).collect();
    std::env::join_paths(&kept).ok().filter(|_| !kept.is_empty())
}

/// Runs a command with its output on this terminal.
///
/// # Errors
/// If it cannot be started, or ends with a failure: `what` then names the step.
pub fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().context(|| format!("{what}: {} could not be started", program_name(command)))?;
    if status.success() { Ok(()) } else { Err(Problem::new(format!("{what} failed ({status})"))) }
}

/// Runs a command in place of this program, so that Ctrl-C and the answer to its question reach nobody else.
///
/// # Errors
/// If it cannot be started. Otherwise this does not return.
pub fn replace_with(command: &mut Command, what: &str) -> Result<()> {
    Err(command.exec()).context(|| format!("{what}: {} could not be started", program_name(command)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_path_keeps_what_the_user_put_there() {
        let cargos = "/c/target/debug/deps:/home/ana/.rustup/toolchains/1.95.0/lib";
        assert_eq!(without_cargos_folders(OsStr::new(cargos)), None);
        let with_own = format!("{cargos}:/opt/cuda/lib");
        assert_eq!(without_cargos_folders(OsStr::new(&with_own)), Some("/opt/cuda/lib".into()));
    }
}
