"""The stock kernel, evcxr_jupyter, with our crates brought by a plain `:dep`: to measure beside ours.

It is used from wherever `cargo install --locked evcxr_jupyter` put it, without being registered. What it compiles, about 11 minutes
the first time, stays in target/stock.
"""

import json
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NAME = "stock-evcxr"
# Its first cell compiles polars.
PATIENCE = 3600
PRELUDE = f':dep cuaderno = {{ path = "{ROOT / "crates" / "cuaderno"}" }}\nuse cuaderno::prelude::*;'


@contextmanager
def stock_kernel():
    """Makes the kernel known under NAME while the block runs; ends the program with one line where it is not installed."""
    program = shutil.which("evcxr_jupyter")
    if program is None:
        sys.exit("error: evcxr_jupyter is not on the PATH; `cargo install --locked evcxr_jupyter` puts it there (about 5 minutes)")
    compiled = ROOT / "target" / "stock"
    compiled.mkdir(parents=True, exist_ok=True)
    spec = {
        "argv": [program, "--control_file", "{connection_file}"],
        "display_name": "Rust (stock evcxr)",
        "language": "rust",
        "interrupt_mode": "message",
        "env": {"EVCXR_TMPDIR": str(compiled)},
    }
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "kernels" / NAME
        home.mkdir(parents=True)
        (home / "kernel.json").write_text(json.dumps(spec))
        with known_below(Path(folder)):
            yield NAME


@contextmanager
def known_below(folder: Path):
    """Jupyter finds what lies in `folder` while the block runs."""
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(folder), before]))
    try:
        yield
    finally:
        if before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = before
