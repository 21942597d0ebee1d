"""A report on paper, as Chromium draws it: a cell stays with its figure, tables lose nothing, pictures are whole. What stands where is read
from the PDF."""

import re
import shutil

import nbformat
import pypdfium2
import pytest
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from cuaderno import page, paper

CODE, PROSE, SHOWS = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell, nbformat.v4.new_output
pytestmark = pytest.mark.skipif(shutil.which("chromium") is None and shutil.which("chromium-browser") is None, reason="printed by Chromium: `sudo apt install chromium`")
FIGURES = 12
# By the beginning of their words: rows and columns. As many columns as a table shows; names that are long for their number; more rows than a page has.
TABLES = {"all": (2, 40), "posts": (3, 17), "numbers": (3, 11), "linkedsubmissionidof": (3, 5), "submissionidof": (3, 4), "long": (90, 4)}
TEXT = ("text", 3, 12)


def word(name):
    """A word that is found again on paper, however its lines are broken."""
    return f"{name};"


def figure(number):
    """Code from `begins` to `ends`, and a figure with a word in each corner."""
    code = "\n".join([f"// {word(f'begins{number}')}", *(f"let line = {line};" for line in range(number % 5 * 3)), f"// {word(f'ends{number}')}"])
    corners = [("north", "start", 0, 20), ("east", "end", 640, 20), ("south", "end", 640, 395), ("west", "start", 0, 395)]
    words = "".join(f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="20">{word(f"{name}{number}")}</text>' for name, anchor, x, y in corners)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" width="640" height="400"><rect width="640" height="400" fill="#eee"/>{words}</svg>'
    return CODE(code, execution_count=number, outputs=[SHOWS("display_data", data={"image/svg+xml": svg, "text/plain": "a figure"})])


def table(name, rows, columns):
    """As polars shows a table in HTML; each cell has a word of its own, and so have the heads of columns."""
    head = "".join(f"<th>{word(f'{name}column{column}')}<br>f64</th>" for column in range(columns))
    body = "".join("<tr>" + "".join(f"<td>{word(f'{name}{row}at{column}')}</td>" for column in range(columns)) + "</tr>" for row in range(rows))
    html = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return CODE("table()", outputs=[SHOWS("display_data", data={"text/html": html, "text/plain": "a table"})])


def notebook():
    cells = [PROSE("# A report to print")]
    for number in range(FIGURES):
        # Prose of another length each time, so that every height of a page is tried.
        cells += [PROSE(f"## Part {number}\n\n" + "What is to be seen. " * (17 * number % 60)), figure(number)]
    cells += [table(name, *size) for name, size in TABLES.items()]
    text = "\n".join("".join(word(f"text{row}at{column}").ljust(14) for column in range(TEXT[2])) for row in range(TEXT[1]))
    cells.append(CODE("let long = \"" + " ".join(word(f"code{number}") for number in range(60)) + "\";", outputs=[SHOWS("stream", text=text)]))
    return nbformat.v4.new_notebook(cells=cells)


class Printed:
    """A PDF: on which page each word stands, and in which box (left, bottom, right, top, in points)."""

    def __init__(self, html):
        self.pdf = pypdfium2.PdfDocument(paper.pdf(html, paper.browser()))
        self.words = {}
        for number, sheet in enumerate(self.pdf):
            text = sheet.get_textpage()
            letters = [(letter, text.get_charbox(at)) for at in range(text.count_chars()) if (letter := text.get_text_range(at, 1).strip())]
            for found in re.finditer(r"([a-z]+\d+(?:at\d+)?);", "".join(letter[:1] for letter, _ in letters)):
                lefts, bottoms, rights, tops = zip(*(box for _, box in letters[slice(*found.span())]))
                self.words.setdefault(found[1], []).append((number, (min(lefts), min(bottoms), max(rights), max(tops))))

    def page_of(self, word):
        """The page on which a word stands, once, and whole."""
        places = self.words.get(word, [])
        return places[0][0] if len(places) == 1 and self.is_inside(*places[0]) else None

    def is_inside(self, number, box):
        width, height = self.pdf[number].get_size()
        left, bottom, right, top = box
        return -0.5 <= left and right <= width + 0.5 and -0.5 <= bottom and top <= height + 0.5


def is_whole(pages):
    return len(pages) == 1 and None not in pages


def torn(printed):
    """Cells that are not on one page with their figures."""
    words = ("begins", "ends", "north", "east", "south", "west")
    return [number for number in range(FIGURES) if not is_whole({printed.page_of(f"{name}{number}") for name in words})]


def cut(printed):
    """Rows of tables that are not there, not whole, or on two pages; and the names of columns that are not, with their table."""
    rows = {(name, row): [f"{name}{row}at{column}" for column in range(columns)]
            for name, lines, columns in [TEXT, *((name, *size) for name, size in TABLES.items())] for row in range(lines)}
    rows |= {(name, "columns"): [f"{name}column{column}" for column in range(columns)] for name, (_, columns) in TABLES.items() if name != "long"}
    return [row for row, words in rows.items() if not is_whole({printed.page_of(word) for word in words})]


@pytest.fixture(scope="module")
def printed():
    return Printed(page.html(notebook(), "report"))


@pytest.fixture(scope="module")
def plain():
    """The same without our rules for paper: what the tests below must be able to find."""
    return Printed(page.html(notebook(), "report").replace("@media print", "@media none"))


def test_a_cell_stays_with_its_figure(printed, plain):
    assert torn(printed) == [] and torn(plain)


def test_no_table_is_cut(printed, plain):
    assert cut(printed) == [] and cut(plain)


def test_long_lines_of_code_are_whole(printed):
    assert None not in [printed.page_of(f"code{number}") for number in range(60)]


def test_pictures_of_a_course_notebook_are_whole_and_on_paper_once(root):
    source = nbformat.read(root / "notebooks" / "02-blood-cells.ipynb", as_version=4)
    pictures = sum("image/png" in output.get("data", {}) for cell in source.cells for output in cell.get("outputs", []))
    printed = Printed(page.html(source, "02"))
    places = [(number, item.get_bounds()) for number, sheet in enumerate(printed.pdf) for item in sheet.get_objects(filter=[FPDF_PAGEOBJ_IMAGE])]
    assert pictures > 5 and len(places) == pictures
    assert [place for place in places if not printed.is_inside(*place)] == []
