"""A class of generated submissions through `cargo xtask grade`, each with known points. The suite grades six; sixty take some minutes.

    .venv/bin/python tests/sixty_submissions.py FOLDER [--assignment reddit] [--count N] [OPTION OF GRADE]...
"""

import argparse
import csv
import itertools
import math
import subprocess
import sys
from pathlib import Path

from nbgrader_course import RIGHT, WRONG, Course



def variants(assignment):
    """Solutions of each task, with the points that they deserve, by test cell. None leaves the release's stub."""
    right, wrong = RIGHT[assignment], WRONG[assignment]
    if assignment == "reddit":
        return {
            "balanced": [
                (right["balanced"], {"balanced-test": 4}),
                (wrong["balanced"]["wrong"], {"balanced-test": 3}),
                (None, {"balanced-test": 0}),
            ],
            "capitals": [
                (right["capitals"], {"capitals-test": 3}),
                (wrong["capitals"]["half"], {"capitals-test": 1}),
                (wrong["capitals"]["wrong"], {"capitals-test": 0}),
                (wrong["capitals"]["does not compile"], {"capitals-test": 0}),
                (None, {"capitals-test": 0}),
            ],
            "loudest": [
                (right["loudest"], {"loudest-test": 3}),
                (wrong["loudest"]["wrong"], {"loudest-test": 0}),
                (wrong["loudest"]["panics"], {"loudest-test": 0}),
                (None, {"loudest-test": 0}),
            ],
        }
    return {
        "portion": [
            (right["portion"], {"portion-test": 2}),
            (wrong["portion"]["in whole numbers"], {"portion-test": 0}),
            (wrong["portion"]["panics"], {"portion-test": 0}),
            (None, {"portion-test": 0}),
        ],
        "liked": [
            (right["liked"], {"liked-test": 4}),
            (wrong["liked"]["lowest first"], {"liked-test": 2}),
            (wrong["liked"]["does not compile"], {"liked-test": 0}),
            (None, {"liked-test": 0}),
        ],
        "network": [
            (right["network"], {"network-test": 3, "shape-test": 1}),
            (wrong["network"]["other filters"], {"network-test": 1, "shape-test": 1}),
            (wrong["network"]["does not fit"], {"network-test": 0, "shape-test": 0}),
            (None, {"network-test": 0, "shape-test": 0}),
        ],
    }


def hand_in(course, count):
    """Hands in so many submissions, as different as they can be; returns the points that each deserves, by test cell."""
    tasks = variants(course.assignment)
    every = list(itertools.product(*tasks.values()))
    # A step that has no factor in common with their number reaches all of them, and changes all tasks each time.
    step = next(step for step in range(len(every) * 5 // 13, len(every)) if math.gcd(step, len(every)) == 1)
    expected = {}
    for number in range(count):
        chosen = every[number * step % len(every)]
        student = f"student-{number + 1:02}"
        course.submit(student, {task: source for task, (source, _) in zip(tasks, chosen)})
        expected[student] = {test: points for _, tests in chosen for test, points in tests.items()}
    return expected


def rows(expected):
    """The lines of grades.csv for these points, without what a person gives."""
    for student, points in expected.items():
        yield {"student": student, "status": "graded"} | {test: str(float(value)) for test, value in points.items()}


def differences(course, expected):
    """What grades.csv says, and what it should say, of each student for whom that is not the same."""
    with (course.folder / "graded" / course.assignment / "grades.csv").open(encoding="utf-8") as file:
        found = {row["student"]: row for row in csv.DictReader(file)}
    assert found.keys() == expected.keys()
    return [(found[row["student"]], row) for row in rows(expected) if found[row["student"]] | row != found[row["student"]]]


def main(arguments) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--assignment", default="tour", choices=["tour", "reddit"])
    parser.add_argument("--count", type=int, default=60)
    mine, options = parser.parse_known_args(arguments)
    course = Course(mine.folder.resolve(), mine.assignment)
    expected = hand_in(course, mine.count)
    subprocess.run([sys.executable, "-m", "cuaderno", "grade", course.folder, *options], check=True)
    wrong = differences(course, expected)
    print(f"{len(expected) - len(wrong)} of {len(expected)} have the points they deserve", wrong or "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
