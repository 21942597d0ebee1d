//! Where output goes.

use crate::MimeBundle;
use cuaderno_wire::{Event, TOKEN_VARIABLE};
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

/// Who listens to this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// cuaderno's kernel: framed events with this token.
    Kernel {
        /// Marks the frames of this kernel.
        token: String,
    },
    /// Stock evcxr: one content block per MIME type.
    Evcxr,
    /// A terminal: text only, progress lines may be redrawn.
    Terminal,
    /// A file or a pipe: text only, nothing is redrawn.
    Log,
}

impl Channel {
    /// The channel of this process, found out once.
    pub fn current() -> &'static Channel {
        static CHANNEL: OnceLock<Channel> = OnceLock::new();
        CHANNEL.get_or_init(|| match std::env::var(TOKEN_VARIABLE) {
            Ok(token) => Channel::Kernel { token },
            Err(_) if std::env::var_os("EVCXR_IS_RUNTIME").is_some() => Channel::Evcxr,
            Err(_) if io::stdout().is_terminal() => Channel::Terminal,
            Err(_) => Channel::Log,
        })
    }

    /// Whether outputs can be replaced in place.
    pub fn can_update(&self) -> bool {
        matches!(self, Channel::Kernel { .. })
    }

    /// Shows the result of a cell. Cells compile [`Rich`](crate::Rich)'s method anew, and dropping an [`Event`] there is slow to compile.
    pub(crate) fn send_result(&self, data: MimeBundle) {
        self.send(&Event::ExecuteResult { data });
    }

    /// Marks the end of what a cell has written to standard error, for the kernel.
    #[doc(hidden)]
    pub fn end_stderr(&self) {
        if let Channel::Kernel { token } = self {
            // Standard error may have been closed or redirected; the kernel does not wait for long.
            let _ = io::stderr().write_all(&Event::StderrEnd.to_frame(token));
        }
    }

    /// Sends an event, after everything printed so far. A listener that has gone away is no error of the cell's.
    pub fn send(&self, event: &Event) {
        let mut stdout = io::stdout().lock();
        let _ = match (self, event) {
            (Channel::Kernel { token }, event) => stdout.write_all(&event.to_frame(token)),
            (Channel::Evcxr, Event::DisplayData { data, .. } | Event::ExecuteResult { data }) => {
                write_evcxr(&mut stdout, data)
            }
            (_, Event::DisplayData { data, .. } | Event::ExecuteResult { data }) => {
                writeln!(stdout, "{}", data.plain())
            }
            _ => Ok(()),
        };
        let _ = stdout.flush();
    }
}

/// Stock evcxr keeps one content per MIME type and cell.
fn write_evcxr(out: &mut impl Write, data: &MimeBundle) -> io::Result<()> {
    for (mime_type, content) in data.iter() {
        writeln!(out, "EVCXR_BEGIN_CONTENT {mime_type}\n{content}\nEVCXR_END_CONTENT")?;
    }
    Ok(())
}
