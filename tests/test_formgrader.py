"""A person grades in nbgrader's Formgrader what `grade` has graded: in Chromium, up to the tables and the feedback."""

import csv

import pytest
from playwright.sync_api import expect

from browser import jupyterlab, new_page, save
from tiny_course import WithProse

pytestmark = pytest.mark.timeout(900)


def test_a_person_gives_points_and_a_comment_in_formgrader(tmp_path):
    course = WithProse(tmp_path)
    course.submit("-ana ñ", "2 * x", "Because it is so.")
    course.submit("ben", "2", "No idea.")
    course.grade()
    with course.opened() as book:
        notebook = book.find_submission_notebook("tiny", "tiny", "-ana ñ").id
    with jupyterlab(tmp_path) as address, new_page() as page:
        page.goto(f"{address}/formgrader/gradebook/tiny/tiny")
        expect(page.locator("table tbody tr")).to_have_count(2)
        page.goto(f"{address}/formgrader/submissions/{notebook}")
        expect(page.locator("body")).to_contain_text("Because it is so.")
        # The tests' points are there, the prose waits.
        expect(page.locator("#double-test")).to_have_attribute("placeholder", "2")
        page.locator("#why").fill("2.5")
        page.locator("#why").press("Tab")
        page.locator("#why-comment").fill("Say why.")
        page.locator("#why-comment").press("Tab")
        with course.opened() as book:
            for _ in range(200):
                book.db.expire_all()
                comment = book.find_comment("why", "tiny", "tiny", "-ana ñ").manual_comment
                if comment:
                    break
                page.wait_for_timeout(100)
        save(page, tmp_path, "formgrader")
    course.grade()
    with (tmp_path / "graded" / "tiny" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: (row["points"], row["why"]) for row in csv.DictReader(file)}
    assert rows == {"'-ana ñ": ("4.5", "2.5"), "ben": ("1.0", "")}
    course.nbgrader("generate_feedback", "tiny", "--force")
    assert "Say why." in (tmp_path / "feedback" / "-ana ñ" / "tiny" / "tiny.html").read_text(encoding="utf-8")
