"""Sixty generated submissions through `cargo xtask grade`, each with known points. Not part of the suite: it takes some minutes.

    .venv/bin/python tests/sixty_submissions.py FOLDER [COUNT] [OPTION OF GRADE]...
"""

import csv
import itertools
import subprocess
import sys
from pathlib import Path

import nbgrader_course

PROGRAM = Path(__file__).resolve().parent.parent / "crates" / "xtask" / "python" / "grade_class.py"
RIGHT, WRONG = nbgrader_course.RIGHT["reddit"], nbgrader_course.WRONG["reddit"]
# Solutions of each task, with the points they deserve.
POINTS = {
    "balanced": [(RIGHT["balanced"], 4), (WRONG["balanced"]["wrong"], 3), (None, 0)],
    "capitals": [
        (RIGHT["capitals"], 3),
        (WRONG["capitals"]["half"], 1),
        (WRONG["capitals"]["wrong"], 0),
        (WRONG["capitals"]["does not compile"], 0),
        (None, 0),
    ],
    "loudest": [(RIGHT["loudest"], 3), (WRONG["loudest"]["wrong"], 0), (WRONG["loudest"]["panics"], 0), (None, 0)],
}


def main(folder: Path, count: int, options) -> int:
    course = nbgrader_course.Course(folder, "reddit")
    expected = {}
    for number, chosen in zip(range(count), itertools.product(*POINTS.values())):
        student = f"student-{number + 1:02}"
        course.submit(student, {task: source for task, (source, _) in zip(POINTS, chosen)})
        expected[student] = sum(points for _, points in chosen)
    subprocess.run([sys.executable, PROGRAM, folder, *options], check=True)
    with (folder / "graded" / "reddit" / "grades.csv").open(encoding="utf-8") as file:
        found = {row["student"]: float(row["points"]) for row in csv.DictReader(file)}
    wrong = {student: (points, found.get(student)) for student, points in expected.items() if found.get(student) != points}
    print(f"{len(expected) - len(wrong)} of {len(expected)} have the points they deserve", wrong or "")
    return 1 if wrong else 0


if __name__ == "__main__":
    place, *rest = sys.argv[1:]
    number = int(rest.pop(0)) if rest and rest[0].isdigit() else 60
    sys.exit(main(Path(place).resolve(), number, rest))
