"""Runs a notebook on our kernel and on stock evcxr_jupyter, where a first cell brings the same crates by `:dep`, and compares.

    stock_notebook.py NOTEBOOK

Stock shows one output of each format a cell, at its end; so what is compared is the text of each cell: what it printed, and the
plain text of its result. Says `identical`, or shows the first cell that differs, with exit code 1.
"""

import argparse
import copy
import sys
from pathlib import Path

import nbformat
from cuaderno.execution import KERNEL, execute
from stock import PRELUDE, stock_kernel


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
    stock.cells.insert(0, nbformat.v4.new_code_cell(PRELUDE))
    with stock_kernel() as name:
        run(ours, KERNEL, source.parent)
        run(stock, name, source.parent)
    for cell, other in zip(ours.cells, stock.cells[1:]):
        if cell.cell_type == "code" and texts(cell) != texts(other):
            sys.exit(f"error: this cell differs:\n{cell.source}\nours:  {texts(cell)}\nstock: {texts(other)}")
    print(f"{source.name}: identical")


if __name__ == "__main__":
    main()
