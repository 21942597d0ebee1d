"""Machines without clone, compiler and network, to install wheels on: made of this one, or a minimal Debian.

Both are processes of their own network and mounts, as root can have them.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from clone import ROOT
from cuaderno.grading.sandbox import CLONE_NEWNET, CLONE_NEWNS, MS_PRIVATE, MS_REC, check, libc, loopback_up

# No ordinary user: whoever has no rights at all.
NOBODY = 65534


class Machine:
    """A place to install to (`prefix`), and a way to run programs there."""

    def __init__(self, prefix: Path, hidden=(), root=None):
        self.prefix, self.hidden, self.root = prefix, hidden, root

    def run(self, *arguments, folder, user=0, timeout=900, path="/nonexistent"):
        """Runs one of the installation's programs; returns what it said and how long it took."""
        program, *rest = arguments
        command = [str(self.prefix / "bin" / program), *map(str, rest)]
        # By default no PATH: nothing is there but what the wheels brought.
        environment = {"HOME": str(folder), "LANG": "C.UTF-8", "PATH": path}
        start = time.monotonic()
        ran = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=timeout, preexec_fn=lambda: self.enter(folder, user)
        )
        return ran, time.monotonic() - start

    def enter(self, folder, user):
        check(libc.unshare(CLONE_NEWNET | CLONE_NEWNS))
        loopback_up()  # Jupyter and kernel talk over it
        check(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None))
        for place in self.hidden:
            check(libc.mount(b"tmpfs", os.fsencode(place), b"tmpfs", 0, None))
        if self.root:
            check(libc.mount(b"proc", os.fsencode(self.root / "proc"), b"proc", 0, None))
            os.chroot(self.root)
        os.chdir(folder)
        if user:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)

    def outside(self, path: Path) -> Path:
        """A path on this machine, as seen from where tests look."""
        return self.root / path.relative_to("/") if self.root else path

    def files(self):
        """Everything below the prefix, with the time of its last change."""
        return {path: path.lstat().st_mtime_ns for path in self.outside(self.prefix).rglob("*") if not path.is_dir()}


def this_machine(folder: Path) -> Machine:
    """This one, without the clone, cargo and rustup; Jupyter is a copy of the clone's."""
    prefix = folder / "environment"
    subprocess.run(["cp", "-a", sys.prefix, prefix], check=True)
    shutil.rmtree(prefix / "share" / "jupyter" / "kernels" / "cuaderno")
    for of_the_clone in [prefix / "cuaderno-requirements.txt", *prefix.rglob("cuaderno-clone.pth")]:
        of_the_clone.unlink()
    home = Path.home()
    places = [ROOT, os.environ.get("CARGO_TARGET_DIR"), os.environ.get("CARGO_HOME", home / ".cargo"), os.environ.get("RUSTUP_HOME", home / ".rustup")]
    return Machine(prefix, [place for place in map(Path, filter(None, places)) if place.is_dir()])


def debian(folder: Path, release="bookworm") -> Machine:
    """A minimal Debian with Python and nothing else; made once, with Debian's packages."""
    root = folder / "debian"
    if not (root / "usr/bin/python3").exists():
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", "--include=python3,python3-venv", release, root], check=True, stdout=sys.stderr)
    return Machine(Path("/opt/course"), root=root)
