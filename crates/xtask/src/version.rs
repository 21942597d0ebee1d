//! Which cuaderno this is.

use crate::process;
use crate::workspace::Workspace;

/// Ours, as in Cargo.toml.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `0.2.0` where that is what is checked out, or where there is no git; else with the commit, `0.2.0+b9f939a`, and with
/// `.changed` after it where something has been changed since that reaches cells.
pub fn of(workspace: &Workspace) -> String {
    // A copy without history may lie in another project's.
    if !workspace.root.join(".git").exists() {
        return VERSION.to_owned();
    }
    let git = |arguments: &[&str]| process::read(workspace.command("git").args(arguments), "git").ok();
    let Some(commit) = git(&["rev-parse", "--short=9", "HEAD"]) else { return VERSION.to_owned() };
    let changes = git(&["status", "--porcelain", "--untracked-files=no", "--", "crates", "Cargo.lock", "Cargo.toml"]);
    let is_release =
        git(&["tag", "--points-at", "HEAD"]).is_some_and(|tags| tags.lines().any(|tag| tag == format!("v{VERSION}")));
    named(&commit, is_release, changes.is_some_and(|changes| !changes.is_empty()))
}

fn named(commit: &str, is_release: bool, is_changed: bool) -> String {
    match (is_release, is_changed) {
        (true, false) => VERSION.to_owned(),
        (_, false) => format!("{VERSION}+{commit}"),
        (_, true) => format!("{VERSION}+{commit}.changed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_released_has_the_plain_version() {
        assert_eq!(named("b9f939a", true, false), VERSION);
        assert_eq!(named("b9f939a", false, false), format!("{VERSION}+b9f939a"));
        assert_eq!(named("b9f939a", true, true), format!("{VERSION}+b9f939a.changed"));
    }
}
