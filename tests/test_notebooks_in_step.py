"""The outputs in `notebooks/` belong to the code above them, and were made from the synthetic sample."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from run_notebook import digest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
RENEW = "run `cargo xtask report {0}` without CUADERNO_DATA, and copy reports/{0}.ipynb to notebooks/"
LARGEST = 1_500_000


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    found = nbformat.read(request.param, as_version=4)
    found.path = request.param
    return found


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_cell_was_run_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1)), RENEW.format(notebook.path.stem)


def test_outputs_are_those_of_this_code(notebook):
    assert notebook.metadata.get("cuaderno", {}).get("executed") == digest(notebook), RENEW.format(notebook.path.stem)


def test_only_cells_that_say_so_fail(notebook):
    for cell in code_cells(notebook):
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert failed == ("raises-exception" in cell.metadata.get("tags", [])), cell.source


def test_made_from_the_sample_and_free_of_this_machine(notebook):
    text = json.dumps([cell.outputs for cell in code_cells(notebook)])
    assert "synthetic sample" in text
    assert not re.search(r"/(home|Users|tmp|work|root)/", text), "a path of some machine is in the outputs"


def test_small_enough_for_a_repository_page(notebook):
    assert notebook.path.stat().st_size < LARGEST
