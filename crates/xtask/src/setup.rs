//! `cargo xtask setup`: from a fresh clone to a kernel that Jupyter finds.

use crate::problem::Result;
use crate::python::For;
use crate::workspace::Workspace;
use crate::{cargo_build, kernelspec, machine, preload, python};

/// Checks the machine, builds preload and kernel, makes the Python environment for what follows, registers the kernel in it.
pub fn run(workspace: &Workspace, what: For) -> Result<()> {
    let toolchain = machine::toolchain(workspace)?;
    machine::c_compiler()?;
    let python = machine::python()?;
    machine::disk_space(workspace, what)?;

    // Python first: it takes a minute and what may fail there (no network) should not wait for the long build.
    python::make_environment(workspace, &python, what)?;
    preload::build(workspace, &toolchain)?;
    cargo_build::build(workspace, "kernel", &["build", "-p", "cuaderno-kernel"])?;
    kernelspec::write(workspace)
}
