//! `cargo xtask grade`: every submission of an assignment, in processes of their own.

use crate::problem::{Problem, Result};
use crate::workspace::Workspace;
use crate::{process, setup};
use std::path::Path;

/// Sets up, then grades the class in a folder.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (folder, options) = match arguments.split_first() {
        Some((folder, options)) if !folder.starts_with('-') => (folder, options),
        _ => {
            return Err(Problem::new(
                "grade needs a course: `cargo xtask grade FOLDER`, with source/ and submitted/ in it",
            ));
        }
    };
    if !Path::new(folder).is_dir() {
        return Err(Problem::new(format!("no folder `{folder}` to grade")));
    }
    setup::run(workspace)?;
    // Ctrl-C is for the program that knows how to stop.
    process::replace_with(
        workspace
            .python_program("grade_class.py")
            .arg(std::path::absolute(folder).unwrap_or(folder.into()))
            .args(options),
        "grade",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_asked_for() {
        let workspace = Workspace::find().unwrap();
        let problem = |arguments: &[&str]| {
            run(&workspace, &arguments.iter().map(|&argument| argument.to_owned()).collect::<Vec<_>>()).unwrap_err()
        };
        assert!(problem(&[]).to_string().starts_with("grade needs a course"));
        assert!(problem(&["--jobs", "2"]).to_string().starts_with("grade needs a course"));
        assert_eq!(problem(&["no/such/folder"]).to_string(), "no folder `no/such/folder` to grade");
    }
}
