"""What a submission may leave for those who come after it: links, folders, code, and what it may see of its instructor."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cuaderno.grading import course_folder
from cuaderno.grading import grade_one
from cuaderno.grading import gradebook
from cuaderno.grading import nbgrader_process
from cuaderno.grading import results
from cuaderno.grading import sandbox
from cuaderno.grading import summary

SCORES = {"points": {"test": 1.0}, "most": {"test": 1.0}, "written": 0.0}


@pytest.fixture
def secret(tmp_path):
    """A folder that only the instructor can read."""
    (tmp_path / "ana" / "tiny").mkdir(parents=True)
    (tmp_path / "ana" / "tiny" / "tiny.html").write_text("secret")
    return tmp_path


def graded(monkeypatch, **leaves):
    """The result of a submission whose run of nbgrader does what `leaves` says, by command, in the submission's folder, or fails
    with a code."""

    def nbgrader(folder, command, *_, **__):
        leave = leaves.get(command, 0)
        code = leave if isinstance(leave, int) else leave(Path(folder)) or 0
        return subprocess.CompletedProcess([], code, "", f"{sandbox.OUT_OF_REACH}\n")

    monkeypatch.setattr(grade_one, "nbgrader", nbgrader)
    monkeypatch.setattr(gradebook, "scores", lambda *_: SCORES)
    course = {"files": {grade_one.CONFIGURATION: b"ours", grade_one.GRADEBOOK: b""}, "version": "", "cells": {}}
    limits = {"threads": 1, "seconds": 1, "gigabytes": 1, "unprotected": False}
    return grade_one.grade({"student": "ana", "assignment": "tiny", "fingerprint": "", "submission": {}, "course": course} | limits)


def test_a_gradebook_that_is_a_link_is_not_read(monkeypatch, secret):
    def link(folder):
        (folder / "gradebook.db").unlink()
        (folder / "gradebook.db").symlink_to(secret / "ana" / "tiny" / "tiny.html")

    result = graded(monkeypatch, autograde=link)
    assert result["status"] == "gradebook.db is no plain file any more" and result["points"] == {}


def test_a_folder_in_the_place_of_the_configuration_is_replaced(monkeypatch):
    def folder_instead(folder):
        (folder / "nbgrader_config.py").unlink()
        (folder / "nbgrader_config.py").mkdir()
        (folder / "nbgrader_config.py" / "file").write_text("theirs")

    found = []
    result = graded(monkeypatch, autograde=folder_instead, generate_feedback=lambda folder: found.append((folder / "nbgrader_config.py").read_text()))
    assert result["status"] == "graded" and result["points"] == {"test": 1.0} and found == ["ours"]


def test_points_stand_where_only_feedback_failed(monkeypatch):
    result = graded(monkeypatch, generate_feedback=1)
    assert result["graded"] and result["status"] == "feedback: nbgrader failed without a word"
    failed = grade_one.empty_result({"student": "eva", "fingerprint": ""})
    both = [result | {"student": "ana #1 & 'Co'", "pages": ["a b.html"]}, failed | {"status": "killed"}]
    page = summary.page("tiny", both)
    assert "2 submissions, 1 graded, 1 failed. Points: median 1, least 1, most 1 of 1" in page
    assert "feedback: nbgrader failed without a word <a href='ana%20%231%20%26%20%27Co%27/a%20b.html'>" in page
    assert results.table(both).splitlines()[1:] == [
        "ana #1 & 'Co',feedback: nbgrader failed without a word,1.0,1.0,1.0", "eva,killed,,,"
    ]


def test_feedback_that_is_a_link_is_not_read(monkeypatch, secret):
    def link_page(folder):
        (folder / "feedback" / "ana" / "tiny").mkdir(parents=True)
        (folder / "feedback" / "ana" / "tiny" / "tiny.html").symlink_to(secret / "ana" / "tiny" / "tiny.html")
        (folder / "feedback" / "ana" / "tiny" / "more.html").write_bytes(b"a page, \xff")

    assert graded(monkeypatch, generate_feedback=link_page)["feedback"] == {"more.html": "a page, \ufffd"}
    assert graded(monkeypatch, generate_feedback=lambda folder: (folder / "feedback").symlink_to(secret))["feedback"] == {}


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
    monkeypatch.setattr(Path, "read_bytes", lambda path: open(path / "no", "rb"))
    unreadable = grade_one.grade(course_folder.with_files(course_folder.job_of(place, against)))
    assert not unreadable["graded"] and unreadable["status"].startswith("[Errno 20] Not a directory: ")


def test_a_link_in_a_submission_is_not_followed(secret):
    place = secret / "eva" / "tiny"
    place.mkdir(parents=True)
    (place / "tiny.ipynb").symlink_to(secret / "ana" / "tiny" / "tiny.html")
    (place / "more").symlink_to(secret / "ana")
    assert course_folder.job_of(place, {"version": ""})["names"] == []


def test_pages_of_an_earlier_run_are_removed(tmp_path):
    result = {"student": "ana", "status": "graded"}
    results.keep(result | {"feedback": {"old.html": "old", "tiny.html": "old"}}, tmp_path)
    results.keep(result | {"feedback": {"tiny.html": "new"}}, tmp_path)
    assert sorted(path.name for path in (tmp_path / "ana").iterdir()) == ["result.json", "tiny.html"]
