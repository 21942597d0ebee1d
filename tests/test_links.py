"""Links of the documentation and the notebooks lead somewhere: files that exist, headings that are there. Nothing is asked of the network."""

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from clone import ROOT

NOT_OURS = {"target", "reports"}
# Where a page is written before it goes to another folder: from here its links lead nowhere.
TEMPLATE = "README.template.md"
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|^ {0,3}\[[^\]]+\]:\s*(\S+)|<(?:a|img)\b[^>]*?(?:href|src)=\"([^\"]+)\"", re.MULTILINE)
CODE = re.compile(r"^ *```.*?^ *```|(`+)(?!`).+?(?<!`)\1(?!`)", re.MULTILINE | re.DOTALL)


def pages():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if name.endswith((".md", ".ipynb")) and name != TEMPLATE)


def prose(page):
    """A page's Markdown."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".md":
        return text
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")


def links(text):
    return ["".join(found) for found in LINK.findall(CODE.sub("", text))]


def anchors(page):
    """What may follow `#`: for Markdown as GitHub names headings, for notebooks as Jupyter does."""
    fences = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
    text = fences.sub("", prose(page))
    names = []
    for heading in re.findall(r"^#{1,6} +(.+?)(?: +#+)? *$", text, re.MULTILINE):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        if page.suffix == ".ipynb":
            names.append(heading.replace(" ", "-"))
            continue
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        names.append(f"{name}-{names.count(name)}" if name in names else name)
    return names + re.findall(r'<a (?:id|name)="([^"]+)"', text)


def broken(page):
    """A line for each link of a page that leads nowhere."""
    problems = []
    for link in links(prose(page)):
        if re.match(r"[a-z][a-z+.-]*:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = page.parent / path if path else page
        if not target.exists():
            problems.append(f"{link}: no such file")
        elif anchor and (target.suffix not in (".md", ".ipynb") or anchor not in anchors(target)):
            problems.append(f"{link}: no such heading")
    return problems


@pytest.mark.parametrize("page", list(pages()), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    assert broken(page) == []


def test_what_counts_as_a_link(tmp_path):
    """The test of the test: none of these would be missed."""
    (tmp_path / "there.md").write_text("# A heading, with `code`!\n## Twice\n## Twice\n```sh\n# a comment\n```\n")
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ["# One\n", "[x](no.md) [y](#One)"]}]}))
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) [b](there.md#a-heading-with-code) [c](there.md#twice-1 \"title\") [d](#own) `[e](code.md)` <https://f.org>\n"
        "[g](https://g.org/#h) ![i](no.png) [![j](no1.png)](no2.md) [k](there.md#a-comment) <img src=\"no3.png\">\n\n"
        "[l]: no4.md\n\n```md\n[m](code.md)\n```\n# Own\n"
    )
    assert [problem.split(":")[0] for problem in broken(page)] == [
        "no.png", "no1.png", "no2.md", "there.md#a-comment", "no3.png", "no4.md",
    ]
    assert broken(tmp_path / "a.ipynb") == ["no.md: no such file"]
