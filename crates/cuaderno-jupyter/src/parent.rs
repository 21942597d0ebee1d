//! The process that started the kernel: if it is killed, nobody asks for shutdown.

use rustix::process::getppid;
use std::time::Duration;

/// Jupyter sets it for a kernel that is to end with it.
const PARENT_VARIABLE: &str = "JPY_PARENT_PID";
/// How often the parent is looked for.
const INTERVAL: Duration = Duration::from_secs(1);

/// Returns when the process that started this one has ended; never for a kernel that may outlive it.
///
/// The variable's number is not compared: a shell or a container may stand between Jupyter and the kernel.
pub async fn parent_has_ended() {
    let parent = getppid();
    while std::env::var_os(PARENT_VARIABLE).is_none() || getppid() == parent {
        tokio::time::sleep(INTERVAL).await;
    }
}
