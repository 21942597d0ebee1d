"""A page on paper: PDF, printed by the Chromium of this machine."""

import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from cuaderno.problem import Problem

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
FOOTER = """<div style="width: 100%; font-size: 8px; text-align: center; color: #555">
<span class="pageNumber"></span> / <span class="totalPages"></span></div>"""


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
            tab.goto(file.as_uri(), wait_until="load")
            margins = {"top": "14mm", "bottom": "16mm", "left": "12mm", "right": "12mm"}
            return tab.pdf(
                format="A4", scale=0.8, margin=margins, print_background=True,
                display_header_footer=True, header_template="<span></span>", footer_template=FOOTER,
            )
        finally:
            chromium.close()
