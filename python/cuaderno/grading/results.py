"""Results of a class on disk: each student's, and the tables that sum up. Whatever is written appears whole or not at all."""

import csv
import io
import json
import os
from pathlib import Path

from cuaderno.grading import summary


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
    write(place / "result.json", json.dumps(result, indent=1))


def kept(job, folder: Path):
    """The result of an earlier run for these very files, if there is one; what failed gets another try."""
    try:
        result = json.loads((folder / job["student"] / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = result.get("fingerprint") == job["fingerprint"]
    return result if same and result["status"] == "graded" else None


def write_tables(assignment, results, waiting, folder: Path):
    """The page and the table of the results there are; so many submissions wait for theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "index.html", summary.page(assignment, results, waiting))
    write(folder / "grades.csv", table(results))


def table(results) -> str:
    cells = list(dict.fromkeys(cell for result in results for cell in result["points"]))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["student", "status", "points", "most", *cells])
    for result in results:
        points, most = result["points"], result["most"]
        sums = [sum(points.values()), sum(most.values())] if result["graded"] else ["", ""]
        row = [result["student"], result["status"], *sums]
        rows.writerow([*row, *(points.get(cell, "") for cell in cells)])
    return text.getvalue()


def write(path: Path, text: str):
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)
