"""nbgrader's gradebook: the cells of an assignment, what grading has found of a submission, and what it says of all.

The only place that writes to it. Manual points, comments and extra credit are a person's, and stay.
"""

import os
import warnings
from contextlib import contextmanager
from pathlib import Path

from cuaderno.grading import nbgrader_process
from cuaderno.problem import Problem

BLANK = "No response."
NOTHING = {"points": [], "comments": [], "late": []}

# Seconds that another program (Formgrader, say) may take to write.
PATIENCE = 60


@contextmanager
def opened(url: str, course: str):
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SAWarning, SQLAlchemyError

    os.environ["PATH"] = nbgrader_process.path()
    warnings.filterwarnings("ignore", category=SAWarning)  # of nbgrader's own making, six a submission
    try:
        patient = f"{url}?timeout={PATIENCE}" if url.startswith("sqlite:///") and "?" not in url else url
        with Gradebook(patient, course) as book:
            yield book
    except SQLAlchemyError as problem:
        raise Problem(f"gradebook {url}: {str(getattr(problem, 'orig', problem)).splitlines()[0]}; is it in use, or of another nbgrader?") from None


def cells_of(book, assignment: str) -> dict:
    """The cells of an assignment that give points, in the order of its notebooks and their cells.

    Returns tests and written (points that a person gives): notebook, cell, points and source, by the name that a table shows; answers,
    [notebook, cell, what a student begins with]; given, the texts that a student cannot change; and notebooks. It is the kind of a cell that decides who gives
    its points: nbgrader itself scores a written answer that was left blank with 0, and any other not at all.
    """
    from cuaderno.grading.preprocessors import given_cells

    found = {"tests": {}, "written": {}, "answers": [], "given": [], "notebooks": []}
    notebooks = sorted(book.find_assignment(assignment).notebooks, key=lambda notebook: notebook.name)
    for notebook in notebooks:
        found["notebooks"].append(notebook.name)
        for name, cell in given_cells(notebook).items():
            # A name is unique only within its notebook.
            shown = name if len(notebooks) == 1 else f"{notebook.name}/{name}"
            if cell.test or cell.written:
                kind = found["tests" if cell.test else "written"]
                kind[shown] = {"notebook": notebook.name, "cell": name, "points": cell.points, "source": cell.source}
            if cell.locked:
                found["given"].append(cell.source)
            if cell.solution:
                found["answers"].append([notebook.name, name, cell.source])
    return found


def record(book, assignment: str, student: str, result: dict, timestamp=None, given=NOTHING):
    """Writes what grading has found of a submission: points of its tests (`auto`), and which answers are `blank` (grade_one.py); into a copy
    for feedback also what a person has given."""
    book.update_or_create_student(student)
    submission = book.update_or_create_submission(assignment, student, **({"timestamp": timestamp} if timestamp else {}))
    blank = {tuple(answer) for answer in result["blank"]}
    points = {(notebook, cell): points for notebook, cell, points in result["auto"]}
    manual = {(notebook, cell): both for notebook, cell, *both in given["points"]}
    comments = {(notebook, cell): text for notebook, cell, text in given["comments"]}
    for notebook in submission.notebooks:
        notebook.late_submission_penalty = dict(given["late"]).get(notebook.name, notebook.late_submission_penalty)
        for grade in notebook.grades:
            place = (notebook.name, grade.name)
            grade.auto_score = points.get(place, 0.0 if place in blank else None)
            grade.manual_score, grade.extra_credit = manual.get(place, (grade.manual_score, grade.extra_credit))
            # What a person has given is to be looked at again: the submission is another one.
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            comment.manual_comment = comments.get((notebook.name, comment.name), comment.manual_comment)
            comment.auto_comment = BLANK if (notebook.name, comment.name) in blank else None
    book.db.commit()


def given(book, assignment: str) -> dict:
    """What a person has given each student whose submission is known: points and extra credit, comments, and what lateness costs."""
    found = {}
    for submission in book.find_assignment(assignment).submissions:
        notebooks = submission.notebooks
        grades = [(notebook.name, grade.name, grade.manual_score, grade.extra_credit) for notebook in notebooks for grade in notebook.grades]
        comments = [(notebook.name, comment.name, comment.manual_comment) for notebook in notebooks for comment in notebook.comments]
        late = [(notebook.name, notebook.late_submission_penalty) for notebook in notebooks]
        found[submission.student.id] = {
            "points": sorted([*place, manual, extra] for *place, manual, extra in grades if manual is not None or extra is not None),
            "comments": sorted(list(comment) for comment in comments if comment[-1] is not None),
            "late": sorted(list(penalty) for penalty in late if penalty[-1] is not None),
        }
    return found


def renew_penalties(book, url: str, assignment: str, config, only=None):
    """Late penalties of the points that there are by now, as the course's configuration sets them; of one student only, if named."""
    import nbformat
    from nbgrader.preprocessors import AssignLatePenalties

    found = book.find_assignment(assignment)
    if found.duedate is None:
        return
    submissions = [submission for submission in found.submissions if only in (None, submission.student.id)]
    places = [(submission.student.id, notebook.name) for submission in submissions for notebook in submission.notebooks]
    book.db.commit()
    for student, notebook in places:
        known = {"notebook": notebook, "assignment": assignment, "student": student, "db_url": url}
        AssignLatePenalties(config=config).preprocess(nbformat.v4.new_notebook(), {"nbgrader": known})


def scores(book, cells: dict, assignment: str) -> dict:
    """By student: cells (points by the name that a table shows; None where a person has not given them yet), late (the penalty), name, email."""
    shown = {(cell["notebook"], cell["cell"]): name for kind in ("tests", "written") for name, cell in cells[kind].items()}
    book.db.expire_all()
    found = {}
    for submission in book.find_assignment(assignment).submissions:
        grades = [(shown.get((notebook.name, grade.name)), grade) for notebook in submission.notebooks for grade in notebook.grades]
        unknown = {name for name, grade in grades if grade.auto_score is None and grade.manual_score is None}
        points = {name: None if name in unknown else float(grade.score) for name, grade in grades if name is not None}
        student = submission.student
        called = " ".join(filter(None, [student.first_name, student.last_name]))
        known = {"late": float(submission.late_submission_penalty or 0.0), "name": called, "email": student.email or ""}
        found[student.id] = {"cells": {name: points.get(name) for name in shown.values()}} | known
    return found


def of_file(path: Path) -> str:
    return f"sqlite:///{path}"
