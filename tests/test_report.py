"""The course notebooks, run as `cargo xtask report` runs them."""

import os
import re
import signal
import subprocess
import time

import nbformat
import psutil
import pytest

from clone import CUADERNO, ROOT, cuaderno, head_of, notebook_of
from cuaderno.comparison import Comparison, shown
from cuaderno.verify import code_cells, threads_of


def outputs_as_text(notebook):
    """Everything a reader sees under the cells, as text."""
    pieces = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            pieces.append(output.get("text", ""))
            pieces.extend(str(content) for mime, content in output.get("data", {}).items() if mime.startswith("text/"))
    return "\n".join(pieces)


def has(number, text):
    """Whether a number stands in the text, with or without separators of thousands."""
    return re.search(rf"(?<!\d){number[:-3]}[,_ '\u202f]?{number[-3:]}(?!\d)", text) is not None


def outputs_are_the_same(one, other):
    pairs = zip(code_cells(one), code_cells(other), strict=True)
    comparison = Comparison("the committed notebook")
    return not any(comparison.difference(shown(old), shown(new)) for old, new in pairs)


@pytest.mark.timeout(2000)
@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")))
def test_runs_on_the_sample_and_again_with_other_threads(name, tmp_path):
    """The outputs in `notebooks/` are of one run, made on another number of threads. Where another version has made them, it runs twice."""
    result = cuaderno("report", ROOT / "notebooks" / f"{name}.ipynb", "--to", tmp_path, timeout=900, RAYON_NUM_THREADS="1")
    assert result.returncode == 0, result.stderr[-3000:]
    notebook = nbformat.read(tmp_path / f"{name}.ipynb", as_version=4)
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip())
    page = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
    assert "<svg" in page or "image/svg+xml" in page, "the page has no figure"

    committed = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    if threads_of(committed) != "1" and outputs_are_the_same(committed, notebook):
        return
    again = cuaderno("verify", tmp_path / f"{name}.ipynb", timeout=900, RAYON_NUM_THREADS="2")
    assert again.returncode == 0 and ": identical, " in again.stdout, again.stdout + again.stderr[-3000:]


@pytest.mark.real_data
def test_reddit_counts_on_real_data(real_data, tmp_path):
    """Down to the pictures, which are read and split; training is tried on the sample."""
    nbformat.write(head_of("01-reddit-disinformation", "images.split("), tmp_path / "reddit.ipynb")
    result = cuaderno("report", tmp_path / "reddit.ipynb", "--to", tmp_path / "reports", data=real_data)
    assert result.returncode == 0, result.stderr[-3000:]
    text = outputs_as_text(nbformat.read(tmp_path / "reports" / "reddit.ipynb", as_version=4))
    # pandas.read_csv(sep="\t"): 9,995 rows; (2_way_label == 0).sum() -> 5932, (== 1).sum() -> 4063
    assert has("5932", text) and has("4063", text)
    # the same, class Disinformation only: author.value_counts().head(2)
    for author, posts in {"ApiContraption": "258", "all-top-today_SS": "72"}.items():
        assert re.search(rf"{re.escape(author)}\W.{{0,120}}?(?<!\d){posts}(?!\d)", text, re.DOTALL), author


def test_failing_notebook_is_written_and_named(tmp_path):
    result = cuaderno("report", ROOT / "tests" / "notebooks" / "panic.ipynb", "--to", tmp_path)
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("error: panic.ipynb, cell 3: panic: "), last
    cells = [cell for cell in nbformat.read(tmp_path / "panic.ipynb", as_version=4).cells if cell.cell_type == "code"]
    assert cells[0].execution_count == 1 and cells[2].outputs[-1].output_type == "error"
    assert (tmp_path / "panic.html").exists()


def stopped_by_ctrl_c(folder, *arguments):
    """Runs a notebook whose second cell takes minutes, until Ctrl-C in that cell; returns what was said, line by line."""
    sleeping = 'println!("working"); std::fs::write("started", "")?; std::thread::sleep(std::time::Duration::from_secs(300));'
    cells = [nbformat.v4.new_code_cell(source) for source in ("1 + 1", sleeping, "2 + 2")]
    for cell in cells:
        cell.outputs = [nbformat.v4.new_output("stream", text="of an earlier run")]
    nbformat.write(notebook_of(*cells), folder / "sleeps.ipynb")
    command = [*CUADERNO, *arguments, str(folder / "sleeps.ipynb"), str(ROOT / "tests" / "notebooks" / "panic.ipynb")]
    # A session is what a terminal has: Ctrl-C goes to all of its processes.
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as running:
        while not (folder / "started").exists():
            assert running.poll() is None, running.stderr.read()
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)
        said = running.communicate(timeout=60)[1].splitlines()
    assert running.returncode == 1
    left = [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(folder)]
    assert left == [], "the kernel goes on"
    return said


def test_ctrl_c_writes_what_ran_so_far(tmp_path):
    said = stopped_by_ctrl_c(tmp_path, "report", "--to", str(tmp_path / "reports"))
    written = tmp_path / "reports" / "sleeps.html"
    assert [line[:7] for line in said[1:-1]] == ["[  1/3]", "[  2/3]"], said
    assert said[-1] == f"error: sleeps.ipynb, cell 2: stopped by Ctrl-C (so far: {written})"
    assert written.exists()
    first, second, third = nbformat.read(written.with_suffix(".ipynb"), as_version=4).cells
    assert first.outputs[0].data["text/plain"] == "2"
    assert second.outputs[0].text == "working\n"
    assert third.outputs == [] and third.execution_count is None


def test_ctrl_c_ends_a_comparison(tmp_path):
    said = stopped_by_ctrl_c(tmp_path, "verify")
    assert said[-1] == "error: sleeps.ipynb, cell 2: stopped by Ctrl-C" and len(said) == 3, said


def test_prints_a_pdf(tmp_path):
    result = cuaderno("report", ROOT / "tests" / "notebooks" / "small_report.ipynb", "--to", tmp_path, "--pdf", "--fold-code")
    assert result.returncode == 0, result.stderr[-3000:]
    html = (tmp_path / "small_report.html").read_text(encoding="utf-8")
    assert '<details class="code">' in html and "<script" not in html
    printed = (tmp_path / "small_report.pdf").read_bytes()
    assert printed.startswith(b"%PDF-") and printed.rstrip().endswith(b"%%EOF")
    pages = len(re.findall(rb"/Type ?/Page\b(?!s)", printed))
    assert 1 <= pages < 10, pages
    assert result.stderr.strip().splitlines()[-1].endswith(f"{tmp_path}/small_report.pdf")


def test_a_pdf_without_a_browser_ends_before_the_notebook_is_run(tmp_path):
    result = cuaderno("report", ROOT / "tests" / "notebooks" / "small_report.ipynb", "--to", tmp_path, "--pdf", PATH="/nonexistent")
    assert result.returncode == 1
    assert result.stderr.startswith("error: a PDF is printed by Chromium, and there is none of chromium, ")
    assert len(result.stderr.splitlines()) == 1 and not list(tmp_path.iterdir())
