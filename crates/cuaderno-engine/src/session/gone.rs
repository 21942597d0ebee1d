//! Variables that are not there, and why: a later cell that names one is told the reason, not only that the name is unknown.

use crate::cell::rustc::Message;
use std::collections::BTreeMap;

/// What became of a variable that a cell has moved.
pub fn moved_away(name: &str, cell: u32) -> String {
    format!(
        "cell {cell} moved `{name}` away; write `{name}.clone()` there to keep it, and run the cell that makes it again"
    )
}

/// Why each variable that is not there is not there.
#[derive(Clone, Debug, Default)]
pub struct Gone {
    /// Since when, and why.
    reasons: BTreeMap<String, (&'static str, String)>,
}

impl Gone {
    /// Cell `cell` moved the variable away.
    pub fn used_up(&mut self, name: &str, cell: u32) {
        self.lost(name, moved_away(name, cell));
    }

    /// The variable went for another reason, a sentence without a full stop.
    pub fn lost(&mut self, name: &str, reason: String) {
        self.reasons.insert(name.to_owned(), ("any more", reason));
    }

    /// Cell `cell` failed before it had made the variable.
    pub fn unmade(&mut self, name: &str, cell: u32) {
        let reason = format!("cell {cell}, which makes it, failed; repair that cell and run it again");
        self.reasons.insert(name.to_owned(), ("yet", reason));
    }

    /// These variables are there (again).
    pub fn found<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        names.into_iter().for_each(|name| drop(self.reasons.remove(name)));
    }

    /// Why there is no variable of this name, as a sentence; `None` where none ever was.
    pub fn reason(&self, name: &str) -> Option<String> {
        self.reasons.get(name).map(|(when, reason)| format!("there is no variable `{name}` {when}: {reason}"))
    }

    /// Adds the reason to a message about a name that means nothing now, or means something else.
    pub fn explain(&self, message: &mut Message) {
        let code = message.code.as_ref().map_or("", |code| &code.code);
        // E0425: no such value or function; E0423: a macro or a type of that name
        if !["E0423", "E0425"].contains(&code) {
            return;
        }
        let Some(name) = message.message.split('`').nth(1) else { return };
        if let Some(reason) = self.reason(name) {
            message.message = reason;
            message.children = vec![];
            message.spans.iter_mut().for_each(|span| span.label = None);
        }
    }
}
