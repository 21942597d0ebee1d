//! The licences of the crates, and of the font, that are compiled into the preload and the kernel: whoever hands those on has to hand on these.

use crate::problem::{Context, Result};
use crate::process;
use crate::workspace::Workspace;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A crate, as one of these texts names it.
struct Package {
    name: String,
    licence: String,
    folder: PathBuf,
}

/// Writes one file with every text once, below the crates that come with it.
pub fn write(workspace: &Workspace, file: &Path) -> Result<()> {
    let (mut by_text, mut without) = (BTreeMap::<String, BTreeSet<String>>::new(), BTreeSet::new());
    for package in packages(workspace)? {
        let name = format!("{} ({})", package.name, package.licence);
        let texts = texts_in(&package.folder)?;
        if texts.is_empty() {
            without.insert(name);
        } else {
            for text in texts {
                by_text.entry(text).or_default().insert(name.clone());
            }
        }
    }
    let font = workspace.root.join("crates/cuaderno-plot/fonts/LICENSE.txt");
    let text = std::fs::read_to_string(&font).context(|| workspace.show(&font))?;
    by_text.insert(text, BTreeSet::from(["DejaVu Sans, a font".to_owned()]));
    let names = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join("\n");
    let mut page = format!("Crates that bring no text of their licence:\n\n{}\n", names(&without));
    for (text, crates) in by_text {
        page += &format!("\n{}\n\n{}\n\n{}\n", "=".repeat(80), names(&crates), text.trim());
    }
    std::fs::write(file, page).context(|| file.display().to_string())
}

/// Crates from elsewhere that the preload and the kernel are made of.
fn packages(workspace: &Workspace) -> Result<Vec<Package>> {
    let mut tree = workspace.cargo();
    tree.args(["tree", "--quiet", "-p", "cuaderno", "-p", "cuaderno-kernel", "--edges=normal", "--prefix=none"]);
    let tree = process::read(&mut tree, "cargo tree")?;
    let used: BTreeSet<_> = tree.lines().filter_map(name_and_version).collect();
    let mut metadata = workspace.cargo();
    metadata.args(["metadata", "--quiet", "--format-version=1", "--locked"]);
    let metadata: Value =
        serde_json::from_str(&process::read(&mut metadata, "cargo metadata")?).context(|| "cargo metadata".into())?;
    let text = |package: &Value, field: &str| package[field].as_str().unwrap_or_default().to_owned();
    let all = metadata["packages"].as_array().into_iter().flatten();
    let foreign = all.filter(|package| !package["source"].is_null());
    Ok(foreign
        .map(|package| Package {
            name: format!("{} {}", text(package, "name"), text(package, "version")),
            licence: text(package, "license"),
            folder: Path::new(&text(package, "manifest_path")).with_file_name(""),
        })
        .filter(|package| used.contains(&package.name))
        .collect())
}

/// Reads a line such as `serde_json v1.0.149` or `polars v0.55.2 (*)`.
fn name_and_version(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    Some(format!("{} {}", words.next()?, words.next()?.strip_prefix('v')?))
}

fn texts_in(folder: &Path) -> Result<Vec<String>> {
    const BEGINNINGS: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"];
    let entries = std::fs::read_dir(folder).context(|| folder.display().to_string())?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        path.is_file() && BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
    });
    files
        .map(|file| std::fs::read(&file).context(|| file.display().to_string()))
        .map(|text| Ok(String::from_utf8_lossy(&text?).into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polars_licence_is_handed_on() {
        let file = std::env::temp_dir().join(format!("cuaderno licences {}", std::process::id()));
        write(&Workspace::find().unwrap(), &file).unwrap();
        let page = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(
            page.contains("\npolars 0.55.2 (MIT)\n") && page.contains("Ritchie Vink") && page.contains("Bitstream"),
            "{}",
            page.len()
        );
        assert!(!page.contains("proptest "), "only what is compiled in");
    }
}
