//! `cargo xtask install --prefix DIR`: a kernel that no longer needs this clone.

use crate::machine::Toolchain;
use crate::preload::{self, About, Preload};
use crate::problem::{Context, Problem, Result};
use crate::python::For;
use crate::workspace::Workspace;
use crate::{copy, kernelspec, machine, setup, version};
use std::path::Path;

/// Copies kernel, preload and the crates behind it to `DIR/lib/cuaderno` and registers the kernel in `DIR/share/jupyter`.
///
/// The compiler stays where rustup put it: cells are compiled with it.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let prefix = match arguments {
        [option, folder] if option == "--prefix" => Path::new(folder),
        _ => return Err(Problem::new("install needs a place: `cargo xtask install --prefix DIR`")),
    };
    let prefix = std::path::absolute(prefix).context(|| prefix.display().to_string())?;
    setup::run(workspace, For::Notebooks)?;
    let toolchain = machine::toolchain(workspace)?;
    let built = preload::build(workspace, &toolchain)?;
    let home = prefix.join("lib").join("cuaderno");
    lay_out(workspace, &built, &toolchain, &home)?;
    kernelspec::write_to(&prefix, &home.join("cuaderno-kernel"), None)?;
    eprintln!(
        "installed into {}: Jupyter finds the kernel if that is its own prefix or in JUPYTER_PATH",
        prefix.display()
    );
    Ok(())
}

/// Copies kernel, preload, index and sample into a folder, with a manifest that finds them from its own place.
pub fn lay_out(workspace: &Workspace, built: &Preload, toolchain: &Toolchain, home: &Path) -> Result<()> {
    let mut installed = built.put_below(home, |from, to| std::fs::copy(from, to).map(drop))?;
    // Beside the library, so that both go together once newer ones have been installed.
    let beside = installed.dylib.parent().unwrap_or(home).to_owned();
    for file in &mut installed.index {
        copy::file(file, &beside)?;
        *file = beside.join(file.file_name().unwrap_or_default());
    }
    copy::file(&workspace.kernel(), home)?;
    copy::committed(workspace, "data", home)?;
    let about = About { cuaderno: version::of(workspace), sample: home.join("data") };
    preload::write_if_changed(&home.join("preload.json"), &installed.manifest(toolchain, &about, home))
}
