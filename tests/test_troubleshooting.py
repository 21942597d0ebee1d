"""The messages that docs/troubleshooting.md quotes are those that the programs print, so that a search in the page finds them."""

import re

import pytest

from clone import ROOT

PAGE = ROOT / "docs" / "troubleshooting.md"
# Of cargo, rustc, Python, nbgrader and nbclient.
OTHERS = (
    "blocking waiting for file lock on ", "… on ", "cannot find value ", "mismatched types ", "FileNotFoundError", "language 'rust' ",
    "partial credit ", "CellTimeoutError", "memory allocation of ",
    "Cannot add or remove cells ",
)
RUST = re.compile(r"""//[^\n]*|'(?:\\.|[^\\'\n])'|r#+".*?"#+|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
PYTHON = re.compile(r"""\"{3}.*?\"{3}|#[^\n]*|'[^'\n]*'|"((?:[^"\\\n]|\\.)*)\"""", re.DOTALL)
ANY = "\0"  # stands for what a message fills in


def quoted():
    """Code in bold is a message."""
    found = re.findall(r"\*\*(`+)(?!`) ?(.+?) ?(?<!`)\1\*\*", PAGE.read_text(encoding="utf-8"))
    return [message for _, message in found if not message.startswith(OTHERS)]


def texts():
    """All texts in our programs, with `ANY` for what is filled in."""
    for pattern, files in [(RUST, "crates/*/src/**/*.rs"), (PYTHON, "python/cuaderno/**/*.py")]:
        for file in ROOT.glob(files):
            for text in pattern.findall(file.read_text(encoding="utf-8")):
                text = re.sub(r"\\\n\s*", "", text).replace('\\"', '"')
                yield re.sub(r"\{[^{}]*\}", ANY, text)


def pattern(text, filled_in):
    return re.sub(filled_in, ".+", re.escape(text))


def prints(text, message):
    """Whether a program with this text prints the message, which may break off."""
    # In the page `…`, names and numbers are examples. Or the text is a frame whose parts stand elsewhere.
    if re.search(pattern(message, r"…|(?<=`)[^`…]+(?=`)|\d+(?:\\\.\d+)*|NaN"), text):
        return True
    return len(text.replace(ANY, "")) > 12 and re.fullmatch(pattern(text, ANY), message) is not None


@pytest.mark.parametrize("message", quoted())
def test_a_quoted_message_is_one_that_is_printed(message):
    assert any(prints(text, message) for text in texts()), f"no program prints {message}"


def test_a_message_that_nobody_prints_is_found():
    assert len(quoted()) > 20
    for message in ["there is no variable x any more: cell 3 moved x away", "no C compiler cc found", "files: are NOT protected"]:
        assert not any(prints(text, message) for text in texts()), message


def test_every_kind_of_failure_is_listed():
    kinds = (ROOT / "crates" / "cuaderno-wire" / "src" / "kind.rs").read_text(encoding="utf-8")
    named = re.findall(r'Self::\w+ => "([^"]+)"', kinds)
    table = PAGE.read_text(encoding="utf-8").partition("## What stands before a message")[2].partition("## Setup")[0]
    assert len(named) > 10
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == named
