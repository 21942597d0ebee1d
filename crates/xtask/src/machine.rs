//! Is everything here that a build needs? One line for each thing that is not.

use crate::problem::{Context, Problem, Result};
use crate::process;
use crate::python::For;
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};

/// Free space that the first build takes, as README says, with the tests' programs beside it, and a later one.
const FIRST_BUILD_GB: f64 = 3.0;
const WITH_TESTS_GB: f64 = 8.0;
const LATER_BUILD_GB: f64 = 1.0;

/// The oldest and the newest Python that environment.yml's pins were tried with.
const OLDEST_PYTHON: (u32, u32) = (3, 10);
const NEWEST_PYTHON: (u32, u32) = (3, 13);

/// The compiler that the preload is tied to.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The compiler itself, not rustup's proxy.
    pub rustc: PathBuf,
    /// What it says of its version: `rustc 1.95.0 (59807616e 2026-04-14)`.
    pub version: String,
    /// The folder that holds the standard library, shared form included.
    pub sysroot_lib: PathBuf,
}

/// Checks that the compiler is the pinned one.
pub fn toolchain(workspace: &Workspace) -> Result<Toolchain> {
    let pinned = pinned_channel(workspace)?;
    let ask = |arguments: &[&str]| {
        let missing = "the Rust compiler is missing or broken; install Rust with rustup (https://rustup.rs)";
        process::read(workspace.command("rustc").args(arguments), "rustc").context(|| missing.into())
    };
    let version = ask(&["--version"])?;
    if version.split_whitespace().nth(1) != Some(&*pinned) {
        return Err(Problem::new(format!(
            "the Rust compiler is `{version}`, this project needs {pinned}: with rustup, cargo picks it by itself; \
             otherwise `rustup toolchain install {pinned}`"
        )));
    }
    let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?);
    let sysroot_lib = PathBuf::from(ask(&["--print", "target-libdir"])?);
    Ok(Toolchain { rustc: sysroot.join("bin").join("rustc"), version, sysroot_lib })
}

fn pinned_channel(workspace: &Workspace) -> Result<String> {
    let file = workspace.root.join("rust-toolchain.toml");
    let text = std::fs::read_to_string(&file).context(|| workspace.show(&file))?;
    let channel = text.lines().find_map(|line| line.strip_prefix("channel")?.trim().strip_prefix('='));
    channel
        .map(|channel| channel.trim().trim_matches('"').to_owned())
        .ok_or_else(|| Problem::new("rust-toolchain.toml names no channel"))
}

/// Checks that there is a C compiler, which Rust links with and some crates build with.
pub fn c_compiler() -> Result<()> {
    process::read(process::command("cc").arg("--version"), "cc").map(drop).map_err(|_| {
        Problem::new(
            "no C compiler `cc` found, and Rust links with it: `sudo apt install build-essential` (Debian, Ubuntu), \
             `sudo dnf install gcc` (Fedora), `xcode-select --install` (macOS)",
        )
    })
}

/// Finds a Python that can make the environment: one that the pins were tried with, else a newer one.
pub fn python() -> Result<PathBuf> {
    const NAMES: [&str; 7] =
        ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python", "python3.14"];
    let there: Vec<_> = NAMES.into_iter().filter_map(python_called).collect();
    let tried = there.iter().find(|(version, _)| (OLDEST_PYTHON..=NEWEST_PYTHON).contains(version));
    let Some((version, python)) = tried.or_else(|| there.iter().find(|(version, _)| *version > NEWEST_PYTHON)) else {
        let (major, minor) = OLDEST_PYTHON;
        return Err(Problem::new(match there.first() {
            Some(((a, b), _)) => format!("Python {a}.{b} is too old: Jupyter needs Python {major}.{minor} or newer"),
            None => format!("no Python found: install Python {major}.{minor} or newer, as `python3`"),
        }));
    };
    match process::read(process::command(python).args(["-c", "import venv, ensurepip"]), "venv") {
        Ok(_) => Ok(python.clone()),
        Err(_) => Err(Problem::new(format!(
            "Python {}.{} is here, but cannot make environments: `sudo apt install python3-venv` (Debian, Ubuntu)",
            version.0, version.1
        ))),
    }
}

/// Version and place of the Python of this name.
fn python_called(name: &str) -> Option<((u32, u32), PathBuf)> {
    let probe = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)";
    let answer = process::read(process::command(name).args(["-c", probe]), name).ok()?;
    let mut words = answer.splitn(3, ' ');
    let mut number = || words.next()?.parse().ok();
    let version = (number()?, number()?);
    Some((version, PathBuf::from(words.next().unwrap_or(name))))
}

/// Checks that the disk holds the build.
pub fn disk_space(workspace: &Workspace, what: For) -> Result<()> {
    let needed = match what {
        _ if workspace.manifest().exists() => LATER_BUILD_GB,
        For::Tests => WITH_TESTS_GB,
        For::Notebooks | For::Grading => FIRST_BUILD_GB,
    };
    let folder = existing(&workspace.target);
    // `df` failing is no reason to refuse: the build itself will tell.
    let Ok(table) = process::read(process::command("df").arg("-Pk").arg(folder), "df") else { return Ok(()) };
    match free_gigabytes(&table) {
        Some(free) if free < needed => Err(Problem::new(format!(
            "{free:.1} GB are free for {}, the build needs {needed:.0} GB: make room, or put CARGO_TARGET_DIR elsewhere",
            workspace.target.display()
        ))),
        _ => Ok(()),
    }
}

fn existing(folder: &Path) -> &Path {
    folder.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(Path::new("/"))
}

/// Reads the fourth column of `df -Pk`.
fn free_gigabytes(table: &str) -> Option<f64> {
    let kilobytes: f64 = table.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_space_is_read_from_df() {
        let table =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 264192000 14680064 80000000 16% /\n";
        assert_eq!(free_gigabytes(table), Some(81.92));
        assert_eq!(free_gigabytes("df: nothing"), None);
    }
}
