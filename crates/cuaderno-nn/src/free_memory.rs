//! How much memory there is left, and whether that is enough.

use crate::NetworkError;

use rustix::process::{Resource, getrlimit};
use sysinfo::{MemoryRefreshKind, Process, ProcessRefreshKind, ProcessesToUpdate, System};

/// Bytes of memory that this process may still take: what the machine has available, within the limits of a container or
/// session (control groups) and of the process itself (`ulimit -v`).
pub fn free_memory() -> usize {
    let mut system = System::new();
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    let own = sysinfo::get_current_pid().ok();
    let refresh = ProcessRefreshKind::nothing().with_memory().without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(own.as_slice()), false, refresh);
    let process = own.and_then(|own| system.process(own));
    // Cached files count as used in a control group, but make room when memory is wanted.
    let limits = process.and_then(Process::cgroup_limits);
    let group = limits.map(|limits| limits.total_memory.saturating_sub(limits.rss));
    let taken = process.map_or(0, Process::virtual_memory);
    let own = getrlimit(Resource::As).current.map(|limit| limit.saturating_sub(taken));
    let free = [Some(system.available_memory()), group, own].into_iter().flatten().min().unwrap_or(0);
    usize::try_from(free).unwrap_or(usize::MAX)
}

/// What is small enough that nobody asks how much there is.
const SMALL: usize = 1 << 27;

/// Whether so many bytes may be taken.
///
/// # Errors
/// [`NetworkError::Memory`] if there is less.
pub(crate) fn check_memory(
    model: &str,
    what: &'static str,
    bytes: usize,
    advice: &'static str,
) -> Result<(), NetworkError> {
    if bytes <= SMALL {
        return Ok(());
    }
    let free = free_memory();
    let gigabytes = |bytes: usize| bytes as f64 / 1e9;
    match bytes > free {
        true => Err(NetworkError::Memory {
            model: model.to_owned(),
            what,
            needed: gigabytes(bytes),
            free: gigabytes(free),
            advice,
        }),
        false => Ok(()),
    }
}
