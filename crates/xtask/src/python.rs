//! The Python environment `.venv`, made from the pip sections of environment.yml and its companions.

use crate::preload::write_if_changed;
use crate::problem::{Context, Problem, Result};
use crate::progress::StatusLine;
use crate::workspace::Workspace;
use crate::{kernelspec, process, venv};
use std::path::Path;

/// In the environment: the list that it was made from.
const STAMP: &str = "cuaderno-requirements.txt";

/// What packages are needed for: each needs those before it as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum For {
    Notebooks,
    Grading,
    Tests,
}

impl For {
    const ALL: [Self; 3] = [Self::Notebooks, Self::Grading, Self::Tests];

    /// The file with its own packages.
    fn list(self) -> &'static str {
        match self {
            Self::Notebooks => "environment.yml",
            Self::Grading => "environment-grading.yml",
            Self::Tests => "environment-tests.yml",
        }
    }

    /// As the first line of the stamp says it.
    fn mark(self) -> String {
        format!("# {self:?}\n")
    }

    /// What a stamp was made for. One without a mark is of the time when there was one list for all.
    fn of_stamp(stamp: &str) -> Self {
        let otherwise = if stamp.is_empty() { Self::Notebooks } else { Self::Tests };
        Self::ALL.into_iter().find(|what| stamp.starts_with(&what.mark())).unwrap_or(otherwise)
    }
}

/// Makes `.venv` unless it already holds exactly what the lists ask for; what it was made for before stays in it.
pub fn make_environment(workspace: &Workspace, python: &Path, what: For) -> Result<()> {
    let made = std::fs::read_to_string(workspace.venv().join(STAMP)).unwrap_or_default();
    let what = what.max(For::of_stamp(&made));
    let mut requirements = what.mark();
    for list in For::ALL.into_iter().filter(|list| *list <= what).map(For::list) {
        let text = std::fs::read_to_string(workspace.root.join(list)).context(|| list.to_owned())?;
        requirements += &pip_requirements(list, &text)?;
    }
    let packages = requirements.lines().count() - 1;
    let mut line = StatusLine::new();
    let made = venv::renew(
        &workspace.venv(),
        || holds(workspace, &requirements),
        |folder| {
            line.show(&format!("python: installing {packages} packages into .venv, about a minute"));
            install(workspace, python, &requirements, folder)
        },
    )?;
    add_our_package(workspace)?;
    line.finish(&if made {
        format!("python: {packages} packages installed into .venv")
    } else {
        "python: up to date".into()
    });
    Ok(())
}

/// Lets the environment's Python find the package `cuaderno`, which stays where it is.
fn add_our_package(workspace: &Workspace) -> Result<()> {
    let packages = process::read(
        workspace.python().args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]),
        ".venv",
    )?;
    let ours = workspace.root.join("python");
    write_if_changed(&Path::new(&packages).join("cuaderno-clone.pth"), &format!("{}\n", ours.display()))
}

/// Whether `.venv` has these packages.
fn holds(workspace: &Workspace, requirements: &str) -> bool {
    std::fs::read_to_string(workspace.venv().join(STAMP)).is_ok_and(|made| made == requirements)
        && process::read(workspace.python().args(["-c", "import jupyterlab"]), ".venv").is_ok()
}

/// Makes an environment with these packages in a folder.
fn install(workspace: &Workspace, python: &Path, requirements: &str, folder: &Path) -> Result<()> {
    let mut venv = workspace.command(python);
    process::read(venv.args(["-m", "venv", "--clear", "--prompt", ".venv"]).arg(folder), "python -m venv")?;
    let stamp = folder.join(STAMP);
    write_if_changed(&stamp, requirements)?;
    let mut pip = workspace.command(folder.join("bin").join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r"]).arg(&stamp);
    process::read(&mut pip, "installing Python packages")?;
    // Whoever has a notebook open in the environment before this one finds the kernel here, too, while it is built anew.
    if kernelspec::is_in(&workspace.venv()) {
        kernelspec::write_to(folder, &workspace.kernel(), Some(&workspace.manifest()))?;
    }
    Ok(())
}

/// The lines under `- pip:`, as pip reads them.
///
/// The files are ours, so this reads the one form we write, and says so where it finds another: a list of exact pins,
/// one a line, perhaps with a condition: `- tomli==2.5.0 ; python_version < "3.11"`.
fn pip_requirements(list: &str, environment: &str) -> Result<String> {
    let mut requirements = String::new();
    let mut section_indent = None;
    for (number, line) in environment.lines().enumerate() {
        let content = line.split(" #").next().unwrap_or_default().trim_end();
        let text = content.trim_start();
        let indent = content.len() - text.len();
        match section_indent {
            _ if text.is_empty() || text.starts_with('#') => {}
            None if text == "- pip:" => section_indent = Some(indent),
            Some(section) if indent > section => {
                let pin = text.strip_prefix("- ").filter(|pin| pin.contains("==")).ok_or_else(|| {
                    let line = number + 1;
                    Problem::new(format!("{list}, line {line}: expected `- package==version`, found `{text}`"))
                })?;
                requirements += &format!("{}\n", pin.trim());
            }
            Some(_) => break,
            None => {}
        }
    }
    if requirements.is_empty() {
        return Err(Problem::new(format!("{list} has no packages under `- pip:`")));
    }
    Ok(requirements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_and_conditions_are_read() {
        let environment = "name: x\ndependencies:\n  - python>=3.10\n  - pip:\n    # Jupyter\n    - jupyterlab==4.6.6\n    \
                           - tomli==2.5.0 ; python_version < \"3.11\"  # older\n  - other\n";
        let expected = "jupyterlab==4.6.6\ntomli==2.5.0 ; python_version < \"3.11\"\n";
        assert_eq!(pip_requirements("environment.yml", environment).unwrap(), expected);
    }

    #[test]
    fn a_range_is_refused() {
        let problem =
            pip_requirements("environment.yml", "dependencies:\n  - pip:\n    - jupyterlab>=4\n").unwrap_err();
        assert_eq!(
            problem.to_string(),
            "environment.yml, line 3: expected `- package==version`, found `- jupyterlab>=4`"
        );
    }

    #[test]
    fn the_real_lists_are_all_exact_and_have_each_package_once() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let lists = For::ALL.map(|what| {
            pip_requirements(what.list(), &std::fs::read_to_string(root.join(what.list())).unwrap()).unwrap()
        });
        assert!(lists[0].lines().count() > 50);
        let mut names: Vec<_> =
            lists.iter().flat_map(|list| list.lines()).filter_map(|pin| pin.split("==").next()).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn what_an_environment_was_made_for_is_read_from_its_stamp() {
        assert_eq!(For::ALL.map(|what| For::of_stamp(&format!("{}jupyterlab==4.6.6\n", what.mark()))), For::ALL);
        assert_eq!([For::of_stamp(""), For::of_stamp("pytest==9.2.0\n")], [For::Notebooks, For::Tests]);
    }
}
