"""nbgrader in a process of its own, with an environment that a submission may see, and how it ended."""

import os
import re
import subprocess
import sys
from collections import deque
from pathlib import Path

from cuaderno.grading import sandbox
from cuaderno.grading.lines import line_of

# Of the environment a submission sees these; the rest may be an instructor's passwords.
PASSED = {"LANG", "TZ", "CUADERNO_DATA", "RUSTUP_HOME", "CARGO_HOME", "RUSTUP_TOOLCHAIN", "JUPYTER_PATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH"}


# Of what it says, the beginning and the end are kept: a submission may write there, too, as much as it likes.
KEPT, PIECE = 64 << 10, 16 << 10


def nbgrader(folder, *arguments, before=(), threads=1):
    command = [*before, sys.executable, "-m", "cuaderno.grading.quick_nbgrader", *arguments, f"--course-dir={folder}"]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    # Ctrl-C reaches grade_class.py only, which then ends all of them.
    with subprocess.Popen(command, cwd=folder, env=environment(folder, threads), start_new_session=True, **streams) as process:
        said = beginning_and_end(process.stderr)
    return subprocess.CompletedProcess(command, process.returncode, "", said)


def beginning_and_end(stream) -> str:
    beginning, end = stream.read(KEPT), deque(maxlen=KEPT // PIECE)
    while piece := stream.read(PIECE):
        end.append(piece)
    return b"".join([beginning, *end]).decode("utf-8", "replace")


def environment(folder, threads=1):
    """What a submission may know of the one it runs for. HOME is where a student's code would look first; cells are compiled by the
    compiler that the preload names, not by way of HOME."""
    temporary = Path(folder, "tmp")
    temporary.mkdir(exist_ok=True)
    own = {"HOME": str(folder), "IPYTHONDIR": str(folder), "TMPDIR": str(temporary), "JUPYTER_PREFER_ENV_PATH": "1"}
    # Submissions share the cores; results do not depend on the number of threads.
    own["RAYON_NUM_THREADS"] = str(threads)
    # Python and the kernel would run what a submission left for it in HOME.
    own["PYTHONNOUSERSITE"] = "1"
    own["CUADERNO_START"] = ""
    passed = {name: value for name, value in os.environ.items() if name in PASSED or name.startswith("LC_")}
    return passed | own | {"PATH": path()}


def path() -> str:
    """PATH with the programs beside this Python first: nbgrader starts `alembic` by its name, as if the environment were activated."""
    beside, known = str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)
    return known if known.split(os.pathsep)[0] == beside else os.pathsep.join([beside, known])


def outcome(ran, seconds):
    """What was kept out of its reach, and how it ended, each in a line for the instructor."""
    protection, _, said = ran.stderr.partition("\n")
    protection = line_of(protection)
    return protection, protection if ran.returncode == sandbox.REFUSED else status(ran.returncode, said, seconds)


def status(code, said, seconds):
    if code == 0:
        return "graded"
    if code == sandbox.TIME_IS_UP:
        return f"stopped after {seconds:g} seconds"
    if code == sandbox.TOO_MUCH:
        return "stopped: it wrote more than 10 GB to its folder"
    if code < 0 or code > 128:
        return f"killed (signal {-code if code < 0 else code - 128})"
    return last_line(said)


def last_line(said):
    """The end of nbgrader's last traceback, or its last complaint that says something, or whatever came last."""
    lines = said.splitlines()
    raised = [line.strip() for line in lines if re.match(r" +[\w.]+(Error|Exception|Invalid\w*): ", line)]
    complaints = [line.split("| ERROR] ", 1)[-1] for line in lines if "| ERROR] " in line]
    telling = [line for line in complaints if not line.startswith(("There was an error", "Please see", "Traceback"))]
    return line_of((raised or telling or complaints or lines or ["nbgrader failed without a word"])[-1])
