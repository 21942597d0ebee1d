//! The preload: the facade crate with everything behind it as one dynamic library, and the file that tells the kernel how
//! to compile cells against it.

use crate::cargo_build::{self, Artifact};
use crate::machine::Toolchain;
use crate::problem::{Context, Problem, Result};
use crate::process;
use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What was built: all that the manifest says.
#[derive(Clone, Debug)]
pub struct Preload {
    /// `libcuaderno.so`.
    pub dylib: PathBuf,
    /// Folders that hold the crates behind it.
    pub deps: BTreeSet<PathBuf>,
    /// Library file of each crate that a cell may name, the facade included.
    pub externs: BTreeMap<String, PathBuf>,
    /// Everything cargo made or found made.
    pub artifacts: Vec<Artifact>,
}

/// Builds the preload and writes the manifest.
pub fn build(workspace: &Workspace, toolchain: &Toolchain) -> Result<Preload> {
    // Only this last crate gets the flag, so that dependencies are shared with ordinary builds.
    let arguments = ["rustc", "-p", "cuaderno", "--crate-type", "dylib", "--", "-C", "prefer-dynamic"];
    let artifacts = cargo_build::build(workspace, "preload", &arguments)?;
    let preload = Preload::from_artifacts(artifacts, &direct_dependencies(workspace)?)?;
    write_if_changed(&workspace.manifest(), &preload.manifest(toolchain))?;
    Ok(preload)
}

impl Preload {
    fn from_artifacts(artifacts: Vec<Artifact>, direct: &[(String, String)]) -> Result<Self> {
        let dylib = artifacts
            .iter()
            .filter(|artifact| artifact.name == "cuaderno")
            .find_map(|artifact| artifact.files.iter().find(|file| is_dylib(file)))
            .ok_or_else(|| Problem::new("cargo built no dynamic library for crates/cuaderno"))?
            .clone();
        let libraries = cargo_build::libraries(&artifacts);
        let mut externs: BTreeMap<String, PathBuf> =
            direct.iter().filter_map(|key| Some((key.0.clone(), libraries.get(key)?.clone()))).collect();
        externs.insert("cuaderno".into(), dylib.clone());
        let deps = libraries.values().filter_map(|file| file.parent()).map(Path::to_owned).collect();
        Ok(Self { dylib, deps, externs, artifacts })
    }

    /// The manifest's text.
    pub fn manifest(&self, toolchain: &Toolchain) -> String {
        let externs: BTreeMap<_, Value> = self.externs.iter().map(|(name, file)| (name, json!(file))).collect();
        let manifest = json!({
            "version": 1,
            "rustc": toolchain.rustc,
            "rustc_version": toolchain.version,
            "sysroot_lib": toolchain.sysroot_lib,
            "dylib": self.dylib,
            "deps": self.deps,
            "externs": externs,
        });
        format!("{manifest:#}\n")
    }
}

/// Name and version of the crates.io crates that the facade names itself: those a cell may `use`.
fn direct_dependencies(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let mut tree = workspace.cargo();
    tree.args(["tree", "--quiet", "-p", "cuaderno", "--edges=normal", "--depth=1", "--prefix=none"]);
    let tree = process::read(&mut tree, "cargo tree")?;
    Ok(tree.lines().filter_map(crates_io_crate).collect())
}

/// Reads a line such as `serde_json v1.0.149` or `polars v0.55.2 (*)`; members of the workspace show their folder instead.
fn crates_io_crate(line: &str) -> Option<(String, String)> {
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    match words.next() {
        Some(folder) if folder.starts_with("(/") => None,
        _ => Some((name.replace('-', "_"), version.to_owned())),
    }
}

fn is_dylib(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == std::env::consts::DLL_EXTENSION)
}

/// Writes a file unless it already says that, so that its time tells when something changed.
pub fn write_if_changed(file: &Path, text: &str) -> Result<()> {
    if std::fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).context(|| folder.display().to_string())?;
    std::fs::write(file, text).context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(name: &str, version: &str, file: &str) -> Artifact {
        Artifact { name: name.into(), version: version.into(), files: vec![file.into()], executable: None }
    }

    #[test]
    fn members_of_the_workspace_are_no_externs() {
        assert_eq!(crates_io_crate("polars v0.55.2 (*)"), Some(("polars".into(), "0.55.2".into())));
        assert_eq!(crates_io_crate("serde_derive v1.0.1 (proc-macro)"), Some(("serde_derive".into(), "1.0.1".into())));
        assert_eq!(crates_io_crate("cuaderno-nn v0.1.0 (/home/ana/my course/crates/cuaderno-nn)"), None);
    }

    #[test]
    fn the_manifest_names_the_version_that_the_facade_uses() {
        let artifacts = vec![
            artifact("image", "0.24.9", "/my target/debug/deps/libimage-old.rlib"),
            artifact("image", "0.25.10", "/my target/debug/deps/libimage-new.rlib"),
            artifact("cuaderno", "0.1.0", "/my target/debug/libcuaderno.so"),
        ];
        let preload = Preload::from_artifacts(artifacts, &[("image".into(), "0.25.10".into())]).unwrap();
        let toolchain =
            Toolchain { rustc: "/r/bin/rustc".into(), version: "rustc 1.95.0".into(), sysroot_lib: "/r/lib".into() };
        let manifest: Value = serde_json::from_str(&preload.manifest(&toolchain)).unwrap();
        assert_eq!(manifest["externs"]["image"], "/my target/debug/deps/libimage-new.rlib");
        assert_eq!(manifest["externs"]["cuaderno"], "/my target/debug/libcuaderno.so");
        assert_eq!(manifest["deps"], json!(["/my target/debug/deps"]));
    }
}
