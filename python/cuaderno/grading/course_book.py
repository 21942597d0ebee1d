"""What grading adds to a course as nbgrader keeps it: gradebook and autograded/, from which formgrader and generate_feedback go on.

One writer: `grade_class` calls this for each result as it comes, and nothing else does. Points, comments and extra credit that a person
has given stay, whatever is graded again.
"""

import os
import shutil
from pathlib import Path

from cuaderno.grading import gradebook


class CourseBook:
    def __init__(self, view, assignment: str, cells: dict):
        self.view, self.assignment, self.cells = view, assignment, cells

    def opened(self):
        return gradebook.opened(self.view.db_url, self.view.course_id)

    def autograded(self, student: str) -> Path:
        return Path(self.view.root, "autograded", student, self.assignment)

    def given(self) -> dict:
        """What a person has given by now, by student whose submission has been taken; late penalties are renewed."""
        with self.opened() as book:
            gradebook.renew_penalties(book, self.view.db_url, self.assignment, self.view.config)
            book.db.expire_all()
            found = gradebook.given(book, self.assignment)
        return {student: given for student, given in found.items() if any(self.autograded(student).glob("*.ipynb"))}

    def texts(self, student: str) -> dict:
        """The graded notebooks of a submission that has been taken, by name."""
        return {name: (self.autograded(student) / f"{name}.ipynb").read_text(encoding="utf-8") for name in self.cells["notebooks"]
                if (self.autograded(student) / f"{name}.ipynb").is_file()}

    def take(self, result: dict, job: dict):
        """Takes a graded submission: its notebooks, beside them what was handed in with them, then its points."""
        place = self.autograded(result["student"])
        unfinished = place.with_name(f".{place.name}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for name in job["names"]:
            if not name.endswith(".ipynb"):
                (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(job["folder"] / name, unfinished / name, follow_symlinks=False)
        for name, text in result["autograded"].items():
            (unfinished / f"{name}.ipynb").write_text(text, encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        os.replace(unfinished, place)
        with self.opened() as book:
            gradebook.record(book, self.assignment, result["student"], result, self.view.get_existing_timestamp(str(job["folder"])))
            gradebook.renew_penalties(book, self.view.db_url, self.assignment, self.view.config, only=result["student"])

    def scores(self) -> dict:
        """What the gradebook says of every submission by now; see gradebook.scores."""
        with self.opened() as book:
            return gradebook.scores(book, self.cells, self.assignment)
