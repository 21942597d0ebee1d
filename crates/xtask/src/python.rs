//! The Python environment `.venv`, made from the pip section of environment.yml.

use crate::preload::write_if_changed;
use crate::problem::{Context, Problem, Result};
use crate::progress::StatusLine;
use crate::workspace::Workspace;
use crate::{kernelspec, process, venv};
use std::path::Path;

/// In the environment: the list that it was made from.
const STAMP: &str = "cuaderno-requirements.txt";

/// Makes `.venv` unless it already holds exactly what environment.yml asks for.
pub fn make_environment(workspace: &Workspace, python: &Path) -> Result<()> {
    let list = workspace.root.join("environment.yml");
    let text = std::fs::read_to_string(&list).context(|| workspace.show(&list))?;
    let requirements = pip_requirements(&text)?;
    let packages = requirements.lines().count();
    let mut line = StatusLine::new();
    let made = venv::renew(
        &workspace.venv(),
        || holds(workspace, &requirements),
        |folder| {
            line.show(&format!("python: installing {packages} packages into .venv, about a minute"));
            install(workspace, python, &requirements, folder)
        },
    )?;
    line.finish(&if made {
        format!("python: {packages} packages installed into .venv")
    } else {
        "python: up to date".into()
    });
    Ok(())
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
    process::read(&mut pip, "installing the packages of environment.yml")?;
    // Whoever has a notebook open in the environment before this one finds the kernel here, too, while it is built anew.
    if kernelspec::is_in(&workspace.venv()) {
        kernelspec::write_to(folder, &workspace.kernel(), &workspace.manifest())?;
    }
    Ok(())
}

/// The lines under `- pip:`, as pip reads them.
///
/// environment.yml is ours, so this reads the one form we write, and says so where it finds another: a list of exact pins,
/// one a line, perhaps with a condition: `- tomli==2.5.0 ; python_version < "3.11"`.
fn pip_requirements(environment: &str) -> Result<String> {
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
                    Problem::new(format!("environment.yml, line {line}: expected `- package==version`, found `{text}`"))
                })?;
                requirements += &format!("{}\n", pin.trim());
            }
            Some(_) => break,
            None => {}
        }
    }
    if requirements.is_empty() {
        return Err(Problem::new("environment.yml has no packages under `- pip:`"));
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
        assert_eq!(pip_requirements(environment).unwrap(), expected);
    }

    #[test]
    fn a_range_is_refused() {
        let problem = pip_requirements("dependencies:\n  - pip:\n    - jupyterlab>=4\n").unwrap_err();
        assert_eq!(
            problem.to_string(),
            "environment.yml, line 3: expected `- package==version`, found `- jupyterlab>=4`"
        );
    }

    #[test]
    fn the_real_list_is_all_exact() {
        let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../environment.yml");
        let requirements = pip_requirements(&std::fs::read_to_string(list).unwrap()).unwrap();
        assert!(requirements.lines().count() > 50);
    }
}
