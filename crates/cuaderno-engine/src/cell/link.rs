//! Linking a cell by calling the linker itself.
//!
//! rustc calls `cc`, which calls `collect2`, which calls the linker, which reads the 40,000 symbols of the preload: 60 ms. The runner
//! has the preload loaded, for all to see, so a cell need not name it: symbols are found when it is loaded. That takes 10 ms.

use crate::preload::Preload;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The linker that comes with the compiler, and what it needs.
#[derive(Clone, Debug)]
pub struct Linker {
    program: PathBuf,
    /// Arithmetic that the processor lacks, such as dividing 128-bit numbers.
    builtins: PathBuf,
}

/// A cell has one function for the runner, and statics for later cells; all else is its own, also where an earlier cell has the same names.
const VERSIONS: &str = "{ global: cuaderno_cell; cuaderno_static_*; local: *; };\n";

impl Linker {
    /// The linker of the compiler that built the preload; `None` where it has none for this system, and rustc must link.
    pub fn of(preload: &Preload) -> Option<Self> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let program = preload.sysroot_lib.parent()?.join("bin/rust-lld");
        let builtins =
            std::fs::read_dir(&preload.sysroot_lib).ok()?.filter_map(|entry| Some(entry.ok()?.path())).find(
                |file| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libcompiler_builtins-")),
            )?;
        program.exists().then_some(Self { program, builtins })
    }

    /// The call that links an object to a library beside it.
    ///
    /// # Errors
    /// When the file with its one exported name cannot be written.
    pub fn command(&self, object: &Path, library: &Path) -> io::Result<Command> {
        let versions = object.with_file_name("versions");
        if !versions.exists() {
            std::fs::write(&versions, VERSIONS)?;
        }
        let mut command = Command::new(&self.program);
        command.args([
            "-flavor",
            "gnu",
            "-shared",
            "--eh-frame-hdr",
            "--gc-sections",
            "-z",
            "now",
            "-z",
            "noexecstack",
        ]);
        command.arg("--version-script").arg(versions).arg("-o").arg(library).arg(object).arg(&self.builtins);
        Ok(command)
    }
}
