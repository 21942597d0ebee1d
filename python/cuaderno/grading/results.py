"""Results of a class on disk: each student's, and the tables that sum up. Whatever is written appears whole or not at all."""

import json
import os
from pathlib import Path

from cuaderno.grading import summary
from cuaderno.grading import tables


def keep(result, folder: Path):
    """Writes one student's result: pages first, the file that says it is done last."""
    place = folder / result["student"]
    place.mkdir(parents=True, exist_ok=True)
    feedback = result.pop("feedback")
    result["pages"] = sorted(feedback)
    for page in place.glob("*.html"):
        page.unlink()  # of an earlier run
    for name, page in feedback.items():
        write(place / name, page)
    # Its notebooks are in autograded/, and what the gradebook says by now is asked of the gradebook.
    write(place / "result.json", json.dumps({key: value for key, value in result.items() if key not in ("autograded", "book")}, indent=1))


def kept(job, folder: Path):
    """The result of an earlier run for these very files, if there is one; what failed gets another try."""
    try:
        result = json.loads((folder / job["student"] / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = result.get("fingerprint") == job["fingerprint"] and "given" in result  # not by a version that knew no gradebook
    return result if same and result["status"] == "graded" else None


def write_tables(assignment, results, waiting, folder: Path):
    """The page and the tables of the results there are; so many submissions wait for theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "index.html", summary.page(assignment, results, waiting))
    for name, table in [("grades.csv", tables.grades(results)), ("moodle.csv", tables.moodle(assignment, results)), ("canvas.csv", tables.canvas(assignment, results))]:
        write(folder / name, table)


def write(path: Path, text: str):
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text, encoding="utf-8", newline="")
    os.replace(unfinished, path)
