"""The page of a report: one file, words on every figure, formulas that need no script, code as it is asked for, a table of contents."""

import base64
import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from cuaderno import page
from cuaderno.page import Look

CODE, PROSE, SHOWS = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell, nbformat.v4.new_output
DOT = base64.b64encode(b"GIF89a").decode()


def html(*cells, look=Look(), folder=""):
    return page.html(nbformat.v4.new_notebook(cells=list(cells)), "report", look, folder)


def shows(data, **metadata):
    return CODE("show()", outputs=[SHOWS("display_data", data=data, metadata=metadata)])


@pytest.mark.parametrize("data, metadata, alt", [
    ({"image/png": DOT, "text/plain": "bars"}, {"image/png": {"alt": "Posts by \"class\""}}, "Posts by \"class\""),
    ({"image/svg+xml": "<svg/>", "image/png": DOT}, {"image/svg+xml": {"alt": "a line"}}, "a line"),
    # What has no words of its own: the text that stands for it, or where it is.
    ({"image/png": DOT, "text/plain": "a picture\n  of 3x3"}, {}, "a picture of 3x3"),
    ({"image/jpeg": DOT}, {}, "a figure of cell 1"),
    ({"image/svg+xml": "<svg/>", "text/plain": "<b>"}, {}, "<b>"),
])
def test_every_figure_has_words(data, metadata, alt):
    assert [picture["alt"] for picture in BeautifulSoup(html(shows(data, **metadata)), "html.parser").find_all("img")] == [alt]


def test_nothing_is_loaded_from_elsewhere(tmp_path):
    (tmp_path / "photo.png").write_bytes(b"a photo")
    cells = [PROSE("# Title\n\n$x^2$ and ![a photo](photo.png)\n\n```mermaid\ngraph\n```"), shows({"text/latex": "$$y$$"}), CODE("1")]
    found = html(*cells, folder=tmp_path)
    assert "<script" not in found and "<link" not in found
    assert not re.search(r"""(src|href)=["']?https?:""", found)
    assert f"data:image/png;base64,{base64.b64encode(b'a photo').decode()}" in found


def test_a_picture_that_was_left_behind_is_no_reason_for_no_page():
    assert 'alt="a sketch"' in html(PROSE("# Title\n\n![a sketch](attachment:gone.png)\n\nand more"))


def test_formulas_are_set_without_a_script():
    found = html(PROSE(r"The loss is $-\log p$, and" + "\n\n" + r"\begin{equation}a = b\end{equation}" + "\n\n$$\\odd{$$"), shows({"text/latex": r"$\frac{1}{2}$"}))
    assert [formula["display"] for formula in BeautifulSoup(found, "html.parser").find_all("math")] == ["inline", "block", "block"]
    # What cannot be set is there as it was written.
    assert r"<code>\odd{</code>" in found


CELLS = [PROSE("# Report"), PROSE("## First *one*"), CODE("let secret = 1;", outputs=[SHOWS("stream", text="shown")]), PROSE("### Part\n\n## Second")]


@pytest.mark.parametrize("code, there, folded", [("shown", True, False), ("folded", True, True), ("none", False, False)])
def test_code_is_shown_folded_or_left_out(code, there, folded):
    found = html(*CELLS, look=Look(code))
    assert ("secret" in found, '<details class="code"><summary>code</summary>' in found) == (there, folded)
    assert "shown" in found


LISTED = r'<li class="depth-(\d)"><a href="#([^"]*)">([^<]*)</a>'


def test_headings_of_the_same_text_have_places_of_their_own():
    found = html(*[PROSE(text) for text in ["# Report", "# Results", "## Results", "## Results\n\n### More", "# End"]], look=Look(contents=True))
    assert re.findall(LISTED, found) == [
        ("0", "Results", "Results"), ("1", "Results-2", "Results"), ("1", "Results-3", "Results"), ("2", "More", "More"), ("0", "End", "End"),
    ]
    for place in ["Results", "Results-2", "Results-3"]:
        assert found.count(f'id="{place}"') == 1 and found.count(f'class="anchor-link" href="#{place}"') == 1


def test_contents_lead_to_the_headings():
    found = html(*CELLS, look=Look(contents=True))
    listed = re.findall(LISTED, found)
    assert listed == [("0", "First-one", "First one"), ("1", "Part", "Part"), ("0", "Second", "Second")]
    assert all(f'id="{place}"' in found for _, place, _ in listed)
    assert "<nav" not in html(*CELLS) and "<nav" not in html(CODE("1"), look=Look(contents=True))
