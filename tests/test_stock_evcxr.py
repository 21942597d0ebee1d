"""`cuaderno evcxr`: what stock evcxr_jupyter is given. A program in its place says how it was started; cells on the real one are
`cargo xtask test --stock`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).resolve().parent.parent / "python"
STAND_IN = '#!/bin/sh\necho "$@"\nenv\n'
CELL = 'use cuaderno::prelude::*;\n#[unsafe(no_mangle)]\npub extern "C" fn cell() -> usize { df!("a" => [1, 2]).unwrap().height() }\n'


@pytest.fixture
def user(tmp_path):
    """An environment of a user who has installed it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "evcxr_jupyter").write_text(STAND_IN)
    (programs / "evcxr_jupyter").chmod(0o755)
    return {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def cuaderno(environment, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "cuaderno", "evcxr", *arguments], env={**environment, "PYTHONPATH": str(PROGRAMS)}, capture_output=True, text=True
    )


def started(user, folder):
    """The arguments that evcxr_jupyter gets, and its environment."""
    spec = json.loads((folder / "share/jupyter/kernels/cuaderno-evcxr/kernel.json").read_text())
    command = [word.replace("{connection_file}", "connection.json") for word in spec["argv"]]
    said = subprocess.run(command, env={**user, **spec["env"]}, capture_output=True, text=True, check=True, cwd=folder).stdout
    first, *lines = said.splitlines()
    return first, dict(line.split("=", 1) for line in lines if "=" in line)


def test_cells_find_the_library(user, tmp_path):
    assert cuaderno(user, "--prefix", tmp_path).returncode == 0
    arguments, environment = started(user, tmp_path)
    assert arguments == "--control_file connection.json"
    config = Path(environment["EVCXR_CONFIG_DIR"])
    assert (config / "init.evcxr").read_text() == "use cuaderno::prelude::*;\n"
    (tmp_path / "lib.rs").write_text(CELL)
    # As cargo calls it for evcxr.
    rustc = [environment["RUSTC_WORKSPACE_WRAPPER"], "rustc", "--crate-name", "ctx", "--edition=2024", "lib.rs", "--crate-type", "cdylib", "-Cprefer-dynamic"]
    compiled = subprocess.run(rustc, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert compiled.returncode == 0, compiled.stderr
    program = "import ctypes; print(ctypes.CDLL('./libctx.so').cell())"
    assert subprocess.run([sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True).stdout == "2\n"
    # Other crates, which `:dep` brings, are compiled as always.
    other = [environment["RUSTC_WORKSPACE_WRAPPER"], "rustc", "--crate-name", "other", "--edition=2024", "lib.rs", "--crate-type", "cdylib"]
    assert "cuaderno" in subprocess.run(other, env=environment, cwd=tmp_path, capture_output=True, text=True).stderr


def test_it_is_taken_back(user, tmp_path):
    assert cuaderno(user, "--prefix", tmp_path).returncode == 0
    assert cuaderno(user, "--prefix", tmp_path, "--remove").returncode == 0
    again = cuaderno(user, "--prefix", tmp_path, "--remove")
    assert again.returncode == 1 and "there is no kernel" in again.stderr
    assert not (tmp_path / "share/jupyter/kernels/cuaderno-evcxr").exists()


def test_without_evcxr_one_line_says_how_to_get_it(user, tmp_path):
    (tmp_path / "bin" / "evcxr_jupyter").unlink()
    said = cuaderno({**user, "PATH": "/usr/bin:/bin"}, "--prefix", tmp_path)
    assert said.returncode == 1 and "cargo install --locked evcxr_jupyter" in said.stderr and len(said.stderr.splitlines()) == 1
