//! `cargo xtask install --prefix DIR`: a kernel that no longer needs this clone.

use crate::problem::{Context, Problem, Result};
use crate::workspace::Workspace;
use crate::{kernelspec, machine, preload, setup};
use std::path::{Path, PathBuf};

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
    let mut installed = built.put_below(&home, |from, to| std::fs::copy(from, to).map(drop))?;
    // Beside the library, so that both go together once newer ones have been installed.
    let beside = installed.dylib.parent().unwrap_or(&home);
    installed.index = built.index.iter().map(|file| replace(file, beside)).collect::<Result<_>>()?;
    let kernel = replace(&workspace.kernel(), &home)?;
    let manifest = home.join("preload.json");
    preload::write_if_changed(&manifest, &installed.manifest(&toolchain))?;
    kernelspec::write_to(&prefix, &kernel, &manifest)?;
    eprintln!(
        "installed into {}: Jupyter finds the kernel if that is its own prefix or in JUPYTER_PATH",
        prefix.display()
    );
    Ok(())
}

/// Copies a file into a folder, in one step for whoever reads it there; a program that runs keeps the one that was there.
fn replace(file: &Path, folder: &Path) -> Result<PathBuf> {
    let target = folder.join(file.file_name().unwrap_or_default());
    let partial = target.with_extension("partial");
    std::fs::copy(file, &partial).context(|| format!("{} to {}", file.display(), folder.display()))?;
    std::fs::rename(&partial, &target).context(|| target.display().to_string())?;
    Ok(target)
}
