"""What lies in the folder of a course: the instructor's version of an assignment, and what students handed in."""

import hashlib
import json
from pathlib import Path

from cuaderno.grading import gradebook
from cuaderno.grading.grade_one import CONFIGURATION, GRADEBOOK, own_folder, write
from cuaderno.grading.nbgrader_process import last_line, nbgrader
from cuaderno.home import home
from cuaderno.problem import Problem

LEFT_BY_EDITORS = {".ipynb_checkpoints", "__pycache__"}


def assignment_of(course: Path, asked) -> str:
    there = sorted(path.name for path in (course / "source").glob("*") if path.is_dir())
    if not there:
        raise Problem(f"{course} has no source/ASSIGNMENT: that is the instructor's version, with solutions and tests")
    if asked is None and len(there) > 1:
        raise Problem(f"which assignment? --assignment {' or '.join(there)}")
    if asked is not None and asked not in there:
        raise Problem(f"no assignment `{asked}`; source/ has {', '.join(there)}")
    return asked or there[0]


def prepare(course: Path, assignment: str) -> dict:
    """What every submission of an assignment is graded against: files by name, their version, and the cells that give points.

    The files are configuration and gradebook, made from the instructor's version, and its data, which nbgrader puts beside each
    submission, in place of what the student handed in.
    """
    configuration = course / CONFIGURATION
    configuration = configuration if configuration.exists() else home() / "assignments" / CONFIGURATION
    source = {CONFIGURATION: configuration.read_bytes()} | source_files(course, assignment)
    with own_folder() as folder:
        write(Path(folder), source)
        made = nbgrader(folder, "generate_assignment", assignment, "--create", "--force")
        if made.returncode != 0:
            raise Problem(f"source/{assignment}: {last_line(made.stderr)}")
        files = {GRADEBOOK: (Path(folder) / GRADEBOOK).read_bytes()}
    files |= {name: content for name, content in source.items() if not name.endswith(".ipynb")}
    # nbgrader takes the notebooks that are in no folder below the assignment's.
    notebooks = {name: content for name, content in source.items() if name.endswith(".ipynb") and name.count("/") == 2}
    version = digest({name: checksum(content) for name, content in source.items()})
    return {"files": files, "version": version, "cells": gradebook.cells_of(notebooks)}


def source_files(course: Path, assignment: str) -> dict:
    """The instructor's version and its data."""
    paths = sorted((course / "source" / assignment).rglob("*"))
    paths = [path for path in paths if path.is_file() and not LEFT_BY_EDITORS & set(path.parts)]
    return {str(path.relative_to(course)): path.read_bytes() for path in paths}


def jobs_of(course: Path, assignment: str, limits: dict) -> list:
    """One job for each submission, with these limits."""
    folders = sorted((course / "submitted").glob(f"*/{assignment}"))
    if not folders:
        raise Problem(f"no submissions: {course}/submitted/STUDENT/{assignment} is where they belong")
    against = prepare(course, assignment)
    return [job_of(folder, against) | limits for folder in folders]


def job_of(folder: Path, against: dict) -> dict:
    """The job of grading what lies in submitted/STUDENT/ASSIGNMENT. Of its files it holds only names, and a fingerprint that tells
    whether they were graded before, against the same assignment; `with_files` reads them when their turn comes."""
    job = {"student": folder.parent.name, "assignment": folder.name, "course": against, "folder": folder, "names": [], "fingerprint": ""}
    try:
        # A link may lead to what only the instructor can read.
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
        job["names"] = [str(path.relative_to(folder)) for path in paths]
        sums = [checksum(path.read_bytes()) for path in paths]
    except OSError as problem:
        return job | {"unreadable": str(problem)}
    known = {"submission": digest(dict(zip(job["names"], sums))), "assignment": folder.name, "version": against["version"]}
    return job | {"fingerprint": digest(known)}


def with_files(job: dict) -> dict:
    """The job with its submission's files, to be graded wherever it is sent."""
    try:
        files = {name: (job["folder"] / name).read_bytes() for name in job["names"]}
    except OSError as problem:
        return job | {"unreadable": str(problem)}
    return job | {"submission": files}


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digest(sums: dict) -> str:
    """One checksum of many, by name."""
    return checksum(json.dumps(sorted(sums.items())).encode())
