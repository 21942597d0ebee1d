"""A page with every cell that differs between two runs of a notebook, old and new side by side."""

import base64
import difflib
from html import escape

from cuaderno.comparison import readable

STYLE = """
body { font: 15px system-ui, sans-serif; margin: 2em auto; max-width: 90em; padding: 0 1em; color: #222 }
pre { background: #f6f6f6; padding: .6em; overflow-x: auto } img { max-width: 100%; background: #fff }
table { width: 100%; table-layout: fixed; border-collapse: collapse } th { text-align: left; border-bottom: 1px solid #ccc }
td { vertical-align: top; padding: .1em .5em; font: 13px ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
td.old { background: #fbe3e0 } td.new { background: #e3f4e3 } td.cut { color: #777 } .tells { font-weight: 600 }
@media (prefers-color-scheme: dark) { body, img { background: #1b1b1b; color: #ddd } pre { background: #2a2a2a } td.old { background: #4a2522 } td.new { background: #21402a } }
"""
# Equal lines around a difference that are shown, and the most rows of one output.
AROUND, ROWS = 2, 400


def page(title: str, first: str, told: list, differences: list) -> str:
    """HTML in one file, without a script. told: lines on where the outputs come from; differences: (cell's number, source, Difference)."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>{escape(title)}: what differs</title><style>{STYLE}</style><h1>{escape(title)}: what differs</h1>",
        *(f"<p>{escape(line)}" for line in told),
        f"<p>{len(differences)} cell{'s' * (len(differences) != 1)}. Left: {escape(first)}; right: this run.",
        *(section(first, *found) for found in differences),
        "</html>",
    ]
    return "\n".join(parts)


def section(first, number, source, difference) -> str:
    head = f"<h2 id=cell-{number}>Cell {number}</h2><pre>{escape(source)}</pre><p>{escape(difference.title)}"
    tells = f"<p class=tells>{escape(difference.tells)}" if difference.tells else ""
    return f"{head}{tells}<table><tr><th>{escape(first)}<th>this run{rows(difference)}</table>"


def rows(difference) -> str:
    old, new, mime = difference.old, difference.new, difference.mime
    if mime.startswith("image/"):
        return "<tr>" + "".join(f"<td>{'' if content is None else picture(mime, content)}" for content in (old, new))
    old, new = (readable(mime, content or "") for content in (old, new))
    found, opcodes = [], difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND)
    for group in opcodes:
        for kind, old_from, old_to, new_from, new_to in group:
            for line in range(max(old_to - old_from, new_to - new_from)):
                left = old[old_from + line] if old_from + line < old_to else None
                right = new[new_from + line] if new_from + line < new_to else None
                found.append(cells(left, right, kind == "equal"))
        found.append("<tr><td class=cut>⋮<td class=cut>⋮")
    more = len(found) - ROWS
    return "\n".join(found[:-1][:ROWS]) + (f"<tr><td class=cut>{more} lines more<td>" if more > 0 else "")


def cells(left, right, equal) -> str:
    old, new = ("", "") if equal else ("" if left is None else " class=old", "" if right is None else " class=new")
    return f"<tr><td{old}>{escape(left or '')}<td{new}>{escape(right or '')}"


def picture(mime, content) -> str:
    """An image element keeps what an SVG may hold from running."""
    data = base64.b64encode(content.encode()).decode() if mime.endswith("xml") else "".join(content.split())
    return f"<img alt='' src='data:{mime};base64,{escape(data)}'>"
