"""Grades one submission with nbgrader, in a folder and processes of its own.

`grade` takes and returns nothing but bytes, numbers and text, so that it runs as well on another machine (grade_class.py hands it to
Dask), given that cuaderno and its environment are set up there.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from cuaderno.grading import gradebook
from cuaderno.grading import reach
from cuaderno.grading import sandbox
from cuaderno.grading.autograded import found_in, notebooks_in, own_text
from cuaderno.grading.guarded import guarded
from cuaderno.grading.handed_in import Refused, arranged, without_broken
from cuaderno.grading.nbgrader_process import nbgrader, outcome

CONFIGURATION, GRADEBOOK = "nbgrader_config.py", "gradebook.db"
KILLED = "killed (signal 9)"
PREFIX, LEFT_FOR = "cuaderno-grade-", 24 * 3600
# How often a submission is tried whose process was killed.
TRIES = 3
# Whom nbgrader grades: names of students may hold what it takes for an option or a pattern, and are nobody's business there.
STUDENT = "student"


def empty_result(job: dict) -> dict:
    """What `grade` begins with."""
    result = {"student": job["student"], "fingerprint": job["fingerprint"], "given": job.get("given"), "graded": False, "points": {}, "most": {}, "by_hand": {}}
    return result | {"auto": [], "blank": [], "remarks": [], "seconds": 0.0, "network": "", "autograded": {}, "feedback": {}}


def grade(job: dict) -> dict:
    """Grades a submission.

    job: student, assignment, fingerprint, submission (files by name, or unreadable: why there are none), course (see course_folder.py),
    given (what a person has given meanwhile; gradebook.given), threads, seconds, gigabytes, unprotected; where only the feedback is to be
    made anew, renewed (the result).
    Returns: student, status (`graded`, or what went wrong in one line), graded (whether it has points all the same), points and
    most for each test cell by the name that a table shows, auto (the same points as [notebook, cell, points]), blank (answers that are as
    they were handed out), by_hand (the most that a person can give, by cell), remarks (for a person, a line each), seconds, network, autograded
    (the graded notebooks' text by name), feedback (a page by notebook), fingerprint, given.
    """
    start = time.monotonic()
    result = empty_result(job)
    try:
        if "unreadable" in job:
            raise Refused(job["unreadable"])
        if "renewed" in job:
            result |= job["renewed"]
        else:
            run(job, result)
        give_feedback(job, result)
    except Refused as why:
        result["status"] = str(why)
    result["seconds"] = round(time.monotonic() - start, 1)
    return result


def run(job: dict, result: dict):
    """Runs a submission; puts what was found into its result."""
    cells = job["course"]["cells"]
    files, remarks = arranged(job["submission"], cells)
    files, broken = without_broken(files)
    remarks += broken
    with own_folder() as folder:
        place = f"submitted/{STUDENT}/{job['assignment']}"
        write(Path(folder), job["course"]["files"] | {f"{place}/{name}": content for name, content in files.items()})
        ran = nbgrader(folder, "autograde", *asked(job, folder), before=limits_of(job, folder), threads=job["threads"])
        result["network"], result["status"] = outcome(ran, job["seconds"])
        if result["status"] != "graded":
            raise Refused(result["status"])
        # From here on everything in the folder may be of the submission's making.
        texts, notebooks = notebooks_in(Path(folder, "autograded", STUDENT, job["assignment"]), cells["notebooks"])
    found = found_in(notebooks, cells)
    result |= found | {"remarks": remarks + found["remarks"], "autograded": texts, "graded": True}


def give_feedback(job: dict, result: dict):
    """Makes a page of each graded notebook; in a folder in which the submission has not been."""
    with own_folder() as folder:
        place = f"autograded/{STUDENT}/{job['assignment']}"
        texts = {f"{place}/{name}.ipynb": text.encode() for name, text in result["autograded"].items()}
        write(Path(folder), job["course"]["files"] | texts)
        with gradebook.opened(gradebook.of_file(Path(folder, GRADEBOOK)), job["course"]["id"]) as book:
            gradebook.record(book, job["assignment"], STUDENT, result, given=job["given"])
        ran = nbgrader(folder, "generate_feedback", *asked(job, folder), before=limits_of(job, folder))
        pages = Path(folder, "feedback", STUDENT, job["assignment"])
        found = {f"{name}.html": own_text(pages / f"{name}.html") for name in result["autograded"]}
        result["feedback"] = {name: guarded(page) for name, page in found.items() if page is not None}
        if ran.returncode != 0:
            raise Refused("feedback: " + outcome(ran, job["seconds"])[1])


def asked(job: dict, folder) -> list:
    """Of which assignment and student, in which gradebook, whatever the configuration says."""
    return [f"--assignment={job['assignment']}", f"--student={STUDENT}", f"--db={gradebook.of_file(Path(folder, GRADEBOOK))}"]


def grade_again_if_killed(job: dict, stopping=lambda: False) -> dict:
    """As `grade`. A process that was killed from outside says nothing about the submission; not where all of this is to stop."""
    for _ in range(TRIES):
        result = grade(job)
        if stopping() or not result["status"].endswith(KILLED):
            break
    return result


def limits_of(job: dict, folder) -> list:
    """What a command begins with that runs within the limits of a job, able to write to a folder only.

    The program that sets them is not within them yet: it takes no code from that folder, which is HOME (-I).
    """
    command = [sys.executable, "-I", sandbox.__file__, f"--seconds={job['seconds']}", f"--gigabytes={job['gigabytes']}"]
    command += [f"--folder={folder}", *(f"--readable={path}" for path in reach.readable())]
    return [*command, *(["--unprotected"] if job["unprotected"] else []), "--"]


def protection() -> str:
    """What is kept out of a submission's reach on this machine: sandbox.OUT_OF_REACH, or why not."""
    with own_folder() as folder:
        command = limits_of({"seconds": 60, "gigabytes": 1, "unprotected": False}, folder)
        ran = subprocess.run([*command, "true"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return ran.stderr.partition("\n")[0]


def is_left(folder):
    """Whether nobody works in a folder any more. One that is gone was another process's own."""
    try:
        return time.time() - folder.lstat().st_mtime > LEFT_FOR
    except FileNotFoundError:
        return False


@contextmanager
def own_folder():
    """A folder to grade in. Those that processes have left which were killed are removed after a day."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if is_left(left):
            remove(left)
    folder = os.path.realpath(tempfile.mkdtemp(prefix=PREFIX))
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder):
    """Removes a folder, however deep it is and whatever its rights are; what resists is left, and tried again after a day."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # Not by shutil: it calls itself for each folder in a folder, until Python has had enough.
    if subprocess.run(["rm", "-rf", "--", folder], **quiet).returncode != 0:
        subprocess.run(["chmod", "-R", "u+rwx", "--", folder], **quiet)
        subprocess.run(["rm", "-rf", "--", folder], **quiet)


def write(folder: Path, files: dict):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
