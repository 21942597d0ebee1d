"""Runs one notebook on the cuaderno kernel and writes REPORTS/NAME.ipynb and REPORTS/NAME.html.

    run_notebook.py NOTEBOOK REPORTS

The notebook runs once, by nbconvert's ExecutePreprocessor, in its own folder, and is shown cell by cell on stderr. If a cell
fails, what ran so far is written all the same, one line says which cell and why, and the exit code is 1.
"""

import hashlib
import shutil
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
        # Counted as the kernel counts: cells without content are not sent to it.
        cells = enumerate(notebook.cells)
        self.code_cells = [index for index, cell in cells if cell.cell_type == "code" and cell.source.strip()]
        self.notebook = notebook
        self.terminal = sys.stderr.isatty()
        self.started = 0
        self.running = None
        self.counter = None
        self.ended = threading.Event()

    def on_start(self, cell, cell_index):
        if cell_index not in self.code_cells:
            return
        self.started += 1
        self.running = (cell_index, time.monotonic())
        self.ended.clear()
        if self.terminal:
            self.counter = threading.Thread(target=self.count, args=self.running, daemon=True)
            self.counter.start()

    def on_end(self, **_):
        if self.running is None:
            return
        self.stop()
        self.write(self.line(*self.running), "\n")
        self.running = None

    def stop(self):
        self.ended.set()
        if self.counter is not None:
            self.counter.join()

    def count(self, index, start):
        while not self.ended.wait(0.2):
            self.write(self.line(index, start), "")

    def line(self, index, start):
        number = self.code_cells.index(index) + 1
        head = f"[{number:>3}/{len(self.code_cells)}] {time.monotonic() - start:6.1f} s  "
        return head + self.title(index, shutil.get_terminal_size((100, 24)).columns - len(head) - 1)

    def title(self, index, width):
        """What the cell is about: its first line that is no comment."""
        lines = [line.strip() for line in self.notebook.cells[index].source.splitlines() if line.strip()]
        code = next((line for line in lines if not line.startswith("//")), lines[0])
        return code if len(code) <= width else code[: width - 1] + "…"

    def write(self, line, end):
        sys.stderr.write(("\r\x1b[K" if self.terminal else "") + line + end)
        sys.stderr.flush()


def run(source: Path, reports: Path) -> int:
    notebook = nbformat.read(source, as_version=4)
    progress = Progress(notebook)
    print(f"{source.name}: {len(progress.code_cells)} cells", file=sys.stderr)
    preprocessor = ExecutePreprocessor(
        kernel_name=KERNEL,
        timeout=None,  # training takes as long as it takes
        iopub_timeout=600,  # nbclient's 4 s lose a cell's last outputs, without a word, where the machine is busy
        record_timing=False,  # moments of the clock in the file would only make differences
        on_cell_start=progress.on_start,
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
        progress.stop()

    notebook.metadata["cuaderno"] = {"executed": digest(notebook)}
    reports.mkdir(parents=True, exist_ok=True)
    executed = reports / source.name
    nbformat.write(notebook, executed)
    page, _ = HTMLExporter(config=Config({"HTMLExporter": {"embed_images": True}})).from_notebook_node(
        notebook, {"metadata": {"name": title(notebook, source)}}
    )
    html = executed.with_suffix(".html")
    html.write_text(page, encoding="utf-8")
    if failure is not None:
        print(f"error: {source.name}, cell {progress.started}: {failure} (so far: {html})", file=sys.stderr)
        return 1
    print(f"{source.name}: done in {time.monotonic() - start:.0f} s; {executed} and {html}", file=sys.stderr)
    return 0


def digest(notebook):
    """What was executed: SHA-256 of the code cells. In the file, it tells whether outputs belong to the code above them."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()


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
