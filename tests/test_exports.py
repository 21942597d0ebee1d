"""Figures on their way out of Jupyter: nbconvert's formats, and Word by pandoc, all without Inkscape or rsvg-convert."""

import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest

from clone import notebook_of
from cuaderno import page

FIGURES = [
    'bar(&df!("class" => ["a", "b", "c"], "n" => [3, 5, 4])?, "class", "n")?.title("Marks")',
    'histogram(&df!("x" => [1.0, 2.0, 2.5, 4.0])?, "x")?.title("Spread")',
    'plot::Line::new([1.0, 2.0, 3.0], [3.0, 4.0, 2.0])?.title("Under the mouse").interactive()',
    "Svg::new(\"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><circle cx='20' cy='20' r='9'/></svg>\")",
    "image::RgbImage::from_pixel(30, 20, image::Rgb([200, 30, 30]))",
]
# How many figures there are in what nbconvert makes.
COUNTERS = {
    "html": ("html", r'<img[^>]* src="data:image/'),
    "slides": ("slides.html", r'<img[^>]* src="data:image/'),
    "markdown": ("md", r"!\[[^\]]*\]\([^)]+\.(?:svg|png)\)"),
    "latex": ("tex", r"\\adjustimage\{[^}]*\{0.9\\linewidth\}\{0.9\\paperheight\}\}\{[^}]+\.png\}"),
}


@pytest.fixture(scope="module")
def notebooks(root, tmp_path_factory):
    """A folder with the committed notebooks and one that has just run, whose figures are SVG and PNG; how many figures each has."""
    folder = tmp_path_factory.mktemp("exports")
    for notebook in (root / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, folder)
    nbformat.write(notebook_of(*FIGURES), folder / "fresh.ipynb")
    convert(folder, "notebook", "--execute", "--inplace", "fresh.ipynb")
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])]
        found[path.stem] = sum("image/png" in output.get("data", {}) for output in outputs)
    assert found["fresh"] == len(FIGURES)
    assert sum(found.values()) - len(FIGURES) >= 79
    return folder, found


def convert(folder, to, *arguments):
    command = [sys.executable, "-m", "nbconvert", "--to", to, *arguments]
    process = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    assert process.returncode == 0, process.stderr


@pytest.mark.timeout(600)
@pytest.mark.parametrize("to", COUNTERS)
def test_nbconvert_shows_every_figure(to, notebooks):
    need_pandoc()
    folder, figures = notebooks
    convert(folder, to, *(f"{name}.ipynb" for name in figures))
    end, pattern = COUNTERS[to]
    pages = {name: (folder / f"{name}.{end}").read_text() for name in figures}
    assert {name: len(re.findall(pattern, page)) for name, page in pages.items()} == figures
    if to == "latex":
        files = re.findall(r"\{([^{}]+\.png)\}", "".join(pages.values()))
        assert [name for name in files if not (folder / name).is_file()] == []


@pytest.mark.timeout(600)
def test_word_shows_every_figure(notebooks):
    need_pandoc()
    folder, figures = notebooks
    for name, count in figures.items():
        subprocess.run(["pandoc", f"{name}.ipynb", "-o", f"{name}.docx"], cwd=folder, check=True, capture_output=True, timeout=120)
        with zipfile.ZipFile(folder / f"{name}.docx") as document:
            pictures = re.findall(r"<pic:pic", document.read("word/document.xml").decode())
            kinds = [entry for entry in document.namelist() if entry.startswith("word/media/")]
        assert len(pictures) == count, name
        assert kinds and all(entry.endswith(".png") for entry in kinds), "old versions of Word show no SVG"


@pytest.mark.timeout(600)
@pytest.mark.skipif(not shutil.which("xelatex"), reason="no TeX here (Debian: apt install texlive-xetex texlive-plain-generic)")
def test_nbconvert_prints_by_tex(notebooks):
    folder, figures = notebooks
    for name in ["fresh", "05-cifar10"]:
        convert(folder, "pdf", f"{name}.ipynb")
        images = re.findall(rb"/Subtype ?/Image", (folder / f"{name}.pdf").read_bytes())
        # Equal files are one image of the PDF, a transparent one has a mask beside it.
        assert len(images) >= figures[name]


def test_a_report_needs_nothing_else_and_describes_its_figures(notebooks):
    folder, figures = notebooks
    for name, count in figures.items():
        html = page.html(nbformat.read(folder / f"{name}.ipynb", as_version=4), name)
        pictures = re.findall(r"<img[^>]*>", html)
        described = [picture for picture in pictures if 'alt="No description' not in picture]
        # A picture of the `image` crate, or a file shown as it is, has no words of its own.
        assert len(pictures) == count and len(described) >= count - 1, name
        assert not re.search(r'<script[^>]* src="http', html), "a script from the network"


def need_pandoc():
    assert shutil.which("pandoc"), "nbconvert's LaTeX and Word are made by pandoc: `sudo apt install pandoc`"
