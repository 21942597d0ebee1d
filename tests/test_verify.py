"""`cargo xtask verify` and `cargo xtask report -p`: what may differ between two runs of a report, and what may not."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cuaderno.execution import set_parameters
from cuaderno.problem import Problem
from cuaderno.verify import difference, shown, version_of

ROOT = Path(__file__).resolve().parent.parent
SMALL = ROOT / "tests" / "notebooks" / "small_report.ipynb"


def program(name, *arguments, threads=None):
    environment = {name: value for name, value in os.environ.items() if name != "CUADERNO_DATA"}
    if threads:
        environment["RAYON_NUM_THREADS"] = str(threads)
    command = [sys.executable, "-m", "cuaderno", name, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The small report with the outputs of a run on one thread."""
    reports = tmp_path_factory.mktemp("reports")
    result = program("report", SMALL, "--to", reports, threads=1)
    assert result.returncode == 0, result.stderr
    return reports / SMALL.name


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_one_and_two_threads_are_identical(executed):
    result = program("verify", executed, threads=2)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.startswith("small_report.ipynb: identical, 7 cells, digest "), result.stdout
    stamp = code_cells(nbformat.read(executed, as_version=4))[1].outputs[0]
    assert "1 threads" in stamp.data["text/plain"], "the run behind the comparison did not use one thread"


def test_a_notebook_without_outputs_runs_twice():
    result = program("verify", SMALL)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "small_report.ipynb: it holds no outputs to compare with, so it runs twice\n" in result.stderr
    assert "identical" in result.stdout


def test_another_parameter_compares_two_runs_and_says_so(tmp_path):
    """The outputs are of the value in the notebook. The two runs differ, since the second finds what the first has left."""
    source = """let found = std::fs::exists("left")?; std::fs::write("left", "")?; if !found { println!("{n}"); }"""
    cells = [nbformat.v4.new_code_cell("let n = 1;", metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(source)]
    cells[1].outputs = [text("stdout", "1\n")]
    nbformat.write(notebook_of(*cells), tmp_path / "twice.ipynb")
    result = program("verify", tmp_path / "twice.ipynb", "-p", "n=2")
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
    compared = program("verify", changed)
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
    compared = program("verify", tmp_path / "old.ipynb")
    assert compared.stdout.splitlines()[0] == f"old.ipynb: its outputs were made by cuaderno 0.1.9, this is {here}"
    assert compared.returncode == 0 and "old.ipynb: identical, " in compared.stdout, compared.stdout
    del notebook.metadata["cuaderno"]
    assert version_of(notebook) == here


def test_a_parameter_reaches_the_cells_below(tmp_path):
    result = program("report", SMALL, "--to", tmp_path, "-p", "epochs=3")
    assert result.returncode == 0, result.stderr
    cells = code_cells(nbformat.read(tmp_path / SMALL.name, as_version=4))
    assert cells[1].metadata["tags"] == ["injected-parameters"]
    assert cells[1].source == "let epochs: usize = 3;"
    history = cells[4].outputs[-1].data["text/plain"].splitlines()
    assert [line.split()[0] for line in history] == ["epoch", "1", "2", "3"]


def test_an_unknown_parameter_is_one_line(tmp_path):
    result = program("report", SMALL, "--to", tmp_path, "-p", "epoch=3")
    assert result.returncode == 1
    assert result.stderr == "error: small_report.ipynb has no parameter `epoch`; it has seed, epochs, set\n"


@pytest.mark.parametrize("content", ["# a text", "[]", '{"nbformat": 9}', '{"nbformat": 4, "nbformat_minor": 5}', "\udcff"])
def test_a_file_that_is_no_notebook_is_one_line(tmp_path, content):
    (tmp_path / "text.ipynb").write_text(content, errors="surrogateescape")
    result = program("verify", tmp_path / "text.ipynb")
    assert result.returncode == 1
    assert result.stderr.startswith("error: text.ipynb cannot be read as a notebook: ") and result.stderr.count("\n") == 1, result.stderr


def notebook_of(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


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


def test_how_text_was_cut_does_not_count():
    one = cell_with(text("stdout", "a\n"), text("stderr", "w"), text("stdout", "b\n"))
    other = cell_with(text("stdout", "a\nb\n"), text("stderr", "w"))
    assert difference(shown(one), shown(other)) == []


def test_only_what_is_tagged_is_left_out():
    timed = [picture({"text/plain": f"{t} s, loss 1"}, stable="loss 1") for t in (1, 2)]
    assert difference(*(shown(cell_with(output)) for output in timed)) == []
    assert shown(cell_with(picture({"text/plain": "decoding 2 s"}, stable=""))) == []
    assert shown(cell_with(text("stdout", "12:00"), tags=["volatile"])) == []
    plain = [picture({"text/plain": f"{t} s"}) for t in (1, 2)]
    assert difference(*(shown(cell_with(output)) for output in plain)) == ["an output (text/plain) differs:", "-1 s", "+2 s"]


def test_a_missing_output_is_named():
    lines = difference(shown(cell_with(text("stdout", "a"))), shown(cell_with()))
    assert lines == ["only the stored notebook has a text:", "a"]


def test_long_lines_are_shown_where_they_differ():
    svg = "<svg>" + "".join(f'<rect x="{x}"/>' for x in range(500)) + "</svg>"
    lines = difference(*(shown(cell_with(picture({"image/svg+xml": s, "text/plain": ""}))) for s in (svg, svg.replace('"250"', '"9"'))))
    assert lines[0] == "an output (image/svg+xml) differs:" and '-<rect x="250"/>' in lines and '+<rect x="9"/>' in lines
    assert len(lines) < 8
