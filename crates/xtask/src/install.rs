//! `cargo xtask install --prefix DIR`: a kernel that no longer needs this clone.

use crate::problem::{Context, Problem, Result};
use crate::workspace::Workspace;
use crate::{kernelspec, machine, preload, setup};
use std::collections::BTreeSet;
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
    let deps = home.join("deps");
    // An older installation's crates would only be in the way: rustc finds crates by name and hash.
    match std::fs::remove_dir_all(&deps) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Problem::new(format!("{}: {error}", deps.display())));
        }
        _ => {}
    }
    std::fs::create_dir_all(&deps).context(|| deps.display().to_string())?;
    let kernel = copy(&workspace.kernel(), &home)?;
    let dylib = copy(&built.dylib, &home)?;
    // Types are all that the compiler needs of the crates behind the preload (.rmeta), their code is inside it; macros come as
    // libraries that the compiler loads.
    let needed = ["rmeta", std::env::consts::DLL_EXTENSION];
    let files = built.artifacts.iter().flat_map(|artifact| &artifact.files).filter(|file| {
        **file != built.dylib && file.extension().and_then(|e| e.to_str()).is_some_and(|e| needed.contains(&e))
    });
    for file in files.collect::<BTreeSet<_>>() {
        copy(file, &deps)?;
    }
    let here = |file: &PathBuf| match file.file_name() {
        Some(name) if *file != built.dylib => deps.join(name).with_extension("rmeta"),
        _ => dylib.clone(),
    };
    let installed = preload::Preload {
        dylib: dylib.clone(),
        deps: BTreeSet::from([deps.clone()]),
        externs: built.externs.iter().map(|(name, file)| (name.clone(), here(file))).collect(),
        artifacts: Vec::new(),
    };
    let manifest = home.join("preload.json");
    preload::write_if_changed(&manifest, &installed.manifest(&toolchain))?;
    kernelspec::write_to(&prefix, &kernel, &manifest)?;
    eprintln!(
        "installed into {}: Jupyter finds the kernel if that is its own prefix or in JUPYTER_PATH",
        prefix.display()
    );
    Ok(())
}

/// Copies a file into a folder, under its own name, and returns its new path.
fn copy(file: &Path, folder: &Path) -> Result<PathBuf> {
    let target = folder.join(file.file_name().unwrap_or_default());
    // A running kernel keeps the old file open; writing into it would end that kernel.
    let _ = std::fs::remove_file(&target);
    std::fs::copy(file, &target).context(|| format!("{} to {}", file.display(), folder.display()))?;
    Ok(target)
}
