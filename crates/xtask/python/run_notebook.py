"""Runs one notebook on the cuaderno kernel and writes REPORTS/NAME.ipynb and REPORTS/NAME.html.

    run_notebook.py NOTEBOOK REPORTS

The notebook runs once, by nbconvert's ExecutePreprocessor, in its own folder, and is shown cell by cell on stderr. If a cell
fails, what ran so far is written all the same, one line says which cell and why, and the exit code is 1.
"""

import sys
import threading
import time
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor
from traitlets.config import Config

KERNEL = "cuaderno"


class Progress:
    """One line for each cell; on a terminal the running one counts its seconds."""

    def __init__(self, notebook):
        self.code_cells = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        self.notebook = notebook
        self.terminal = sys.stderr.isatty()
        self.running = None
        self.ended = threading.Event()

    def on_start(self, cell, cell_index):
        if cell.cell_type != "code" or not cell.source.strip():
            return
        self.running = (cell_index, time.monotonic())
        if self.terminal:
            self.ended = threading.Event()
            threading.Thread(target=self.count, args=(self.ended,), daemon=True).start()

    def on_end(self, cell, cell_index, **_):
        if self.running is None:
            return
        self.ended.set()
        self.write(self.line(), "\n")
        self.running = None

    def count(self, ended):
        while not ended.is_set():
            self.write(self.line(), "")
            ended.wait(0.2)

    def line(self):
        index, start = self.running
        number = self.code_cells.index(index) + 1
        return f"[{number:>3}/{len(self.code_cells)}] {time.monotonic() - start:6.1f} s  {self.title(index)}"

    def title(self, index):
        """What the cell is about: its first line that is no comment."""
        lines = [line.strip() for line in self.notebook.cells[index].source.splitlines() if line.strip()]
        code = next((line for line in lines if not line.startswith("//")), lines[0])
        return code if len(code) <= 80 else code[:79] + "…"

    def write(self, line, end):
        sys.stderr.write(("\r\x1b[K" if self.terminal else "") + line + end)
        sys.stderr.flush()


def run(source: Path, reports: Path) -> int:
    notebook = nbformat.read(source, as_version=4)
    progress = Progress(notebook)
    print(f"{source.name}: {len(progress.code_cells)} cells", file=sys.stderr)
    # The client sets `last_run` on errors too, so that the line below can name the cell.
    state = {"cell": None}

    def on_start(cell, cell_index):
        if cell.cell_type == "code":
            state["cell"] = cell_index
        progress.on_start(cell, cell_index)

    preprocessor = ExecutePreprocessor(
        kernel_name=KERNEL,
        timeout=None,  # training takes as long as it takes
        on_cell_start=on_start,
        on_cell_executed=progress.on_end,
    )
    failure = None
    start = time.monotonic()
    try:
        preprocessor.preprocess(notebook, {"metadata": {"path": str(source.parent)}})
    except CellExecutionError as error:
        # A panic's or compiler's text may be long; its first line says what happened.
        failure = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
    except DeadKernelError:
        failure = "the kernel died"
    except CellTimeoutError as error:
        failure = str(error).splitlines()[0]
    finally:
        progress.ended.set()

    reports.mkdir(parents=True, exist_ok=True)
    executed = reports / source.name
    nbformat.write(notebook, executed)
    page, _ = HTMLExporter(config=Config({"HTMLExporter": {"embed_images": True}})).from_notebook_node(
        notebook, {"metadata": {"name": title(notebook, source)}}
    )
    html = executed.with_suffix(".html")
    html.write_text(page, encoding="utf-8")
    if failure is not None:
        number = progress.code_cells.index(state["cell"]) + 1 if state["cell"] is not None else 0
        print(f"error: {source.name}, cell {number}: {failure} (so far: {html})", file=sys.stderr)
        return 1
    print(f"{source.name}: done in {time.monotonic() - start:.0f} s; {executed} and {html}", file=sys.stderr)
    return 0


def title(notebook, source):
    """The first heading, for the browser's tab."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return source.stem


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
