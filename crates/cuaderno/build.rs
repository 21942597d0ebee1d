//! Records which compiler builds the preload.

use std::process::Command;

fn main() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let version = String::from_utf8_lossy(&version).trim().trim_start_matches("rustc ").to_owned();
    println!("cargo::rustc-env=CUADERNO_RUSTC={version}");
    println!("cargo::rerun-if-changed=build.rs");
}
