"""Runs one notebook on the cuaderno kernel and writes REPORTS/NAME.ipynb and REPORTS/NAME.html.

    run_notebook.py NOTEBOOK REPORTS [-p NAME=VALUE]...

The notebook runs once, in its own folder, and is shown cell by cell on stderr. If a cell fails, what ran so far is written all
the same, one line says which cell and why, and the exit code is 1.
"""

import argparse
import hashlib
import sys
import time
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from traitlets.config import Config

from execution import execute, open_notebook

# On paper nothing scrolls: figures shrink to the page, long lines of code are broken, cells and their figures stay whole.
STYLE = """<style>
.jp-OutputArea-output svg, .jp-OutputArea-output img { max-width: 100%; height: auto; }
@media print {
  .jp-InputArea-editor pre, .jp-OutputArea-output pre { white-space: pre-wrap !important; overflow-wrap: anywhere; }
  .jp-OutputArea-output { overflow: visible !important; }
  .jp-OutputArea-output table { font-size: 80%; }
  .jp-InputArea, .jp-OutputArea-output svg, tr { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
}
</style>
"""


def run(source: Path, reports: Path, parameters) -> int:
    notebook = open_notebook(source, parameters)
    print(f"{source.name}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} cells", file=sys.stderr)
    start = time.monotonic()
    failure = execute(notebook, source.parent)

    notebook.metadata["cuaderno"] = {"executed": digest(notebook)}
    reports.mkdir(parents=True, exist_ok=True)
    executed = reports / source.name
    nbformat.write(notebook, executed)
    page, _ = HTMLExporter(config=Config({"HTMLExporter": {"embed_images": True}})).from_notebook_node(
        notebook, {"metadata": {"name": title(notebook, source)}}
    )
    html = executed.with_suffix(".html")
    html.write_text(page.replace("</head>", STYLE + "</head>", 1), encoding="utf-8")
    if failure is not None:
        cell, why = failure
        print(f"error: {source.name}, cell {cell}: {why} (so far: {html})", file=sys.stderr)
        return 1
    print(f"{source.name}: done in {time.monotonic() - start:.0f} s; {executed} and {html}", file=sys.stderr)
    return 0


def digest(notebook):
    """What was executed: SHA-256 of the code cells. In the file, it tells whether outputs belong to the code above them."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()


def title(notebook, source):
    """The first heading, for the browser's tab."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return source.stem


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", type=Path)
    parser.add_argument("reports", type=Path)
    parser.add_argument("-p", action="append", default=[], dest="parameters")
    options = parser.parse_args()
    sys.exit(run(options.notebook.resolve(), options.reports.resolve(), options.parameters))
