//! Output events: how a cell's rich output travels inside its ordinary standard output.
//!
//! A frame is `ESC _ cuaderno:TOKEN:LENGTH \n JSON`, written between two pieces of ordinary text, so that the order in
//! which a cell writes is the order in which a notebook shows. The token is made anew for every kernel, so no text that a
//! cell prints is mistaken for a frame.

use crate::MimeBundle;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The environment variable that hands the token to the runner.
pub const TOKEN_VARIABLE: &str = "CUADERNO_EVENTS";

/// Names the folder of compiled cells, which the runner removes when its kernel has ended, however it ended.
pub const FOLDER_VARIABLE: &str = "CUADERNO_CELLS";

/// Names the start-up file to the runner; empty where there is none.
pub const START_VARIABLE: &str = "CUADERNO_START";

/// Tells the runner which cuaderno this is: `0.2.0`, in a clone `0.2.0+b9f939a`.
pub const VERSION_VARIABLE: &str = "CUADERNO_VERSION";

/// What a cell can say besides text. Names are those of the Jupyter messages they become.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Shows something; with an id, so that it can be updated.
    DisplayData {
        /// What to show.
        data: MimeBundle,
        /// Names the output for later updates.
        display_id: Option<String>,
    },
    /// Replaces what an earlier [`Event::DisplayData`] with this id shows.
    UpdateDisplayData {
        /// What to show now.
        data: MimeBundle,
        /// Which output to replace.
        display_id: String,
    },
    /// The value of the cell's last expression.
    ExecuteResult {
        /// The value, formatted.
        data: MimeBundle,
    },
    /// Removes the cell's output so far.
    ClearOutput {
        /// Wait for the next output before clearing, so that nothing flickers.
        wait: bool,
    },
    /// Asks the user for a line of text.
    InputRequest {
        /// Shown beside the input field.
        prompt: String,
        /// Whether to hide what is typed.
        password: bool,
    },
    /// The cell panicked or returned an error. Lines are those of the compiled source.
    Error {
        /// `panic` or the error's type.
        ename: String,
        /// The message.
        evalue: String,
        /// Source file of the failing place, as the compiler saw it.
        file: Option<String>,
        /// Line in that file, from 1.
        line: Option<u32>,
    },
    /// The runner has the preload loaded and waits for cells.
    Ready,
    /// On standard error: whatever the cell wrote there came before this.
    StderrEnd,
    /// The cell has ended; its variables are back in the store.
    Done {
        /// Names of variables the store holds.
        variables: Vec<String>,
        /// Those that this cell has put there, and not only back; also where it failed.
        made: Vec<String>,
        /// The tables among them.
        #[serde(default)]
        tables: BTreeMap<String, TableShape>,
    },
}

/// What there is to know of a table without looking into it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableShape {
    /// How many rows.
    pub rows: usize,
    /// Names and types of the columns, in order.
    pub columns: Vec<(String, String)>,
}

impl Event {
    /// The event as a frame.
    pub fn to_frame(&self, token: &str) -> Vec<u8> {
        let json = serde_json::to_vec(self).expect("events hold nothing that JSON cannot");
        let mut frame = frame_start(token).into_bytes();
        frame.extend_from_slice(format!("{}\n", json.len()).as_bytes());
        frame.extend_from_slice(&json);
        frame
    }
}

/// How every frame with this token begins.
pub(crate) fn frame_start(token: &str) -> String {
    format!("\u{1b}_cuaderno:{token}:")
}
