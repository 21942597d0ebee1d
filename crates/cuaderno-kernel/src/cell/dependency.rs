//! `:dep`: a student's own crates beside the preload.
//!
//! Cargo builds them once, in a project of the session's; cells then link the results directly.

use super::output::Output;
use super::program;
use super::rustc::Rustc;
use super::session::Session;
use cuaderno_display::MimeBundle;
use cuaderno_display::event::Event;
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

/// Adds a dependency, declared as in Cargo.toml or by its name alone. Returns the name.
///
/// # Errors
/// With cargo's own reason, in one line; when interrupted; when cells have the crate already, or get no library from it.
pub fn add(session: &mut Session, declaration: &str, show: &mut dyn FnMut(Output)) -> Result<String, String> {
    let (name, value) = match declaration.split_once('=') {
        Some((name, value)) => (name.trim(), value.trim()),
        None => (declaration.trim(), "\"*\""),
    };
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
        return Err(format!(":dep takes a crate's name, for example `:dep rand = \"0.9\"`, not {declaration:?}"));
    }
    if session.rustc.is_in_preload(name) {
        return Err(format!(
            "{name} is there without :dep; give another version another name: `:dep my-{name} = {{ package = \"{name}\", version = \"…\" }}`"
        ));
    }
    let mut declared = session.dependencies.clone();
    declared.insert(name.to_owned(), beside(session.working_directory(), value));
    let project = session.folder().join("dependencies");
    let built = build(&project, &declared, &session.rustc, show)?;
    if built.len() < declared.len() {
        return Err(format!("{name} has no library that a cell could use"));
    }
    session.rustc.externs = built;
    session.rustc.dependency_folders = vec![project.join("target/debug/deps")];
    session.dependencies = declared;
    Ok(name.to_owned())
}

/// Builds a project with these dependencies; returns their names as cells use them, with their files.
fn build(
    project: &Path,
    declared: &BTreeMap<String, String>,
    rustc: &Rustc,
    show: &mut dyn FnMut(Output),
) -> Result<Vec<(String, PathBuf)>, String> {
    let mut manifest = "[package]\nname = \"dependencies\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
        [profile.dev]\nopt-level = 2\ndebug = false\nincremental = false\n[dependencies]\n"
        .to_owned();
    for (name, value) in declared {
        manifest += &format!("{name} = {value}\n");
    }
    let recorder = project.join("recorder");
    let written = std::fs::create_dir_all(project.join("src"))
        .and_then(|()| std::fs::write(project.join("Cargo.toml"), manifest))
        .and_then(|()| std::fs::write(project.join("src/lib.rs"), ""))
        .and_then(|()| std::fs::write(&recorder, RECORDER))
        .and_then(|()| std::fs::set_permissions(&recorder, Permissions::from_mode(0o755)));
    written.map_err(|error| format!("{}: {error}", project.display()))?;
    let mut cargo = rustc.cargo();
    cargo.arg("build").current_dir(project);
    cargo.env("CARGO_TARGET_DIR", project.join("target")).env("RUSTC_WORKSPACE_WRAPPER", &recorder);
    let (mut said, mut progress) = (String::new(), Progress::new());
    let status = program::run(&mut cargo, &rustc.running, |_, text| {
        said += text;
        progress.tell(&said, show);
    })?;
    if !status.success() {
        return Err(reason(&said));
    }
    let call = project.join("recorder.call");
    let call = std::fs::read_to_string(&call).map_err(|error| format!("{}: {error}", call.display()))?;
    Ok(externs(&call))
}

/// The crates in a call of the compiler, one argument a line.
fn externs(call: &str) -> Vec<(String, PathBuf)> {
    let arguments = call.lines().zip(call.lines().skip(1)).filter(|(option, _)| *option == "--extern");
    let named = arguments.filter_map(|(_, argument)| argument.split_once('='));
    // Cargo goes on when a crate's metadata is there; its code comes to lie beside it.
    let file = |path: &str| path.strip_suffix(".rmeta").map_or(path.into(), |path| format!("{path}.rlib").into());
    named.map(|(name, path)| (name.to_owned(), file(path))).collect()
}

/// A path in a declaration means one beside the notebook.
fn beside(notebooks: &Path, value: &str) -> String {
    let is_key = |at: usize| {
        value[..at].trim_end().ends_with(['{', ','])
            && value[at..].trim_start_matches("path").trim_start().starts_with('=')
    };
    let replaced = value.match_indices("path").find(|(at, _)| is_key(*at)).and_then(|(at, _)| {
        let (_, quoted) = value[at..].split_once('"')?;
        let (path, after) = quoted.split_once('"')?;
        Some(format!("{}path = {:?}{after}", &value[..at], notebooks.join(path)))
    });
    replaced.unwrap_or_else(|| value.to_owned())
}

/// One line, replaced as cargo goes on.
struct Progress {
    display_id: String,
    shown: bool,
}

impl Progress {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { display_id: format!("cuaderno-dep-{}", NEXT.fetch_add(1, Ordering::Relaxed)), shown: false }
    }

    fn tell(&mut self, said: &str, show: &mut dyn FnMut(Output)) {
        let compiled = said.lines().map(str::trim).filter_map(|line| line.strip_prefix("Compiling "));
        let (count, last) = compiled.fold((0, None), |(count, _), name| (count + 1, Some(name)));
        let Some(last) = last else { return };
        let data = MimeBundle::text(format!("compiling {last} (crate {count})"));
        let display_id = self.display_id.clone();
        show(Output::Event(match std::mem::replace(&mut self.shown, true) {
            false => Event::DisplayData { data, display_id: Some(display_id) },
            true => Event::UpdateDisplayData { data, display_id },
        }));
    }
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
    fn paths_are_those_beside_the_notebook() {
        let here = Path::new("/home/ana/course");
        assert_eq!(beside(here, "\"0.9\""), "\"0.9\"");
        assert_eq!(beside(here, "{ path = \"../mine\" }"), "{ path = \"/home/ana/course/../mine\" }");
        let git = "{ git = \"https://example.org/shortest-path\", branch = \"main\" }";
        assert_eq!(beside(here, git), git);
        assert_eq!(beside(here, "{ path=\"/opt/x\", features = [] }"), "{ path = \"/opt/x\", features = [] }");
    }

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
    fn other_reasons_are_cargos() {
        let stderr =
            "    Updating index\nerror: no matching package named `rnad` found\nlocation searched: crates.io index";
        assert_eq!(reason(stderr), "no matching package named `rnad` found");
    }
}
