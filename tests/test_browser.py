"""A student in JupyterLab, in headless Chromium."""

import json
import re
import shutil
import urllib.request

import nbformat
import pytest
from playwright.sync_api import expect

from browser import PATIENCE_MS, SETTINGS, jupyterlab, new_page, save

ENDLESS = 'println!("round and round");\nloop { std::thread::sleep(std::time::Duration::from_millis(10)); }'
# Counts how often what a cell shows is replaced while it runs.
COUNT_UPDATES = """cell => {
    window.updates = 0;
    new MutationObserver(() => window.updates++).observe(cell, { childList: true, subtree: true, attributeFilter: ["src"] });
}"""


@pytest.fixture
def lab(tmp_path, root):
    """JupyterLab in a folder with the tour, without its outputs; its address."""
    tour = nbformat.read(root / "notebooks" / "00-tour.ipynb", as_version=4)
    for cell in tour.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    nbformat.write(tour, tmp_path / "tour.ipynb")
    with jupyterlab(tmp_path) as address:
        yield address


@pytest.mark.timeout(900)
def test_a_student_runs_the_tour_completes_and_interrupts(lab, tmp_path):
    with new_page() as page:
        page.goto(f"{lab}/lab/tree/tour.ipynb")
        expect(page.get_by_text("Rust (cuaderno) | Idle")).to_be_visible()
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        cell = lambda text: cells.filter(has=page.locator(".cm-content", has_text=text)).first  # noqa: E731
        run_all(page, cells, cell("let history = model.fit"))

        expect(cell('count(&posts, "class")?').locator("table")).to_contain_text("Disinformation")
        expect(cell("posts_of_yesterday").locator(".jp-OutputArea-output").last).to_contain_text("posts_of_yesterday.tsv")
        curves = cell("let history = model.fit").locator(".jp-OutputArea-output").filter(has=page.locator("img, svg"))
        expect(curves).to_have_count(1)
        assert page.evaluate("window.updates") > 2, "the curves are drawn while training goes on"
        curves.scroll_into_view_if_needed()
        save(page, tmp_path, "curves")

        last = new_cell(page, cells)
        page.keyboard.type("unseen.confusi")
        page.keyboard.press("Tab")
        expect(page.locator(".jp-Completer")).to_contain_text("confusion")
        save(page, tmp_path, "completion")
        page.keyboard.press("Enter")
        expect(last.locator(".cm-content")).to_contain_text("unseen.confusion")
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type("posts.height()")
        page.keyboard.press("Shift+Enter")
        expect(last.locator(".jp-OutputArea-executeResult")).to_contain_text(re.compile(r"\d+"))

        endless = new_cell(page, cells)
        page.keyboard.insert_text(ENDLESS)
        page.keyboard.press("ControlOrMeta+Enter")
        expect(endless.locator(".jp-OutputArea-output")).to_contain_text("round and round")
        expect(endless.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\*\]"))
        page.keyboard.press("Escape")
        page.keyboard.press("i")
        page.keyboard.press("i")
        expect(endless.locator(".jp-OutputArea-child").last).to_contain_text("interrupted")
        save(page, tmp_path, "interrupted")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_who_has_run_nothing_sees_every_figure(theme, tmp_path, root):
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    for notebook in notebooks:
        shutil.copy(notebook, tmp_path)
    themes = {"apputils-extension/themes.jupyterlab-settings": {"theme": theme}}
    found = 0
    with jupyterlab(tmp_path, SETTINGS | themes) as address, new_page() as page:
        for notebook in notebooks if theme == "JupyterLab Light" else notebooks[:1]:
            with urllib.request.urlopen(f"{address}/api/contents/{notebook.name}") as answer:
                cells = json.load(answer)["content"]["cells"]
            with_figures = [cell for cell in cells if any("image/png" in out.get("data", {}) for out in cell.get("outputs", []))]
            assert with_figures and not any(cell["metadata"]["trusted"] for cell in with_figures)
            wanted = sum("image/png" in out.get("data", {}) for cell in with_figures for out in cell["outputs"])
            page.goto(f"{address}/lab/tree/{notebook.name}?reset")
            pictures = page.locator(".jp-Notebook .jp-OutputArea-output img")
            expect(pictures).to_have_count(wanted)
            for picture in pictures.all():
                expect(picture).to_have_js_property("complete", True)
                assert picture.evaluate("picture => picture.naturalWidth") > 0
            pictures.first.scroll_into_view_if_needed()
            save(page, tmp_path, f"untrusted-{notebook.stem}-{theme.split()[1]}")
            found += wanted
    assert found >= (79 if theme == "JupyterLab Light" else 1)


def run_all(page, cells, training):
    """By the menu, as a student would; ends when the last cell has its number."""
    training.evaluate(COUNT_UPDATES)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(cells.last.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"), timeout=4 * PATIENCE_MS)


def new_cell(page, cells):
    """An empty cell at the end, with the cursor in it."""
    count = cells.count()
    cells.last.locator(".jp-InputPrompt").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(cells).to_have_count(count + 1)
    page.keyboard.press("Enter")
    return cells.nth(count)
