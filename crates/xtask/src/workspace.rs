//! Where things are.

use crate::problem::{Context, Problem, Result};
use crate::process;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders of this clone.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder with the workspace's Cargo.toml.
    pub root: PathBuf,
    /// Cargo's target folder, wherever configuration or `CARGO_TARGET_DIR` puts it.
    pub target: PathBuf,
    /// `CUADERNO_DATA`, made absolute, since notebooks run in their own folder.
    pub data: Option<PathBuf>,
}

impl Workspace {
    /// Finds the clone this program was built from.
    pub fn find() -> Result<Self> {
        // At run time first: a target folder can outlive the clone that filled it.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let metadata = process::read(
            process::command(cargo())
                .args(["metadata", "--format-version=1", "--no-deps", "--manifest-path"])
                .arg(Path::new(&manifest).join("Cargo.toml")),
            "cargo metadata",
        )?;
        let metadata: Value = serde_json::from_str(&metadata).context(|| "cargo metadata".into())?;
        let folder = |field: &str| {
            metadata[field]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| Problem::new(format!("cargo metadata names no {field}")))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")?, data: data()? })
    }

    /// A cargo command in this workspace.
    pub fn cargo(&self) -> Command {
        self.command(cargo())
    }

    /// A command of any program in this workspace's root.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = process::command(program);
        command.current_dir(&self.root);
        command
    }

    /// A Python program of `.venv`, with the data folder handed on.
    pub fn python(&self) -> Command {
        let mut command = self.command(self.venv().join("bin").join("python"));
        command.env("PYTHONDONTWRITEBYTECODE", "1"); // a clone stays clean
        if let Some(data) = &self.data {
            command.env("CUADERNO_DATA", data);
        }
        command
    }

    /// One of our own Python programs, in crates/xtask/python.
    pub fn python_program(&self, name: &str) -> Command {
        let mut python = self.python();
        python.arg(self.root.join("crates").join("xtask").join("python").join(name));
        python
    }

    /// The Python environment.
    pub fn venv(&self) -> PathBuf {
        self.root.join(".venv")
    }

    /// Where setup writes what is neither source nor cargo's.
    pub fn own_target(&self) -> PathBuf {
        self.target.join("cuaderno")
    }

    /// The file that tells the kernel about the preload.
    pub fn manifest(&self) -> PathBuf {
        self.own_target().join("preload.json")
    }

    /// The kernel's program.
    pub fn kernel(&self) -> PathBuf {
        self.target.join("debug").join("cuaderno-kernel")
    }

    /// A path as a person would say it: relative to the root where it is inside.
    pub fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

/// The cargo that started us, or the one in PATH.
fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn data() -> Result<Option<PathBuf>> {
    let Some(folder) = std::env::var_os("CUADERNO_DATA").filter(|folder| !folder.is_empty()) else {
        return Ok(None);
    };
    let folder = PathBuf::from(folder);
    if !folder.is_dir() {
        return Err(Problem::new(format!("CUADERNO_DATA is `{}`, which is no folder", folder.display())));
    }
    std::path::absolute(&folder).map(Some).context(|| "CUADERNO_DATA".into())
}
