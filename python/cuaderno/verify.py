"""Running a notebook again and comparing it, cell by cell, with the outputs it holds; without any, and with parameters, with a second run.

Outputs that another version of cuaderno made are said to be so, and where they differ, those of another processor or number of threads.
"""

import copy
import re
import sys
from pathlib import Path

from cuaderno import side_by_side
from cuaderno.comparison import Comparison, shown
from cuaderno.execution import execute, open_notebook
from cuaderno.problem import Problem


def code_cells(notebook):
    """Cells as the kernel counts them: those with content."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def has_outputs(notebook):
    return any(cell.outputs for cell in code_cells(notebook))


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


def threads_of(notebook):
    """How many threads made the outputs, as the stamp says it."""
    texts = [output.get("data", {}).get("text/plain", "") for cell in code_cells(notebook) for output in cell.outputs]
    found = (re.search(r"(?m)^machine +.*?(\d+) threads", text) for text in texts if isinstance(text, str))
    return next((found[1] for found in found if found), None)


def machine_of(notebook):
    """The processor and the threads that made the outputs, as far as they are known."""
    processor, threads = notebook.metadata.get("cuaderno", {}).get("processor"), threads_of(notebook)
    return processor, threads and f"{threads} threads"


def made_elsewhere(name, before, now) -> list:
    """Lines on what made the outputs before, where it is not what made these."""
    lines, (made_by, here) = [], (version_of(before), version_of(now))
    if made_by and made_by != here:
        lines.append(f"{name}: its outputs were made by cuaderno {made_by}, this is {here}")
    pairs = [(old, new) for old, new in zip(machine_of(before), machine_of(now)) if old and new and old != new]
    if pairs:
        old, new = (", ".join(side) for side in zip(*pairs))
        lines.append(f"{name}: its outputs were made on {old}, this is {new}")
    return lines


def verify(source: Path, parameters, tolerance=0.0, to=None):
    """Prints what differs, or that nothing does; `to` is a folder for a page with all differences side by side."""
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
    comparison = Comparison(first, tolerance)
    pairs = enumerate(zip(code_cells(before), code_cells(now)), start=1)
    found = [(number, new.source, comparison.difference(shown(old), shown(new))) for number, (old, new) in pairs]
    found = [difference for difference in found if difference[2]]
    told = made_elsewhere(source.name, before, now)
    for line in told:
        # Another version is worth a line in any case, another machine only where it may be the reason.
        if found or "made by" in line:
            print(line)
    if found:
        complain(source, first, told, found, to)
    digest = digest_of(now)
    within = f" within {tolerance:g} (the largest difference is {comparison.largest:.2g})" if comparison.largest else ""
    within += f", {comparison.sums} digests not compared" if comparison.sums else ""
    print(f"{source.name}: identical{within}, {len(code_cells(now))} cells" + (f", digest {digest}" if digest else ""))


def complain(source: Path, first, told, found, to):
    """Shows the first cell that differs, names the others, and writes the page if there is a folder for it."""
    number, code, difference = found[0]
    print(f"{source.name}: cell {number} differs")
    print(*(f"    {line}" for line in code.splitlines()[:3]), sep="\n")
    print(*difference.lines(), sep="\n", flush=True)
    others = ", ".join(str(number) for number, _, _ in found[1:])
    which = f"cell {number} differs" if not others else f"cells {number}, {others} differ"
    if to is None:
        raise Problem(f"{source.name} is not reproduced: {which}")
    place = to / f"{source.stem}.differences.html"
    try:
        to.mkdir(parents=True, exist_ok=True)
        place.write_text(side_by_side.page(source.name, first, told, found), encoding="utf-8")
    except OSError as problem:
        raise Problem(f"{place}: {problem.strerror}; {source.name} is not reproduced: {which}") from None
    raise Problem(f"{source.name} is not reproduced: {which}; side by side in {place}")
