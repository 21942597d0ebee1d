"""Where the things of this installation lie: notebooks, data, assignments, documentation, and the kernel's manifest."""

import json
import os
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from cuaderno.problem import Problem

CLONE = Path(__file__).resolve().parents[2]
MANIFEST = "lib/cuaderno/preload.json"


@cache
def home() -> Path:
    """The clone, or `lib/cuaderno` below wherever pip has put it; both have `notebooks`, `data`, `assignments` and `docs`."""
    return CLONE if is_clone() else installed(MANIFEST).parent


def is_clone() -> bool:
    return (CLONE / "rust-toolchain.toml").is_file()


def installed(name: str) -> Path:
    """A file that pip installed with us, by its path below pip's prefix."""
    try:
        files = distribution("cuaderno").files or []
    except PackageNotFoundError:
        files = []
    # pip notes them as seen from the packages' folder: ../../cuaderno/preload.json.
    named = (Path(os.path.normpath(file.locate())) for file in files if file.name == Path(name).name)
    found = next((file for file in named if file.as_posix().endswith(f"/{name}")), None)
    if found is None:
        raise Problem(f"{name} is missing from this installation; install cuaderno again from its wheel")
    return found


def kernelspec() -> Path:
    """The folder of the kernelspec that came with this installation; in a clone, setup has put it beside this Python."""
    if is_clone():
        return Path(sys.prefix, "share", "jupyter", "kernels", "cuaderno")
    return installed("share/jupyter/kernels/cuaderno/kernel.json").parent


def manifest() -> Path:
    """What the kernel knows of its library and compiler."""
    if not is_clone():
        return installed(MANIFEST)
    try:
        return Path(json.loads((kernelspec() / "kernel.json").read_text())["env"]["CUADERNO_PRELOAD"])
    except FileNotFoundError:
        raise Problem("this clone has no kernel yet: `cargo xtask setup` builds it") from None


def library() -> Path:
    """The preload's dynamic library, with its types beside it: the wheel brings them packed, and the kernel unpacks them."""
    if is_clone():
        return Path(json.loads(manifest().read_text())["dylib"])
    ran = subprocess.run([installed("lib/cuaderno/cuaderno-kernel"), "--unpack"], capture_output=True, text=True)
    if ran.returncode != 0:
        raise Problem(ran.stderr.strip())
    return Path(ran.stdout.strip())


def version() -> str:
    """`0.2.0`, made from a clone `0.2.0+b9f939a`."""
    return json.loads(manifest().read_text())["cuaderno"]
