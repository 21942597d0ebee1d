//! The start-up file: what a student wants in every notebook, run before the first cell, and again after `:reset`.
//!
//! It is the file that `CUADERNO_START` names, or `cuaderno/start.rs` in the user's configuration folder. A report shows that it was made with one:
//! `stamp` names it, with its checksum.

use super::Session;
use crate::output::{Output, note};
use cuaderno_wire::START_VARIABLE;
use std::path::PathBuf;

/// Where it is; `None` where there is none. An empty variable says that none is wanted.
pub fn path() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(START_VARIABLE) {
        return Some(PathBuf::from(named)).filter(|path| !path.as_os_str().is_empty());
    }
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let folder = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(home)?;
    Some(folder.join("cuaderno").join("start.rs")).filter(|path| path.is_file())
}

impl Session {
    /// Runs the file, unless that is done. One that fails is told in a line; the notebook goes on without what it should have brought.
    pub(super) fn run_start_file(&mut self, show: &mut dyn FnMut(Output)) {
        let Some(path) = self.start_file.take() else { return };
        let place = path.display();
        let code = match std::fs::read_to_string(&path) {
            Ok(code) => code,
            Err(error) => return note(show, &format!("start-up file {place}: {error}")),
        };
        match self.execute_parts(0, &code, show) {
            Ok(()) => note(show, &format!("start-up file {place} was run")),
            Err(failed) => {
                let reason = failed.evalue.strip_prefix("cell 0, ").unwrap_or(&failed.evalue).to_owned();
                note(show, &format!("start-up file {place}, {reason}"));
            }
        }
    }
}
