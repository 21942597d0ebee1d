//! The kernel's executable: `cuaderno-kernel CONNECTION_FILE`, as Jupyter starts it.

mod language;
#[cfg(target_os = "linux")]
mod stdin;

use cuaderno_engine::{CellsFolder, Preload, run_as_runner};
use cuaderno_jupyter::{STACK_BYTES, serve};
use language::Rust;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    if run_as_runner() {
        return ExitCode::SUCCESS;
    }
    let Some(connection_file) = std::env::args_os().nth(1) else {
        eprintln!("usage: cuaderno-kernel CONNECTION_FILE (Jupyter starts the kernel; `cuaderno lab` opens one)");
        return ExitCode::FAILURE;
    };
    let done = if connection_file == "--unpack" { unpack() } else { run(Path::new(&connection_file)) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cuaderno-kernel: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What a wheel has packed is unpacked now, and not by the first notebook. Prints where the library is.
fn unpack() -> Result<(), String> {
    let preload = Preload::from_environment().and_then(Preload::unpacked).map_err(|error| error.to_string())?;
    println!("{}", preload.dylib.display());
    Ok(())
}

fn run(connection_file: &Path) -> Result<(), String> {
    let in_file = |error: &dyn std::fmt::Display| format!("{}: {error}", connection_file.display());
    let text = std::fs::read(connection_file).map_err(|error| in_file(&error))?;
    let connection = serde_json::from_slice(&text).map_err(|error| in_file(&error))?;
    // Jupyter may kill the runner with us, so the folder is ours to remove; should we be killed ourselves, the runner does it.
    let folder = CellsFolder::new().map_err(|error| format!("{}: {error}", std::env::temp_dir().display()))?;
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().thread_stack_size(STACK_BYTES).build().map_err(|error| error.to_string())?;
    let rust = Arc::new(Rust::new(folder.path().to_owned()));
    let result = runtime.block_on(serve(&connection, rust)).map_err(|error| error.to_string());
    // Threads that wait for a cell must not hold up the end; the runner ends when our pipe to it closes.
    runtime.shutdown_background();
    result
}
