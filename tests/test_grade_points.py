"""What `cargo xtask grade` counts: the instructor's data, written answers, several notebooks."""

import shutil

import nbformat
import pytest

from nbgrader_course import ASSIGNMENTS
from tiny_course import Tiny, cell

pytestmark = pytest.mark.timeout(600)


def test_the_instructors_data_lies_beside_every_submission(tmp_path):
    reads = 'let lines = std::fs::read_to_string("data/numbers.csv")?;\ncheck! { 1, "the instructor\'s", same(lines.trim(), "1,2,3"); }'
    test = cell(reads, "data-test", grade=True, locked=True, points=1)
    course = Tiny(tmp_path, test)
    (course.source / "data").mkdir()
    numbers = course.source / "data" / "numbers.csv"
    numbers.write_text("1,2,3\n")
    course.submit("without", "2 * x", test)
    course.submit("tampered", "2 * x", test)
    (course.submission("tampered") / "data").mkdir()
    (course.submission("tampered") / "data" / "numbers.csv").write_text("3,2,1\n")
    course.grade()
    both = {"double-test": 2, "data-test": 1}
    assert course.result("without")["points"] == course.result("tampered")["points"] == both
    # Other data, other points: a change regrades.
    numbers.write_text("1,2\n")
    assert "2 submissions, 0 graded before" in course.grade()
    assert course.result("without")["points"] == {"double-test": 2, "data-test": 0}


def test_a_written_answer_waits_for_a_person_unless_it_was_left_blank(tmp_path):
    answer = cell("It doubles.", "why", nbformat.v4.new_markdown_cell, grade=True, solution=True, points=3)
    course = Tiny(tmp_path, answer)
    shutil.copy(ASSIGNMENTS / "nbgrader_config.py", tmp_path)
    course.nbgrader("generate_assignment", "tiny", "--create")
    blank = nbformat.read(course.release, as_version=4)
    blank.cells[0].source = "fn double(x: i64) -> i64 {\n    2 * x\n}"
    course.submit_notebook("blank", blank)
    blank.cells[-1].source = "Because."
    course.submit_notebook("written", blank)
    # Who removes a test is tested all the same.
    course.submit_notebook("removed", nbformat.from_dict(blank | {"cells": [blank.cells[0], blank.cells[-1]]}))
    course.grade()
    grades = (tmp_path / "graded/tiny/grades.csv").read_text().splitlines()
    assert grades == [
        "student,status,points,most,double-test,why",
        "blank,graded,2.0,5.0,2.0,0.0", "removed,graded,2.0,5.0,2.0,", "written,graded,2.0,5.0,2.0,",
    ]
    assert "In 2 submissions, 6 points wait for a person." in course.page
    # What is not complete is not imported.
    assert (tmp_path / "graded/tiny/moodle.csv").read_text().splitlines()[1:] == ["blank,,,2.0", "removed,,,", "written,,,"]


def test_two_notebooks_may_name_their_cells_alike(tmp_path):
    course = Tiny(tmp_path)
    shutil.copy(course.source / "tiny.ipynb", course.source / "more.ipynb")
    course.submit("ana", "2 * x")
    half = nbformat.read(course.submission("ana") / "tiny.ipynb", as_version=4)
    half.cells[0].source = "fn double(_: i64) -> i64 {\n    2\n}"
    nbformat.write(half, course.submission("ana") / "more.ipynb")
    course.submit("forgets-one", "2 * x")
    course.grade()
    assert course.result("ana")["points"] == {"more/double-test": 1, "tiny/double-test": 2}
    assert course.result("forgets-one")["points"] == {"more/double-test": 0, "tiny/double-test": 2}
    grades = (tmp_path / "graded/tiny/grades.csv").read_text().splitlines()
    assert grades[:2] == ["student,status,points,most,more/double-test,tiny/double-test", "ana,graded,3.0,4.0,1.0,2.0"]
    assert course.result("ana")["pages"] == ["more.html", "tiny.html"]
