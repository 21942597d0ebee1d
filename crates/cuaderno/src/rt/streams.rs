//! The runner's standard output and error, given back when a cell has closed or redirected them: the kernel hears of the cell's end through them.

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::fstat;
use std::io;

/// Copies of both, as the runner got them.
pub(super) struct Streams {
    stdout: OwnedFd,
    stderr: OwnedFd,
}

impl Streams {
    /// Copies both.
    pub(super) fn copy() -> io::Result<Self> {
        let copy = |stream| rustix::io::fcntl_dupfd_cloexec(stream, 3);
        Ok(Self { stdout: copy(rustix::stdio::stdout())?, stderr: copy(rustix::stdio::stderr())? })
    }

    /// Puts back what is not there any more; what cannot be put back stays away.
    pub(super) fn restore(&self) {
        if !is_same(rustix::stdio::stdout(), &self.stdout) {
            let _ = rustix::stdio::dup2_stdout(&self.stdout);
        }
        if !is_same(rustix::stdio::stderr(), &self.stderr) {
            let _ = rustix::stdio::dup2_stderr(&self.stderr);
        }
    }
}

fn is_same(one: impl AsFd, other: impl AsFd) -> bool {
    let identity = |file: &dyn AsFd| fstat(file.as_fd()).map(|data| (data.st_dev, data.st_ino));
    identity(&one).is_ok() && identity(&one) == identity(&other)
}
