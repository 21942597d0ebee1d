"""JupyterLab with the kernel, in the folder one is in, reachable from this machine only."""

import os
import shutil
import sys
from pathlib import Path

import click

from cuaderno.home import home, is_clone


def run(options):
    offer_notebooks(Path.cwd())
    command = [sys.executable, "-m", "jupyterlab", *defaults(options), *options]
    # Jupyter refuses to run as root without this; containers have no other user.
    command += ["--allow-root"] if os.geteuid() == 0 else []
    # Ctrl-C is Jupyter's, which asks.
    os.execv(sys.executable, command)


def defaults(options):
    """What is not said otherwise; Jupyter takes each option once only."""
    # Port 0 lets the system pick a free one, so that two students on one machine never meet.
    ours = {"ip": "127.0.0.1", "port": "0", "root_dir": str(Path.cwd())}
    said = {option.partition("=")[0].removeprefix("--").removeprefix("ServerApp.") for option in options}
    return [f"--ServerApp.{name}={value}" for name, value in ours.items() if name not in said]


def offer_notebooks(folder: Path):
    """The course's notebooks are not to be changed where they are installed: a copy is."""
    copy = folder / "notebooks"
    if is_clone() or copy.exists() or any(folder.glob("*.ipynb")):
        return
    if sys.stdin.isatty() and click.confirm("No notebooks here yet. Copy the course's to notebooks/?", default=True):
        shutil.copytree(home() / "notebooks", copy)
    elif not sys.stdin.isatty():
        click.echo(f"the course's notebooks: cp -r {home() / 'notebooks'} .", err=True)
