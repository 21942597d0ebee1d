"""Runs one notebook on the cuaderno kernel and writes REPORTS/NAME.ipynb and REPORTS/NAME.html; with --pdf, REPORTS/NAME.pdf too.

    run_notebook.py NOTEBOOK REPORTS [--pdf] [-p NAME=VALUE]...

The notebook runs once, in its own folder, and is shown cell by cell on stderr. If a cell fails, what ran so far is written all
the same, one line says which cell and why, and the exit code is 1.
"""

import argparse
import hashlib
import signal
import sys
import time
from pathlib import Path

import nbformat

import page
from execution import execute, open_notebook


def run(source: Path, reports: Path, parameters, pdf: bool) -> int:
    # Before an hour of training, not after it.
    browser = page.browser() if pdf else None
    notebook = open_notebook(source, parameters)
    print(f"{source.name}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} cells", file=sys.stderr)
    start = time.monotonic()
    failure = execute(notebook, source.parent)

    notebook.metadata["cuaderno"] = {"executed": digest(notebook)}
    reports.mkdir(parents=True, exist_ok=True)
    executed = reports / source.name
    nbformat.write(notebook, executed)
    html = page.html(notebook, source.stem)
    written = [executed, executed.with_suffix(".html")]
    written[-1].write_text(html, encoding="utf-8")
    if browser is not None:
        written.append(executed.with_suffix(".pdf"))
        written[-1].write_bytes(page.pdf(html, browser))
    if failure is not None:
        cell, why = failure
        print(f"error: {source.name}, cell {cell}: {why} (so far: {written[-1]})", file=sys.stderr)
        return 1
    files = " and ".join(map(str, written))
    print(f"{source.name}: done in {time.monotonic() - start:.0f} s; {files}", file=sys.stderr)
    return 0


def digest(notebook):
    """What was executed: SHA-256 of the code cells. In the file, it tells whether outputs belong to the code above them."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while no cell runs: the end, without a traceback
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", type=Path)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--pdf", action="store_true")
    parser.add_argument("-p", action="append", default=[], dest="parameters")
    options = parser.parse_args()
    sys.exit(run(options.notebook.resolve(), options.reports.resolve(), options.parameters, options.pdf))
