"""Steps of nbgrader's autograde that are ours; `assignments/nbgrader_config.py` puts them in their places.

`Restore` comes before a submission is run, `Judge` after it.
"""

from dataclasses import dataclass

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from cuaderno.grading.points import NO_POINTS, points_of

NEW = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell, "raw": nbformat.v4.new_raw_cell}


@dataclass
class Given:
    """A cell of the instructor's, as the gradebook knows it; `points` is None where it gives none."""

    name: str
    cell_type: str
    source: str
    locked: bool
    checksum: str
    grade: bool
    solution: bool
    task: bool
    points: float | None

    @property
    def test(self) -> bool:
        return self.grade and not self.solution and self.cell_type == "code"

    @property
    def written(self) -> bool:
        """Whether a person gives its points."""
        return self.task or (self.grade and not self.test)

    def settings(self) -> dict:
        known = {"schema_version": 3, "grade_id": self.name, "grade": self.grade, "solution": self.solution, "task": self.task}
        known |= {"locked": self.locked, "cell_type": self.cell_type, "checksum": self.checksum}
        return known if self.points is None else known | {"points": self.points}

    def cell(self, source=None):
        return NEW[self.cell_type](self.source if source is None else source, metadata={"nbgrader": self.settings()})


def given_cells(notebook) -> dict:
    """The instructor's cells of a notebook in the gradebook, by name, from top to bottom."""
    graded = {cell.name: cell.max_score for cell in notebook.grade_cells}
    tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    given = {}
    for cell in notebook.source_cells:
        kind = {"grade": cell.name in graded, "solution": cell.name in solutions, "task": cell.name in tasks}
        points = (graded | tasks).get(cell.name)
        given[cell.name] = Given(cell.name, cell.cell_type, cell.source, cell.locked, cell.checksum, **kind, points=points)
    return given


class Restore(NbGraderPreprocessor):
    """Gives the instructor's cells back their text, settings and order, whatever has become of them, and takes away tags, which may keep a
    cell from being run. What a person should know stands in the notebook's metadata, `cuaderno.remarks`, in lines."""

    def preprocess(self, nb, resources):
        known = resources["nbgrader"]
        with Gradebook(known["db_url"]) as gradebook:
            given = given_cells(gradebook.find_notebook(known["notebook"], known["assignment"]))
        nb.cells, remarks = restored(nb.cells, given)
        nb.metadata["cuaderno"] = {"remarks": remarks}
        if (nb.nbformat, nb.nbformat_minor) < (4, 5):
            for cell in nb.cells:
                cell.pop("id", None)
        for remark in remarks:
            self.log.warning(remark)
        return nb, resources


def restored(cells: list, given: dict) -> tuple:
    """The cells with the instructor's as they were, and remarks."""
    remarks = untagged(cells)
    found = {}
    for cell in cells:
        settings = cell.metadata.pop("nbgrader", None)
        name = settings.get("grade_id") if isinstance(settings, dict) else None
        if isinstance(name, str) and name in given:
            found.setdefault(name, []).append(cell)
    if given and not found:
        remarks.append("it has none of the assignment's cells: tests are run at its end")
    for name, copies in found.items():
        if len(copies) > 1:
            remarks.append(f"`{name}` is there {len(copies)} times: one of them counts")
        kept = kept_of(copies, given[name])
        place = next(index for index, cell in enumerate(cells) if cell is kept)
        cells[place] = given[name].cell(text_of(copies, given[name]))
        pictures = {key: picture for cell in copies for key, picture in cell.get("attachments", {}).items()}
        if pictures and cells[place].cell_type == "markdown" and given[name].solution:
            cells[place]["attachments"] = nbformat.from_dict(pictures)
    remarks += put_back(cells, given)
    remarks += tests_below_answers(cells, given)
    return cells, remarks


def untagged(cells) -> list:
    skipped = 0
    for cell in cells:
        tags = cell.metadata.pop("tags", None)
        skipped += isinstance(tags, list) and "skip-execution" in tags
    return [f"{skipped} times the tag `skip-execution`: these cells are run all the same"] if skipped else []


def kept_of(copies, given: Given):
    """Which of several cells of one name stays the instructor's: the last, as nbgrader has it, but not one that was left blank."""
    if given.solution:
        copies = [cell for cell in copies if cell.source.strip() != given.source.strip()] or copies
    return copies[-1]


def text_of(copies, given: Given):
    """A prose answer that was split is joined, an answer in code stays where it was written, all else is the instructor's."""
    if not given.solution:
        return given.source
    if given.cell_type == "code":
        return kept_of(copies, given).source
    texts = [cell.source for cell in copies if cell.source.strip() != given.source.strip()]
    return "\n\n".join(dict.fromkeys(texts)) or given.source


def place_of(cells, name):
    return next((index for index, cell in enumerate(cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == name), None)


def put_back(cells, given: dict) -> list:
    """Brings back what is missing, behind what stood before it; not answers, which would only be blank."""
    remarks, behind = [], 0
    for name, cell in given.items():
        place = place_of(cells, name)
        if place is not None:
            behind = place + 1
            continue
        if cell.solution and not cell.grade:
            remarks.append(f"the answer `{name}` is missing")
            continue
        what = "test" if cell.test else "answer" if cell.solution else "cell"
        remarks.append(f"the {what} `{name}` was missing and is back")
        cells.insert(behind if any(place_of(cells, other) is not None for other in given) else len(cells), cell.cell())
        behind = place_of(cells, name) + 1
    return remarks


def tests_below_answers(cells, given: dict) -> list:
    """Moves a test that stands above one of the answers it follows in the assignment."""
    remarks, answers = [], []
    for name, cell in given.items():
        if cell.solution and cell.cell_type == "code":
            answers.append(name)
        lowest = max((place_of(cells, answer) for answer in answers if place_of(cells, answer) is not None), default=-1)
        place = place_of(cells, name)
        if cell.test and place < lowest:
            cells.insert(lowest, cells.pop(place))
            answers.append(name)  # the next one to be moved goes below this one
            remarks.append(f"the test `{name}` stood above an answer that it needs, and was moved below it")
    return remarks


class Judge(NbGraderPreprocessor):
    """Lets nbgrader see the points that `points_of` counts.

    nbgrader gives none to a test that wrote to stderr, which is where Rust's warnings go, and all to one that did not run, or whose result is
    NaN; it stops at one above the most.
    """

    def preprocess_cell(self, cell, resources, index):
        if is_grade(cell) and not is_solution(cell) and cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"
            _, why_none = points_of(cell, float(cell.metadata.nbgrader["points"]))
            if why_none:
                self.log.warning("%s: %s", cell.metadata.nbgrader["grade_id"], why_none)
                cell.outputs.insert(0, nbformat.v4.new_output("error", ename=NO_POINTS, evalue=why_none, traceback=[f"{NO_POINTS}: {why_none}"]))
        return cell, resources
