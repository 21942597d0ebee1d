"""What a submission may read besides the system and this Python: the kernel, its compiler, and the data of the course."""

import json
import os
from pathlib import Path

from cuaderno import home

# Variables that name folders, which the environment of a submission keeps (nbgrader_process.py). Not CARGO_HOME, where passwords may be:
# the compiler is called by its own path.
NAMING_FOLDERS = ["CUADERNO_DATA", "JUPYTER_PATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH"]


def readable() -> list:
    manifest = home.manifest()
    known = json.loads(manifest.read_text(encoding="utf-8"))
    kernel = json.loads((home.kernelspec() / "kernel.json").read_text(encoding="utf-8"))["argv"][0]
    home.library()  # unpacked once, not by each submission, which may not write where it belongs
    paths = [manifest.parent, home.kernelspec(), Path(home.__file__).parents[1]]
    # Absolute in a clone, relative to the manifest where it is installed; a kernel of `{resource_dir}` lies in its kernelspec.
    paths += [manifest.parent / path for path in [Path(known["rustc"]).parents[1], known["sysroot_lib"], known["sample"]]]
    paths += [Path(kernel)] if os.path.isabs(kernel) else []
    named = [path for name in NAMING_FOLDERS for path in os.environ.get(name, "").split(os.pathsep) if path]
    return sorted({os.path.abspath(path) for path in [*paths, *named]})
