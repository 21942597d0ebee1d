"""What a submission may leave for those who come after it: links, folders, code, and what it may see of its instructor."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from cuaderno.grading import autograded
from cuaderno.grading import course_folder
from cuaderno.grading import grade_one
from cuaderno.grading import gradebook
from cuaderno.grading import nbgrader_process
from cuaderno.grading import results
from cuaderno.grading import sandbox
from cuaderno.grading import summary
from cuaderno.grading import tables
from tiny_course import tiny_notebook

TEST = tiny_notebook().cells[1].source
CELLS = {
    "tests": {"test": {"notebook": "tiny", "cell": "double-test", "points": 2.0, "source": TEST}},
    "written": {}, "answers": [], "given": [TEST], "notebooks": ["tiny"],
}


def ran(result="2", **cell):
    """The notebook of a submission as it may lie there when nbgrader has run, and how its test ended."""
    notebook = tiny_notebook()
    notebook.cells[1].update(execution_count=2, outputs=[nbformat.v4.new_output("execute_result", data={"text/plain": result})])
    notebook.cells[1].update(cell)
    return notebook


@pytest.fixture
def secret(tmp_path):
    """A folder that only the instructor can read."""
    (tmp_path / "student" / "tiny").mkdir(parents=True)
    for name in ["tiny.html", "tiny.ipynb"]:
        (tmp_path / "student" / "tiny" / name).write_text("secret")
    return tmp_path


def graded(monkeypatch, notebook=ran(), **leaves):
    """The result of a submission whose run of nbgrader does what `leaves` says, by command, in the submission's folder, or fails
    with a code."""

    def nbgrader(folder, command, *_, **__):
        if command == "autograde" and notebook is not None:
            (place := Path(folder, "autograded/student/tiny")).mkdir(parents=True)
            text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
            (place / "tiny.ipynb").write_text(text)
        leave = leaves.get(command, 0)
        code = leave if isinstance(leave, int) else leave(Path(folder)) or 0
        return subprocess.CompletedProcess([], code, "", f"{sandbox.OUT_OF_REACH}\n")

    @contextmanager
    def opened(*_):
        yield None

    monkeypatch.setattr(grade_one, "nbgrader", nbgrader)
    monkeypatch.setattr(gradebook, "opened", opened)
    monkeypatch.setattr(gradebook, "record", lambda *_, **__: None)
    course = {"files": {grade_one.CONFIGURATION: b"ours", grade_one.GRADEBOOK: b""}, "version": "", "cells": CELLS, "id": "course"}
    limits = {"threads": 1, "seconds": 1, "gigabytes": 1, "unprotected": False}
    submission = {"tiny.ipynb": nbformat.writes(tiny_notebook()).encode()}
    return grade_one.grade({"student": "ana", "assignment": "tiny", "fingerprint": "", "submission": submission, "given": gradebook.NOTHING, "course": course} | limits)


def test_points_are_read_from_the_graded_notebook(monkeypatch):
    result = graded(monkeypatch)
    assert (result["status"], result["points"], result["auto"]) == ("graded", {"test": 2.0}, [["tiny", "double-test", 2.0]])


@pytest.mark.parametrize("notebook, why_none", [
    (ran(source="check! { 2, \"easy\", true }"), "its text was changed while it ran"),
    (ran(metadata={}), "it is not there"),
    (ran(cell_type="raw"), "it is not what it was"),
    (ran(execution_count=None), "it did not run"),
    (ran("1e300"), "it says 1e+300 of 2 points"),
])
def test_a_test_that_is_not_as_it_should_be_has_no_points(monkeypatch, notebook, why_none):
    if notebook.cells[1].cell_type == "raw":
        del notebook.cells[1]["outputs"], notebook.cells[1]["execution_count"]
    result = graded(monkeypatch, notebook)
    assert result["graded"] and result["points"] == {"test": 0.0}
    assert result["remarks"] == [f"`test` has no points: {why_none}"]


def test_a_check_of_their_own_gives_no_points(monkeypatch):
    notebook = ran()
    notebook.cells.insert(0, nbformat.v4.new_code_cell("macro_rules! check { ($($t:tt)*) => { 2 } }"))
    result = graded(monkeypatch, notebook)
    assert result["points"] == {"test": 0.0}
    assert result["remarks"] == ["`test` has no points: its `check!` is the student's own", "look at tiny.ipynb: cell 1 has a `check!` of its own"]


@pytest.mark.parametrize("text, why", [
    ("[" * 100_000, "tiny.ipynb is no notebook any more: RecursionError"),
    ("[]", "tiny.ipynb is no notebook any more: "),
    ('{"cells": [{"cell_type": "code", "outputs": {}}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "tiny.ipynb is no notebook any more: "),
    (None, "nothing was graded"),
])
def test_what_is_no_notebook_any_more_costs_one_submission(monkeypatch, text, why):
    result = graded(monkeypatch, text)
    assert not result["graded"] and result["status"].startswith(why) and result["points"] == {}


def test_remarks_are_few_and_each_is_a_line(monkeypatch):
    notebook = ran()
    notebook.metadata["cuaderno"] = {"remarks": ["a\n\x1b[31mb" + "c" * 1000] * 100}
    remarks = graded(monkeypatch, notebook)["remarks"]
    assert len(remarks) == 21 and remarks[-1] == "80 remarks more" and remarks[0].startswith("a  [31mbccc") and len(remarks[0]) == 240
    notebook.metadata["cuaderno"] = {"remarks": {"odd": 1}}
    assert graded(monkeypatch, notebook)["remarks"] == ["odd"]


def test_a_notebook_that_is_a_link_or_too_large_is_not_read(monkeypatch, secret):
    def link(folder):
        (folder / "autograded/student/tiny/tiny.ipynb").unlink()
        (folder / "autograded/student/tiny/tiny.ipynb").symlink_to(secret / "student" / "tiny" / "tiny.ipynb")

    def large(folder):
        with (folder / "autograded/student/tiny/tiny.ipynb").open("wb") as file:
            file.truncate(autograded.LARGEST + 1)

    assert graded(monkeypatch, autograde=link)["status"] == "nothing was graded"
    assert graded(monkeypatch, autograde=large)["status"] == "tiny.ipynb: larger than 64 MB when it was graded"


def test_feedback_is_made_where_the_submission_has_not_been(monkeypatch):
    def leaves(folder):
        (folder / "nbgrader_config.py").write_text("theirs")
        (folder / "nbgrader.py").write_text("theirs")

    def finds(folder):
        found.append((sorted(path.name for path in folder.iterdir()), (folder / "nbgrader_config.py").read_text()))

    found = []
    assert graded(monkeypatch, autograde=leaves, generate_feedback=finds)["status"] == "graded"
    assert found == [(["autograded", "gradebook.db", "nbgrader_config.py"], "ours")]


def test_points_stand_where_only_feedback_failed(monkeypatch):
    result = graded(monkeypatch, generate_feedback=1)
    assert result["graded"] and result["status"] == "feedback: nbgrader failed without a word"
    failed = grade_one.empty_result({"student": "eva", "fingerprint": ""})
    both = [result | {"student": "ana #1 & 'Co'", "pages": ["a b.html"]}, failed | {"status": "killed"}]
    page = summary.page("tiny", both)
    assert "2 submissions, 1 graded, 1 failed. Points: median 2, least 2, most 2 of 2" in page
    assert "feedback: nbgrader failed without a word <a href='ana%20%231%20%26%20%27Co%27/a%20b.html'>" in page
    assert tables.grades(both).splitlines()[1:] == [
        "ana #1 & 'Co',feedback: nbgrader failed without a word,2.0,2.0,2.0", "eva,killed,,,"
    ]


def test_feedback_that_is_a_link_or_was_not_asked_for_is_not_read(monkeypatch, secret):
    def link_page(folder):
        (folder / "feedback" / "student" / "tiny").mkdir(parents=True)
        (folder / "feedback" / "student" / "tiny" / "tiny.html").symlink_to(secret / "student" / "tiny" / "tiny.html")
        (folder / "feedback" / "student" / "tiny" / "index.html").write_bytes(b"a page")

    def page(folder):
        (folder / "feedback" / "student" / "tiny").mkdir(parents=True)
        (folder / "feedback" / "student" / "tiny" / "tiny.html").write_bytes(b"a page, \xff")

    assert graded(monkeypatch, generate_feedback=link_page)["feedback"] == {}
    assert graded(monkeypatch, generate_feedback=lambda folder: (folder / "feedback").symlink_to(secret))["feedback"] == {}
    assert graded(monkeypatch, generate_feedback=page)["feedback"] == {"tiny.html": "a page, \ufffd"}


def test_a_flood_of_words_is_not_kept():
    code = "import sys\nfor _ in range(40): sys.stderr.buffer.write(b'\\xff' * (1 << 20))\nsys.stderr.write('the end')"
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) as process:
        said = nbgrader_process.beginning_and_end(process.stderr)
    assert len(said) <= 2 * nbgrader_process.KEPT and said.startswith("\ufffd") and said.endswith("the end")


def test_a_deep_folder_without_rights_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    here = os.getcwd()
    left = tmp_path / "cuaderno-grade-left"
    try:
        with grade_one.own_folder() as folder:
            for place in [folder, left]:
                os.makedirs(place, exist_ok=True)
                os.chdir(place)
                for _ in range(3000):
                    os.mkdir("d")
                    os.chdir("d")
                os.chmod(Path(place, "d"), 0o500)
    finally:
        os.chdir(here)
    assert list(tmp_path.iterdir()) == [left]
    os.utime(left, (0, time.time() - 25 * 3600))
    with grade_one.own_folder() as own:
        assert list(tmp_path.iterdir()) == [Path(own)]


def test_python_starts_the_limits_without_the_code_that_lies_in_home(monkeypatch, tmp_path):
    (own := tmp_path / "own").mkdir()
    # A Python that is in no environment reads these at its start.
    monkeypatch.setattr(sys, "executable", os.path.realpath(sys.executable))
    place = subprocess.run([sys.executable, "-m", "site", "--user-site"], env={"HOME": str(own)}, capture_output=True, text=True).stdout.strip()
    Path(place).mkdir(parents=True)
    (Path(place) / "usercustomize.py").write_text(f'open({str(tmp_path / "escaped")!r}, "a").write("!")')
    environment = nbgrader_process.environment(own)
    subprocess.run([sys.executable, "-c", ""], env={"HOME": str(own)}, check=True)
    assert (tmp_path / "escaped").read_text() == "!"
    limits = grade_one.limits_of({"seconds": 30, "gigabytes": 1, "unprotected": True}, own)
    for command in [[*limits, "true"], [sys.executable, "-c", ""]]:
        subprocess.run(command, env=environment, capture_output=True, check=True)
    # Nor where that folder is named in another way.
    subprocess.run([*limits, "true"], env={"PYTHONUSERBASE": str(own / ".local"), "PYTHONPATH": place}, capture_output=True, check=True)
    assert (tmp_path / "escaped").read_text() == "!"


def test_a_file_that_cannot_be_read_costs_one_submission(monkeypatch, tmp_path):
    place = tmp_path / "ana" / "tiny"
    place.mkdir(parents=True)
    (place / "tiny.ipynb").write_text("{}")
    against = {"version": ""}
    job = course_folder.job_of(place, against)
    assert course_folder.with_files(job)["submission"] == {"tiny.ipynb": b"{}"} and "submission" not in job
    # Gone when its turn comes, and unreadable from the beginning.
    (place / "tiny.ipynb").unlink()
    gone = grade_one.grade(course_folder.with_files(job))
    assert not gone["graded"] and gone["status"].startswith("[Errno 2] No such file or directory: ")
    (place / "tiny.ipynb").write_text("{}")
    monkeypatch.setattr(Path, "open", lambda path, *_, **__: open(path / "no", "rb"))
    unreadable = grade_one.grade(course_folder.with_files(course_folder.job_of(place, against)))
    assert not unreadable["graded"] and unreadable["status"].startswith("[Errno 20] Not a directory: ")


def test_a_link_in_a_submission_is_not_followed(secret):
    place = secret / "eva" / "tiny"
    place.mkdir(parents=True)
    (place / "tiny.ipynb").symlink_to(secret / "student" / "tiny" / "tiny.html")
    (place / "more").symlink_to(secret / "student")
    assert course_folder.job_of(place, {"version": ""})["names"] == []


def test_pages_of_an_earlier_run_are_removed(tmp_path):
    result = {"student": "ana", "status": "graded", "autograded": {"tiny": "{}"}}
    results.keep(result | {"feedback": {"old.html": "old", "tiny.html": "old"}}, tmp_path)
    results.keep(result | {"feedback": {"tiny.html": "new"}}, tmp_path)
    assert sorted(path.name for path in (tmp_path / "ana").iterdir()) == ["result.json", "tiny.html"]
    assert "autograded" not in json.loads((tmp_path / "ana" / "result.json").read_text())


def test_a_folder_that_another_process_removes_meanwhile_is_none_that_was_left(tmp_path):
    assert not grade_one.is_left(tmp_path / "gone")
    assert not grade_one.is_left(tmp_path)
    long_ago = time.time() - 2 * grade_one.LEFT_FOR
    os.utime(tmp_path, (long_ago, long_ago))
    assert grade_one.is_left(tmp_path)
