"""What a submission may leave for those who come after it: links, folders, code, and what it may see of its instructor."""

import subprocess
from pathlib import Path

import pytest

import grade_one
import gradebook
import sandbox

SCORES = {"points": {"test": 1.0}, "most": {"test": 1.0}, "written": 0.0}


@pytest.fixture
def secret(tmp_path):
    """A folder that only the instructor can read."""
    (tmp_path / "ana" / "tiny").mkdir(parents=True)
    (tmp_path / "ana" / "tiny" / "tiny.html").write_text("secret")
    return tmp_path


def graded(monkeypatch, **leaves):
    """The result of a submission whose run of nbgrader does what `leaves` says, by command, in the submission's folder."""

    def nbgrader(folder, command, *_, **__):
        leaves.get(command, lambda folder: None)(Path(folder))
        return subprocess.CompletedProcess([], 0, "", f"{sandbox.OUT_OF_REACH}\n")

    monkeypatch.setattr(grade_one, "nbgrader", nbgrader)
    monkeypatch.setattr(gradebook, "scores", lambda *_: SCORES)
    course = {"files": {grade_one.CONFIGURATION: b"ours", grade_one.GRADEBOOK: b""}, "version": "", "cells": {}}
    limits = {"seconds": 1, "gigabytes": 1, "unprotected": False}
    return grade_one.grade({"student": "ana", "assignment": "tiny", "submission": {}, "course": course} | limits)


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


def test_feedback_that_is_a_link_is_not_read(monkeypatch, secret):
    def link_page(folder):
        (folder / "feedback" / "ana" / "tiny").mkdir(parents=True)
        (folder / "feedback" / "ana" / "tiny" / "tiny.html").symlink_to(secret / "ana" / "tiny" / "tiny.html")
        (folder / "feedback" / "ana" / "tiny" / "more.html").write_bytes(b"a page, \xff")

    assert graded(monkeypatch, generate_feedback=link_page)["feedback"] == {"more.html": "a page, \ufffd"}
    assert graded(monkeypatch, generate_feedback=lambda folder: (folder / "feedback").symlink_to(secret))["feedback"] == {}
