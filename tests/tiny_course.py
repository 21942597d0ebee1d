"""A course whose one assignment takes a second or two for each submission."""

import csv
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from clone import CUADERNO, notebook_of
from nbgrader_course import ASSIGNMENTS, Course
from processes import wait_for

GRADE = [*CUADERNO, "grade"]


class Tiny(Course):
    """One task, one test cell: a second or two for each submission."""

    def __init__(self, folder, *more_cells):
        self.folder, self.assignment = folder, "tiny"
        self.source = folder / "source" / "tiny"
        self.source.mkdir(parents=True)
        nbformat.write(tiny_notebook(*more_cells), self.source / "tiny.ipynb")

    def submit(self, student, body, *more_cells):
        notebook = tiny_notebook(*more_cells)
        notebook.cells[0].source = f"fn double(x: i64) -> i64 {{\n    {body}\n}}"
        self.submit_notebook(student, notebook)

    def submission(self, student):
        return self.folder / "submitted" / student / "tiny"

    def command(self, *options):
        return [*GRADE, str(self.folder), *([] if can_be_limited() else ["--unprotected"]), *options]

    def grade(self, *options, code=0, timeout=350):
        ran = subprocess.run(self.command(*options), capture_output=True, text=True, timeout=timeout)
        assert ran.returncode == code, ran.stderr
        return ran.stderr

    def result(self, student):
        return json.loads((self.folder / "graded" / "tiny" / student / "result.json").read_text())

    @property
    def page(self):
        return (self.folder / "graded" / "tiny" / "index.html").read_text(encoding="utf-8")


class WithProse(Tiny):
    """The same with a question that is answered in prose, and a configuration of the course's own."""

    def __init__(self, folder, configuration=""):
        super().__init__(folder, ANSWER)
        ours = (ASSIGNMENTS / "nbgrader_config.py").read_text(encoding="utf-8")
        (folder / "nbgrader_config.py").write_text(ours + configuration, encoding="utf-8")

    def submit(self, student, body, why=None):
        super().submit(student, body, ANSWER if why is None else nbformat.from_dict(ANSWER | {"source": why}))

    def opened(self):
        return Gradebook(f"sqlite:///{self.folder}/gradebook.db", "cuaderno")

    def find(self, book, kind, name, student="ana"):
        return getattr(book, f"find_{kind}")(name, "tiny", "tiny", student)

    def feedback(self, student):
        """What stands on a student's page, with single blanks."""
        return " ".join((self.folder / "graded" / "tiny" / student / "tiny.html").read_text(encoding="utf-8").split())

    def rows(self, name="grades.csv"):
        with (self.folder / "graded" / "tiny" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def can_be_limited(user=None):
    """Whether this system allows what the limits need: asked of util-linux, not of our program."""
    as_root = (os.getuid() if user is None else user) == 0
    return subprocess.run(["unshare", "-nm" if as_root else "-Urnm", "true"], user=user, capture_output=True).returncode == 0


needs_limits = pytest.mark.skipif(not can_be_limited(), reason="`unshare` is not allowed here")


def cell(source, name, new=nbformat.v4.new_code_cell, **kind):
    """A cell as nbgrader knows it."""
    settings = {"schema_version": 3, "grade_id": name, "task": False, "grade": False, "solution": False, "locked": False}
    return new(source, id=name, metadata={"nbgrader": settings | kind})


ANSWER = cell("YOUR ANSWER HERE", "why", nbformat.v4.new_markdown_cell, grade=True, solution=True, points=3)


def tiny_notebook(*more_cells):
    solution = "fn double(x: i64) -> i64 {\n    // BEGIN SOLUTION\n    2 * x\n    // END SOLUTION\n}"
    test = 'check! { 1, "two", same(double(1), 2); 1, "forty-two", same(double(21), 42); }'
    return notebook_of(cell(solution, "double", solution=True), cell(test, "double-test", grade=True, locked=True, points=2), *more_cells)


@contextmanager
def cluster(folder, workers):
    """A Dask scheduler and worker processes on loopback; yields the scheduler's address and the workers."""
    dask = [str(Path(sys.executable).parent / "dask")]
    file = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [subprocess.Popen([*dask, "scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard", f"--scheduler-file={file}"], **quiet)]
    try:
        wait_for(file.exists)
        address = wait_for(lambda: file.read_text() and json.loads(file.read_text())["address"])
        one = ["--nthreads=1", "--nworkers=1", "--no-nanny", "--no-dashboard", f"--local-directory={folder}"]
        processes += [subprocess.Popen([*dask, "worker", address, *one], **quiet) for _ in range(workers)]
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def half_allowed(folder):
    """The program that sets the limits, on a system that allows a network of one's own, but not what comes after."""
    program = folder / "half_allowed.py"
    program.write_text("""
import sys
from cuaderno.grading import sandbox
def refused():
    raise PermissionError(1, "Operation not permitted")
sandbox.loopback_up = refused
sys.exit(sandbox.main())
""")
    return str(program)
