//! What a wrong path may have meant.

use crate::full_path;
use std::path::Path;

/// The end of a message about a path that is not there: `; did you mean "multimodal_train.tsv"?`, the name in its folder that is
/// most like the first wrong part of the path. Where nothing there is like it, `; there is no folder "data", seen from "/home/ana"`,
/// if it is a folder that is missing; for a link to nowhere, where it leads. Empty otherwise, and for paths that exist.
///
/// ```
/// let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
/// assert_eq!(cuaderno_display::did_you_mean(&here.join("scr/lib.rs")), "; did you mean \"src\"?");
/// assert_eq!(cuaderno_display::did_you_mean(&here.join("src/lib.rs")), "");
/// ```
pub fn did_you_mean(path: &Path) -> String {
    let path = &*full_path(path);
    if let Some(target) = first_missing(path).and_then(|link| link.read_link().ok()) {
        return format!("; it is a link to \"{}\", which is not there", target.display());
    }
    if let Some(name) = nearest(path) {
        return format!("; did you mean \"{name}\"?");
    }
    match first_missing(path) {
        Some(folder) if folder != path => {
            let here = std::env::current_dir().ok().filter(|_| path.is_relative());
            let seen = here.map(|here| format!(", seen from \"{}\"", here.display())).unwrap_or_default();
            format!("; there is no folder \"{}\"{seen}", folder.display())
        }
        _ => String::new(),
    }
}

/// The shortest beginning of the path that does not exist.
fn first_missing(path: &Path) -> Option<&Path> {
    let beginnings = path.ancestors().filter(|beginning| !beginning.as_os_str().is_empty());
    beginnings.take_while(|beginning| !beginning.exists()).last()
}

fn nearest(path: &Path) -> Option<String> {
    let here = Path::new(".");
    let wrong = first_missing(path)?;
    let folder = wrong.parent()?;
    let wrong = wrong.file_name()?.to_string_lossy().to_lowercase();
    let folder = if folder.as_os_str().is_empty() { here } else { folder };
    let names = folder.read_dir().ok()?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| !name.starts_with('.'))
        .filter_map(|name| Some((distance(&wrong, &name.to_lowercase())?, name)))
        .min()
        .map(|(_, name)| name)
}

/// The name that is most like a wrong one, if one is.
///
/// ```
/// use cuaderno_display::nearest_name;
/// assert_eq!(nearest_name("clas", ["title", "class"]), Some("class"));
/// assert_eq!(nearest_name("score", ["title", "class"]), None);
/// ```
pub fn nearest_name<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wrong = wrong.to_lowercase();
    // Of short names two changes leave nothing, and `id` is not meant by `up`.
    let alike = |name: &str| {
        let distance = strsim::osa_distance(&wrong, &name.to_lowercase());
        (distance <= wrong.chars().count().div_ceil(3).min(3)).then_some(distance)
    };
    names.into_iter().filter_map(|name| Some((alike(name)?, name))).min().map(|(_, name)| name)
}

/// How many letters to change, where that is few; a name without its ending is like the whole name.
fn distance(wrong: &str, name: &str) -> Option<usize> {
    let stem = Path::new(name).file_stem().map_or_else(Default::default, |stem| stem.to_string_lossy());
    let whole = strsim::osa_distance(wrong, name);
    let distance = whole.min(strsim::osa_distance(wrong, &stem).saturating_add(1));
    (distance <= wrong.chars().count().div_ceil(4)).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_first_wrong_part_is_compared_with_its_folder() {
        let root = std::env::temp_dir().join(format!("did-you-mean-{}", std::process::id()));
        fs::create_dir_all(root.join("reddit/images")).unwrap();
        for name in ["multimodal_train.tsv", "multimodal_validate.tsv", "all_comments.tsv", ".multimodal_trian.tsv"] {
            fs::write(root.join("reddit").join(name), "").unwrap();
        }
        let answers = [
            ("reddit/multimodal_trian.tsv", "multimodal_train.tsv"),
            ("reddit/multimodal_train", "multimodal_train.tsv"),
            ("reddit/Multimodal_Train.TSV", "multimodal_train.tsv"),
            ("reddit/all_coments*.tsv", "all_comments.tsv"),
            ("redit/multimodal_train.tsv", "reddit"),
            ("reddit/image/x/y.jpg", "images"),
        ]
        .map(|(wrong, right)| (nearest(&root.join(wrong)), right));
        let nothing =
            ["reddit/comments", "x", "reddit", "reddit/images/a.jpg", ""].map(|path| nearest(&root.join(path)));
        fs::remove_dir_all(&root).unwrap();
        for (found, right) in answers {
            assert_eq!(found.as_deref(), Some(right));
        }
        assert_eq!(nothing, [None, None, None, None, None]);
    }

    #[test]
    fn paths_from_here() {
        assert_eq!(nearest(Path::new("Cargo.tmol")), Some("Cargo.toml".into()));
        assert_eq!(nearest(Path::new("/")), None);
        assert_eq!(nearest(Path::new("")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_says_where_it_leads() {
        let link = std::env::temp_dir().join(format!("did-you-mean-link-{}", std::process::id()));
        std::os::unix::fs::symlink("nowhere.tsv", &link).unwrap();
        let said = did_you_mean(&link);
        fs::remove_file(&link).unwrap();
        assert_eq!(said, "; it is a link to \"nowhere.tsv\", which is not there");
    }

    #[test]
    fn a_missing_folder_is_named() {
        assert_eq!(did_you_mean(Path::new("/dada/reddit/posts.tsv")), "; there is no folder \"/dada\"");
        let seen = format!(", seen from \"{}\"", std::env::current_dir().unwrap().display());
        assert_eq!(did_you_mean(Path::new("no_such/x.tsv")), format!("; there is no folder \"no_such\"{seen}"));
        assert_eq!(did_you_mean(Path::new("no_such.tsv")), "");
        assert_eq!(did_you_mean(Path::new("")), "");
    }
}
