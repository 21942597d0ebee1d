"""What lies in the folder of a course: the instructor's version of an assignment, and what students handed in."""

import hashlib
import json
from pathlib import Path

from cuaderno.grading import gradebook
from cuaderno.grading.grade_one import CONFIGURATION, GRADEBOOK, own_folder, write
from cuaderno.grading.handed_in import Refused, checksum_of, files_in
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


def configuration_of(course: Path) -> Path:
    """The course's configuration of nbgrader, or ours where it has none."""
    configuration = course / CONFIGURATION
    return configuration if configuration.exists() else home() / "assignments" / CONFIGURATION


def nbgraders_view(course: Path):
    """The course as nbgrader sees it by its configuration: its gradebook's address, its name, the settings of late penalties."""
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    path = configuration_of(course)
    try:
        config = PyFileConfigLoader(path.name, path=str(path.parent)).load_config()
        return CourseDirectory(config=config, root=str(course))
    except Exception as problem:  # it is a program
        raise Problem(f"{path}: {type(problem).__name__}: {problem}") from None


def prepare(course: Path, assignment: str, view) -> dict:
    """What every submission of an assignment is graded against: files by name, their version, and the cells that give points.

    The files are configuration and gradebook, made from the instructor's version, and its data, which nbgrader puts beside each
    submission, in place of what the student handed in. The course's own gradebook learns of the assignment here, if it has not yet.
    """
    source = {CONFIGURATION: configuration_of(course).read_bytes()} | source_files(course, assignment)
    with own_folder() as folder:
        write(Path(folder), source)
        url = gradebook.of_file(Path(folder, GRADEBOOK))
        cells = generated(folder, assignment, url, view.course_id)
        files = {GRADEBOOK: (Path(folder) / GRADEBOOK).read_bytes()}
        if known_cells(view.db_url, view.course_id, assignment) != cells:
            generated(folder, assignment, view.db_url, view.course_id)
    files |= {name: content for name, content in source.items() if not name.endswith(".ipynb")}
    version = digest({name: checksum(content) for name, content in source.items()})
    return {"id": view.course_id, "files": files, "version": version, "cells": cells}


def generated(folder, assignment: str, url: str, course: str) -> dict:
    """Lets nbgrader write the assignment's cells into a gradebook; what the gradebook then knows of them."""
    made = nbgrader(folder, "generate_assignment", f"--assignment={assignment}", "--create", "--force", f"--db={url}")
    if made.returncode != 0:
        raise Problem(f"source/{assignment}: {last_line(made.stderr)}")
    return known_cells(url, course, assignment)


def known_cells(url: str, course: str, assignment: str):
    from nbgrader.api import MissingEntry

    with gradebook.opened(url, course) as book:
        try:
            return gradebook.cells_of(book, assignment)
        except MissingEntry:
            return None


def source_files(course: Path, assignment: str) -> dict:
    """The instructor's version and its data."""
    paths = sorted((course / "source" / assignment).rglob("*"))
    paths = [path for path in paths if path.is_file() and not LEFT_BY_EDITORS & set(path.parts)]
    return {str(path.relative_to(course)): path.read_bytes() for path in paths}


def jobs_of(course: Path, assignment: str, limits: dict, view) -> list:
    """One job for each submission, with these limits."""
    submitted = course / "submitted"
    folders = sorted(student / assignment for student in submitted.iterdir() if (student / assignment).is_dir()) if submitted.is_dir() else []
    if not folders:
        raise Problem(f"no submissions: {course}/submitted/STUDENT/{assignment} is where they belong")
    against = prepare(course, assignment, view)
    return [job_of(folder, against) | limits for folder in folders]


def job_of(folder: Path, against: dict) -> dict:
    """The job of grading what lies in submitted/STUDENT/ASSIGNMENT. Of its files it holds only names, and a fingerprint that tells
    whether they were graded before, against the same assignment; `with_files` reads them when their turn comes."""
    job = {"student": folder.parent.name, "assignment": folder.name, "course": against, "folder": folder, "names": [], "fingerprint": ""}
    try:
        job["student"].encode()
        job["names"] = files_in(folder)
        sums = [checksum_of(folder / name) for name in job["names"]]
    except UnicodeEncodeError:
        return job | {"student": ascii(job["student"]).strip("'"), "unreadable": "the name of its folder is no text in UTF-8; rename it"}
    except (OSError, Refused) as problem:
        return job | {"unreadable": str(problem)}
    known = {"submission": digest(dict(zip(job["names"], sums))), "assignment": folder.name, "version": against["version"]}
    return job | {"fingerprint": digest(known)}


def with_files(job: dict) -> dict:
    """The job with its submission's files, to be graded wherever it is sent."""
    if "renewed" in job:
        return job
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
