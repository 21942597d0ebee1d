"""Runs a notebook on our kernel and on stock evcxr_jupyter with our library, as `cuaderno evcxr` installs it, and compares.

    stock_notebook.py NOTEBOOK

Stock shows one output of each format a cell, at its end; so what is compared is the text of each cell: what it printed, and the
plain text of its result. Says `identical`, or shows the first cell that differs, with exit code 1.
"""

import argparse
import copy
import sys
import tempfile
from pathlib import Path

import nbformat
from cuaderno import evcxr
from cuaderno.execution import KERNEL, execute
from cuaderno.problem import Problem
from stock import known_below


def texts(cell):
    """What a cell printed, and the text of what it showed."""
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")
    shown = [output.data.get("text/plain", "") for output in cell.outputs if "data" in output]
    return printed.strip(), [text.strip() for text in shown if text.strip()]


def run(notebook, kernel, folder):
    print(f"{kernel}:", file=sys.stderr)
    failed = execute(notebook, folder, kernel)
    if failed is not None:
        sys.exit(f"error: {kernel}: {failed}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("notebook", type=Path)
    source = arguments.parse_args().notebook
    ours = nbformat.read(source, as_version=4)
    stock = copy.deepcopy(ours)
    with tempfile.TemporaryDirectory() as prefix:
        try:
            evcxr.install(Path(prefix))
        except Problem as problem:
            sys.exit(f"error: {problem.message}")
        with known_below(Path(prefix) / "share" / "jupyter"):
            run(ours, KERNEL, source.parent)
            run(stock, evcxr.NAME, source.parent)
    for cell, other in zip(ours.cells, stock.cells):
        if cell.cell_type == "code" and texts(cell) != texts(other):
            sys.exit(f"error: this cell differs:\n{cell.source}\nours:  {texts(cell)}\nstock: {texts(other)}")
    print(f"{source.name}: identical")


if __name__ == "__main__":
    main()
