"""Other tools that run or convert notebooks: jupytext, nbmake, nbval, jupyter-cache, MyST."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from browser import jupyter
from clone import notebook_of

pytestmark = pytest.mark.timeout(600)
SAYS = nbformat.v4.new_output("stream", text="42\n")


@pytest.fixture
def notebook(tmp_path):
    """A notebook that says 42, with one cell that is compared by nbval, and one that differs each time."""
    cells = [
        nbformat.v4.new_markdown_cell("# A report\n\nWith $x^2$."),
        nbformat.v4.new_code_cell("fn answer() -> i32 { 42 }", metadata={"tags": ["kept"]}),
        nbformat.v4.new_code_cell('println!("{}", answer());', execution_count=2, outputs=[SAYS], metadata={"tags": ["nbval-check-output"]}),
        "std::process::id()",
    ]
    place = tmp_path / "report.ipynb"
    nbformat.write(notebook_of(*cells), place)
    return place


def run(folder, *arguments, code=0):
    ran = subprocess.run([sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, timeout=500)
    assert ran.returncode == code, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout


@pytest.mark.parametrize("form, end", [("rs:percent", "rs"), ("md:myst", "md")])
def test_jupytext_keeps_a_notebook_as_text(notebook, tmp_path, form, end):
    run(tmp_path, "jupytext", "--to", form, notebook.name)
    text = (tmp_path / f"report.{end}").read_text(encoding="utf-8")
    assert "fn answer() -> i32 { 42 }" in text and "name: cuaderno" in text
    run(tmp_path, "jupytext", "--to", "ipynb", "--output", "again.ipynb", f"report.{end}")
    before, again = (nbformat.read(place, as_version=4) for place in (notebook, tmp_path / "again.ipynb"))
    assert [(cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in again.cells] == [
        (cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in before.cells
    ]
    assert again.metadata.kernelspec.name == "cuaderno"


def change(notebook, old, new):
    notebook.write_text(notebook.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_nbmake_runs_every_cell(notebook, tmp_path):
    assert "1 passed" in run(tmp_path, "pytest", "-p", "no:cacheprovider", "--nbmake", notebook.name)
    change(notebook, "std::process::id()", "[1][answer() as usize]")
    assert "index out of bounds" in run(tmp_path, "pytest", "-p", "no:cacheprovider", "--nbmake", notebook.name, code=1)


def test_nbval_compares_where_it_is_asked_to(notebook, tmp_path):
    assert "3 passed" in run(tmp_path, "pytest", "-p", "no:cacheprovider", "--nbval-lax", notebook.name)
    change(notebook, "{ 42 }", "{ 43 }")
    assert "1 failed" in run(tmp_path, "pytest", "-p", "no:cacheprovider", "--nbval-lax", notebook.name, code=1)


def test_jupyter_cache_runs_and_keeps_outputs(notebook, tmp_path):
    def jcache(*arguments):
        command = [Path(sys.executable).parent / "jcache", *arguments]
        ran = subprocess.run(command, cwd=tmp_path, input="y\n", capture_output=True, text=True, timeout=500)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    change(notebook, "42\\n", "an old output")
    jcache("notebook", "-p", "cache", "add", notebook.name)
    assert "errored: []" in jcache("project", "-p", "cache", "execute")
    jcache("notebook", "-p", "cache", "merge", "1", "out.ipynb")
    assert nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[2].outputs[0].text == "42\n"


PROSE = """---
kernelspec:
  name: cuaderno
  display_name: Rust (cuaderno)
---

```{code-cell} rust
let accuracy = 0.875;
let right = ["a", "b"];
```

Right are {eval}`right.len()` pictures, {eval}`format!("{:.1} %", 100.0 * accuracy)`.
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="MyST runs on Node.js: `sudo apt install nodejs`")
def test_myst_asks_for_numbers_in_prose(tmp_path):
    (tmp_path / "report.md").write_text(PROSE, encoding="utf-8")
    # The server that MyST starts by itself does not run as root.
    with jupyter(tmp_path, "jupyter_server", "secret") as address:
        command = [Path(sys.executable).parent / "myst", "build", "report.md", "--execute", "--md", "--output", "page.md"]
        server = {"JUPYTER_BASE_URL": address, "JUPYTER_TOKEN": "secret"}
        ran = subprocess.run(command, cwd=tmp_path, env=os.environ | server, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    # What it has found, before a theme makes a page of it: themes come by the network.
    [results] = (tmp_path / "_build" / "execute").glob("*.ipynb")
    cells = json.loads(results.read_text(encoding="utf-8"))["cells"]
    shown = [cell["outputs"][0]["data"]["text/plain"] for cell in cells if cell["metadata"]["mystResultType"] == "inlineExpression"]
    assert shown == ["2", '"87.5 %"'], ran.stdout + ran.stderr
