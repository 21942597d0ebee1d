//! `:dep`: a student's own crates beside the preload.
//!
//! Cargo builds them once, in a project of the session's; cells then link the results directly.

use super::session::Session;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The part of cargo's messages that names what it built.
#[derive(Deserialize)]
struct Artifact {
    reason: String,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Adds a dependency, declared as in Cargo.toml or by its name alone. Returns the name.
///
/// # Errors
/// With cargo's own reason, in one line.
pub fn add(session: &mut Session, declaration: &str) -> Result<String, String> {
    let (name, value) = match declaration.split_once('=') {
        Some((name, value)) => (name.trim(), value.trim()),
        None => (declaration.trim(), "\"*\""),
    };
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
        return Err(format!(":dep takes a crate's name, for example `:dep rand = \"0.9\"`, not {declaration:?}"));
    }
    let mut declared = session.dependencies.clone();
    declared.insert(name.to_owned(), value.to_owned());
    let project = session.folder().join("dependencies");
    let names: Vec<String> = declared.keys().map(|name| name.replace('-', "_")).collect();
    let built = build(&project, &declared, session.working_directory())?;
    session.rustc.externs = built.into_iter().filter(|(name, _)| names.contains(name)).collect();
    session.rustc.dependency_folders = vec![project.join("target/debug/deps")];
    session.dependencies = declared;
    Ok(name.to_owned())
}

fn build(
    project: &Path,
    declared: &std::collections::BTreeMap<String, String>,
    working_directory: &Path,
) -> Result<Vec<(String, PathBuf)>, String> {
    let mut manifest = "[package]\nname = \"dependencies\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
        [profile.dev]\nopt-level = 2\ndebug = false\nincremental = false\n[dependencies]\n"
        .to_owned();
    for (name, value) in declared {
        // A path means the folder of the notebook.
        let value = value.replace("path = \"./", &format!("path = \"{}/", working_directory.display()));
        manifest += &format!("{name} = {value}\n");
    }
    let written = std::fs::create_dir_all(project.join("src"))
        .and_then(|()| std::fs::write(project.join("Cargo.toml"), manifest))
        .and_then(|()| std::fs::write(project.join("src/lib.rs"), ""));
    written.map_err(|error| format!("{}: {error}", project.display()))?;
    let output = Command::new("cargo")
        .args(["build", "--quiet", "--message-format=json"])
        .current_dir(project)
        .env("CARGO_TARGET_DIR", project.join("target"))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(reason(&String::from_utf8_lossy(&output.stderr)));
    }
    let artifacts = String::from_utf8_lossy(&output.stdout);
    let libraries =
        artifacts.lines().filter_map(|line| serde_json::from_str::<Artifact>(line).ok()).filter_map(library);
    Ok(libraries.collect())
}

fn library(artifact: Artifact) -> Option<(String, PathBuf)> {
    let target = artifact.target.filter(|_| artifact.reason == "compiler-artifact")?;
    let is_library = target.kind.iter().any(|kind| kind == "lib" || kind == "rlib" || kind == "proc-macro");
    let file =
        artifact.filenames.into_iter().find(|file| file.extension().is_some_and(|ext| ext == "rlib" || ext == "so"))?;
    is_library.then(|| (target.name.replace('-', "_"), file))
}

/// The line of cargo's that says what is wrong, and its last cause.
fn reason(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let error =
        lines.iter().find(|line| line.starts_with("error")).or(lines.first()).copied().unwrap_or("cargo failed");
    let is_offline = ["Could not resolve host", "Couldn't resolve host", "failed to download", "network failure"]
        .iter()
        .any(|sign| stderr.contains(sign));
    match is_offline {
        true => "the crate is not on this machine and crates.io cannot be reached".to_owned(),
        false => error.trim_start_matches("error: ").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn offline_is_one_line() {
        let stderr =
            "warning: spurious network error\nerror: failed to get `rand`\n\nCaused by:\n  Couldn't resolve host name";
        assert_eq!(reason(stderr), "the crate is not on this machine and crates.io cannot be reached");
    }

    #[test]
    fn other_reasons_are_cargos() {
        let stderr =
            "    Updating index\nerror: no matching package named `rnad` found\nlocation searched: crates.io index";
        assert_eq!(reason(stderr), "no matching package named `rnad` found");
    }
}
