"""The wheels of `cargo xtask package`, installed where there is no clone, no compiler and no network.

On this machine with all of that hidden; `cargo xtask test --install` does so in a minimal Debian, from nothing but the wheels.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from clone import ROOT
from installation import NOBODY, debian, this_machine

# Where `cargo xtask test --install` keeps its Debian and the wheels of other projects.
INSTALL = os.environ.get("CUADERNO_INSTALL")
can_be_apart = os.getuid() == 0 and subprocess.run(["unshare", "-nm", "true"], capture_output=True).returncode == 0
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the wheels are for Linux"),
    pytest.mark.skipif(not can_be_apart, reason="only root may hide the network and this clone from a program (`unshare -nm`)"),
    pytest.mark.skipif(bool(INSTALL) and not shutil.which("debootstrap"), reason="debootstrap is not installed (Debian: apt install debootstrap)"),
    pytest.mark.timeout(1800),
]
TIMES = []


@pytest.fixture(scope="module")
def wheels():
    """Both wheels, of this state of the clone."""
    ran = subprocess.run(["cargo", "xtask", "package"], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return sorted((ROOT / "dist").glob("cuaderno*.whl"))


@pytest.fixture(scope="module")
def machine(wheels):
    """A machine with the wheels installed; the times of what is done there are told at the end."""
    with tempfile.TemporaryDirectory(prefix="cuaderno-wheel-") as folder:
        folder = Path(folder)
        folder.chmod(0o755)  # for another user, too
        if INSTALL:
            yield install_in_debian(Path(INSTALL), wheels)
        else:
            machine = this_machine(folder)
            copies = [shutil.copy(wheel, folder) for wheel in wheels]
            install(machine, folder, "--no-deps", *copies)
            yield machine
    print("", *(f"{seconds:7.1f} s  {what}" for what, seconds in TIMES), sep="\n", file=sys.stderr)


def install(machine, folder, *arguments):
    timed(machine, "install both wheels", "python", "-m", "pip", "install", "--quiet", "--no-index", *arguments, folder=folder)


def install_in_debian(kept: Path, wheels):
    machine = debian(kept)
    names = [f"{requirement}" for wheel in wheels for requirement in requirements(wheel) if not requirement.startswith("cuaderno")]
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", "--python-version=3.11", "--dest", kept / "wheels"]
    subprocess.run([*fetch, *names], check=True)
    place = machine.root / "opt" / "wheels"
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(machine.outside(machine.prefix), ignore_errors=True)
    shutil.copytree(kept / "wheels", place)
    for wheel in wheels:
        shutil.copy(wheel, place)
    subprocess.run(["chroot", machine.root, "python3", "-m", "venv", machine.prefix], check=True)
    install(machine, Path("/root"), "--find-links", "/opt/wheels", "cuaderno")
    return machine


def requirements(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = archive.read(metadata).decode().splitlines()
    return [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ") and "extra ==" not in line]


@pytest.fixture
def folder(machine):
    """An empty folder on that machine, for everybody."""
    place = Path(f"/tmp/cuaderno-course-{os.getpid()}")
    machine.outside(place).mkdir()
    machine.outside(place).chmod(0o777)
    yield place
    shutil.rmtree(machine.outside(place))


def timed(machine, what, *arguments, **how):
    ran, seconds = machine.run(*arguments, **how)
    TIMES.append((what, seconds))
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-3000:]
    return ran.stdout


def test_the_wheels_are_small_and_for_many_systems(wheels):
    assert len(wheels) == 2, wheels
    assert sum(wheel.stat().st_size for wheel in wheels) < 350e6
    for wheel in wheels:
        # RHEL 9 and everything since.
        minor = int(re.search(r"-py3-none-manylinux_2_(\d+)_x86_64\.whl$", wheel.name)[1])
        assert minor <= 34, wheel.name
        shown = subprocess.run([sys.executable, "-m", "auditwheel", "show", wheel], capture_output=True, text=True)
        assert f'"manylinux_2_{minor}_x86_64"' in shown.stdout, shown.stdout + shown.stderr


def test_nothing_in_them_names_this_clone(wheels):
    """What is read to find files; programs tell of panics where their source was."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if Path(name).suffix in (".json", ".py", ".toml", ".txt") or name.endswith("METADATA"):
                    assert str(ROOT).encode() not in archive.read(name), name


@pytest.fixture
def others(machine):
    """Where Python lies in root's home, nobody else can run what is installed."""
    python = Path(os.path.realpath(machine.outside(machine.prefix) / "bin" / "python")) if not machine.root else None
    if python and not all(parent.stat().st_mode & 0o001 for parent in python.parents):
        pytest.skip(f"{python} is not for other users")


def report_by_nobody(machine, folder, what):
    before = machine.files()
    timed(machine, "a new notebook", "cuaderno", "new", "mine", folder=folder, user=NOBODY)
    timed(machine, what, "cuaderno", "report", "mine.ipynb", folder=folder, user=NOBODY)
    assert "Posts by class" in (machine.outside(folder) / "reports" / "mine.html").read_text(encoding="utf-8")
    assert machine.files() == before
    return [path.name for path in machine.outside(folder).glob(".cache/cuaderno/preloads/*/preload")]


def test_the_first_user_may_be_one_who_may_not_write_there(machine, folder, others):
    assert report_by_nobody(machine, folder, "a first report, unpacked into the cache") == ["preload"]


def test_the_tour_becomes_a_page(machine, folder):
    page = timed(machine, "doctor", "cuaderno", "doctor", folder=folder)
    assert "1 + 1 is 2" in page and str(ROOT) not in page, page
    timed(machine, "the tour, to HTML", "cuaderno", "report", "00", folder=folder)
    assert "image/svg+xml" in (machine.outside(folder) / "reports" / "00-tour.html").read_text(encoding="utf-8")
    # The suite compares all notebooks anyway, on this machine.
    if INSTALL:
        compared = timed(machine, "the tour again, compared", "cuaderno", "verify", "reports/00-tour.ipynb", folder=folder)
        assert compared.startswith("00-tour.ipynb: identical")


# Starts JupyterLab, and says which kernels it has as soon as it answers.
LAB = """
import json, subprocess, sys, time, urllib.error, urllib.request
command = [sys.argv[1], "lab", "--no-browser", "--ServerApp.port=8899", "--IdentityProvider.token=secret"]
lab = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
try:
    while lab.poll() is None:
        try:
            answer = urllib.request.urlopen("http://127.0.0.1:8899/api/kernelspecs?token=secret")
            sys.exit(print(*json.load(answer)["kernelspecs"]))
        except urllib.error.URLError:
            time.sleep(0.1)
    sys.exit(lab.stderr.read())
finally:
    lab.kill()
"""


def test_jupyterlab_opens_with_the_kernel(machine, folder):
    (machine.outside(folder) / "lab.py").write_text(LAB)
    kernels = timed(machine, "JupyterLab answers", "python", "lab.py", machine.prefix / "bin" / "cuaderno", folder=folder)
    assert "cuaderno" in kernels.split()


def test_a_second_user_runs_a_notebook_on_a_read_only_installation(machine, folder, others):
    assert report_by_nobody(machine, folder, "its report, by another user") == [], "unpacked again"


def test_another_jupyter_is_shown_the_kernel_and_forgets_it(machine, folder):
    timed(machine, "install --user", "cuaderno", "install", "--user", folder=folder)
    spec = machine.outside(folder) / ".local/share/jupyter/kernels/cuaderno/kernel.json"
    assert f'"{machine.prefix}/lib/cuaderno/cuaderno-kernel"' in spec.read_text()
    timed(machine, "uninstall --user", "cuaderno", "uninstall", "--user", folder=folder)
    assert not spec.parent.exists()


# Where the system has a C compiler, rustc links by way of it.
@pytest.mark.parametrize("path", ["/nonexistent", "/usr/bin:/bin"])
def test_a_crate_of_ones_own_needs_no_linker_of_the_system(machine, folder, path):
    crate = machine.outside(folder) / "tools"
    (crate / "src").mkdir(parents=True)
    (crate / "Cargo.toml").write_text('[package]\nname = "tools"\nversion = "0.1.0"\nedition = "2024"\n')
    (crate / "src" / "lib.rs").write_text("pub fn double(x: i32) -> i32 { 2 * x }\n")
    (crate / "build.rs").write_text("fn main() { println!(\"cargo::rerun-if-changed=build.rs\"); }\n")
    timed(machine, "a new notebook", "cuaderno", "new", "own", folder=folder)
    notebook = machine.outside(folder) / "own.ipynb"
    code = notebook.read_text().replace("let seed: u64 = 2026;", ":dep ./tools\\nprintln!(\\\"{}\\\", tools::double(21));\\nlet seed: u64 = 2026;")
    notebook.write_text(code)
    timed(machine, "a report with a crate of its own", "cuaderno", "report", "own.ipynb", folder=folder, path=path)
    assert '"42\\n"' in (machine.outside(folder) / "reports" / "own.ipynb").read_text()


def test_pip_removes_all_of_it(machine, folder):
    timed(machine, "uninstall", "python", "-m", "pip", "uninstall", "--quiet", "--yes", "cuaderno", "cuaderno-rustc", folder=folder)
    prefix = machine.outside(machine.prefix)
    left = [path for path in prefix.rglob("*") if "cuaderno" in str(path.relative_to(prefix))]
    assert left == [], left[:10]
