"""A course whose one assignment takes a second or two for each submission."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from nbgrader_course import Course

GRADE = [sys.executable, "-m", "cuaderno", "grade"]


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


def can_be_limited(user=None):
    """Whether this system allows what the limits need: asked of util-linux, not of our program."""
    as_root = (os.getuid() if user is None else user) == 0
    return subprocess.run(["unshare", "-nm" if as_root else "-Urnm", "true"], user=user, capture_output=True).returncode == 0


needs_limits = pytest.mark.skipif(not can_be_limited(), reason="`unshare` is not allowed here")


def cell(source, name, new=nbformat.v4.new_code_cell, **kind):
    """A cell as nbgrader knows it."""
    settings = {"schema_version": 3, "grade_id": name, "task": False, "grade": False, "solution": False, "locked": False}
    return new(source, id=name, metadata={"nbgrader": settings | kind})


def tiny_notebook(*more_cells):
    solution = "fn double(x: i64) -> i64 {\n    // BEGIN SOLUTION\n    2 * x\n    // END SOLUTION\n}"
    test = 'check! { 1, "two", same(double(1), 2); 1, "forty-two", same(double(21), 42); }'
    cells = [cell(solution, "double", solution=True), cell(test, "double-test", grade=True, locked=True, points=2), *more_cells]
    kernel = {"name": "cuaderno", "display_name": "Rust (cuaderno)", "language": "rust"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


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
