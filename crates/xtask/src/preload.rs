//! The preload: the facade crate with everything behind it as one dynamic library, and the file that tells the kernel how
//! to compile cells against it.

use crate::cargo_build::{self, Artifact};
use crate::machine::Toolchain;
use crate::problem::{Context, Problem, Result};
use crate::workspace::Workspace;
use crate::{index, process, reachable, version};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
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
    /// Their versions.
    pub versions: BTreeMap<String, String>,
    /// What completion and help read; see [`index`].
    pub index: Vec<PathBuf>,
    /// Everything cargo made or found made.
    pub artifacts: Vec<Artifact>,
}

/// What the manifest says besides.
pub struct About {
    /// Our version; see [`version::of`].
    pub cuaderno: String,
    /// The synthetic sample.
    pub sample: PathBuf,
}

/// Builds the preload, puts it aside, and writes the manifest.
pub fn build(workspace: &Workspace, toolchain: &Toolchain) -> Result<Preload> {
    // Only this last crate gets the flag, so that dependencies are shared with ordinary builds.
    let arguments = ["rustc", "-p", "cuaderno", "--crate-type", "dylib", "--", "-C", "prefer-dynamic"];
    let artifacts = cargo_build::build(workspace, "preload", &arguments)?;
    let mut built = Preload::from_artifacts(artifacts, &direct_dependencies(workspace)?)?;
    let mut aside = built.put_below(&workspace.own_target(), |from, to| {
        std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(drop))
    })?;
    aside.index = index::build(&workspace.own_target(), &aside, toolchain)?;
    built.index.clone_from(&aside.index);
    let about = About { cuaderno: version::of(workspace), sample: workspace.root.join("data") };
    write_if_changed(&workspace.manifest(), &aside.manifest(toolchain, &about, Path::new("/nonexistent")))?;
    Ok(built)
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
        let versions = direct.iter().filter(|(name, _)| externs.contains_key(name)).cloned().collect();
        Ok(Self { dylib, deps, externs, versions, index: Vec::new(), artifacts })
    }

    /// Forgets libraries other than these, named without their extensions.
    pub fn keep_only(&mut self, names: &BTreeSet<String>) {
        for artifact in &mut self.artifacts {
            let is_kept = |file: &PathBuf| reachable::stem(file).is_some_and(|name| names.contains(&name));
            artifact.files.retain(|file| *file == self.dylib || is_kept(file));
        }
    }

    /// Puts the preload into a folder of its own below `folder`, one for each state of it, so that a later build, which replaces
    /// cargo's files one by one, disturbs no running kernel. The compiler is also quicker where only the files that it needs are.
    pub fn put_below(&self, folder: &Path, place: impl Fn(&Path, &Path) -> std::io::Result<()>) -> Result<Self> {
        let home = folder.join(format!("preload-{:016x}", self.fingerprint()?));
        if !home.exists() {
            let partial = folder.join("preload-partial");
            remove_folder(&partial)?;
            self.gather(&partial, place)?;
            std::fs::rename(&partial, &home).context(|| home.display().to_string())?;
            forget_all_but(folder, &home)?;
        }
        Ok(self.moved_to(&home))
    }

    /// Puts what cells are compiled against into `home`, each file by `place`; [`moved_to`](Self::moved_to) then says where it is.
    fn gather(&self, home: &Path, place: impl Fn(&Path, &Path) -> std::io::Result<()>) -> Result<()> {
        let deps = home.join("deps");
        std::fs::create_dir_all(&deps).context(|| deps.display().to_string())?;
        let place = |file: &Path, folder: &Path| {
            let target = folder.join(file.file_name().unwrap_or_default());
            place(file, &target).context(|| format!("{} to {}", file.display(), folder.display()))
        };
        place(&self.dylib, home)?;
        self.needed().into_iter().try_for_each(|file| place(file, &deps))
    }

    /// The same preload in another folder.
    fn moved_to(&self, home: &Path) -> Self {
        let deps = home.join("deps");
        let here = |file: &PathBuf| match file.file_name() {
            Some(name) if *file == self.dylib => home.join(name),
            name => deps.join(name.unwrap_or_default()).with_extension("rmeta"),
        };
        Self {
            dylib: here(&self.dylib),
            externs: self.externs.iter().map(|(name, file)| (name.clone(), here(file))).collect(),
            versions: self.versions.clone(),
            deps: BTreeSet::from([deps]),
            index: self.index.clone(),
            artifacts: Vec::new(),
        }
    }

    /// Files that the compiler reads beside the library. Of the crates behind it these are their types (.rmeta), since their code
    /// is inside it; macros are libraries that the compiler loads.
    fn needed(&self) -> BTreeSet<&Path> {
        let files = self.artifacts.iter().flat_map(|artifact| &artifact.files);
        files
            .filter(|file| **file != self.dylib && (has_extension(file, "rmeta") || is_dylib(file)))
            .map(|file| &**file)
            .collect()
    }

    /// Changes whenever one of the files does.
    fn fingerprint(&self) -> Result<u64> {
        let mut hasher = DefaultHasher::new();
        for file in self.needed().into_iter().chain([&*self.dylib]) {
            let data = file.metadata().context(|| file.display().to_string())?;
            (file, data.len(), data.modified().ok()).hash(&mut hasher);
        }
        Ok(hasher.finish())
    }

    /// The manifest's text; what lies below `home` is named from there.
    pub fn manifest(&self, toolchain: &Toolchain, about: &About, home: &Path) -> String {
        let path = |path: &PathBuf| json!(path.strip_prefix(home).unwrap_or(path));
        let externs: BTreeMap<_, Value> = self.externs.iter().map(|(name, file)| (name, path(file))).collect();
        let manifest = json!({
            "version": 1,
            "cuaderno": about.cuaderno,
            "rustc": path(&toolchain.rustc),
            "rustc_version": toolchain.version,
            "sysroot_lib": path(&toolchain.sysroot_lib),
            "dylib": path(&self.dylib),
            "deps": self.deps.iter().map(path).collect::<Vec<_>>(),
            "externs": externs,
            "versions": self.versions,
            "index": self.index.iter().map(path).collect::<Vec<_>>(),
            "sample": path(&about.sample),
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
    has_extension(file, std::env::consts::DLL_EXTENSION)
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}

/// Removes a folder that may not be there.
pub fn remove_folder(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Problem::new(format!("{}: {error}", folder.display())))
        }
        _ => Ok(()),
    }
}

/// Removes preloads of earlier builds, but for the one before `newest`: kernels that run may still use that.
fn forget_all_but(folder: &Path, newest: &Path) -> Result<()> {
    let entries = std::fs::read_dir(folder).context(|| folder.display().to_string())?;
    let mut earlier: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path != newest && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("preload-"))
        })
        .collect();
    earlier.sort_by_key(|path| path.metadata().and_then(|data| data.modified()).ok());
    earlier.pop();
    earlier.iter().try_for_each(|path| remove_folder(path))
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
        let about = About { cuaderno: "0.2.0".into(), sample: "/my target/data".into() };
        let manifest: Value =
            serde_json::from_str(&preload.manifest(&toolchain, &about, Path::new("/my target"))).unwrap();
        assert_eq!(manifest["externs"]["image"], "debug/deps/libimage-new.rlib");
        assert_eq!(manifest["externs"]["cuaderno"], "debug/libcuaderno.so");
        assert_eq!(manifest["rustc"], "/r/bin/rustc");
        assert_eq!(manifest["versions"], json!({ "image": "0.25.10" }));
        assert_eq!(manifest["deps"], json!(["debug/deps"]));
    }

    #[test]
    fn a_new_build_leaves_the_preload_before_it() {
        let folder = std::env::temp_dir().join(format!("cuaderno xtask {}", std::process::id()));
        let (cargos, own) = (folder.join("deps"), folder.join("cuaderno"));
        std::fs::create_dir_all(&cargos).unwrap();
        let file = |name: &str, text: &str| {
            let path = cargos.join(name);
            let _ = std::fs::remove_file(&path); // as rustc and the linker do
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let dylib_name = format!("libcuaderno.{}", std::env::consts::DLL_EXTENSION);
        let mut put_aside = |text: &str| {
            let artifacts = vec![
                artifact("serde", "1.0.0", &file("libserde-1.rmeta", "types")),
                artifact("cuaderno", "0.1.0", &file(&dylib_name, text)),
            ];
            Preload::from_artifacts(artifacts, &[])
                .unwrap()
                .put_below(&own, |from, to| std::fs::hard_link(from, to))
                .unwrap()
        };
        let texts = ["first", "second one", "third, longest"];
        let built = texts.map(&mut put_aside);
        assert!(!built[0].dylib.exists());
        for (preload, text) in built.iter().zip(texts).skip(1) {
            assert_eq!(std::fs::read_to_string(&preload.dylib).unwrap(), text);
            assert!(preload.deps.first().unwrap().join("libserde-1.rmeta").exists());
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
