"""JupyterLab with the kernel, in the folder one is in, reachable from this machine only."""

import os
import shutil
import sys
from pathlib import Path

import click

from cuaderno.home import home, is_clone


def run(options):
    offer_notebooks(Path.cwd())
    # Port 0 lets the system pick a free one, so that two students on one machine never meet.
    command = ["-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={Path.cwd()}"]
    # Jupyter refuses to run as root without this; containers have no other user.
    command += ["--allow-root"] if os.geteuid() == 0 else []
    # Ctrl-C is Jupyter's, which asks.
    os.execv(sys.executable, [sys.executable, *command, *options])


def offer_notebooks(folder: Path):
    """The course's notebooks are not to be changed where they are installed: a copy is."""
    copy = folder / "notebooks"
    if is_clone() or copy.exists() or any(folder.glob("*.ipynb")):
        return
    if sys.stdin.isatty() and click.confirm("No notebooks here yet. Copy the course's to notebooks/?", default=True):
        shutil.copytree(home() / "notebooks", copy)
    elif not sys.stdin.isatty():
        click.echo(f"the course's notebooks: cp -r {home() / 'notebooks'} .", err=True)
