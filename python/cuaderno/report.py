"""Running notebooks on the kernel, without a browser, into a folder of reports: NAME.ipynb and NAME.html, for paper also NAME.pdf.

A notebook runs once, in its own folder, and is shown cell by cell on stderr. If a cell fails, what ran so far is written all the same.
"""

import hashlib
import os
import sys
import time
from pathlib import Path

import nbformat

from cuaderno import page
from cuaderno import paper
from cuaderno.execution import execute, open_notebook
from cuaderno.problem import Problem


def report(source: Path, reports: Path, parameters, pdf: bool, look=page.Look()):
    # Before an hour of training, not after it.
    browser = paper.browser() if pdf else None
    try:
        reports.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise Problem(f"{reports}: {problem.strerror}; --to names another folder") from None
    if not os.access(reports, os.W_OK):
        raise Problem(f"{reports} is not yours to write to; --to names another folder")
    notebook = open_notebook(source, parameters)
    print(f"{source.name}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} cells", file=sys.stderr)
    start = time.monotonic()
    failure = execute(notebook, source.parent)

    notebook.metadata.setdefault("cuaderno", {})["executed"] = digest(notebook)
    executed = reports / source.name
    nbformat.write(notebook, executed)
    html = page.html(notebook, source.stem, look, source.parent)
    written = [executed, executed.with_suffix(".html")]
    written[-1].write_text(html, encoding="utf-8")
    if browser is not None:
        written.append(executed.with_suffix(".pdf"))
        written[-1].write_bytes(paper.pdf(html, browser))
    if failure is not None:
        raise Problem(f"{source.name}, {failure} (so far: {written[-1]})")
    files = " and ".join(map(str, written))
    print(f"{source.name}: done in {time.monotonic() - start:.0f} s; {files}", file=sys.stderr)


def digest(notebook):
    """What was executed: SHA-256 of the code cells. In the file, it tells whether outputs belong to the code above them."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()
