"""The grades of a class as tables: all that is known, and what Moodle and Canvas import.

A result counts as the gradebook has it by now (`book`, see gradebook.scores): with the points that a person has given, or changed, and
late penalties.
"""

import csv
import io


def points_of(result) -> dict:
    """Points by cell; None where a person has not given them yet."""
    return result["book"]["cells"] if result.get("book") else result["points"]


def late(result) -> float:
    return result["book"]["late"] if result.get("book") else 0.0


def total(result) -> float:
    """All points that there are so far, less the penalty; not below 0."""
    return max(0.0, sum(filter(None, points_of(result).values())) - late(result))


def most(result) -> float:
    return sum(result["most"].values()) + sum(result["by_hand"].values())


def waits(result) -> float:
    """Points that a person has still to give."""
    return sum(most for cell, most in result["by_hand"].items() if points_of(result).get(cell) is None)


def grades(results) -> str:
    """Columns: student, status, points, most, a column for each cell that gives points, and late where there are penalties."""
    cells = list(dict.fromkeys(cell for result in results if result["graded"] for cell in points_of(result)))
    penalties = ["late"] if any(late(result) for result in results) else []
    rows = [["student", "status", "points", "most", *cells, *penalties]]
    for result in results:
        if result["graded"]:
            found = points_of(result)
            points = ["" if found.get(cell) is None else found[cell] for cell in cells]
            rows.append([result["student"], result["status"], total(result), most(result), *points, *([late(result)] if penalties else [])])
        else:
            rows.append([result["student"], result["status"], "", "", *[""] * len(cells + penalties)])
    return table(rows)


def moodle(assignment: str, results) -> str:
    """For *Grades, Import, CSV file*. Grades that wait for a person are empty, which Moodle leaves as they are."""
    rows = [["username", "full name", "email", assignment]]
    for result in results:
        book = result.get("book") or {}
        rows.append([result["student"], book.get("name", ""), book.get("email", ""), whole(result)])
    return table(rows)


def canvas(assignment: str, results) -> str:
    """For *Grades, Import*: https://community.canvaslms.com, "How do I import grades in the Gradebook?". Found by SIS Login ID."""
    highest = max((most(result) for result in results if result["graded"]), default="")
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment], ["Points Possible", "", "", "", "", highest]]
    for result in results:
        book = result.get("book") or {}
        rows.append([book.get("name") or result["student"], "", "", result["student"], "", whole(result)])
    return table(rows)


def whole(result):
    """The grade, once it is complete."""
    return total(result) if result["graded"] and not waits(result) else ""


def table(rows) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[harmless(value) for value in row] for row in rows])
    return text.getvalue()


def harmless(value):
    """A spreadsheet takes a text that begins like this for a formula, and runs it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
