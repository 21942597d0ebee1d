"""The page that sums up a graded class."""

from html import escape
from statistics import median
from urllib.parse import quote

STYLE = """
body { font: 15px system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 1em 0 } th, td { padding: .3em .7em; text-align: right; border-bottom: 1px solid #ddd }
th:first-child, td:first-child, td.text, th.text { text-align: left } th { position: sticky; top: 0; background: #fff }
.full { background: #e3f4e3 } .part { background: #fdf3d7 } .none, .failed { background: #fbe3e0 }
.bar { display: inline-block; height: .8em; background: #4477aa; vertical-align: baseline }
"""


def page(assignment, results, waiting=0):
    """HTML: how the class did, how each test cell did, then a row for each student with a link to the feedback; `waiting`
    submissions have no result yet."""
    graded = [result for result in results if result["graded"]]
    cells = list(dict.fromkeys(cell for result in graded for cell in result["points"]))
    most = {cell: max(result["most"].get(cell, 0) for result in graded) for cell in cells}
    networks = sorted({result["network"] for result in results if result["network"]})
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        f"<title>{escape(assignment)}: grades</title><style>{STYLE}</style><h1>{escape(assignment)}</h1>",
        f"<p>{overview(results, graded, most, waiting)} {escape('; '.join(networks))}.</p>",
        cell_table(graded, cells, most) if graded else "",
        "<table><tr><th>student<th>points<th>of" + "".join(f"<th>{escape(cell)}" for cell in cells) + "<th>seconds<th class=text>notes",
        *(student_row(result, cells) for result in results),
        "</table></html>",
    ]
    return "\n".join(parts)


def overview(results, graded, most, waiting):
    text = f"{len(results) + waiting} submissions, {len(graded)} graded, {len(results) - len(graded)} failed"
    text += f", {waiting} still to come." if waiting else "."
    if graded:
        totals = [sum(result["points"].values()) for result in graded]
        text += f" Points: median {median(totals):g}, least {min(totals):g}, most {max(totals):g} of {sum(most.values()):g}."
        written = max(result["written"] for result in graded)
        text += f" {written:g} points more wait for a person." if written else ""
    return text


def cell_table(graded, cells, most):
    """Which task was hard: the share of its points that the class reached."""
    rows = ["<table><tr><th>test<th>points<th>reached by the class<th>"]
    for cell in cells:
        share = sum(result["points"].get(cell, 0) for result in graded) / (len(graded) * most[cell] or 1)
        bar = f"<span class=bar style='width:{share * 12:.1f}em'></span>"
        rows.append(f"<tr><td>{escape(cell)}<td>{most[cell]:g}<td>{share:.0%}<td class=text>{bar}")
    return "\n".join(rows) + "</table>"


def student_row(result, cells):
    name = escape(result["student"])
    seconds = f"{result['seconds']:.0f}"
    if not result["graded"]:
        return f"<tr class=failed><td>{name}<td>–<td>{'<td>' * len(cells)}<td>{seconds}<td class=text>{escape(result['status'])}"
    points, most = result["points"], result["most"]
    links = " ".join(f"<a href='{quote(result['student'])}/{quote(page)}'>feedback</a>" for page in result.get("pages", []))
    # That only the feedback failed, say.
    notes = links if result["status"] == "graded" else f"{escape(result['status'])} {links}"
    tds = "".join(f"<td class={colour(points[cell], most[cell])}>{points[cell]:g}" if cell in points else "<td>" for cell in cells)
    return f"<tr><td>{name}<td>{sum(points.values()):g}<td>{sum(most.values()):g}{tds}<td>{seconds}<td class=text>{notes}"


def colour(points, most):
    return "full" if points >= most else "part" if points > 0 else "none"
