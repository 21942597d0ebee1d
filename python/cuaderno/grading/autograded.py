"""What nbgrader has made of a submission, read as what it may be: a submission's own work."""

import os
from pathlib import Path

import nbformat

from cuaderno.grading.handed_in import Refused
from cuaderno.grading.lines import line_of
from cuaderno.grading.points import forged, points_of, worth_a_look

# Of a file that is read whole. The notebooks of the course have a tenth of it.
LARGEST = 64 << 20
MOST_REMARKS = 20


def own_text(path: Path):
    """The text of a plain file in its place; None where there is none. A link may lead to what a submission's limits kept from it."""
    if os.path.realpath(path) != str(path) or not path.is_file():
        return None
    if path.stat().st_size > LARGEST:
        raise Refused(f"{path.name}: larger than {LARGEST >> 20} MB when it was graded")
    return path.read_bytes().decode("utf-8", "replace")


def notebooks_in(folder: Path, names: list) -> tuple:
    """The graded notebooks in a folder that are the assignment's: their texts by name, and what is in them."""
    found = {name: own_text(folder / f"{name}.ipynb") for name in names}
    texts = {name: text for name, text in found.items() if text is not None}
    if not texts:
        raise Refused("nothing was graded")
    return texts, {name: read(name, text) for name, text in texts.items()}


def read(name: str, text: str):
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as problem:  # whatever a text can do to a reader
        raise Refused(f"{name}.ipynb is no notebook any more: {type(problem).__name__}") from None
    return notebook


def found_in(notebooks: dict, cells: dict) -> dict:
    """Points, blank answers and remarks of graded notebooks; see grade_one.grade."""
    auto, points, remarks = [], {}, []
    for shown, test in cells["tests"].items():
        points[shown], why_none = points_in(notebooks.get(test["notebook"]), test, cells["given"])
        auto.append([test["notebook"], test["cell"], points[shown]])
        remarks += [f"`{shown}` has no points: {why_none}"] if why_none else []
    for name, notebook in notebooks.items():
        noted = notebook.metadata.get("cuaderno", {})
        noted = noted.get("remarks", []) if isinstance(noted, dict) else []
        remarks += [f"{name}.ipynb: {remark}" if len(notebooks) > 1 else str(remark) for remark in noted]
        remarks += [f"look at {name}.ipynb: {what}" for what in worth_a_look(notebook.cells, cells["given"])]
    blank = [[notebook, cell] for notebook, cell, begun in cells["answers"] if is_blank(notebooks.get(notebook), cell, begun)]
    more = len(remarks) - MOST_REMARKS
    remarks = [line_of(remark) for remark in remarks[:MOST_REMARKS]] + ([f"{more} remarks more"] if more > 0 else [])
    most = {shown: test["points"] for shown, test in cells["tests"].items()}
    by_hand = {shown: cell["points"] for shown, cell in cells["written"].items()}
    return {"points": points, "most": most, "by_hand": by_hand, "auto": auto, "blank": blank, "remarks": remarks}


def named(notebook, name: str) -> list:
    known = [(cell, cell.metadata.get("nbgrader")) for cell in notebook.cells]
    return [cell for cell, settings in known if isinstance(settings, dict) and settings.get("grade_id") == name]


def points_in(notebook, test: dict, given: list) -> tuple:
    """Points of one test, and why there are none."""
    if notebook is None:
        return 0.0, ""
    there = named(notebook, test["cell"])
    if len(there) != 1 or there[0].cell_type != "code":
        return 0.0, "it is not there" if not there else "it is not what it was"
    if there[0].source != test["source"]:
        return 0.0, "its text was changed while it ran"
    if forged(test["source"], notebook.cells, given):
        return 0.0, "its `check!` is the student's own"
    return points_of(there[0], test["points"])


def is_blank(notebook, name: str, begun: str) -> bool:
    there = named(notebook, name) if notebook is not None else []
    return all(cell.source == begun for cell in there)
