"""The course's gradebook: what `grade` writes into it, and that nothing a person has given is lost, as nbgrader's own commands see it."""

import shutil
from datetime import datetime

import nbformat
import pytest

from tiny_course import WithProse, cell

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Two submissions, graded by us and then by a person."""
    made = WithProse(tmp_path_factory.mktemp("course"))
    made.submit("ana", "2 * x", "Because it is so.")
    (made.submission("ana") / "photo.png").write_bytes(b"a photo")
    made.submit("ben", "2")
    said = made.grade()
    assert "2 of 5, 3 wait for a person" in said and "ben: 1 of 5\n" in said, said
    return made


def test_points_and_comments_are_in_the_gradebook(course):
    with course.opened() as book:
        test, why = course.find(book, "grade", "double-test"), course.find(book, "grade", "why")
        assert (test.auto_score, test.manual_score, test.needs_manual_grade) == (2, None, False)
        assert (why.auto_score, why.needs_manual_grade) == (None, True)
        assert course.find(book, "comment", "why").comment is None
        # What was left blank has 0, and says so, as nbgrader has it.
        blank = course.find(book, "grade", "why", "ben")
        assert (blank.auto_score, blank.needs_manual_grade) == (0, False)
        assert course.find(book, "comment", "why", "ben").comment == "No response."
        assert book.find_submission("tiny", "ben").score == 1


def test_formgrader_and_feedback_find_the_graded_notebooks(course):
    place = course.folder / "autograded" / "ana" / "tiny"
    assert sorted(path.name for path in place.iterdir()) == ["photo.png", "tiny.ipynb"]
    graded = nbformat.read(place / "tiny.ipynb", as_version=4)
    assert graded.cells[1].outputs[-1].data["text/plain"] == "2"
    with course.opened() as book:
        course.find(book, "comment", "why").manual_comment = "Say why."
        book.db.commit()
    course.nbgrader("generate_feedback", "tiny", "--force")
    page = (course.folder / "feedback" / "ana" / "tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "Say why." in page and "2.0 / 5.0" in page.replace("Score: ", "").replace("\n", " ")


def test_grading_again_keeps_what_a_person_has_given(course):
    with course.opened() as book:
        course.find(book, "grade", "why").manual_score = 2.5
        course.find(book, "grade", "why").needs_manual_grade = False
        course.find(book, "grade", "double-test").extra_credit = 0.5
        course.find(book, "comment", "double").manual_comment = "Short and right."
        book.db.commit()
    # Nothing is graded, and page and tables are of the gradebook.
    said = course.grade()
    assert "2 submissions, 2 graded before, feedback anew for 1" in said and "ben" not in said, said
    page = course.feedback("ana")
    assert "Short and right." in page and "5.0 / 5.0" in page
    assert "2 graded before; " in course.grade()
    ana, ben = course.rows()
    assert (ana["points"], ana["most"], ana["double-test"], ana["why"]) == ("5.0", "5.0", "2.5", "2.5")
    assert (ben["points"], ben["why"]) == ("1.0", "0.0")
    assert [row["tiny"] for row in course.rows("moodle.csv")] == ["5.0", "1.0"]
    canvas = course.rows("canvas.csv")
    assert list(canvas[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "tiny"]
    assert [(row["Student"], row["SIS Login ID"], row["tiny"]) for row in canvas] == [
        ("Points Possible", "", "5.0"), ("ana", "ana", "5.0"), ("ben", "ben", "1.0"),
    ]
    # Another answer is graded again; what was given stays, and is to be looked at.
    shutil.rmtree(course.submission("ana"))
    course.submit("ana", "2", "Because it is so.")
    assert "2 submissions, 1 graded before" in course.grade()
    with course.opened() as book:
        test, why = course.find(book, "grade", "double-test"), course.find(book, "grade", "why")
        assert (test.auto_score, test.extra_credit) == (1, 0.5)
        assert (why.manual_score, why.needs_manual_grade) == (2.5, True)
        assert course.find(book, "comment", "double").comment == "Short and right."


def test_an_assignment_that_has_changed_after_grading_is_one_line(course):
    notebook = nbformat.read(course.source / "tiny.ipynb", as_version=4)
    kept = nbformat.writes(notebook)
    notebook.cells.append(cell("check! { 1, \"more\", true }", "more-test", grade=True, locked=True, points=1))
    nbformat.write(notebook, course.source / "tiny.ipynb")
    said = course.grade(code=1)
    (course.source / "tiny.ipynb").write_text(kept)
    assert said == (
        "error: source/tiny: RuntimeError: Cannot add or remove cells for notebook 'tiny' because there are submissions associated with it\n"
    )


def test_a_gradebook_that_is_none_is_one_line(tmp_path):
    made = WithProse(tmp_path)
    made.submit("ana", "2 * x")
    (tmp_path / "gradebook.db").write_text("no database, but a text that is long enough to be taken for one" * 10)
    said = made.grade(code=1)
    assert said.count("\n") == 1 and f"error: gradebook sqlite:///{tmp_path}/gradebook.db: file is not a database" in said, said


LATE = """
from nbgrader.plugins import LateSubmissionPlugin


class APointADay(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late // 86400


c.AssignLatePenalties.plugin_class = APointADay
"""


def test_late_penalties_are_the_courses(tmp_path):
    made = WithProse(tmp_path, LATE)
    made.nbgrader("generate_assignment", "tiny", "--create")
    with made.opened() as book:
        book.update_or_create_assignment("tiny", duedate=datetime(2026, 11, 1))
    made.submit("ana", "2 * x")
    (made.submission("ana") / "timestamp.txt").write_text("2026-11-02 12:00:00 UTC")
    assert "feedback anew for 1, with what lateness costs" in made.grade()
    assert [(row["points"], row["late"]) for row in made.rows()] == [("1.0", "1.0")]
    # Also of the first page.
    assert "1.0 / 5.0" in made.feedback("ana")
    assert "1 graded before; " in made.grade()
    with made.opened() as book:
        submission = book.find_submission("tiny", "ana")
        assert (submission.late_submission_penalty, submission.timestamp) == (1, datetime(2026, 11, 2, 12))
        # An extension counts from the next run on.
        book.grant_extension("tiny", "ana", days=3)
    made.grade()
    assert [row["points"] for row in made.rows()] == ["2.0"]
    assert "2.0 / 5.0" in made.feedback("ana")
