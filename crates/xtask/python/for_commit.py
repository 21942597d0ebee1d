"""Copies reports into notebooks/, to be committed: of a figure in several formats, the picture that every front end shows; not on which processor.

    .venv/bin/python crates/xtask/python/for_commit.py reports/05-cifar10.ipynb …
"""

import json
import sys
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"


def without_twins(notebook):
    """Takes the SVG from each output that also has a PNG."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                data.pop("image/svg+xml", None)
    notebook["metadata"].get("cuaderno", {}).pop("processor", None)
    return notebook


def main():
    for report in map(Path, sys.argv[1:]):
        text = json.dumps(without_twins(json.loads(report.read_text("utf-8"))), indent=1, ensure_ascii=False)
        (NOTEBOOKS / report.name).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
