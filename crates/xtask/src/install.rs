//! `cargo xtask install --prefix DIR`: a kernel that no longer needs this clone.

use crate::problem::{Context, Problem, Result};
use crate::workspace::Workspace;
use crate::{kernelspec, machine, preload, setup};
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
    setup::run(workspace)?;
    let toolchain = machine::toolchain(workspace)?;
    let built = preload::build(workspace, &toolchain)?;

    let home = prefix.join("lib").join("cuaderno");
    // An older installation's crates would only be in the way: rustc finds crates by name and hash.
    preload::remove_folder(&home)?;
    built.gather(&home, |from, to| std::fs::copy(from, to).map(drop))?;
    let kernel = home.join(workspace.kernel().file_name().unwrap_or_default());
    std::fs::copy(workspace.kernel(), &kernel).context(|| kernel.display().to_string())?;
    let manifest = home.join("preload.json");
    preload::write_if_changed(&manifest, &built.moved_to(&home).manifest(&toolchain))?;
    kernelspec::write_to(&prefix, &kernel, &manifest)?;
    eprintln!(
        "installed into {}: Jupyter finds the kernel if that is its own prefix or in JUPYTER_PATH",
        prefix.display()
    );
    Ok(())
}
