//! `cargo xtask lab`: JupyterLab with the kernel, reachable from this machine only.

use crate::problem::Result;
use crate::workspace::Workspace;
use crate::{process, setup};

/// Sets up, then runs JupyterLab in the root of the clone until it is stopped.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    setup::run(workspace)?;
    let mut lab = workspace.python();
    // Port 0 lets the system pick a free one, so that two clones, or two students on one machine, never meet.
    lab.args(["-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]);
    lab.arg(format!("--ServerApp.root_dir={}", workspace.root.display()));
    // Jupyter refuses to run as root without this; containers have no other user.
    if process::read(process::command("id").arg("-u"), "id").is_ok_and(|user| user == "0") {
        lab.arg("--allow-root");
    }
    process::replace_with(lab.args(arguments), "jupyter lab")
}
