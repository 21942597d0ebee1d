"""An executed notebook as a page to read: HTML, and PDF printed from it by Chromium."""

import base64
import copy
import os
import re
import shutil
import tempfile
from html import escape
from importlib.util import find_spec
from pathlib import Path

from nbconvert import HTMLExporter
from traitlets.config import Config

from cuaderno.problem import Problem

# Outputs without a number stand below each other and those that have one.
# On paper nothing scrolls: figures shrink to the page, long lines of code are broken, cells and their figures stay whole.
STYLE = """<style>
.jp-OutputArea-prompt:empty { padding: var(--jp-code-padding); border: var(--jp-border-width) solid transparent; }
.jp-OutputArea-output svg, .jp-OutputArea-output img { max-width: 100%; height: auto; }
@media print {
  .jp-InputArea-editor pre, .jp-OutputArea-output pre { white-space: pre-wrap !important; overflow-wrap: anywhere; }
  .jp-OutputArea-output svg, .jp-OutputArea-output img { max-height: 95mm; object-fit: contain; object-position: left; }
  .jp-OutputArea-output, .jp-OutputArea-output div { overflow: visible !important; }
  .jp-OutputArea-output table { font-size: 80%; }
  .jp-OutputArea-output th { white-space: normal !important; }
  .jp-OutputArea-output td { white-space: normal !important; overflow-wrap: anywhere; }
  .jp-InputArea { break-after: avoid; }
  .jp-InputArea, .jp-OutputArea-output svg, .jp-OutputArea-output img, tr { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
}
</style>
"""
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
FOOTER = """<div style="width: 100%; font-size: 8px; text-align: center; color: #555">
<span class="pageNumber"></span> / <span class="totalPages"></span></div>"""


def html(notebook, name):
    """The page, everything in one file; `name` stands in the browser's tab if the notebook has no heading."""
    exporter = HTMLExporter(config=Config({"HTMLExporter": {"embed_images": True}}))
    page, _ = exporter.from_notebook_node(described(notebook), {"metadata": {"name": title(notebook) or name}})
    # Nothing needs require.js; formulas are set by a script from the network.
    unused = r'<script src="[^"]*/require[^"]*"></script>'
    if not has_formulas(notebook):
        unused += r"|<!-- Load mathjax -->.*?<!-- End of mathjax configuration -->"
    page = re.sub(unused, "", page, flags=re.DOTALL)
    return page.replace("</head>", STYLE + "</head>", 1)


def described(notebook):
    """The notebook with words on every figure for those who cannot see it, which nbconvert leaves out."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            kind = next((kind for kind in ("image/svg+xml", "image/png") if kind in data), "")
            known = output.get("metadata", {}).get(kind, {})
            if "alt" in known and "text/html" not in data:
                content = data[kind] if kind == "image/png" else base64.b64encode(data[kind].encode()).decode()
                width = f' width="{known["width"]}"' if "width" in known else ""
                data["text/html"] = f'<img alt="{escape(known["alt"])}"{width} src="data:{kind};base64,{content.strip()}">'
    return notebook


def has_formulas(notebook):
    """Whether there is something that MathJax sets."""
    prose = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    outputs = (output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))
    return any("$" in text or r"\begin{" in text for text in prose) or any(
        "text/latex" in data or "$" in data.get("text/markdown", "") for data in outputs
    )


def title(notebook):
    """The first heading."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return None


def browser():
    """The Chromium of this machine; a problem where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise Problem(f"a PDF is printed by Chromium, and there is none of {', '.join(BROWSERS)} on the PATH; install one (Debian: apt install chromium)")
    if find_spec("playwright") is None:
        raise Problem("a PDF is printed by way of playwright, which is not installed: pip install 'cuaderno[pdf]'")
    return found


def pdf(page, program):
    """The page on A4, with page numbers, as nbconvert's webpdf prints it, but by the browser at `program`."""
    from playwright.sync_api import sync_playwright

    # Root has no sandbox to put a browser in; the page is one we have just made.
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        chromium = playwright.chromium.launch(executable_path=program, args=options)
        try:
            tab = chromium.new_page()
            tab.emulate_media(media="print")
            # Formulas are set by a script from the network; without one the page is there all the same.
            tab.goto(file.as_uri(), wait_until="load")
            margins = {"top": "14mm", "bottom": "16mm", "left": "12mm", "right": "12mm"}
            return tab.pdf(
                format="A4", scale=0.8, margin=margins, print_background=True,
                display_header_footer=True, header_template="<span></span>", footer_template=FOOTER,
            )
        finally:
            chromium.close()
