"""What `cargo xtask grade` counts: the instructor's data, written answers, several notebooks."""

import pytest

from tiny_course import Tiny, cell

pytestmark = pytest.mark.timeout(300)


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
