"""Which cells of an assignment give points, and how many a submission has of them."""

import json
from pathlib import PurePath


def cells_of(source: dict) -> dict:
    """The cells of an assignment that give points, from the instructor's notebooks (files by name).

    Returns tests, [notebook, cell, points] by the name that a table shows, and written: the points that a person gives. It is the
    kind of a cell that decides: nbgrader itself scores a written answer that was left blank with 0, and any other not at all.
    """
    notebooks = {PurePath(name).stem: json.loads(content) for name, content in sorted(source.items())}
    tests, written = {}, 0.0
    for notebook, content in notebooks.items():
        for cell in content["cells"]:
            known = cell["metadata"].get("nbgrader", {})
            if known.get("grade") and not known.get("solution") and cell["cell_type"] == "code":
                # A name is unique only within its notebook.
                name = known["grade_id"] if len(notebooks) == 1 else f"{notebook}/{known['grade_id']}"
                tests[name] = [notebook, known["grade_id"], float(known["points"])]
            elif known.get("grade") or known.get("task"):
                written += float(known["points"])
    return {"tests": tests, "written": written}


def scores(gradebook, cells: dict, assignment: str, student: str) -> dict:
    """Points of each test cell, from the gradebook. A cell that is not in the submission any more has none."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{gradebook}") as opened:
        notebooks = opened.find_submission(assignment, student).notebooks
        found = {(notebook.name, grade.name): grade.auto_score for notebook in notebooks for grade in notebook.grades}
    points = {name: found.get((notebook, cell)) or 0.0 for name, (notebook, cell, _) in cells["tests"].items()}
    return {"points": points, "most": {name: most for name, (_, _, most) in cells["tests"].items()}, "written": cells["written"]}
