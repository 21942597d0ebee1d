"""`cargo xtask verify` and `cargo xtask report -p`: what may differ between two runs of a report, and what may not."""

import json

import nbformat
import pytest

from clone import ROOT, code_cells, cuaderno, notebook_of
from cuaderno.comparison import ENTRIES, ROWS, Comparison, shown
from cuaderno.execution import open_notebook
from cuaderno.parameters import set_parameters
from cuaderno.problem import Problem
from cuaderno.verify import made_elsewhere, version_of

SMALL = ROOT / "tests" / "notebooks" / "small_report.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The small report with the outputs of a run on one thread."""
    reports = tmp_path_factory.mktemp("reports")
    result = cuaderno("report", SMALL, "--to", reports, RAYON_NUM_THREADS="1")
    assert result.returncode == 0, result.stderr
    return reports / SMALL.name


def test_one_and_two_threads_are_identical(executed):
    result = cuaderno("verify", executed, RAYON_NUM_THREADS="2")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.startswith("small_report.ipynb: identical, 7 cells, digest "), result.stdout
    stamp = code_cells(nbformat.read(executed, as_version=4))[1].outputs[0]
    assert "1 threads" in stamp.data["text/plain"], "the run behind the comparison did not use one thread"


def test_a_notebook_without_outputs_runs_twice():
    result = cuaderno("verify", SMALL)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "small_report.ipynb: it holds no outputs to compare with, so it runs twice\n" in result.stderr
    assert "identical" in result.stdout


def test_another_parameter_compares_two_runs_and_says_so(tmp_path):
    """The outputs are of the value in the notebook. The two runs differ, since the second finds what the first has left."""
    source = """let found = std::fs::exists("left")?; std::fs::write("left", "")?; if !found { println!("{n}"); }"""
    cells = [nbformat.v4.new_code_cell("let n = 1;", metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(source)]
    cells[1].outputs = [text("stdout", "1\n")]
    nbformat.write(notebook_of(*cells), tmp_path / "twice.ipynb")
    result = cuaderno("verify", tmp_path / "twice.ipynb", "-p", "n=2")
    assert result.stderr.startswith("twice.ipynb: its outputs were made without this -p, so it runs twice\n"), result.stderr
    assert result.stdout.splitlines()[-2:] == ["only the first run has a text:", "2"], result.stdout


def test_the_first_cell_that_differs_is_shown(executed, tmp_path):
    notebook = nbformat.read(executed, as_version=4)
    train = code_cells(notebook)[3]
    result = next(output for output in train.outputs if output.output_type == "execute_result")
    line = result.metadata["stable"].splitlines()[1]
    result.metadata["stable"] = result.metadata["stable"].replace(line, "1  0.1234    0.5000")
    changed = tmp_path / "changed.ipynb"
    nbformat.write(notebook, changed)
    compared = cuaderno("verify", changed)
    assert compared.returncode == 1
    assert "cell 4 differs" in compared.stdout
    assert "-1  0.1234    0.5000" in compared.stdout and f"+{line}" in compared.stdout, compared.stdout
    assert compared.stderr.splitlines()[-1] == "error: changed.ipynb is not reproduced: cell 4 differs"


def test_outputs_of_another_version_are_told(executed, tmp_path):
    """By what `report` noted; where a front end made the outputs, by what the stamp says."""
    notebook = nbformat.read(executed, as_version=4)
    here = notebook.metadata["cuaderno"]["version"]
    assert f"\ncuaderno  {here}\n" in code_cells(notebook)[1].outputs[0].data["text/plain"]
    assert version_of(notebook) == here
    notebook.metadata["cuaderno"]["version"] = "0.1.9"
    nbformat.write(notebook, tmp_path / "old.ipynb")
    compared = cuaderno("verify", tmp_path / "old.ipynb")
    assert compared.stdout.splitlines()[0] == f"old.ipynb: its outputs were made by cuaderno 0.1.9, this is {here}"
    assert compared.returncode == 0 and "old.ipynb: identical, " in compared.stdout, compared.stdout
    del notebook.metadata["cuaderno"]
    assert version_of(notebook) == here


def test_a_parameter_reaches_the_cells_below(tmp_path):
    result = cuaderno("report", SMALL, "--to", tmp_path, "-p", "epochs=3")
    assert result.returncode == 0, result.stderr
    cells = code_cells(nbformat.read(tmp_path / SMALL.name, as_version=4))
    assert cells[1].metadata["tags"] == ["injected-parameters"]
    assert cells[1].source == "let epochs: usize = 3;"
    history = cells[4].outputs[-1].data["text/plain"].splitlines()
    assert [line.split()[0] for line in history] == ["epoch", "1", "2", "3"]


def test_an_unknown_parameter_is_one_line(tmp_path):
    result = cuaderno("report", SMALL, "--to", tmp_path, "-p", "epoch=3")
    assert result.returncode == 1
    assert result.stderr == "error: small_report.ipynb has no parameter `epoch`; it has seed, epochs, set\n"


@pytest.mark.parametrize("content", ["# a text", "[]", '{"nbformat": 9}', '{"nbformat": 4, "nbformat_minor": 5}', "\udcff"])
def test_a_file_that_is_no_notebook_is_one_line(tmp_path, content):
    (tmp_path / "text.ipynb").write_text(content, errors="surrogateescape")
    result = cuaderno("verify", tmp_path / "text.ipynb")
    assert result.returncode == 1
    assert result.stderr.startswith("error: text.ipynb cannot be read as a notebook: ") and result.stderr.count("\n") == 1, result.stderr


@pytest.mark.parametrize("change", [
    {"source": 17}, {"metadata": {"tags": 7}}, {"metadata": {"tags": None}}, {"outputs": [{"output_type": "banana"}]}, {"source": "\ud800"},
])
def test_what_no_notebook_has_is_one_line(tmp_path, change):
    cell = {"cell_type": "code", "id": "a", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
    (tmp_path / "odd.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell | change]}))
    with pytest.raises(Problem, match="^odd.ipynb cannot be read as a notebook: .+$"):
        open_notebook(tmp_path / "odd.ipynb", [])


def test_what_others_note_under_our_name_is_left_out(tmp_path):
    noted = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"cuaderno": [1]}, "cells": []}
    (tmp_path / "odd.ipynb").write_text(json.dumps(noted))
    assert open_notebook(tmp_path / "odd.ipynb", []).metadata == {}


def test_parameters_keep_type_and_quotes():
    source = "// how long\nlet mut rate: f32 = 0.1;\nlet name = \"a\"; // of the run\nconst N: usize = 3;\nlet f = |x: i32| x;"
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
    notebook = notebook_of(cell)
    set_parameters(notebook, ["rate=0.2", "name=b \"c\"", "N=4"], "x")
    assert notebook.cells[1].source == 'let mut rate: f32 = 0.2;\nlet name = "b \\"c\\"";\nconst N: usize = 4;'
    set_parameters(notebook, ["N=5"], "x")
    assert [cell.source for cell in notebook.cells[1:]] == ["const N: usize = 5;"], "a second injection replaces the first"


def test_no_tagged_cell_no_parameters():
    with pytest.raises(Problem, match="no cell tagged `parameters`"):
        set_parameters(notebook_of(nbformat.v4.new_code_cell("let x = 1;")), ["x=2"], "x")


def cell_with(*outputs, tags=()):
    return nbformat.v4.new_code_cell("", outputs=list(outputs), metadata={"tags": list(tags)})


def text(name, content):
    return nbformat.v4.new_output("stream", name=name, text=content)


def picture(content, **metadata):
    return nbformat.v4.new_output("display_data", data=content, metadata=metadata)


def difference(one, other, tolerance=0.0):
    """How two cells differ, as it is shown; empty if they do not."""
    found = Comparison(tolerance=tolerance).difference(shown(one), shown(other))
    return found.lines() if found else []


def test_how_text_was_cut_does_not_count():
    one = cell_with(text("stdout", "a\n"), text("stderr", "w"), text("stdout", "b\n"))
    other = cell_with(text("stdout", "a\nb\n"), text("stderr", "w"))
    assert difference(one, other) == []


def test_only_what_is_tagged_is_left_out():
    timed = [cell_with(picture({"text/plain": f"{t} s, loss 1"}, stable="loss 1")) for t in (1, 2)]
    assert difference(*timed) == []
    assert shown(cell_with(picture({"text/plain": "decoding 2 s"}, stable=""))) == []
    assert shown(cell_with(text("stdout", "12:00"), tags=["volatile"])) == []
    plain = [cell_with(picture({"text/plain": f"{t} s"})) for t in (1, 2)]
    assert difference(*plain) == ["an output (text/plain) differs:", "-1 s", "+2 s"]


def test_a_missing_output_is_named():
    assert difference(cell_with(text("stdout", "a")), cell_with()) == ["only the stored notebook has a text:", "a"]
    assert difference(cell_with(), cell_with(text("stdout", "a"))) == ["only this run has a text:", "a"]
    assert difference(cell_with(text("stdout", "a")), cell_with(picture({"image/png": ""}))) == [
        "the stored notebook has a text here, this run an output (image/png)"
    ]


def test_a_figure_that_is_kept_in_one_format_of_two_is_compared_in_that_one():
    """As the course's notebooks are committed."""
    both = {"image/png": "aGk=", "image/svg+xml": "<svg/>", "text/plain": "a figure"}
    one = {mime: content for mime, content in both.items() if mime != "image/svg+xml"}
    assert difference(cell_with(picture(one)), cell_with(picture(both))) == []
    assert difference(cell_with(picture(one)), cell_with(picture(both | {"text/plain": "another"})))[0] == "an output (text/plain) differs:"


def test_long_lines_are_shown_where_they_differ():
    svg = "<svg>" + "".join(f'<rect x="{x}"/>' for x in range(500)) + "</svg>"
    lines = difference(*(cell_with(picture({"image/svg+xml": s, "text/plain": ""})) for s in (svg, svg.replace('"250"', '"9"'))))
    assert lines[0] == "an output (image/svg+xml) differs:" and '-<rect x="250"/>' in lines and '+<rect x="9"/>' in lines
    assert len(lines) < 8


@pytest.mark.parametrize("mime, old, new, tells", [
    ("text/plain", "class  count\nA  1\nB  2", "class  count\nB  2\nA  1", [ROWS]),
    ("text/html", "<table><tr><td>A</td></tr><tr><td>B</td></tr></table>", "<table><tr><td>B</td></tr><tr><td>A</td></tr></table>", [ROWS]),
    ("text/plain", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}', [ENTRIES]),
    ("text/plain", '{\n    "a": 1,\n    "b": 2,\n}', '{\n    "b": 2,\n    "a": 1,\n}', [ENTRIES]),
    ("text/html", "<tr><td>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr>", "<tr><td>A</td><td>2</td></tr><tr><td>B</td><td>1</td></tr>", []),
    ("text/plain", '{"a": [1, 2], "b": [3]}', '{"b": [3], "a": [1, 2]}', [ENTRIES]),
    ("text/plain", '{"a": 1, "b": 2}', '{"b": 1, "c": 2}', []),
    ("text/plain", '{"a": 1, "b": 2}', '{"a": 2, "b": 1}', []),
    ("text/plain", "a b", "b a", []),
])
def test_what_is_only_in_another_order_is_said_to_be(mime, old, new, tells):
    lines = difference(*(cell_with(picture({mime: content})) for content in (old, new)))
    assert [line for line in lines if line in (ROWS, ENTRIES)] == tells


@pytest.mark.parametrize("old, new, same, largest", [
    ("loss 0.25", "loss 0.2500001", True, 1e-7),
    ("loss 0.25", "loss 0.26", False, 0),
    # Of large numbers, a part of their size; columns are as wide as their numbers.
    ("a  1_000_000\n──", "a  1_000_000.5\n────", True, 5e-7),
    ("-0.0000001", "0", True, 1e-7),
    ("−3", "-3", True, 0),
    ("NaN", "NaN", True, 0),
    ("NaN", "1", False, 0),
    ("x1 1", "x2 1", False, 0),
    ("loss 1", "cost 1", False, 0),
    ("1 2", "1 2 3", False, 0),
    ("2026-11-30", "2026-11-29", False, 0),
])
def test_numbers_with_a_tolerance(old, new, same, largest):
    comparison = Comparison(tolerance=1e-6)
    pieces = [shown(cell_with(picture({"text/plain": content}))) for content in (old, new)]
    assert (comparison.difference(*pieces) is None) == same
    assert comparison.largest == pytest.approx(largest, rel=1e-3)
    assert same is False or old == new or difference(*(cell_with(picture({"text/plain": content})) for content in (old, new)))


def test_a_digest_is_not_compared_with_a_tolerance():
    comparison = Comparison(tolerance=1e-6)
    pieces = [shown(cell_with(picture({"text/plain": f"history  1\nall      {sums * 16}"}))) for sums in "ab"]
    assert comparison.difference(*pieces) is None and comparison.sums == 1
    assert Comparison().difference(*pieces) is not None


def test_another_processor_or_number_of_threads_is_named():
    def ran(processor, threads, version="0.2.0"):
        cell = cell_with(picture({"text/plain": f"seed      1\ncuaderno  {version}\nmachine   linux x86_64, {threads} threads"}, stable=""))
        cell.source = "stamp(1)"
        notebook = notebook_of(cell)
        notebook.metadata["cuaderno"] = {"processor": processor}
        return notebook

    assert made_elsewhere("a", ran("X", 2), ran("X", 2)) == []
    assert made_elsewhere("a", ran("X", 2), ran("X", 4)) == ["a: its outputs were made on 2 threads, this is 4 threads"]
    assert made_elsewhere("a", ran("X", 2, "0.1.9"), ran("Y", 4)) == [
        "a: its outputs were made by cuaderno 0.1.9, this is 0.2.0", "a: its outputs were made on X, 2 threads, this is Y, 4 threads"
    ]


def test_all_differences_stand_side_by_side_on_a_page(executed, tmp_path):
    notebook = nbformat.read(executed, as_version=4)
    cells = code_cells(notebook)
    cells[2].outputs = [text("stdout", "<b>old</b>\n")]
    picture = next(output for cell in cells for output in cell.outputs if "image/png" in output.get("data", {}))
    picture.data["image/svg+xml"] = picture.data["image/svg+xml"].replace("<svg", "<svg class='other'", 1)
    notebook.metadata["cuaderno"]["processor"] = "A slower one"
    nbformat.write(notebook, tmp_path / "changed.ipynb")
    compared = cuaderno("verify", tmp_path / "changed.ipynb", "--to", tmp_path / "pages", RAYON_NUM_THREADS="1")
    place = tmp_path / "pages" / "changed.differences.html"
    last = compared.stderr.splitlines()[-1]
    assert compared.returncode == 1 and last.startswith("error: changed.ipynb is not reproduced: cells 3, ") and last.endswith(f" differ; side by side in {place}")
    assert "its outputs were made on A slower one, " in compared.stdout
    page = place.read_text(encoding="utf-8")
    assert "<td class=old>&lt;b&gt;old&lt;/b&gt;" in page and "A slower one" in page and "<script" not in page
    assert page.count("data:image/svg+xml;base64,") == 2 and page.count("<h2 id=cell-") == 2
