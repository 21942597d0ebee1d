"""Small notebooks through nbconvert: each kind of failure stops it at its cell, and says so."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from clone import code_cells

NOTEBOOKS = Path(__file__).parent / "notebooks"


def convert(name, tmp_path, *options):
    """`jupyter nbconvert --execute` as a person would type it; returns the process and the executed notebook, if written."""
    result = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", *options]
        + ["--ExecutePreprocessor.timeout=300", "--output-dir", str(tmp_path), str(NOTEBOOKS / f"{name}.ipynb")],
        capture_output=True,
        text=True,
        timeout=310,
    )
    written = tmp_path / f"{name}.ipynb"
    return result, nbformat.read(written, as_version=4) if written.exists() else None


def text_of(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def error_of(cell):
    errors = [output for output in cell.outputs if output.output_type == "error"]
    assert len(errors) == 1, cell.outputs
    return errors[0]


FAILURES = {  # name of the notebook: (ename, part of evalue, line in cell 3)
    "compile_error": (None, "mismatched types", 2),
    "panic": ("panic", "index out of bounds", 2),
    "question_mark": ("ParseIntError", "invalid digit found in string", 2),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failing_cell_stops_nbconvert(name, tmp_path):
    result, written = convert(name, tmp_path)
    ename, evalue, _ = FAILURES[name]
    assert result.returncode != 0
    assert written is None, "nbconvert wrote a notebook although a cell failed"
    assert evalue in result.stderr
    assert ename is None or ename in result.stderr
    assert "CellExecutionError" in result.stderr


@pytest.mark.parametrize("name", FAILURES)
def test_failing_cell_is_named_and_earlier_variables_survive(name, tmp_path):
    result, written = convert(name, tmp_path, "--allow-errors")
    assert result.returncode == 0, result.stderr
    cells = code_cells(written)
    ename, evalue, line = FAILURES[name]
    error = error_of(cells[2])
    assert evalue in error.evalue
    assert ename is None or error.ename == ename
    traceback = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback)) + error.evalue
    assert re.search(rf"cell 3(, line |:){line}\b", traceback), traceback
    assert text_of(cells[3]) == "kept: [1, 2, 3]\n"
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4]


def test_figures_and_text_in_order(tmp_path):
    result, written = convert("figures_in_order", tmp_path)
    assert result.returncode == 0, result.stderr
    outputs = code_cells(written)[0].outputs
    seen = [output.get("text") or output.data["text/plain"] for output in outputs]
    assert seen == ["before\n", "[figure one]", "between\n", "[figure two]", "after\n"]
    assert all("image/svg+xml" in output.data for output in outputs if output.output_type == "display_data")


def test_progress_leaves_one_final_state(tmp_path):
    result, written = convert("progress", tmp_path)
    assert result.returncode == 0, result.stderr
    outputs = code_cells(written)[0].outputs
    assert len(outputs) == 1, "a progress bar is one output, however often it was redrawn"
    assert "50/50 steps" in outputs[0].data["text/plain"]


def test_variables_without_annotations(tmp_path):
    result, written = convert("variables", tmp_path)
    assert result.returncode == 0, result.stderr
    last = code_cells(written)[-1]
    assert text_of(last) == "3 rows, 2 words, mean 2\n"
