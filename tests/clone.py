"""The clone under test: where it lies, its command, and notebooks for its kernel."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
CUADERNO = [sys.executable, "-m", "cuaderno"]


def with_sample(**variables):
    """This environment without the real data, so that programs take the sample."""
    return {name: value for name, value in os.environ.items() if name != "CUADERNO_DATA"} | variables


def cuaderno(*arguments, folder=ROOT, timeout=300, data=None, **variables):
    """Runs the command `cuaderno` on the sample, or on other data."""
    environment = with_sample(**({"CUADERNO_DATA": str(data)} if data else {}), **variables)
    return subprocess.run([*CUADERNO, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout)


def notebook_of(*cells):
    """A notebook of this kernel; a text is a cell of code."""
    cells = [nbformat.v4.new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    kernel = {"name": "cuaderno", "display_name": "Rust (cuaderno)", "language": "rust"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def head_of(name, until):
    """A course notebook down to its first cell of code with this text."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    end = next(number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code" and until in cell.source)
    notebook.cells = notebook.cells[: end + 1]
    return notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
