//! Building with cargo, watched: what is done, what is left, what came out.

use crate::problem::{Context, Problem, Result};
use crate::progress::{StatusLine, human};
use crate::time_left::TimeLeft;
use crate::workspace::Workspace;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// One file or group of files that cargo made.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Name of the crate as code writes it: `serde_json`.
    pub name: String,
    /// Version of its package.
    pub version: String,
    /// The files, absolute.
    pub files: Vec<PathBuf>,
    /// The program, if it is one.
    pub executable: Option<PathBuf>,
}

impl Artifact {
    /// The file with this extension.
    pub fn file(&self, extension: &str) -> Option<&PathBuf> {
        self.files.iter().find(|file| file.extension().is_some_and(|found| found == extension))
    }
}

/// Runs a cargo command that builds, showing its progress under `label`, and returns what it made, old and new.
///
/// # Errors
/// If the build fails; the compiler's messages are on stderr by then.
pub fn build(workspace: &Workspace, label: &str, arguments: &[&str]) -> Result<Vec<Artifact>> {
    let (before, after) = arguments.split_at(arguments.iter().position(|&a| a == "--").unwrap_or(arguments.len()));
    let mut cargo = workspace
        .cargo()
        .args(before)
        .arg(if std::io::stderr().is_terminal() {
            "--message-format=json-diagnostic-rendered-ansi"
        } else {
            "--message-format=json"
        })
        .args(after)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context(|| "cargo could not be started".into())?;
    let lines = both_outputs(&mut cargo);
    let mut watch = Watch::new(label, packages(workspace, before)?);
    let mut said = String::new();
    loop {
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(Line::Message(message)) => {
                if let Some(text) = watch.message(&message) {
                    said.push_str(&text);
                }
            }
            Ok(Line::Said(text)) => match text.trim_start().split_once(' ') {
                Some(("Compiling" | "Finished" | "Fresh" | "Downloaded" | "Locking" | "Adding" | "Running", _)) => {}
                Some((doing @ ("Downloading" | "Updating" | "Blocking"), what)) => {
                    watch.aside = Some(format!("{} {what}", doing.to_lowercase()));
                }
                _ => said.push_str(&format!("{text}\n")),
            },
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        watch.show();
    }
    let status = cargo.wait().context(|| "cargo".into())?;
    watch.line.clear();
    if !status.success() {
        eprint!("{said}");
        return Err(Problem::new(format!("{label}: the build failed; the compiler's messages are above")));
    }
    watch.line.finish(&watch.summary());
    Ok(watch.artifacts)
}

enum Line {
    Message(Value),
    Said(String),
}

/// Both outputs of cargo as one stream, which ends when both have.
fn both_outputs(cargo: &mut Child) -> Receiver<Line> {
    fn pump(output: impl Read + Send + 'static, to: Sender<Line>, read: fn(String) -> Option<Line>) {
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
                if read(line).is_some_and(|line| to.send(line).is_err()) {
                    break;
                }
            }
        });
    }
    let (to, lines) = channel();
    if let Some(stdout) = cargo.stdout.take() {
        pump(stdout, to.clone(), |line| serde_json::from_str(&line).ok().map(Line::Message));
    }
    if let Some(stderr) = cargo.stderr.take() {
        pump(stderr, to, |line| Some(Line::Said(line)));
    }
    lines
}

/// The packages that a build involves: those in the dependency tree of its `-p` package.
fn packages(workspace: &Workspace, arguments: &[&str]) -> Result<BTreeSet<String>> {
    let selection: Vec<_> = match arguments.iter().position(|&argument| argument == "-p") {
        Some(at) => arguments[at..].iter().take(2).collect(),
        None => vec![&"--workspace"],
    };
    let mut tree = workspace.cargo();
    tree.args(["tree", "--quiet", "--edges=normal,build", "--prefix=none"]).args(selection);
    let tree = crate::process::read(&mut tree, "cargo tree")?;
    Ok(tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

/// What is known about a running build.
struct Watch {
    label: String,
    line: StatusLine,
    /// Names of packages not built yet.
    left: BTreeSet<String>,
    total: usize,
    /// Packages that this very build compiled.
    compiled: usize,
    start: Instant,
    time_left: TimeLeft,
    /// What cargo does before it compiles.
    aside: Option<String>,
    artifacts: Vec<Artifact>,
    seen: HashSet<String>,
}

impl Watch {
    fn new(label: &str, left: BTreeSet<String>) -> Self {
        Self {
            label: label.to_owned(),
            line: StatusLine::new(),
            total: left.len(),
            time_left: TimeLeft::new(&left),
            left,
            compiled: 0,
            start: Instant::now(),
            aside: None,
            artifacts: Vec::new(),
            seen: HashSet::new(),
        }
    }

    /// Takes in a message of cargo's; returns what a person should read if the build fails.
    fn message(&mut self, message: &Value) -> Option<String> {
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                self.artifact(message);
                None
            }
            Some("compiler-message") if message["message"]["level"] == "error" => {
                message["message"]["rendered"].as_str().map(str::to_owned)
            }
            _ => None,
        }
    }

    fn artifact(&mut self, message: &Value) {
        let strings = |list: &Value| -> Vec<String> {
            list.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let kinds = strings(&message["target"]["kind"]);
        let id = message["package_id"].as_str().unwrap_or_default();
        let (package, version) = name_and_version(id);
        if !kinds.iter().any(|kind| kind == "custom-build") && self.seen.insert(id.to_owned()) {
            let was_left = self.left.remove(&package);
            if message["fresh"] == false {
                self.compiled += 1;
                self.aside = None;
            }
            if was_left {
                self.time_left.without(&package, message["fresh"] == false, self.start.elapsed());
            }
        }
        self.artifacts.push(Artifact {
            name: message["target"]["name"].as_str().unwrap_or_default().replace('-', "_"),
            version,
            files: strings(&message["filenames"]).into_iter().map(PathBuf::from).collect(),
            executable: message["executable"].as_str().map(PathBuf::from),
        });
    }

    fn show(&mut self) {
        // A build with nothing to do is over before anyone can read.
        if self.start.elapsed() < Duration::from_secs(1) {
            return;
        }
        let left = self.time_left.at(self.start.elapsed());
        let state = match &self.aside {
            Some(aside) => aside.clone(),
            None => format!("{} of {} crates, about {} left", self.total - self.left.len(), self.total, human(left)),
        };
        self.line.show(&format!("{}: {state}", self.label));
    }

    fn summary(&self) -> String {
        match self.compiled {
            0 => format!("{}: up to date", self.label),
            1 => format!("{}: built in {}", self.label, human(self.start.elapsed())),
            crates => format!("{}: built in {} ({crates} crates)", self.label, human(self.start.elapsed())),
        }
    }
}

/// Reads cargo's package ids: `registry+https://…#serde@1.0.1`, `path+file:///…/crates/cuaderno#0.1.0`.
fn name_and_version(id: &str) -> (String, String) {
    let (source, fragment) = id.rsplit_once('#').unwrap_or(("", id));
    match fragment.rsplit_once('@') {
        Some((name, version)) => (name.to_owned(), version.to_owned()),
        None => (source.rsplit('/').next().unwrap_or_default().to_owned(), fragment.to_owned()),
    }
}

/// The newest library file per crate name and version: what `--extern` wants.
pub fn libraries(artifacts: &[Artifact]) -> BTreeMap<(String, String), PathBuf> {
    artifacts
        .iter()
        .filter_map(|artifact| {
            Some(((artifact.name.clone(), artifact.version.clone()), artifact.file("rlib")?.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn package_ids_of_both_kinds_are_read() {
        let registry = name_and_version("registry+https://github.com/rust-lang/crates.io-index#polars-core@0.55.2");
        assert_eq!(registry, ("polars-core".into(), "0.55.2".into()));
        let path = name_and_version("path+file:///home/ana/my%20course/crates/cuaderno#0.1.0");
        assert_eq!(path, ("cuaderno".into(), "0.1.0".into()));
    }

    #[test]
    fn a_finished_library_is_counted_and_found() {
        let mut watch = Watch::new("preload", ["polars-core", "serde"].map(str::to_owned).into());
        watch.message(&json!({
            "reason": "compiler-artifact", "package_id": "registry+x#polars-core@0.55.2", "fresh": false,
            "target": {"kind": ["lib"], "name": "polars_core"}, "filenames": ["/t/libpolars_core-1.rlib"],
        }));
        assert_eq!((watch.compiled, watch.left.len()), (1, 1));
        let key = ("polars_core".to_owned(), "0.55.2".to_owned());
        assert_eq!(libraries(&watch.artifacts)[&key], PathBuf::from("/t/libpolars_core-1.rlib"));
    }
}
