//! `cargo xtask package`: two wheels, after which a machine needs neither this clone nor a compiler of its own.
//!
//! `cuaderno` holds what `install --prefix` copies, without what no cell can reach, and the command; `cuaderno-rustc` holds the compiler.
//! Both find each other by their places: pip puts their `lib` into the same prefix.

use crate::kernelspec::{self, BELOW_THE_SAME_PREFIX};
use crate::machine::{self, Toolchain};
use crate::preload::{self, remove_folder};
use crate::problem::{Context, Problem, Result};
use crate::python::For;
use crate::workspace::Workspace;
use crate::{copy, install, licences, process, reachable, setup, version};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Sets up, then writes both wheels to `dist/`.
pub fn run(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, For::Tests)?;
    let toolchain = machine::toolchain(workspace)?;
    let stage = workspace.own_target().join("package");
    remove_folder(&stage)?;
    let compiler = compiler_wheel(workspace, &toolchain, &stage.join("rustc"))?;
    stage_cuaderno(workspace, &toolchain, &stage.join("cuaderno"))?;
    let dist = workspace.root.join("dist");
    let mut wheels = workspace.python_program("package_wheels.py");
    wheels
        .args([compiler, stage.join("cuaderno").join("python"), dist])
        .env("CUADERNO_VERSION", version::of(workspace));
    process::run(&mut wheels, "the wheels")?;
    remove_folder(&stage)
}

/// The compiler's wheel, which is kept: it takes a minute to make, and another compiler comes with years.
fn compiler_wheel(workspace: &Workspace, toolchain: &Toolchain, stage: &Path) -> Result<PathBuf> {
    let mut made_from = DefaultHasher::new();
    (&toolchain.version, include_str!("package.rs"), include_str!("../link/start.rs")).hash(&mut made_from);
    let python = workspace.root.join("python");
    let mut sources = copy::files_below(&python.join("rustc"))?;
    sources.push(python.join("hatch_build.py"));
    sources.sort_unstable();
    for file in sources.into_iter().filter(|file| file.extension().is_none_or(|ending| ending != "pyc")) {
        (file.file_name(), std::fs::read(&file).context(|| file.display().to_string())?).hash(&mut made_from);
    }
    let kept = workspace.own_target().join(format!("compiler-{:016x}", made_from.finish()));
    if !kept.is_dir() {
        stage_rustc(workspace, toolchain, stage)?;
        let made = stage.with_file_name("compiler");
        process::run(workspace.python_program("package_wheels.py").args([stage, &made]), "the compiler's wheel")?;
        std::fs::rename(&made, &kept).context(|| kept.display().to_string())?;
    }
    let [wheel] = &list(&kept)?[..] else { return Err(Problem::new(format!("{} holds no wheel", kept.display()))) };
    Ok(kept.join(wheel))
}

fn stage_cuaderno(workspace: &Workspace, toolchain: &Toolchain, stage: &Path) -> Result<()> {
    let mut built = preload::build(workspace, toolchain)?;
    built.keep_only(&reachable::names(&stage.join("reachable"), &built, toolchain)?);
    remove_folder(&stage.join("reachable"))?;
    copy::committed(workspace, "python", stage)?;
    let project = stage.join("python");
    for name in ["README.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        copy::file(&workspace.root.join(name), &project)?;
    }
    let prefix = project.join("prefix");
    let home = prefix.join("lib").join("cuaderno");
    let beside = Toolchain {
        rustc: "../cuaderno-rustc/bin/rustc".into(),
        sysroot_lib: Path::new("../cuaderno-rustc").join(library_folder(toolchain)?),
        ..toolchain.clone()
    };
    install::lay_out(workspace, &built, &beside, &home)?;
    for folder in ["notebooks", "assignments", "docs"] {
        copy::committed(workspace, folder, &home)?;
    }
    licences::write(workspace, &home.join("LICENCES.txt"))?;
    kernelspec::write_to(&prefix, Path::new(BELOW_THE_SAME_PREFIX), None)?;
    strip(toolchain, &home)
}

/// Not in the compiler's wheel: sanitizers, profiling, and the harness of `cargo test`, which cells do not use.
const UNUSED: [&str; 4] = ["librustc-stable_rt", "libprofiler_builtins", "libtest-", "libgetopts-"];

fn stage_rustc(workspace: &Workspace, toolchain: &Toolchain, stage: &Path) -> Result<()> {
    let root = root_of(toolchain);
    let home = stage.join("prefix").join("lib").join("cuaderno-rustc");
    let library = library_folder(toolchain)?;
    let programs = library.with_file_name("bin");
    // The second is the one that a C compiler calls.
    let linkers = ["rust-lld", "gcc-ld/ld.lld"].map(|name| programs.join(name));
    let files = [("bin", "rustc"), ("bin", "cargo")].map(|(folder, name)| Path::new(folder).join(name));
    let own = [Path::new("lib").to_owned(), library].into_iter().map(|folder| Ok((list(&root.join(&folder))?, folder)));
    let own: Vec<_> = own.collect::<Result<_>>()?;
    let libraries = own.iter().flat_map(|(names, folder)| names.iter().map(|name| folder.join(name)));
    let used = libraries
        .filter(|file| !UNUSED.iter().any(|unused| reachable::stem(file).is_some_and(|name| name.starts_with(unused))));
    for file in used.chain(files).chain(linkers) {
        copy::file(&root.join(&file), &home.join(file.parent().unwrap_or(Path::new(""))))?;
    }
    for crate_name in ["rust", "cargo"] {
        copy::folder(&root.join("share/doc").join(crate_name), &home.join("licences").join(crate_name), &|file| {
            !file.starts_with(root.join("share/doc/rust/html"))
        })?;
    }
    // With a file in it, pip removes the folder as a whole, and leaves no empty ones.
    let about = format!(
        "{}, as https://rust-lang.org distributes it, for cuaderno; its licences are in `licences`.\n",
        toolchain.version
    );
    preload::write_if_changed(&home.join("README.txt"), &about)?;
    strip(toolchain, &home)?;
    stand_ins(toolchain, &home.join("link"))?;
    copy::folder(&workspace.root.join("python/rustc"), stage, &|_| true)?;
    copy::file(&workspace.root.join("python/hatch_build.py"), stage)
}

/// For linking where the system has no C compiler, and no files for it: the engine's `SystemLinker` uses them.
fn stand_ins(toolchain: &Toolchain, folder: &Path) -> Result<()> {
    // Libraries that rustc asks for, each with the file that every system has; older parts of the C library are empty since glibc 2.34.
    const LIBRARIES: [(&str, &str); 7] = [
        ("c", "INPUT(-l:libc.so.6 -l:ld-linux-x86-64.so.2)"),
        ("m", "INPUT(-l:libm.so.6)"),
        ("gcc_s", "INPUT(-l:libgcc_s.so.1)"),
        ("dl", ""),
        ("pthread", ""),
        ("rt", ""),
        ("util", ""),
    ];
    for (name, script) in LIBRARIES {
        preload::write_if_changed(&folder.join(format!("lib{name}.so")), &format!("/* {name} */ {script}\n"))?;
    }
    let source = folder.join("start.rs");
    preload::write_if_changed(&source, include_str!("../link/start.rs"))?;
    let mut rustc = process::command(&toolchain.rustc);
    rustc.arg(&source).args(["--emit=obj", "-Cpanic=abort", "-o"]).arg(folder.join("start.o"));
    process::read(&mut rustc, "rustc")?;
    std::fs::remove_file(&source).context(|| source.display().to_string())
}

/// Takes symbols for debuggers from libraries and programs; LLVM's tool knows what was made by it.
fn strip(toolchain: &Toolchain, folder: &Path) -> Result<()> {
    let root = root_of(toolchain);
    let objcopy = root.join(library_folder(toolchain)?).with_file_name("bin").join("rust-objcopy");
    for file in copy::files_below(folder)?.into_iter().filter(|file| is_elf(file)) {
        let mut strip = process::command(&objcopy);
        strip.env("LD_LIBRARY_PATH", root.join("lib")).arg("--strip-unneeded").arg(&file);
        process::read(&mut strip, "rust-objcopy")?;
    }
    Ok(())
}

/// Linked programs and libraries.
fn is_elf(file: &Path) -> bool {
    use std::io::Read;
    let mut magic = [0; 4];
    std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == *b"\x7fELF"
}

/// The toolchain's folder, with `bin` and `lib`.
fn root_of(toolchain: &Toolchain) -> PathBuf {
    toolchain.rustc.ancestors().nth(2).unwrap_or(Path::new("/")).to_owned()
}

/// Where in it the standard library is: `lib/rustlib/x86_64-unknown-linux-gnu/lib`.
fn library_folder(toolchain: &Toolchain) -> Result<PathBuf> {
    let inside = toolchain.sysroot_lib.strip_prefix(root_of(toolchain));
    inside.map(Path::to_owned).context(|| toolchain.sysroot_lib.display().to_string())
}

/// Names of a folder's files.
fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).context(|| folder.display().to_string())?;
    Ok(entries
        .filter_map(std::result::Result::ok)
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().into())
        .collect())
}
