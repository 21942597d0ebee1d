"""`cargo xtask install --prefix`: one copy of the kernel for all users of a machine; and what Binder makes of the repository."""

import os
import shutil
import subprocess

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from clone import ROOT
from conversation import conversation


def install(prefix):
    ran = subprocess.run(["cargo", "xtask", "install", "--prefix", prefix], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.timeout(600)
def test_one_read_only_copy_serves_every_user(tmp_path):
    prefix = tmp_path / "a prefix"
    install(prefix)
    for path in [*prefix.rglob("*"), prefix]:
        path.chmod(path.stat().st_mode & ~0o222)
    before = {path: path.stat().st_mtime_ns for path in prefix.rglob("*")}
    specs = KernelSpecManager(kernel_dirs=[str(prefix / "share" / "jupyter" / "kernels")])
    with conversation(kernel_spec_manager=specs) as one, conversation(kernel_spec_manager=specs) as other:
        assert one.ok("let table = df!(\"a\" => [1, 2])?; table.height()").result == "2"
        assert other.ok("cnn! { Small: [3, 8, 8] => [flatten, dense(2)] }\nSmall::PARAMETERS").result == "386"
        # Where the libraries of the cell's process come from.
        maps = one.ok('std::fs::read_to_string("/proc/self/maps")?').result
    assert str(prefix / "lib" / "cuaderno") in maps
    assert str(ROOT / "target") not in maps
    assert {path: path.stat().st_mtime_ns for path in prefix.rglob("*")} == before, "the kernel wrote into its installation"
    for path in [prefix, *prefix.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    with conversation(kernel_spec_manager=specs) as user:
        user.ok("let kept = 3;")
        install(prefix)
        assert user.ok("let table = df!(\"a\" => [kept])?; table.height()").result == "1"


@pytest.fixture
def image(tmp_path):
    """What repo2docker has made when it runs postBuild: a copy of the repository, a home, a place for Jupyter.

    The build itself is left out, and is tested above: in a copy it takes minutes, for a Python environment and all our crates, and
    would put its kernel in the place of the one under test. Programs write down how they are called instead.
    """
    for folder in ["repository/target", "repository/.venv", "home/.cargo/registry", "home/.cargo/bin", "programs"]:
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "postBuild", tmp_path / "repository")
    for program in ["bash", "sh", "rm", "cp"]:
        (tmp_path / "programs" / program).symlink_to(shutil.which(program))
    write_program(tmp_path / "programs" / "cargo", 'echo "cargo $*" >> "$HOME/calls"')
    return tmp_path


def write_program(file, script):
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def post_build(image, **more):
    """Runs postBuild; returns the programs' calls."""
    home = image / "home"
    environment = {"PATH": str(image / "programs"), "HOME": str(home), "NB_PYTHON_PREFIX": "/srv/conda"} | more
    ran = subprocess.run(["./postBuild"], cwd=image / "repository", env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return (home / "calls").read_text().splitlines()


def test_an_image_gets_the_kernel_and_loses_what_built_it(image):
    assert post_build(image, REPO_DIR="/home/jovyan") == ["cargo xtask install --prefix /srv/conda"]
    assert os.listdir(image / "repository") == ["postBuild"]
    assert os.listdir(image / "home" / ".cargo") == ["bin"], "the compiler stays, the sources of crates go"


def test_outside_an_image_other_projects_keep_their_crates(image):
    post_build(image)
    assert (image / "home" / ".cargo" / "registry").exists()


def test_an_image_without_a_compiler_gets_one(image):
    (image / "programs" / "cargo").rename(image / "home" / "cargo")
    write_program(image / "programs" / "curl", """echo 'echo "rustup $*" >> "$HOME/calls"; cp "$HOME/cargo" "$HOME/.cargo/bin"'""")
    calls = post_build(image, REPO_DIR="/home/jovyan")
    assert calls[0].startswith("rustup -y ") and calls[1:] == ["cargo xtask install --prefix /srv/conda"], calls
    assert (image / "home" / ".cargo" / "bin" / "cargo").exists()


def test_post_build_outside_repo2docker_says_what_is_missing(image):
    command = ["./postBuild"]
    environment = {"PATH": str(image / "programs"), "HOME": str(image / "home")}
    ran = subprocess.run(command, cwd=image / "repository", env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode != 0 and "NB_PYTHON_PREFIX: repo2docker sets it" in ran.stderr


def test_an_image_has_what_the_build_needs():
    """repo2docker installs both lists: a C compiler and what fetches rustup; and Jupyter."""
    assert {"build-essential", "curl"} <= set((ROOT / "apt.txt").read_text().split())
    assert "jupyterlab==" in (ROOT / "environment.yml").read_text()
