"""Running a notebook again and comparing it, cell by cell, with the outputs it holds; without any, and with parameters, with a second run.

Left out are only what was said not to be reproducible: the outputs of cells tagged `volatile`, and in outputs whose metadata has `stable`
(times, the stamp's machine and version of cuaderno) everything but that text. Outputs that another version of cuaderno made are said to be so.
"""

import base64
import copy
import difflib
import hashlib
import json
import re
import sys
from pathlib import Path

from cuaderno.execution import execute, open_notebook
from cuaderno.problem import Problem

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# A difference is shown in so many lines of so many characters.
LINES, WIDTH = 12, 100


def code_cells(notebook):
    """Cells as the kernel counts them: those with content."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def has_outputs(notebook):
    return any(cell.outputs for cell in code_cells(notebook))


def shown(cell):
    """What a cell showed, as a list of (what, format, content) that two equal runs have in common."""
    if "volatile" in cell.metadata.get("tags", []):
        return []
    pieces, stderr = [], ""
    for output in cell.outputs:
        kind = output.output_type
        if kind == "stream" and output.name == "stderr":
            # It comes through a channel of its own: its place between the other outputs is a matter of chance.
            stderr += output.text
        elif kind == "stream":
            if pieces and pieces[-1][0] == "text":
                pieces[-1] = ("text", "", pieces[-1][2] + output.text)
            else:
                pieces.append(("text", "", output.text))
        elif kind == "error":
            pieces.append(("error", "", COLOURS.sub("", f"{output.ename}: {output.evalue}")))
        elif "stable" in output.metadata:
            if output.metadata["stable"]:
                pieces.append((name(kind), "text without times", output.metadata["stable"]))
        else:
            pieces.extend((name(kind), mime, text(output.data[mime])) for mime in sorted(output.data))
    return pieces + ([("stderr", "", stderr)] if stderr else [])


def name(kind):
    return {"execute_result": "result", "display_data": "output", "update_display_data": "output"}.get(kind, kind)


def text(content):
    return content if isinstance(content, str) else json.dumps(content, sort_keys=True)


def difference(before, now, first="the stored notebook"):
    """How two cells' outputs differ, in readable lines; empty if they do not. `first` is what the outputs before come from."""
    for (what, mime, old), (new_what, new_mime, new) in zip(before, now):
        if (what, mime) != (new_what, new_mime):
            return [f"{first} has {of(what, mime)} here, this run {of(new_what, new_mime)}"]
        if old != new:
            return [f"{of(what, mime)} differs:", *compare(mime, old, new)]
    for more, who in [(before[len(now) :], first), (now[len(before) :], "this run")]:
        if more:
            what, mime, content = more[0]
            return [f"only {who} has {of(what, mime)}:", *(content.splitlines() or [""])[:5]]
    return []


def of(what, mime):
    article = "an" if what[0] in "eo" else "a"
    return f"{article} {what}" + (f" ({mime})" if mime else "")


def compare(mime, old, new):
    if mime.startswith("image/") and not mime.endswith("xml"):
        sizes = [len(base64.b64decode(content)) for content in (old, new)]
        digests = [hashlib.sha256(content.encode()).hexdigest()[:12] for content in (old, new)]
        return [f"- a picture of {sizes[0]} bytes, {digests[0]}", f"+ a picture of {sizes[1]} bytes, {digests[1]}"]
    lines = difflib.unified_diff(readable(mime, old), readable(mime, new), n=1, lineterm="")
    lines = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    left = len(lines) - LINES
    return lines[:LINES] + ([f"… {left} lines more"] if left > 0 else [])


def readable(mime, content):
    """Lines no longer than a terminal's; HTML and SVG come in few long ones, so there each element gets its own."""
    if mime in ("text/html", "image/svg+xml"):
        content = re.sub(r">\s*<", ">\n<", content)
    return [piece for line in content.splitlines() for piece in re.findall(rf".{{1,{WIDTH}}}", line) or [""]]


def digest_of(notebook):
    """The line `all` of the digest at a report's end, if it has one."""
    for cell in reversed(code_cells(notebook)):
        for output in cell.outputs:
            found = re.search(r"(?m)^all +([0-9a-f]{16})$", output.get("data", {}).get("text/plain", ""))
            if found:
                return found[1]
    return None


def version_of(notebook):
    """The version of cuaderno that made the outputs, if it is known: `report` notes it, and so does `stamp`."""
    noted = notebook.metadata.get("cuaderno", {}).get("version")
    texts = (output.get("data", {}).get("text/plain", "") for cell in code_cells(notebook) for output in cell.outputs)
    stamps = (re.search(r"(?m)^seed +.*\ncuaderno +(\S+)$", text) for text in texts)
    return noted or next((found[1] for found in stamps if found), None)


def verify(source: Path, parameters):
    before = open_notebook(source, parameters)
    now = copy.deepcopy(before)
    if not has_outputs(before):
        twice = "it holds no outputs to compare with"
    elif parameters:
        twice = "its outputs were made without this -p"
    else:
        twice = None
    runs, first = ([before, now], "the first run") if twice else ([now], "the stored notebook")
    if twice:
        print(f"{source.name}: {twice}, so it runs twice", file=sys.stderr)
    for notebook in runs:
        failure = execute(notebook, source.parent)
        if failure is not None:
            raise Problem(f"{source.name}, {failure}")
    made_by, here = version_of(before), version_of(now)
    if made_by and made_by != here:
        print(f"{source.name}: its outputs were made by cuaderno {made_by}, this is {here}")
    for number, (old, new) in enumerate(zip(code_cells(before), code_cells(now)), start=1):
        lines = difference(shown(old), shown(new), first)
        if lines:
            print(f"{source.name}: cell {number} differs")
            print(*(f"    {line}" for line in new.source.splitlines()[:3]), sep="\n")
            print(*lines, sep="\n", flush=True)
            raise Problem(f"{source.name} is not reproduced: cell {number} differs")
    digest = digest_of(now)
    print(f"{source.name}: identical, {len(code_cells(now))} cells" + (f", digest {digest}" if digest else ""))
