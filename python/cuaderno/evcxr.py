"""Stock evcxr_jupyter with our library: the other kernel for Rust, to compare with or to move to.

What `:dep` names stock evcxr compiles anew, polars for minutes, and links into each cell. Here its cells use our library as it is built:
cargo compiles the cell's crate through a wrapper that tells rustc where the library lies, and evcxr's own `init.evcxr` begins with the
prelude. Nothing of evcxr is changed, and `:dep` goes on working for other crates.
"""

import json
import os
import shlex
import shutil
import sys
from pathlib import Path

from cuaderno.home import kernelspec, library, manifest
from cuaderno.problem import Problem
from cuaderno.register import kernels_below

NAME = "cuaderno-evcxr"
DISPLAY_NAME = "Rust (stock evcxr with cuaderno's library)"
PROGRAM = "evcxr_jupyter"
# What evcxr calls the crate that holds a cell.
CELL = "ctx"
INIT = "use cuaderno::prelude::*;\n"


def install(prefix: Path | None) -> Path:
    """Writes the kernelspec: below `prefix`, else where this user's Jupyter looks."""
    program()
    place = kernels_below(prefix) / NAME
    spec = {
        "argv": [sys.executable, "-m", "cuaderno.evcxr", "{connection_file}"],
        "display_name": DISPLAY_NAME,
        "language": "rust",
        "interrupt_mode": "message",
        "env": {"PYTHONPATH": str(Path(__file__).parents[1])},
    }
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / "kernel.json").write_text(json.dumps(spec, indent=1) + "\n")
        for logo in kernelspec().glob("logo*"):
            shutil.copy(logo, place)
    except OSError as problem:
        raise Problem(f"{place}: {problem.strerror}") from None
    return place


def remove(prefix: Path | None) -> Path:
    place = kernels_below(prefix) / NAME
    if not (place / "kernel.json").exists():
        raise Problem(f"{place}: there is no kernel")
    shutil.rmtree(place)
    return place


def program() -> str:
    found = shutil.which(PROGRAM)
    if found is None:
        raise Problem(f"{PROGRAM} is not on the PATH; `cargo install --locked {PROGRAM}` puts it there (about 5 minutes)")
    return found


def start(connection_file: str):
    """Becomes evcxr_jupyter, with what its cells need. Read at each start, as the library may have been built anew."""
    built = Library(manifest(), library())
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cuaderno" / "evcxr"
    wrapper = folder / "rustc-with-cuaderno"
    folder.mkdir(parents=True, exist_ok=True)
    write(wrapper, built.wrapper(), 0o755)
    write(folder / "init.evcxr", INIT, 0o644)
    environment = {
        **os.environ,
        **built.environment(),
        "RUSTC_WORKSPACE_WRAPPER": str(wrapper),
        "EVCXR_CONFIG_DIR": str(folder),
    }
    os.execve(program(), [PROGRAM, "--control_file", connection_file], environment)


def write(path: Path, text: str, mode: int):
    """Whole or not at all: another notebook may start at the same time."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(text)
    unfinished.chmod(mode)
    unfinished.replace(path)


class Library:
    """The preload, as its manifest names it, unpacked beside `dylib`."""

    def __init__(self, path: Path, dylib: Path):
        said = json.loads(path.read_text())
        named = Path(said["dylib"]).parent

        def here(name: str) -> Path:
            if Path(name).is_relative_to(named):
                return dylib.parent / Path(name).relative_to(named)
            return path.parent / name

        self.rustc, self.dylib, self.std = here(said["rustc"]), here(said["dylib"]), here(said["sysroot_lib"])
        self.deps = [here(folder) for folder in said["deps"]]
        self.externs = {name: here(file) for name, file in said["externs"].items()}
        self.sample = here(said["sample"])

    def wrapper(self) -> str:
        """A rustc that knows the library when it compiles a cell; cargo calls it `WRAPPER RUSTC ARGUMENTS…`."""
        flags = [f"-Ldependency={folder}" for folder in self.deps]
        flags += [f"--extern={name}={file}" for name, file in self.externs.items()]
        flags = " ".join(map(shlex.quote, flags))
        return f'#!/bin/sh\ncase " $* " in *" --crate-name {CELL} "*) exec "$@" {flags} ;; esac\nexec "$@"\n'

    def environment(self) -> dict:
        """The compiler that built the library comes first, and the system finds the library's files."""
        tools = self.rustc.parent
        earlier = os.environ.get("LD_LIBRARY_PATH")
        return {
            "PATH": os.pathsep.join([str(tools), os.environ.get("PATH", os.defpath)]),
            "RUSTUP_TOOLCHAIN": str(tools.parent),
            "LD_LIBRARY_PATH": os.pathsep.join(filter(None, [str(self.dylib.parent), str(self.std), earlier])),
            "CUADERNO_SAMPLE": str(self.sample),
        }


if __name__ == "__main__":
    try:
        start(sys.argv[1])
    except Problem as problem:
        sys.exit(f"error: {problem.message}")
