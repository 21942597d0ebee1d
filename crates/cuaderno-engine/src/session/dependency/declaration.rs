//! What stands behind `:dep`: a crate's name, and what Cargo.toml would say of it.

use std::path::Path;

/// A dependency as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The name that cells use.
    pub name: String,
    /// What Cargo.toml has behind the `=`; a path in it is absolute.
    pub value: String,
}

impl Declaration {
    /// Reads `name`, `name = "0.9"`, `name = { … }`, or the path of a crate's folder. Paths begin in `directory`.
    ///
    /// # Errors
    /// In one line, when it is none of these, or there is no crate in the folder.
    pub fn read(text: &str, directory: &Path) -> Result<Self, String> {
        if text.starts_with(['.', '/']) {
            let folder = directory.join(text);
            let name = package_name(&folder)?;
            return Ok(Self { name, value: format!("{{ path = {:?} }}", folder) });
        }
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.trim(), value.trim()),
            None => (text, "\"*\""),
        };
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
            return Err(format!(":dep takes a crate's name, for example `:dep rand = \"0.9\"`, not {text:?}"));
        }
        Ok(Self { name: name.to_owned(), value: beside(directory, value) })
    }

    /// The version that is asked for, as a requirement of Cargo's; `None` for a crate from elsewhere than crates.io or of another name.
    pub fn requirement(&self) -> Option<String> {
        if let Some(version) = self.value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            return Some(version.to_owned());
        }
        let is_elsewhere = ["path", "git", "package", "registry"].iter().any(|key| entry(&self.value, key).is_some());
        (!is_elsewhere).then(|| entry(&self.value, "version").map_or("*", |(_, text)| text).to_owned())
    }

    /// Whether it says which of the crate's features are wanted.
    pub fn has_features(&self) -> bool {
        entry(&self.value, "features").is_some()
    }

    /// Whether its sources lie on this machine and may change.
    pub fn is_local(&self) -> bool {
        entry(&self.value, "path").is_some()
    }
}

/// Where a key of an inline table stands, and the text of its value.
fn entry<'a>(table: &'a str, key: &str) -> Option<(usize, &'a str)> {
    let is_key = |at: usize| {
        table[..at].trim_end().ends_with(['{', ',']) && table[at + key.len()..].trim_start().starts_with('=')
    };
    let (at, _) = table.match_indices(key).find(|(at, _)| is_key(*at))?;
    Some((at, table[at..].split('"').nth(1)?))
}

/// A path in a declaration means one beside the notebook.
fn beside(directory: &Path, value: &str) -> String {
    match entry(value, "path") {
        Some((at, path)) => {
            let after = value[at..].splitn(3, '"').nth(2).unwrap_or_default();
            format!("{}path = {:?}{after}", &value[..at], directory.join(path))
        }
        None => value.to_owned(),
    }
}

/// What a crate's own manifest calls it.
fn package_name(folder: &Path) -> Result<String, String> {
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
    let package = text.lines().map(str::trim).skip_while(|line| *line != "[package]").skip(1);
    let name = package
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix("name")?.trim_start().strip_prefix('=')?.trim().split('"').nth(1));
    name.map(str::to_owned).ok_or_else(|| format!("{} names no package", manifest.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Declaration {
        Declaration::read(text, Path::new("/home/ana/course")).unwrap()
    }

    #[test]
    fn paths_are_those_beside_the_notebook() {
        assert_eq!(read("a = \"0.9\"").value, "\"0.9\"");
        assert_eq!(read("a = { path = \"../mine\" }").value, "{ path = \"/home/ana/course/../mine\" }");
        let git = "{ git = \"https://example.org/shortest-path\", branch = \"main\" }";
        assert_eq!(read(&format!("a = {git}")).value, git);
        let both = read("a = { path=\"/opt/x\", features = [] }");
        assert_eq!(both.value, "{ path = \"/opt/x\", features = [] }");
        assert!(both.is_local() && !read("path = \"1\"").is_local());
    }

    #[test]
    fn the_requirement_is_that_of_the_line() {
        for (text, requirement) in [
            ("rand", Some("*")),
            ("rand = \"0.9\"", Some("0.9")),
            ("plotters = { version = \"^0.3.0\", features = [\"evcxr\"] }", Some("^0.3.0")),
            ("plotters = { default-features = false, features = [\"version\"] }", Some("*")),
            ("my-rand = { package = \"rand\", version = \"0.9\" }", None),
            ("mine = { path = \"mine\" }", None),
        ] {
            assert_eq!(read(text).requirement().as_deref(), requirement, "{text}");
        }
    }

    #[test]
    fn a_folder_alone_is_called_what_its_manifest_says() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("Cargo.toml"),
            "[workspace]\n[package]\nedition = \"2024\"\nname = \"my-tools\"\n",
        )
        .unwrap();
        let found = Declaration::read(folder.path().to_str().unwrap(), Path::new("/")).unwrap();
        assert_eq!(found.name, "my-tools");
        assert!(Declaration::read("./not/there", folder.path()).unwrap_err().contains("not/there"));
    }
}
