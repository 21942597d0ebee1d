"""The page that sums up a graded class."""

from html import escape
from statistics import median
from urllib.parse import quote

from cuaderno.grading import tables

STYLE = """
body { font: 15px system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 1em 0 } th, td { padding: .3em .7em; text-align: right; border-bottom: 1px solid #ddd }
th:first-child, td:first-child, td.text, th.text { text-align: left } th { position: sticky; top: 0; background: #fff }
.full { background: #e3f4e3 } .part { background: #fdf3d7 } .none, .failed { background: #fbe3e0 }
.bar { display: inline-block; height: .8em; background: #4477aa; vertical-align: baseline }
"""


def page(assignment, results, waiting=0):
    """HTML: how the class did, how each cell did, then a row for each student with a link to the feedback, and remarks; `waiting`
    submissions have no result yet."""
    graded = [result for result in results if result["graded"]]
    cells = list(dict.fromkeys(cell for result in graded for cell in tables.points_of(result)))
    most = {cell: max(most_of(result).get(cell, 0) for result in graded) for cell in cells}
    networks = sorted({result["network"] for result in results if result["network"]})
    late = ["late"] if any(tables.late(result) for result in graded) else []
    head = "".join(f"<th>{escape(name)}" for name in ["points", "of", *cells, *late, "seconds"])
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        f"<title>{escape(assignment)}: grades</title><style>{STYLE}</style><h1>{escape(assignment)}</h1>",
        f"<p>{overview(results, graded, waiting)} {escape('; '.join(networks))}.</p>",
        cell_table(graded, cells, most) if graded else "",
        f"<table><tr><th>student{head}<th class=text>notes",
        *(student_row(result, cells, late) for result in results),
        "</table></html>",
    ]
    return "\n".join(parts)


def most_of(result):
    return result["most"] | result["by_hand"]


def overview(results, graded, waiting):
    text = f"{len(results) + waiting} submissions, {len(graded)} graded, {len(results) - len(graded)} failed"
    text += f", {waiting} still to come." if waiting else "."
    if graded:
        totals, most = [tables.total(result) for result in graded], max(tables.most(result) for result in graded)
        text += f" Points: median {median(totals):g}, least {min(totals):g}, most {max(totals):g} of {most:g}."
        left = [tables.waits(result) for result in graded if tables.waits(result)]
        text += f" In {len(left)} submissions, {sum(left):g} points wait for a person." if left else ""
    return text


def cell_table(graded, cells, most):
    """Which task was hard: the share of its points that the class reached, as far as there are points."""
    rows = ["<table><tr><th>cell<th>points<th>reached by the class<th>"]
    for cell in cells:
        there = [points for result in graded if (points := tables.points_of(result).get(cell)) is not None]
        share = sum(there) / (len(there) * most[cell] or 1)
        bar = f"<span class=bar style='width:{min(share, 1) * 12:.1f}em'></span>"
        rows.append(f"<tr><td>{escape(cell)}<td>{most[cell]:g}<td>{f'{share:.0%}' if there else '–'}<td class=text>{bar}")
    return "\n".join(rows) + "</table>"


def student_row(result, cells, late):
    name = escape(result["student"])
    seconds = f"{result['seconds']:.0f}"
    remarks = "".join(f"<br>{escape(remark)}" for remark in result["remarks"])
    if not result["graded"]:
        blank = "<td>" * len(cells + late)
        return f"<tr class=failed><td>{name}<td>–<td>{blank}<td>{seconds}<td class=text>{escape(result['status'])}{remarks}"
    points, most = tables.points_of(result), most_of(result)
    links = " ".join(f"<a href='{quote(result['student'])}/{quote(page)}'>feedback</a>" for page in result.get("pages", []))
    # That only the feedback failed, say.
    notes = links if result["status"] == "graded" else f"{escape(result['status'])} {links}"
    tds = "".join(f"<td class={colour(points[cell], most.get(cell, 0))}>{points[cell]:g}" if points.get(cell) is not None else "<td>" for cell in cells)
    tds += f"<td>{tables.late(result):g}" if late else ""
    return f"<tr><td>{name}<td>{tables.total(result):g}<td>{tables.most(result):g}{tds}<td>{seconds}<td class=text>{notes}{remarks}"


def colour(points, most):
    return "full" if points >= most else "part" if points > 0 else "none"
