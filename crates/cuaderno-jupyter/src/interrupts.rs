//! Stopping the running cell.
//!
//! Most cells heed the wish at once. One that sits in a call which does not look for it can only be ended with its process, and all variables with it. So
//! the first wish asks; where somebody can answer, a line then says what a second one would cost; where nobody can, the process ends after a while.

use super::outgoing::Outgoing;
use crate::Language;
use jupyter_protocol::{JupyterMessage, Stdio, StreamContent};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a cell may take to heed the wish before the user is told.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long, without a user, before its process is ended.
const GRACE: Duration = Duration::from_secs(10);

/// The cell that runs now, as far as stopping it is concerned.
#[derive(Clone, Default)]
pub struct Interrupts {
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    number: u64,
    parent: JupyterMessage,
    /// Whether somebody reads what is said.
    is_attended: bool,
    asked: bool,
    /// Whether the user knows what the next wish does.
    warned: bool,
}

impl Interrupts {
    /// The request of this number begins to run.
    pub fn begin(&self, number: u64, parent: &JupyterMessage, is_attended: bool) {
        *self.lock() = Some(Running { number, parent: parent.clone(), is_attended, asked: false, warned: false });
    }

    /// It has ended.
    pub fn end(&self) {
        *self.lock() = None;
    }

    /// The user wants the running cell to stop.
    pub fn interrupt(&self, language: &Arc<dyn Language>, outgoing: &Outgoing) {
        let (number, is_attended, is_first) = {
            let mut running = self.lock();
            let Some(running) = running.as_mut() else { return };
            if running.warned {
                return language.kill();
            }
            (running.number, running.is_attended, !std::mem::replace(&mut running.asked, true))
        };
        language.interrupt();
        if !is_first {
            return;
        }
        let (this, language, outgoing) = (self.clone(), language.clone(), outgoing.clone());
        tokio::spawn(async move {
            tokio::time::sleep(if is_attended { PATIENCE } else { GRACE }).await;
            let mut running = this.lock();
            let Some(running) = running.as_mut().filter(|running| running.number == number) else { return };
            match is_attended {
                true => {
                    running.warned = true;
                    let text = warning(&language.at_stake());
                    outgoing.publish(StreamContent { name: Stdio::Stderr, text }, &running.parent);
                }
                false => language.kill(),
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn warning(variables: &[String]) -> String {
    let cost = match variables {
        [] => "no variables would be lost".to_owned(),
        names => format!("the variables would be lost: {}", names.join(", ")),
    };
    format!("the cell does not stop yet, it is inside a call; stop it once more to end its process ({cost})\n")
}
