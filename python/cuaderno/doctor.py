"""What is here, what is missing, what to do: a page to send with a question."""

import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cuaderno import home, paper as printing
from cuaderno.problem import Problem

OK, MISSING, WITHOUT = "ok", "MISSING", "without"
# What a cell's compiler takes for a moment, and the tour's kernel.
MEMORY_GB, DISK_GB = 1.0, 0.5


def examine() -> int:
    """Prints the page; the exit code is 1 where something is missing that notebooks need."""
    missing = False
    for check in [cuaderno, machine, kernel, compiler, sample, jupyter, grading, paper, space, cell]:
        try:
            state, text = check()
        except Problem as problem:
            state, text = MISSING, problem.message
        except Exception as problem:  # whatever it is, the page says so and goes on
            state, text = MISSING, f"{type(problem).__name__}: {problem}"
        missing |= state == MISSING
        print(f"{check.__name__:<9} {state:<8} {text}", flush=True)
    return 1 if missing else 0


def cuaderno():
    return OK, f"{home.version()} in {home.home()}"


def machine():
    libc = " ".join(platform.libc_ver()) or "no glibc"
    known = f"{platform.system()} {platform.release()} {platform.machine()}, {libc}, Python {platform.python_version()}"
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return MISSING if not home.is_clone() else OK, f"{known}; the wheel is for Linux on x86-64: docs/installing.md says what there is for others"
    return OK, f"{known}, {os.cpu_count()} cores"


def kernel():
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().find_kernel_specs().get("cuaderno")
    if spec is None:
        return MISSING, f"Jupyter finds no kernel `cuaderno`, it is in {home.kernelspec()}; start Jupyter by `cuaderno lab`, or `cuaderno install --user`"
    if Path(spec).resolve() != home.kernelspec().resolve():
        return OK, f"Jupyter takes another installation's, in {spec}; `cuaderno uninstall --user` removes one in your home"
    return OK, spec


def compiler():
    place = home.manifest()
    known = json.loads(place.read_text())
    rustc, linker = place.parent / known["rustc"], place.parent / known["sysroot_lib"] / ".." / "bin" / "rust-lld"
    for program in [rustc, linker]:
        if not program.exists():
            return MISSING, f"{program} is not there; install cuaderno again with cuaderno-rustc"
    said = subprocess.run([rustc, "--version"], capture_output=True, text=True)
    if said.stdout.strip() != known["rustc_version"]:
        return MISSING, f"{rustc} is `{said.stdout.strip() or said.stderr.strip()}`, the library was built by {known['rustc_version']}"
    return OK, f"{known['rustc_version']}, {rustc}"


def sample():
    data = os.environ.get("CUADERNO_DATA")
    if not (home.home() / "data" / "reddit").is_dir():
        return MISSING, f"{home.home() / 'data'} has no sample; install cuaderno again"
    return OK, f"{home.home() / 'data'}; " + (f"real data in {data}" if data else "CUADERNO_DATA names no real data")


def jupyter():
    return OK, ", ".join(f"{name} {version(name)}" for name in ["jupyterlab", "nbconvert", "nbclient", "jupyter_client"])


def grading():
    try:
        return OK, ", ".join(f"{name} {version(name)}" for name in ["nbgrader", "distributed"])
    except PackageNotFoundError as problem:
        return WITHOUT, f"{problem.name} is not installed; instructors: pip install 'cuaderno[grading]'"


def paper():
    try:
        return OK, f"{printing.browser()}, playwright {version('playwright')}"
    except Problem as problem:
        return WITHOUT, problem.message


def space():
    available = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemAvailable")) / 1e6
    place = tempfile.gettempdir()
    free = shutil.disk_usage(place).free / 1e9
    known = f"{available:.1f} GB of memory and {free:.1f} GB in {place} are free"
    if available < MEMORY_GB or free < DISK_GB:
        return MISSING, f"{known}; a notebook wants {MEMORY_GB:g} GB and {DISK_GB:g} GB: end other programs, or let TMPDIR name another folder"
    return OK, known


def cell():
    """The proof of all the others."""
    from jupyter_client.manager import start_new_kernel

    start = time.monotonic()
    manager, client = start_new_kernel(kernel_name="cuaderno", startup_timeout=60, stderr=subprocess.DEVNULL)
    try:
        shown = []
        reply = client.execute_interactive("1 + 1", timeout=120, output_hook=lambda message: shown.append(message["content"]))["content"]
        if reply["status"] != "ok":
            return MISSING, f"1 + 1: {reply['evalue']}"
        result = next(content["data"]["text/plain"] for content in shown if "data" in content)
        return OK, f"1 + 1 is {result}, {time.monotonic() - start:.1f} s after the kernel was started"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
