"""Grades one submission with nbgrader, in a folder and processes of its own.

`grade` takes and returns nothing but bytes, numbers and text, so that it runs as well on another machine (grade_class.py hands it to
Dask), given that cuaderno and its environment are set up there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from cuaderno.grading import gradebook
from cuaderno.grading import sandbox
from cuaderno.grading.nbgrader_process import nbgrader, outcome

CONFIGURATION, GRADEBOOK = "nbgrader_config.py", "gradebook.db"
KILLED = "killed (signal 9)"
PREFIX, LEFT_FOR = "cuaderno-grade-", 24 * 3600
# How often a submission is tried whose process was killed.
TRIES = 3


def empty_result(job: dict) -> dict:
    """What `grade` begins with."""
    result = {"student": job["student"], "fingerprint": job["fingerprint"], "graded": False, "points": {}, "most": {}, "written": 0.0}
    return result | {"seconds": 0.0, "network": "", "feedback": {}}


def grade(job: dict) -> dict:
    """Grades a submission.

    job: student, assignment, fingerprint, submission (files by name, or unreadable: why there are none), course (see course_folder.py),
    threads, seconds, gigabytes, unprotected.
    Returns: student, status (`graded`, or what went wrong in one line), graded (whether it has points all the same), points and
    most for each test cell by its name, written (points that wait for a person), seconds, network, feedback (a page by notebook),
    fingerprint.
    """
    student, assignment = job["student"], job["assignment"]
    start = time.monotonic()
    result = empty_result(job)
    if "unreadable" in job:
        return result | {"status": job["unreadable"]}
    with own_folder() as folder:
        place = f"submitted/{student}/{assignment}"
        write(Path(folder), job["course"]["files"] | {f"{place}/{name}": content for name, content in job["submission"].items()})
        limits = limits_of(job, folder)
        ran = nbgrader(folder, "autograde", assignment, "--student", student, before=limits, threads=job["threads"])
        result["network"], result["status"] = outcome(ran, job["seconds"])
        if result["status"] == "graded" and not is_own_file(Path(folder, GRADEBOOK)):
            result["status"] = f"{GRADEBOOK} is no plain file any more"
        if result["status"] == "graded":
            result |= scores(folder, job) | {"graded": True}
            # What the submission left there may be code that nbgrader runs.
            replace(Path(folder, CONFIGURATION), job["course"]["files"][CONFIGURATION])
            ran = nbgrader(folder, "generate_feedback", assignment, "--student", student, before=limits)
            pages = Path(folder, "feedback", student, assignment).glob("*.html")
            result["feedback"] = {page.name: page.read_text("utf-8", "replace") for page in pages if is_own_file(page)}
            if ran.returncode != 0:
                result["status"] = "feedback: " + outcome(ran, job["seconds"])[1]
    result["seconds"] = round(time.monotonic() - start, 1)
    return result


def grade_again_if_killed(job: dict, stopping=lambda: False) -> dict:
    """As `grade`. A process that was killed from outside says nothing about the submission; not where all of this is to stop."""
    for _ in range(TRIES):
        result = grade(job)
        if stopping() or not result["status"].endswith(KILLED):
            break
    return result


def scores(folder, job: dict) -> dict:
    """Points of a graded submission. They are read from a copy: beside a database may lie what says how to change it, and where."""
    with own_folder() as other:
        copy = shutil.copyfile(Path(folder, GRADEBOOK), Path(other, GRADEBOOK))
        return gradebook.scores(copy, job["course"]["cells"], job["assignment"], job["student"])


def limits_of(job: dict, folder) -> list:
    """What a command begins with that runs within the limits of a job, able to write to a folder only.

    The program that sets them is not within them yet: it takes no code from that folder, which is HOME (-I).
    """
    command = [sys.executable, "-I", sandbox.__file__, f"--seconds={job['seconds']}", f"--gigabytes={job['gigabytes']}"]
    return [*command, f"--folder={folder}", *(["--unprotected"] if job["unprotected"] else []), "--"]


def protection() -> str:
    """What is kept out of a submission's reach on this machine: sandbox.OUT_OF_REACH, or why not."""
    with own_folder() as folder:
        command = limits_of({"seconds": 60, "gigabytes": 1, "unprotected": False}, folder)
        ran = subprocess.run([*command, "true"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return ran.stderr.partition("\n")[0]


@contextmanager
def own_folder():
    """A folder to grade in. Those that processes have left which were killed are removed after a day."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # Another process may remove it at the same time.
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_FOR:
                shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        yield os.path.realpath(folder)


def is_own_file(path: Path) -> bool:
    """Whether this is a plain file, in its place below `own_folder`. What a submission leaves may be a link to another place, and
    we could read there what its limits kept from it."""
    return os.path.realpath(path) == str(path) and path.is_file()


def replace(path: Path, content: bytes):
    """Puts a file in the place of whatever is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def write(folder: Path, files: dict):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
