//! The kernelspec: how Jupyter finds and starts the kernel.

use crate::preload::write_if_changed;
use crate::problem::{Context, Result};
use crate::workspace::Workspace;
use serde_json::json;
use std::path::{Path, PathBuf};

const LOGO_SVG: &[u8] = include_bytes!("../kernelspec/logo-svg.svg");
const LOGO_PNG: &[u8] = include_bytes!("../kernelspec/logo-64x64.png");

/// Registers this clone's kernel in `.venv`.
pub fn write(workspace: &Workspace) -> Result<()> {
    // Every figure has a PNG, which LaTeX and PDF take; from its SVG nbconvert would make a PDF itself, for which it wants Inkscape.
    let config = workspace.venv().join("etc").join("jupyter").join("jupyter_nbconvert_config.json");
    write_if_changed(&config, &format!("{:#}\n", json!({"SVG2PDFPreprocessor": {"enabled": false}})))?;
    write_to(&workspace.venv(), &workspace.kernel(), Some(&workspace.manifest()))
}

/// Whether a kernel is registered below this prefix.
pub fn is_in(prefix: &Path) -> bool {
    folder_in(prefix).exists()
}

fn folder_in(prefix: &Path) -> PathBuf {
    prefix.join("share").join("jupyter").join("kernels").join("cuaderno")
}

/// Where a kernel in `PREFIX/lib/cuaderno` lies, seen from its kernelspec: Jupyter fills in the folder of that.
pub const BELOW_THE_SAME_PREFIX: &str = "{resource_dir}/../../../../lib/cuaderno/cuaderno-kernel";

/// Registers a kernel under `PREFIX/share/jupyter/kernels/cuaderno`. Without a manifest it takes the one beside it.
pub fn write_to(prefix: &Path, kernel: &Path, manifest: Option<&Path>) -> Result<()> {
    let folder = folder_in(prefix);
    write_if_changed(&folder.join("kernel.json"), &kernel_json(kernel, manifest))?;
    for (name, logo) in [("logo-svg.svg", LOGO_SVG), ("logo-64x64.png", LOGO_PNG)] {
        std::fs::write(folder.join(name), logo).context(|| folder.display().to_string())?;
    }
    Ok(())
}

fn kernel_json(kernel: &Path, manifest: Option<&Path>) -> String {
    let environment = manifest.map_or(json!({}), |manifest| json!({ "CUADERNO_PRELOAD": manifest }));
    let spec = json!({
        "argv": [kernel, "{connection_file}"],
        "display_name": "Rust (cuaderno)",
        "language": "rust",
        "interrupt_mode": "message",
        "env": environment,
        "metadata": {"debugger": false},
    });
    format!("{spec:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn spaces_in_paths_stay_inside_one_argument() {
        let text = kernel_json(Path::new("/my course/cuaderno-kernel"), Some(Path::new("/my course/preload.json")));
        let spec: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(spec["argv"], json!(["/my course/cuaderno-kernel", "{connection_file}"]));
        assert_eq!(spec["env"]["CUADERNO_PRELOAD"], "/my course/preload.json");
    }
}
