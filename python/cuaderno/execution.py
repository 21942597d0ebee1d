"""Running a notebook on the cuaderno kernel, and what is shown of it meanwhile. For reports and comparisons."""

import asyncio
import platform
import re
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.preprocessors import ExecutePreprocessor
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor

from cuaderno.parameters import set_parameters
from cuaderno.problem import Problem

KERNEL = "cuaderno"
STOPPED = "stopped by Ctrl-C"


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

    def failure(self, why):
        return f"cell {self.started}: {why}"

    def write(self, line, end):
        sys.stderr.write(("\r\x1b[K" if self.terminal else "") + line + end)
        sys.stderr.flush()


class Runner(ExecutePreprocessor):
    """nbconvert's, except that Ctrl-C ends the cell at work, begins no other, and shuts the kernel down as after the last cell."""

    def __init__(self, **options):
        super().__init__(**options)
        self.stopped = False
        self.in_cell = False

    def wait_for_reply(self, *arguments):
        # To the one question before the first cell: which kernel this is.
        reply = super().wait_for_reply(*arguments)
        content = reply["content"] if reply else {}
        if content.get("implementation") == KERNEL:
            self.nb.metadata.setdefault("cuaderno", {}).update(version=content["implementation_version"], processor=processor())
        return reply

    def preprocess(self, *arguments):
        # A KeyboardInterrupt would leave nbclient's tasks unfinished, and each of them complains when it finds the kernel gone.
        before = signal.signal(signal.SIGINT, self.on_ctrl_c)
        try:
            return super().preprocess(*arguments)
        finally:
            signal.signal(signal.SIGINT, before)

    def on_ctrl_c(self, *_):
        self.stopped = True
        # The loop sleeps until it is woken.
        ensure_event_loop().call_soon_threadsafe(self.cancel_cell)

    def cancel_cell(self):
        # The loop may have got to the shutdown meanwhile.
        if self.in_cell:
            for task in asyncio.all_tasks():
                task.cancel()

    def preprocess_cell(self, *arguments):
        if self.stopped:
            raise asyncio.CancelledError
        self.in_cell = True
        try:
            return super().preprocess_cell(*arguments)
        finally:
            self.in_cell = False


def execute(notebook, folder: Path, kernel=KERNEL):
    """Runs a notebook once in a folder; its outputs are put into it, with the version of our kernel, and those that it held are gone.

    Returns None, or what cell failed and why, in one line.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    progress = Progress(notebook)
    runner = Runner(
        kernel_name=kernel,
        timeout=None,  # training takes as long as it takes
        iopub_timeout=600,  # nbclient's 4 s lose a cell's last outputs, without a word, where the machine is busy
        record_timing=False,  # moments of the clock in the file would only make differences
        on_cell_start=progress.on_start,
        on_cell_executed=progress.on_end,
    )
    try:
        runner.preprocess(notebook, {"metadata": {"path": str(folder)}})
    except CellExecutionError as error:
        # A panic's or compiler's text may be long; its first line says what happened.
        return progress.failure(f"{error.ename}: {error.evalue}".strip().splitlines()[0])
    except (DeadKernelError, asyncio.CancelledError):
        return progress.failure(STOPPED if runner.stopped else "the kernel died")
    except CellTimeoutError as error:
        return progress.failure(str(error).splitlines()[0])
    finally:
        progress.on_end()
        # Text that came in several messages is one text.
        CoalesceStreamsPreprocessor(enabled=True).preprocess(notebook, {})
    return None


def processor() -> str:
    """The name of this machine's processor, as its maker calls it."""
    try:
        found = re.search(r"(?m)^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text())
    except OSError:  # no Linux
        found = None
    return found[1] if found else platform.machine()


def open_notebook(source: Path, assignments):
    """The notebook with these parameters."""
    try:
        notebook = nbformat.read(source, as_version=4)
        nbformat.validate(notebook, relax_add_props=True)
        nbformat.writes(notebook).encode()  # half a character cannot be written
    except Exception as problem:  # nbformat has half a dozen kinds, and others come through it
        why = str(problem).partition("\n")[0] or type(problem).__name__
        raise Problem(f"{source.name} cannot be read as a notebook: {why}") from None
    if not isinstance(notebook.metadata.get("cuaderno", {}), dict):
        del notebook.metadata["cuaderno"]  # what `report` notes there is none of ours
    set_parameters(notebook, assignments, source.name)
    return notebook
