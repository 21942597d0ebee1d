"""`cargo xtask install --prefix`: one copy of the kernel for all users of a machine; and what Binder makes of the repository."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from conversation import conversation

ROOT = Path(__file__).resolve().parent.parent


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


def test_binder_finds_what_it_needs():
    """As far as it goes without Docker: repo2docker reads these three files."""
    script = ROOT / "postBuild"
    assert os.access(script, os.X_OK) and subprocess.run(["bash", "-n", script]).returncode == 0
    assert re.search(r"cargo xtask install --prefix", script.read_text())
    refused = subprocess.run(["bash", script], cwd="/", env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
    assert refused.returncode != 0 and "NB_PYTHON_PREFIX" in refused.stderr
    assert "build-essential" in (ROOT / "apt.txt").read_text().split()
    assert "jupyterlab==" in (ROOT / "environment.yml").read_text()
