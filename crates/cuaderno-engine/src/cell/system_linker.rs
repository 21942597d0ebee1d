//! Linking programs and libraries of `:dep` on a system without a C compiler.
//!
//! rustc has `cc` link, which knows where the system's libraries are and brings the first instructions of a program. Where there is no `cc`,
//! there are no files for linking either, such as `libc.so` and `crt1.o`. An installation with a compiler of its own has stand-ins for
//! both, in the folder `link` beside the compiler's: scripts that name the libraries which every system has, and a `_start`.

use crate::preload::Preload;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where systems keep their libraries, and what loads them.
const FOLDERS: [&str; 4] = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64"];
const LOADER: &str = "/lib64/ld-linux-x86-64.so.2";

/// How to link without `cc`.
#[derive(Clone, Debug)]
pub struct SystemLinker {
    program: PathBuf,
    stand_ins: PathBuf,
}

impl SystemLinker {
    /// `None` where the system can link by itself, or nothing is there to link in its place.
    pub fn of(preload: &Preload) -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        if std::env::split_paths(&path).any(|folder| folder.join("cc").is_file()) {
            return None;
        }
        let stand_ins = preload.rustc.parent()?.with_file_name("link");
        let program = preload.sysroot_lib.parent()?.join("bin/rust-lld");
        (stand_ins.is_dir() && program.exists()).then_some(Self { program, stand_ins })
    }

    /// Options for rustc.
    pub fn options(&self) -> Vec<OsString> {
        let with = |option: &str, value: &Path| {
            let mut text = OsString::from(option);
            text.push(value);
            text
        };
        let mut options = vec![with("-Clinker=", &self.program), "-Clinker-flavor=ld.lld".into()];
        let folders = FOLDERS.iter().map(Path::new).filter(|folder| folder.is_dir());
        options.extend([&*self.stand_ins].into_iter().chain(folders).map(|folder| with("-Clink-arg=-L", folder)));
        options.push(format!("-Clink-arg=--dynamic-linker={LOADER}").into());
        // Taken only into what begins somewhere: a program.
        options.push("-Clink-arg=--start-lib".into());
        options.push(with("-Clink-arg=", &self.stand_ins.join("start.o")));
        options.push("-Clink-arg=--end-lib".into());
        options
    }
}
