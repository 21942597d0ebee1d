//! What the kernel's completion and inspection know of the preload and the standard library: an index of every public item,
//! with signature and documentation, made by rustdoc from the compiled crates alone.

use crate::machine::Toolchain;
use crate::preload::{Preload, remove_folder};
use crate::problem::{Context, Result};
use crate::progress::StatusLine;
use crate::{process, rustdoc_page};
use serde_json::Value;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Crates that are indexed together, and again only when one of them changes.
struct Group {
    name: &'static str,
    /// A crate that shows everything by `#[doc(inline)]`.
    source: &'static str,
    externs: &'static [&'static str],
}

const GROUPS: [Group; 3] = [
    Group { name: "std", source: include_str!("../index/std.rs"), externs: &[] },
    Group {
        name: "libraries",
        source: include_str!("../index/libraries.rs"),
        externs: &["dfdx", "image", "plotters", "polars", "serde_json"],
    },
    Group { name: "cuaderno", source: include_str!("../index/cuaderno.rs"), externs: &["cuaderno"] },
];

/// Makes what is not there yet; returns the files. A group that rustdoc cannot read is left out, and said: cells run without.
pub fn build(folder: &Path, preload: &Preload, toolchain: &Toolchain) -> Result<Vec<PathBuf>> {
    let mut line = StatusLine::new();
    let mut files = Vec::new();
    for group in &GROUPS {
        let file = folder.join(format!("index-{}-{:016x}.jsonl", group.name, group.fingerprint(preload, toolchain)?));
        if !file.exists() {
            line.show(&format!("index of {} for completion and help", group.name));
            let pages = folder.join(format!("index-{}-pages", group.name));
            remove_folder(&pages)?;
            let made = group
                .document(&pages, preload, toolchain)
                .and_then(|()| write(&pages.join("doc").join("index"), &file));
            remove_folder(&pages)?;
            match made {
                Ok(()) => forget_older(folder, group.name, &file)?,
                Err(problem) => {
                    line.clear();
                    eprintln!("no completion for {}: {problem}", group.name);
                    continue;
                }
            }
        }
        files.push(file);
    }
    line.clear();
    Ok(files)
}

impl Group {
    fn fingerprint(&self, preload: &Preload, toolchain: &Toolchain) -> Result<u64> {
        let mut hasher = DefaultHasher::new();
        (&toolchain.version, self.source, include_str!("index.rs"), include_str!("rustdoc_page.rs")).hash(&mut hasher);
        for file in self.externs.iter().filter_map(|name| preload.externs.get(*name)) {
            let data = file.metadata().context(|| file.display().to_string())?;
            (file.file_name(), data.len()).hash(&mut hasher);
            // Crates from crates.io have a hash of their own in the file name; ours have not.
            if self.externs == ["cuaderno"] {
                data.modified().ok().hash(&mut hasher);
            }
        }
        Ok(hasher.finish())
    }

    fn document(&self, folder: &Path, preload: &Preload, toolchain: &Toolchain) -> Result<()> {
        std::fs::create_dir_all(folder).context(|| folder.display().to_string())?;
        let source = folder.join("index.rs");
        std::fs::write(&source, self.source).context(|| source.display().to_string())?;
        let mut rustdoc = process::command(toolchain.rustc.with_file_name("rustdoc"));
        rustdoc.arg(&source).args(["--crate-name=index", "--edition=2024", "--cap-lints=allow"]);
        // The pages of f64 and friends belong to the standard library's crates, by an attribute that is theirs.
        rustdoc.env("RUSTC_BOOTSTRAP", "1").arg("-o").arg(folder.join("doc"));
        for name in self.externs {
            if let Some(file) = preload.externs.get(*name) {
                rustdoc.arg("--extern").arg(format!("{name}={}", file.display()));
            }
        }
        for deps in &preload.deps {
            rustdoc.arg("-L").arg(format!("dependency={}", deps.display()));
        }
        process::read(&mut rustdoc, "rustdoc").map(drop)
    }
}

/// Writes one line of JSON for each item below a folder of pages; an item that is visible under several paths has one line.
fn write(pages: &Path, file: &Path) -> Result<()> {
    let mut items = BTreeMap::<String, (Value, Vec<String>)>::new();
    read_folder(pages, "", &mut items)?;
    let lines: String = items
        .into_values()
        .map(|(mut item, paths)| {
            item["paths"] = paths.into();
            format!("{item}\n")
        })
        .collect();
    let partial = file.with_extension("partial");
    std::fs::write(&partial, lines).context(|| partial.display().to_string())?;
    std::fs::rename(&partial, file).context(|| file.display().to_string())
}

fn read_folder(folder: &Path, path: &str, items: &mut BTreeMap<String, (Value, Vec<String>)>) -> Result<()> {
    let entries = std::fs::read_dir(folder).context(|| folder.display().to_string())?;
    for entry in entries.filter_map(std::result::Result::ok) {
        let (place, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") };
        if place.is_dir() {
            read_folder(&place, &below(&name), items)?;
            continue;
        }
        let (kind, item_path) = match name.strip_suffix(".html").and_then(|name| name.split_once('.')) {
            Some((kind @ "primitive", name)) => (kind, format!("primitives::{name}")),
            Some((kind, name)) if !name.contains(['!', '.']) => (kind, below(name)),
            None if name == "index.html" && !path.is_empty() => ("mod", path.to_owned()),
            _ => continue,
        };
        let page = std::fs::read_to_string(&place).context(|| place.display().to_string())?;
        if let Some(item) = rustdoc_page::read(kind, &page) {
            let name = item_path.rsplit("::").next().unwrap_or_default();
            items.entry(format!("{name} {item}")).or_insert_with(|| (item, Vec::new())).1.push(item_path);
        }
    }
    Ok(())
}

fn forget_older(folder: &Path, group: &str, newest: &Path) -> Result<()> {
    let entries = std::fs::read_dir(folder).context(|| folder.display().to_string())?;
    let mut earlier: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path != newest)
        .filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("index-{group}-")))
        })
        .collect();
    earlier.sort_by_key(|path| path.metadata().and_then(|data| data.modified()).ok());
    // Kernels that run may still read the last one.
    earlier.pop();
    earlier.iter().try_for_each(|path| std::fs::remove_file(path).context(|| path.display().to_string()))
}
