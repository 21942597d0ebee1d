"""The outputs in `notebooks/` belong to the code above them, and were made from the synthetic sample."""

import json
import re

import nbformat
import pytest

from clone import ROOT, code_cells
from cuaderno.report import digest

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RENEW = "run `cargo xtask report {0}` without CUADERNO_DATA, and copy reports/{0}.ipynb to notebooks/"
LARGEST = 1_500_000


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    found = nbformat.read(request.param, as_version=4)
    found.path = request.param
    return found


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


# What the columns with the accuracy on test pictures are called.
TEST_ACCURACY = ["test_accuracy", "accuracy", "test", "test accuracy"]


def printed_accuracies(notebook):
    """Test accuracies by row, of every table that has such a column: polars', in which a cell that wraps goes on in the next line,
    and logs and comparisons, whose columns lie two spaces apart."""
    found = {}
    for output in (output for cell in code_cells(notebook) for output in cell.outputs):
        column, label = None, ""
        for line in output.get("data", {}).get("text/plain", "").splitlines():
            cells = [cell.strip() for cell in line.strip("│ ").split("┆")]
            if len(cells) < 2 and not set(line) & set("┌╞└"):
                cells = re.split(" {2,}", line.strip())
            if len(cells) < 2:
                column = column if line.startswith("╞") else None
            elif column is None:
                column = next((cells.index(name) for name in TEST_ACCURACY if name in cells), None)
            elif re.fullmatch(r"\d+(\.\d+)?", cells[min(column, len(cells) - 1)]):
                label = cells[0]
                found[label] = float(cells[column])
            elif cells[0] and not any(cells[1:]) and label in found:
                found[f"{label} {cells[0]}"] = found.pop(label)
    return found


def test_accuracies_in_prose_are_those_of_the_outputs(notebook):
    [prose] = [cell.source for cell in notebook.cells if "## Expected score" in cell.source]
    if "| sample |" not in prose:
        number, said = {
            "00-tour": (r"On the sample: (\d\.\d+) on", r"never seen (\d\.\d+)"),
            "04-sports": (r"On the sample expect (\d+) % .* and (\d+) % with", r"accuracy (\d+)\.\d+ %"),
            "06-titles": (r"titles alone are right in (\d\.\d+)", r"\ntitle +(\d\.\d+) "),
            "07-your-own-data": (r"On the sample (\d\.\d+) of", r"right: (\d\.\d+) "),
        }[notebook.path.stem]
        texts = [output.get("text", "") or output.get("data", {}).get("text/plain", "")
                 for cell in code_cells(notebook) for output in cell.outputs]
        assert set(re.search(number, prose).groups()) == {match[1] for text in texts if (match := re.search(said, text))}
        return
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in prose.splitlines() if line.startswith("|")]
    column = rows[0].index("sample")
    claims = {row[0]: row[column].rstrip(" %") for row in rows if re.fullmatch(r"[\d.]+( %)?", row[column])}
    printed = printed_accuracies(notebook)
    assert len(claims) >= 3 and claims.keys() <= printed.keys(), (claims, printed)
    for label, claim in claims.items():
        digits = len(claim.partition(".")[2])
        assert abs(float(claim) - printed[label]) <= 0.5001 * 10**-digits, (label, claim, printed[label])


def test_what_is_drawn_into_the_pictures_of_posts_is_worth_what_is_said():
    """Three hints, each right on its own: the majority of them."""
    text = " ".join((NOTEBOOKS[0].parent.parent / "data" / "README.md").read_text().split())
    said = re.search(r"right in (\d+) %; .*?, (\d+) %; .*?, (\d+) %\. Who sees all three is right in about (\d+) %", text)
    a, b, c, together = (int(percent) / 100 for percent in said.groups())
    assert round(a * b * c + a * b * (1 - c) + a * (1 - b) * c + (1 - a) * b * c, 2) == together
    [posts] = [path for path in NOTEBOOKS if path.stem.startswith("01")]
    assert f"right in about {together:.0%}".replace("%", " %") in posts.read_text()
