//! `cargo xtask report`: runs notebooks without a browser and writes what a reader gets.

use crate::problem::{Context, Problem, Result};
use crate::workspace::Workspace;
use crate::{process, setup, stop};
use std::path::{Path, PathBuf};

/// Run when none is named.
const DEFAULT: &str = "01-reddit-disinformation";

/// Sets up, then runs each notebook once, into `reports/NAME.ipynb` and `reports/NAME.html`, with `--pdf` also `reports/NAME.pdf`.
/// Notebooks of the same name go to folders named as those they come from.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (pdf, others): (Vec<_>, Vec<_>) = arguments.iter().cloned().partition(|argument| argument == "--pdf");
    let asked = Asked::read(workspace, &others)?;
    setup::run(workspace)?;
    stop::each_until_ctrl_c(&asked.notebooks, |notebook| {
        let reports = workspace.root.join("reports").join(folder_of(notebook, &asked.notebooks));
        let mut python = workspace.python_program("run_notebook.py");
        python.arg(notebook).arg(reports).args(&asked.parameters).args(pdf.first());
        // The program has said which cell failed; what is left to say is that the command failed.
        process::run(&mut python, &format!("report of {}", workspace.show(notebook)))
    })
}

/// Where in `reports/` a notebook goes: below all others of its name, the part of its folder that they do not have in common.
fn folder_of(notebook: &Path, chosen: &[PathBuf]) -> PathBuf {
    let folder = notebook.parent().unwrap_or(notebook);
    let namesakes = chosen.iter().filter(|other| other.file_name() == notebook.file_name());
    let common = folder.ancestors().find(|common| namesakes.clone().all(|other| other.starts_with(common)));
    common.and_then(|common| folder.strip_prefix(common).ok()).unwrap_or(Path::new("")).to_owned()
}

/// What the arguments of `report` and `verify` ask for.
pub struct Asked {
    /// Paths of the notebooks.
    pub notebooks: Vec<PathBuf>,
    /// `-p NAME=VALUE …`, for the Python program.
    pub parameters: Vec<String>,
}

impl Asked {
    /// Reads notebooks (notebook 01 without any) and parameters.
    ///
    /// # Errors
    /// For a notebook that is not there, a file that is none, and a `-p` without a value.
    pub fn read(workspace: &Workspace, arguments: &[String]) -> Result<Self> {
        let there = notebooks(workspace)?;
        let (mut notebooks, mut parameters) = (Vec::new(), Vec::new());
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "-p" {
                let value = arguments.next().filter(|value| value.contains('='));
                let value = value.ok_or_else(|| Problem::new("-p needs NAME=VALUE, for example `-p full=true`"))?;
                parameters.extend(["-p".to_owned(), value.clone()]);
            } else {
                let chosen = choose(argument, &there)?;
                let new: Vec<_> = chosen.into_iter().filter(|notebook| !notebooks.contains(notebook)).collect();
                notebooks.extend(new);
            }
        }
        if notebooks.is_empty() {
            notebooks = choose(DEFAULT, &there)?;
        }
        Ok(Self { notebooks, parameters })
    }
}

/// The notebooks of this clone, in teaching order.
fn notebooks(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.root.join("notebooks");
    let entries = std::fs::read_dir(&folder).context(|| workspace.show(&folder))?;
    let mut found: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_notebook(path)).collect();
    found.sort();
    Ok(found)
}

fn is_notebook(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ipynb")
}

/// What an argument means: a file, `all`, or the beginning of a name in `notebooks/`.
fn choose(argument: &str, there: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if argument == "all" {
        return Ok(there.to_vec());
    }
    let path = Path::new(argument);
    if path.is_file() {
        if !is_notebook(path) {
            return Err(Problem::new(format!("`{argument}` is no notebook: those end in .ipynb")));
        }
        return path.canonicalize().map(|path| vec![path]).context(|| argument.into());
    }
    let name = |notebook: &PathBuf| notebook.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match there.iter().find(|notebook| !argument.is_empty() && name(notebook).starts_with(argument)) {
        Some(notebook) => Ok(vec![notebook.clone()]),
        None => {
            let names: Vec<_> = there.iter().map(name).collect();
            Err(Problem::new(format!("no notebook `{argument}`; notebooks/ has {}", names.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there() -> Vec<PathBuf> {
        ["00-tour", "01-reddit-disinformation"].map(|name| PathBuf::from(format!("/n/{name}.ipynb"))).into()
    }

    #[test]
    fn a_number_names_a_notebook() {
        assert_eq!(choose("01", &there()).unwrap(), [PathBuf::from("/n/01-reddit-disinformation.ipynb")]);
        assert_eq!(choose("all", &there()).unwrap(), there());
    }

    #[test]
    fn an_unknown_name_lists_what_is_there() {
        let problem = choose("07", &there()).unwrap_err();
        assert_eq!(problem.to_string(), "no notebook `07`; notebooks/ has 00-tour, 01-reddit-disinformation");
    }

    #[test]
    fn a_file_that_is_no_notebook_is_refused() {
        let problem = choose("Cargo.toml", &there()).unwrap_err();
        assert_eq!(problem.to_string(), "`Cargo.toml` is no notebook: those end in .ipynb");
    }

    #[test]
    fn notebooks_of_the_same_name_are_written_to_different_folders() {
        let chosen = ["/c/ana/hw1/hw1.ipynb", "/c/ben/hw1/hw1.ipynb", "/n/00-tour.ipynb"].map(PathBuf::from);
        let folders: Vec<_> = chosen.iter().map(|notebook| folder_of(notebook, &chosen)).collect();
        assert_eq!(folders, ["ana/hw1", "ben/hw1", ""].map(PathBuf::from));
        let nested = ["/c/a.ipynb", "/c/b/a.ipynb"].map(PathBuf::from);
        assert_eq!(folder_of(&nested[0], &nested), PathBuf::new());
        assert_eq!(folder_of(&nested[1], &nested), PathBuf::from("b"));
    }
}
