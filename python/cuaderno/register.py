"""Showing the kernel to other Jupyters: a kernelspec that names it by its full path."""

import json
import shutil
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from cuaderno.home import is_clone, kernelspec, manifest
from cuaderno.problem import Problem


def register(user: bool, prefix: Path | None) -> Path:
    if is_clone():
        raise Problem("a clone's kernel is replaced with every build; `cargo xtask install --prefix DIR` makes a copy that stays")
    place = place_of(user, prefix)
    if place.resolve() == kernelspec():
        raise Problem(f"{place}: the kernel is there already")
    spec = json.loads((kernelspec() / "kernel.json").read_text())
    spec["argv"][0] = str(manifest().with_name("cuaderno-kernel"))
    try:
        shutil.copytree(kernelspec(), place, dirs_exist_ok=True)
        (place / "kernel.json").write_text(json.dumps(spec, indent=1) + "\n")
    except OSError as problem:
        raise Problem(f"{place}: {problem.strerror}; --user needs no rights") from None
    return place


def unregister(user: bool, prefix: Path | None) -> Path:
    place = place_of(user, prefix)
    if not (place / "kernel.json").exists():
        raise Problem(f"{place}: there is no kernel")
    if not is_clone() and place.resolve() == kernelspec():
        raise Problem(f"{place}: that is the installation itself; `pip uninstall cuaderno` removes it")
    shutil.rmtree(place)
    return place


def place_of(user: bool, prefix: Path | None) -> Path:
    if user == (prefix is not None):
        raise Problem("where? `--user` or `--prefix DIR`")
    return kernels_below(prefix) / "cuaderno"


def kernels_below(prefix: Path | None) -> Path:
    """Where Jupyter looks for kernels: below a prefix, else for this user."""
    data = prefix.absolute() / "share" / "jupyter" if prefix else Path(jupyter_data_dir())
    return data / "kernels"
