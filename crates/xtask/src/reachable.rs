//! Which files of the crates behind the preload the compiler reads for cells.

use crate::machine::Toolchain;
use crate::preload::Preload;
use crate::problem::{Context, Problem, Result};
use crate::process;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The names, without extension, of every library that is read for a cell that names every crate it may. What only build scripts
/// and macros are made of is not among them.
pub fn names(folder: &Path, preload: &Preload, toolchain: &Toolchain) -> Result<BTreeSet<String>> {
    std::fs::create_dir_all(folder).context(|| folder.display().to_string())?;
    let (source, read) = (folder.join("all.rs"), folder.join("all.d"));
    let all: String = preload.externs.keys().map(|name| format!("extern crate {name};\n")).collect();
    std::fs::write(&source, all).context(|| source.display().to_string())?;
    let mut rustc = process::command(&toolchain.rustc);
    rustc.arg(&source).args(["--crate-name=all", "--crate-type=lib", "--edition=2024", "--cap-lints=allow"]);
    rustc.args(["-Cprefer-dynamic", "--emit=metadata,dep-info", "--out-dir"]).arg(folder);
    // The option that tells the libraries as well is unstable.
    rustc.env("RUSTC_BOOTSTRAP", "1").arg("-Zbinary-dep-depinfo");
    for (name, file) in &preload.externs {
        rustc.arg("--extern").arg(format!("{name}={}", file.display()));
    }
    for deps in &preload.deps {
        rustc.arg("-L").arg(format!("dependency={}", deps.display()));
    }
    process::read(&mut rustc, "rustc")?;
    let text = std::fs::read_to_string(&read).context(|| read.display().to_string())?;
    let names = files(&text);
    if names.is_empty() { Err(Problem::new(format!("{} names no libraries", read.display()))) } else { Ok(names) }
}

/// Reads what make would: a line `file:` for each file; spaces in it are escaped.
fn files(text: &str) -> BTreeSet<String> {
    let libraries =
        text.lines().filter_map(|line| line.strip_suffix(':')).map(|line| PathBuf::from(line.replace("\\ ", " ")));
    libraries.filter(|file| file.extension().is_some_and(|end| end != "rs")).filter_map(|file| stem(&file)).collect()
}

/// A file's name without its extension: the same for a crate's types and its code.
pub fn stem(file: &Path) -> Option<String> {
    Some(file.file_stem()?.to_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_read_from_a_list_for_make() {
        let text = "/t/all.d: /t/all.rs /my\\ deps/libserde-1.rmeta\n\n/t/all.rs:\n/my\\ deps/libserde-1.rmeta:\n/d/libmacros-2.so:\n";
        assert_eq!(files(text), BTreeSet::from(["libserde-1", "libmacros-2"].map(str::to_owned)));
    }
}
