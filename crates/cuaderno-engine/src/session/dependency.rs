//! `:dep`: a student's own crates beside the preload.
//!
//! Cargo builds them once, in a project of the machine's or, where sources lie on it, of the session's; cells then link the results directly.

mod declaration;
mod place;
mod progress;

use self::declaration::Declaration;
use self::place::Place;
use self::progress::Progress;
use super::Session;
use super::program;
use crate::cache;
use crate::cell::rustc::Rustc;
use crate::output::Output;
use semver::{Version, VersionReq};
use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Stands before the compiler when cargo compiles the project, and notes the call: only cargo knows which file belongs to which
/// name, as a crate may be renamed, its library named otherwise, and another version of it, or one for build scripts, be there too.
const RECORDER: &str = r#"#!/bin/sh
case " $* " in *" --crate-name dependencies "*) printf '%s\n' "$@" > "$0.call" ;; esac
exec "$@"
"#;
const RECORDER_NAME: &str = "recorder";

/// Stands before the compiler for crates by path, which may be edited and built again: each build is a crate of its own to the compiler,
/// so that no value of the old one is taken for one of the new.
const APART: &str = r#"#!/bin/sh
case "$CARGO_MANIFEST_DIR" in "" | */registry/src/*) exec "$@" ;; esac
exec "$@" -C "metadata=$CUADERNO_BUILD"
"#;
const APART_NAME: &str = "apart";

/// Crates that the prelude and the library are made of: another version of them under the same name would be at odds with both.
const OURS: [&str; 7] = ["cuaderno", "polars", "plotters", "image", "dfdx", "serde", "serde_json"];

/// What `:dep` has done.
pub enum Added {
    /// Cells can use the crate of this name now.
    Built(String),
    /// They could before, as this line says.
    Preloaded(String),
}

/// Adds a dependency, declared as in Cargo.toml, by its name alone, or by its folder.
///
/// # Errors
/// With cargo's own reason, in one line; when interrupted; when cells have another version of the crate, or get no library from it.
pub fn add(session: &mut Session, text: &str, show: &mut dyn FnMut(Output)) -> Result<Added, String> {
    let declaration = Declaration::read(text, session.working_directory())?;
    if let Some(preloaded) = preloaded(&declaration, &session.rustc)? {
        return Ok(Added::Preloaded(preloaded));
    }
    let Declaration { name, value } = declaration;
    let mut declared = session.dependencies.clone();
    declared.insert(name.clone(), value);
    let own = session.folder().join("dependencies");
    let rustc = &mut session.rustc;
    let in_session = || Place { target: own.join("target"), project: own.clone() };
    // Sources on this machine change, and what is built of them with them: no other session may be surprised by that.
    let is_shared = !declared.iter().any(|(name, value)| is_local(name, value));
    let shared = if is_shared { place::place(&rustc.version(), &declared, &mut rustc.dependency_hold) } else { None };
    let place = shared.unwrap_or_else(in_session);
    let built = build(&place, &declared, rustc, show)?;
    if built.len() < declared.len() {
        return Err(format!("{name} has no library that a cell could use"));
    }
    rustc.externs = built;
    rustc.dependency_folders = vec![place.target.join("debug/deps")];
    rustc.dependency_project = Some(place.project);
    session.dependencies = declared;
    Ok(Added::Built(name))
}

/// Removes what no notebook uses of all that was built on this machine.
///
/// # Errors
/// When it cannot be removed, in one line.
pub fn clear_cache() -> Result<(), String> {
    cache::clear().map_err(|error| format!("the cache cannot be removed: {error}"))
}

fn is_local(name: &str, value: &str) -> bool {
    Declaration { name: name.to_owned(), value: value.to_owned() }.is_local()
}

/// A line on the crate that cells have without `:dep`, if it is one that the declaration asks for.
fn preloaded(declaration: &Declaration, rustc: &Rustc) -> Result<Option<String>, String> {
    let Declaration { name, .. } = declaration;
    if !rustc.is_in_preload(name) {
        return Ok(None);
    }
    let version = rustc.preloaded_version(name).unwrap_or_default();
    let there = format!("{name} {version}").trim().to_owned();
    let advice = |version: &str| {
        format!("give another one another name: `:dep my-{name} = {{ package = \"{name}\", version = {version:?} }}`")
    };
    let Some(requirement) = declaration.requirement() else {
        return Err(format!("{there} is there without :dep; {}", advice("…")));
    };
    let wanted = VersionReq::parse(&requirement)
        .map_err(|error| format!("{requirement:?} is no requirement that Cargo knows: {error}"))?;
    match Version::parse(version) {
        Ok(version) if !wanted.matches(&version) && OURS.contains(&&**name) => Err(format!(
            "this kernel has {there}, the line asks for {requirement}: delete the line to use what is there, or {}",
            advice(&requirement)
        )),
        // A version of its own, under the name that was the preload's.
        Ok(version) if !wanted.matches(&version) => Ok(None),
        _ if declaration.has_features() => Ok(Some(format!(
            "{there} is there without :dep, with the features that the kernel was built with; for others give it another name: \
             `:dep my-{name} = {{ package = \"{name}\", features = […] }}`"
        ))),
        _ => Ok(Some(format!("{there} is there without :dep"))),
    }
}

/// Builds a project with these dependencies; returns their names as cells use them, with their files.
fn build(
    Place { project, target }: &Place,
    declared: &BTreeMap<String, String>,
    rustc: &Rustc,
    show: &mut dyn FnMut(Output),
) -> Result<Vec<(String, PathBuf)>, String> {
    let in_project = |error: std::io::Error| format!("{}: {error}", project.display());
    let _alone = place::alone_in(project, &rustc.running).map_err(in_project)?;
    write_project(project, declared, rustc.dependency_project.as_deref()).map_err(in_project)?;
    let mut cargo = rustc.cargo();
    cargo.arg("build").current_dir(project);
    cargo.env("CARGO_TARGET_DIR", target).env("RUSTC_WORKSPACE_WRAPPER", project.join(RECORDER_NAME));
    if declared.values().any(|value| value.contains("path")) {
        static BUILDS: AtomicU64 = AtomicU64::new(0);
        let build = format!("{}-{}", std::process::id(), BUILDS.fetch_add(1, Ordering::Relaxed));
        cargo.env("RUSTC_WRAPPER", project.join(APART_NAME)).env("CUADERNO_BUILD", build);
    }
    let (mut said, mut progress) = (String::new(), Progress::new());
    let status = program::run(&mut cargo, &rustc.running, |_, text| {
        said += text;
        progress.tell(&said, show);
    })?;
    if !status.success() {
        return Err(reason(&said));
    }
    let call = project.join(format!("{RECORDER_NAME}.call"));
    let call = std::fs::read_to_string(&call).map_err(|error| format!("{}: {error}", call.display()))?;
    Ok(externs(&call))
}

/// Writes cargo's project. The versions chosen for the list before it hold for this one too, so that values of their types stay.
fn write_project(project: &Path, declared: &BTreeMap<String, String>, before: Option<&Path>) -> std::io::Result<()> {
    let mut manifest = "[package]\nname = \"dependencies\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
        [profile.dev]\nopt-level = 2\ndebug = false\nincremental = false\n[dependencies]\n"
        .to_owned();
    for (name, value) in declared {
        manifest += &format!("{name} = {value}\n");
    }
    let (recorder, lock) = (project.join(RECORDER_NAME), project.join("Cargo.lock"));
    std::fs::create_dir_all(project.join("src"))?;
    std::fs::write(project.join("Cargo.toml"), manifest)?;
    // Written anew, so that the compiler is called, and the recorder with it.
    std::fs::write(project.join("src/lib.rs"), "")?;
    for (program, text) in [(&recorder, RECORDER), (&project.join(APART_NAME), APART)] {
        std::fs::write(program, text)?;
        std::fs::set_permissions(program, Permissions::from_mode(0o755))?;
    }
    if let Some(before) =
        before.map(|before| before.join("Cargo.lock")).filter(|before| before.exists() && !lock.exists())
    {
        std::fs::copy(before, lock)?;
    }
    Ok(())
}

/// The crates in a call of the compiler, one argument a line.
fn externs(call: &str) -> Vec<(String, PathBuf)> {
    let arguments = call.lines().zip(call.lines().skip(1)).filter(|(option, _)| *option == "--extern");
    let named = arguments.filter_map(|(_, argument)| argument.split_once('='));
    // Cargo goes on when a crate's metadata is there; its code comes to lie beside it.
    let file = |path: &str| path.strip_suffix(".rmeta").map_or(path.into(), |path| format!("{path}.rlib").into());
    named.map(|(name, path)| (name.to_owned(), file(path))).collect()
}

/// What cargo says is wrong, with its causes, in one line.
fn reason(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let error =
        lines.iter().find(|line| line.starts_with("error")).or(lines.first()).copied().unwrap_or("cargo failed");
    let is_offline = ["Could not resolve host", "Couldn't resolve host", "failed to download", "network failure"]
        .iter()
        .any(|sign| stderr.contains(sign));
    if is_offline {
        return "the crate is not on this machine and crates.io cannot be reached".to_owned();
    }
    let error = error.trim_start_matches("error: ");
    let lacking = lines
        .iter()
        .find(|line| line.contains("does not have that feature") || line.contains("does not have these features"));
    if let Some((_, lacking)) = lacking.and_then(|line| line.split_once(" depends on ")) {
        return lacking
            .replacen(" with feature", " is asked for the feature", 1)
            .replace(" but `", ", but `")
            .replace("that feature.", "it")
            .replace("these features.", "them");
    }
    let broken = lines.iter().find_map(|line| line.strip_prefix("error: could not compile `")?.split('`').next());
    match broken {
        Some(name) => format!("{name} does not compile: {error}"),
        None => {
            let causes = lines.iter().zip(lines.iter().skip(1)).filter(|(before, _)| **before == "Caused by:");
            causes.fold(error.to_owned(), |text, (_, cause)| format!("{text}: {cause}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_files_are_those_of_the_call() {
        let call = "rustc\n--crate-name\ndependencies\n--extern\nmd5=/t/libmd5-1.rmeta\n--extern\nmy_macros=/t/libmy_macros-2.so\n";
        let expected = [("md5", "/t/libmd5-1.rlib"), ("my_macros", "/t/libmy_macros-2.so")];
        assert_eq!(externs(call), expected.map(|(name, file)| (name.to_owned(), file.into())));
    }

    #[test]
    fn offline_is_one_line() {
        let stderr =
            "warning: spurious network error\nerror: failed to get `rand`\n\nCaused by:\n  Couldn't resolve host name";
        assert_eq!(reason(stderr), "the crate is not on this machine and crates.io cannot be reached");
    }

    #[test]
    fn causes_are_told() {
        let stderr = "error: failed to load manifest for dependency `mine`\n\nCaused by:\n  failed to read `/a/Cargo.toml`\n\n\
            Caused by:\n  No such file or directory (os error 2)";
        let told = "failed to load manifest for dependency `mine`: failed to read `/a/Cargo.toml`: No such file or directory (os error 2)";
        assert_eq!(reason(stderr), told);
    }

    #[test]
    fn a_feature_that_is_not_there_is_named() {
        let stderr = "error: failed to select a version for `mine`.\n    ... required by package `dependencies v0.0.0 (/x)`\n\
            versions that meet the requirements `*` are: 0.1.0\n\n\
            package `dependencies` depends on `mine` with feature `extra` but `mine` does not have that feature.\n";
        assert_eq!(reason(stderr), "`mine` is asked for the feature `extra`, but `mine` does not have it");
    }

    #[test]
    fn other_reasons_are_cargos() {
        let stderr =
            "    Updating index\nerror: no matching package named `rnad` found\nlocation searched: crates.io index";
        assert_eq!(reason(stderr), "no matching package named `rnad` found");
    }
}
